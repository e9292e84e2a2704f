// Pictures of the viewer's tools and the keyframes, to be looked at.
import { expect, test } from "./fixture/page";

const folder = "test-results/canvas-look";

for (const width of [1024, 1440])
  test(`handles at ${width}`, async ({ editor, server }) => {
    await editor.setViewportSize({ width, height: width === 1024 ? 700 : 900 });
    await editor.getByTestId("timecode").fill("250f");
    await editor.keyboard.press("Enter");
    await expect(editor.getByTestId("picture")).toHaveAttribute("data-frame", "250");
    const box = await editor.getByTestId("picture").boundingBox();
    if (box === null) throw new Error("no picture");
    await editor.mouse.click(box.x + box.width * 0.86, box.y + box.height * 0.17);
    const of = { clip: "inset" };
    server.elsewhere({ set: { of, field: "video.transform.rotation_degrees", value: 12 as never } });
    for (const [time, value] of [
      [0.5, [-300, 100]],
      [1.5, [0, -150]],
      [3, [300, -100]],
    ] as const)
      server.elsewhere({
        set_keyframe: { of, field: "video.transform.position_px", time: time * 705_600_000, value: value as never },
      });
    await editor.getByRole("button", { name: "Safe areas" }).click();
    await editor.waitForTimeout(300);
    await editor.screenshot({ path: `${folder}/transform-${width}.png` });
    await editor.getByRole("button", { name: "Masks", exact: true }).click();
    await editor.getByRole("button", { name: "Add ellipse mask" }).click();
    await editor.waitForTimeout(200);
    server.elsewhere({ set: { of, field: "video.masks.mask.feather_px", value: 60 as never } });
    await editor.getByRole("button", { name: "Dark or light" }).click();
    await editor.waitForTimeout(300);
    await editor.screenshot({ path: `${folder}/masks-${width}.png` });
  });

for (const width of [1024, 1440])
  test(`keyframes at ${width}`, async ({ editor, server }) => {
    await editor.setViewportSize({ width, height: width === 1024 ? 700 : 900 });
    await editor.getByTestId("timecode").fill("250f");
    await editor.keyboard.press("Enter");
    const box = await editor.getByTestId("picture").boundingBox();
    if (box === null) throw new Error("no picture");
    await editor.mouse.click(box.x + box.width * 0.86, box.y + box.height * 0.17);
    const of = { clip: "inset" };
    for (const [time, value, ease] of [
      [0.4, [-300, 100], "bezier"],
      [1.5, [0, -150], "in_out_cubic"],
      [3, [300, -100], "hold"],
    ] as const)
      server.elsewhere({
        set_keyframe: {
          of,
          field: "video.transform.position_px",
          time: time * 705_600_000,
          value: value as never,
          ease,
        },
      });
    for (const [time, value] of [
      [0, 0],
      [1, 1],
      [4, 1],
      [4.96, 0],
    ])
      server.elsewhere({
        set_keyframe: { of, field: "video.opacity", time: time * 705_600_000, value: value as never },
      });
    await editor.getByRole("tab", { name: "Keyframes" }).click();
    await editor.locator("[data-key]").nth(5).click();
    await editor.waitForTimeout(300);
    if (width === 1024) await editor.getByRole("button", { name: "Clip", exact: true, expanded: true }).last().click();
    await editor.screenshot({ path: `${folder}/lanes-${width}.png` });
    await editor.getByRole("button", { name: "Curves" }).click();
    await editor.getByRole("button", { name: "Position", exact: true }).click();
    await editor.locator("[data-key]").nth(0).click();
    if (width === 1024) await editor.getByRole("button", { name: "Dark or light" }).click();
    await editor.waitForTimeout(300);
    await editor.screenshot({ path: `${folder}/curves-${width}.png` });
  });

test("text and its inspector", async ({ editor }) => {
  await editor.getByTestId("timecode").fill("50f");
  await editor.keyboard.press("Enter");
  const box = await editor.getByTestId("picture").boundingBox();
  if (box === null) throw new Error("no picture");
  await editor.mouse.click(box.x + box.width / 2, box.y + box.height * 0.46);
  for (const name of ["Outline", "Shadow", "Box behind the text"]) await editor.getByRole("switch", { name }).click();
  await editor.getByRole("button", { name: "Clip", exact: true, expanded: true }).last().click();
  await editor.keyboard.press("F2");
  await editor.waitForTimeout(300);
  await editor.screenshot({ path: `${folder}/text.png` });
});

test.describe("with a finger", () => {
  test.use({ hasTouch: true, viewport: { width: 1024, height: 768 } });
  test("targets", async ({ editor }) => {
    await editor.getByTestId("timecode").fill("250f");
    await editor.keyboard.press("Enter");
    const box = await editor.getByTestId("picture").boundingBox();
    if (box === null) throw new Error("no picture");
    await editor.mouse.click(box.x + box.width * 0.86, box.y + box.height * 0.17);
    await editor.waitForTimeout(300);
    await editor.screenshot({ path: `${folder}/touch.png` });
  });
});
