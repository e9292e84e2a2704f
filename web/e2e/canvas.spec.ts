import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixture/page";
import { TestServer } from "./fixture/server";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const clip = (server: TestServer, id: string) =>
  (server.document.project.compositions[0].tracks ?? []).flatMap((t) => t.clips ?? []).find((c) => c.id === id);
const transform = (server: TestServer, id: string) => clip(server, id)?.video?.transform;
const sent = (server: TestServer) =>
  server.commands.filter((c) => !("history" in c) && !("jobs" in c)).map((c) => Object.keys(c)[0]);

async function at(page: Page, frame: number) {
  await page.getByTestId("timecode").fill(`${frame}f`);
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("picture")).toHaveAttribute("data-frame", String(frame));
}

/** A point of the picture, in pixels of the film, on the screen. */
async function screen(page: Page, x: number, y: number): Promise<[number, number]> {
  const box = await page.getByTestId("picture").boundingBox();
  if (box === null) throw new Error("no picture");
  return [box.x + (x / 1280) * box.width, box.y + (y / 720) * box.height];
}

async function drag(page: Page, from: [number, number], by: [number, number], keys: string[] = []) {
  const box = await page.getByTestId("picture").boundingBox();
  if (box === null) throw new Error("no picture");
  const scale = box.width / 1280;
  await page.mouse.move(...from);
  for (const key of keys) await page.keyboard.down(key);
  await page.mouse.down();
  await page.mouse.move(from[0] + (by[0] * scale) / 2, from[1] + (by[1] * scale) / 2, { steps: 3 });
  await page.mouse.move(from[0] + by[0] * scale, from[1] + by[1] * scale, { steps: 3 });
  await page.mouse.up();
  for (const key of keys) await page.keyboard.up(key);
}

async function middle(page: Page, id: string): Promise<[number, number]> {
  const box = await page.getByTestId(`handle-${id}`).boundingBox();
  if (box === null) throw new Error(`no handle ${id}`);
  return [box.x + box.width / 2, box.y + box.height / 2];
}

async function serious(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const runner = (
      globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; impact: string }[] }> } }
    ).axe;
    const { violations } = await runner.run();
    return violations.filter((v) => v.impact === "serious" || v.impact === "critical").map((v) => JSON.stringify(v));
  });
}

// The inset is a third of the picture at (640 + 520, 360 − 260).
test.describe("handles over the picture", () => {
  test.beforeEach(async ({ editor }) => {
    await at(editor, 250);
    await editor.mouse.click(...(await screen(editor, 1100, 120)));
    await expect(editor.getByTestId("handle-rotate")).toBeVisible();
  });

  test("move with one command, snap, and follow undo", async ({ editor, server }) => {
    await drag(editor, await screen(editor, 1100, 120), [-300, 100], ["Control"]);
    await expect.poll(() => (transform(server, "inset")?.position_px as number[])[0]).toBeCloseTo(220, -0.5);
    expect((transform(server, "inset")?.position_px as number[])[1]).toBeCloseTo(-160, -0.5);
    expect(sent(server)).toEqual(["set"]);
    // Almost in the middle: both axes snap.
    await drag(editor, await screen(editor, 960, 250), [-223, 158]);
    await expect.poll(() => transform(server, "inset")?.position_px).toEqual([0, 0]);
    await editor.keyboard.press("Control+z");
    await expect.poll(() => (transform(server, "inset")?.position_px as number[])[0]).toBeCloseTo(220, -0.5);
  });

  test("move by keys, one step for all presses", async ({ editor, server }) => {
    await editor.keyboard.press("ArrowLeft");
    await expect.poll(() => transform(server, "inset")?.position_px).toEqual([519, -260]);
    await editor.keyboard.press("Shift+ArrowDown");
    await expect.poll(() => transform(server, "inset")?.position_px).toEqual([519, -250]);
    expect(server.document.history()).toHaveLength(2);
    await editor.getByRole("button", { name: "Rotate clip" }).focus();
    await editor.keyboard.press("Shift+ArrowRight");
    await expect.poll(() => transform(server, "inset")?.rotation_degrees).toBe(10);
  });

  test("scale from a corner and an edge, rotate in steps, move the anchor", async ({ editor, server }) => {
    await drag(editor, await middle(editor, "scale-sw"), [-112, 63]);
    // The half diagonal of 0.35 is (224, 126) long: half as much again.
    await expect.poll(() => (transform(server, "inset")?.scale as number[])[0]).toBeCloseTo(0.525, 2);
    const [x, y] = transform(server, "inset")?.scale as number[];
    expect(y).toBe(x);
    await drag(editor, await middle(editor, "scale-w"), [168, 0]);
    await expect.poll(() => (transform(server, "inset")?.scale as number[])[0]).toBeCloseTo(0.2625, 2);
    expect((transform(server, "inset")?.scale as number[])[1]).toBe(y);
    await editor.getByTestId("handle-move").focus();
    for (let n = 0; n < 3; n += 1) await editor.keyboard.press("Shift+ArrowDown");
    for (let n = 0; n < 4; n += 1) await editor.keyboard.press("Shift+ArrowLeft");
    await drag(editor, await middle(editor, "scale-se"), [0, 40]);
    await editor.getByTestId("handle-anchor").focus();
    await editor.keyboard.press("ArrowRight");
    await expect.poll(() => (transform(server, "inset")?.anchor as number[] | undefined)?.[0]).toBeGreaterThan(0.5);
    await drag(editor, await middle(editor, "scale-ne"), [0, 0]);
  });

  test("crop, pin corners and mask", async ({ editor, server }) => {
    await editor.getByRole("button", { name: "Crop", exact: true }).click();
    // A tenth of the width of 448.
    await drag(editor, await middle(editor, "crop-w"), [44.8, 0]);
    await expect.poll(() => transform(server, "inset")?.crop_left).toBeCloseTo(0.1, 2);
    await editor.getByRole("button", { name: "Corner pin" }).click();
    await editor.getByRole("button", { name: "Pin bottom left" }).focus();
    await editor.keyboard.press("Shift+ArrowRight");
    await expect.poll(() => clip(server, "inset")?.video?.effects?.[0]?.effect).toBe("corner-pin");
    await editor.keyboard.press("Shift+5");
    await editor.getByRole("button", { name: "Add ellipse mask" }).click();
    await expect.poll(() => clip(server, "inset")?.video?.masks?.length).toBe(1);
    await drag(editor, await middle(editor, "mask:mask:feather"), [0, 21]);
    // Twice the way, and 0.35 of the picture's scale.
    await expect.poll(() => clip(server, "inset")?.video?.masks?.[0].feather_px).toBeCloseTo(120, -1.5);
    await editor.getByRole("button", { name: "Draw polygon mask" }).click();
    for (const [x, y] of [
      [1000, 60],
      [1100, 60],
      [1050, 140],
    ])
      await editor.mouse.click(...(await screen(editor, x, y)));
    await editor.keyboard.press("Enter");
    await expect.poll(() => clip(server, "inset")?.video?.masks?.length).toBe(2);
    const point = editor.getByRole("button", { name: "Point 2 of mask" });
    await point.focus();
    await editor.keyboard.press("Enter");
    await expect(editor.getByRole("button", { name: "Outgoing tangent of point 2" })).toBeVisible();
    await point.focus();
    await editor.keyboard.press("Insert");
    await expect(editor.getByRole("button", { name: "Point 4 of mask" })).toBeVisible();
    await editor.keyboard.press("Delete");
    await expect(editor.getByRole("button", { name: "Point 4 of mask" })).toBeHidden();
    await editor.getByRole("button", { name: "Remove mask" }).click();
    await expect.poll(() => clip(server, "inset")?.video?.masks?.length).toBe(1);
    expect(await serious(editor)).toEqual([]);
  });

  test("show what the server refuses in place, and snap back", async ({ editor, server }) => {
    server.refuse = "set";
    const before = await middle(editor, "scale-sw");
    await drag(editor, await screen(editor, 1100, 120), [-300, 100]);
    await expect(editor.getByRole("alert").getByText("refused for the test")).toBeVisible();
    expect(await middle(editor, "scale-sw")).toEqual(before);
  });

  test("show keyframes of the position as a path", async ({ editor, server }) => {
    const field = "video.transform.position_px";
    const of = { clip: "inset" };
    const key = (time: number, value: number[]) =>
      server.elsewhere({ set_keyframe: { of, field, time: time * 705_600_000, value: value as never } });
    key(1, [-300, -100]);
    key(3, [200, 100]);
    await expect(editor.getByRole("button", { name: "Keyframe of the position" })).toHaveCount(2);
    await drag(editor, await middle(editor, `key-${3 * 705_600_000}`), [50, -40]);
    const keys = () => (transform(server, "inset")?.position_px as { keyframes: { value: number[] }[] }).keyframes;
    await expect.poll(() => Math.round(keys()[1].value[0] / 5)).toBe(50);
    expect(keys()).toHaveLength(2);
  });
});

test("the viewer zooms, pans and shows guides", async ({ editor }) => {
  await at(editor, 250);
  const picture = editor.getByTestId("picture");
  const width = async () => Math.round((await picture.boundingBox())?.width ?? 0);
  const fitted = await width();
  await editor.getByRole("combobox", { name: "Zoom of the viewer" }).click();
  await editor.getByRole("option", { name: "200 %" }).click();
  expect(await width()).toBe(2560);
  const frame = await editor.getByTestId("viewer-frame").boundingBox();
  if (frame === null) throw new Error("no viewer");
  const [x, y] = [frame.x + frame.width / 2, frame.y + frame.height / 2];
  const left = (await picture.boundingBox())?.x ?? 0;
  await editor.mouse.move(x, y);
  await editor.mouse.down({ button: "middle" });
  await editor.mouse.move(x + 60, y, { steps: 3 });
  await editor.mouse.up({ button: "middle" });
  expect(((await picture.boundingBox())?.x ?? 0) - left).toBe(60);
  await editor.keyboard.down("Space");
  await editor.mouse.down();
  await editor.mouse.move(x, y, { steps: 3 });
  await editor.mouse.up();
  await editor.keyboard.up("Space");
  expect((await picture.boundingBox())?.x).toBe(left);
  await expect(picture).toHaveAttribute("data-frame", "250");
  await editor.keyboard.press("Shift+6");
  expect(await width()).toBe(fitted);
  await editor.mouse.move(x, y);
  await editor.keyboard.down("Control");
  await editor.mouse.wheel(0, -200);
  await editor.keyboard.up("Control");
  await expect.poll(width).toBeGreaterThan(fitted * 1.4);
  for (const name of ["Safe areas", "Grid", "Snap to guides"]) {
    const button = editor.getByRole("button", { name });
    const before = await button.getAttribute("aria-pressed");
    await button.click();
    await expect(button).toHaveAttribute("aria-pressed", before === "true" ? "false" : "true");
  }
});
