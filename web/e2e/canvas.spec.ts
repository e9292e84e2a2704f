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
    server.elsewhere({ set_keyframe: { of, field, time: 705_600_000, value: [-300, -100] as never, ease: "bezier" } });
    await editor.getByRole("button", { name: "Outgoing tangent of the path" }).focus();
    await editor.keyboard.press("Shift+ArrowDown");
    const out = () => (keys()[0] as { handle_out?: { value: number[] } }).handle_out?.value;
    // A third of the way, and ten pixels further down.
    await expect.poll(() => out()?.[1]).toBeCloseTo((keys()[1].value[1] + 100) / 3 + 10, 1);
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

test.describe("keyframes in their panel", () => {
  const S = 705_600_000;
  const opacity = (server: TestServer) =>
    (clip(server, "inset")?.video?.opacity as { keyframes?: { time: number; value: number; ease?: string }[] })
      .keyframes;
  const key = (page: Page, secs: number) => page.locator(`[data-key="video.opacity@${secs * S}"]`);

  test.beforeEach(async ({ editor, server }) => {
    await at(editor, 250);
    await editor.mouse.click(...(await screen(editor, 1100, 120)));
    await editor.getByRole("tab", { name: "Keyframes" }).click();
    await editor.getByRole("button", { name: "Animate" }).click();
    await editor.getByRole("menuitem", { name: "Opacity" }).click();
    await expect.poll(() => opacity(server)).toEqual([{ time: 2 * S, value: 0.9 }]);
    const of = { clip: "inset" };
    server.elsewhere({ set_keyframe: { of, field: "video.opacity", time: 3 * S, value: 0.5 as never } });
    await expect(key(editor, 3)).toBeVisible();
  });

  test("are dragged, snap, are copied, shaped and removed", async ({ editor, server }) => {
    const from = await key(editor, 3).boundingBox();
    const at2 = await key(editor, 2).boundingBox();
    if (from === null || at2 === null) throw new Error("no keyframes");
    const second = from.x - at2.x;
    await editor.mouse.move(from.x + 8, from.y + 8);
    await editor.mouse.down();
    await editor.mouse.move(from.x + 8 + second * 0.5, from.y + 8, { steps: 3 });
    await editor.mouse.up();
    await expect.poll(() => opacity(server)?.[1].time).toBeCloseTo(3.5 * S, -8);
    const moved = opacity(server)?.[1].time ?? 0;
    expect(Math.abs(moved - 3.5 * S)).toBeLessThan(S / 20);
    // One frame back by the keyboard, with the keyframe still chosen.
    await editor.locator(`[data-key="video.opacity@${moved}"]`).focus();
    await editor.keyboard.press(",");
    await expect.poll(() => opacity(server)?.[1].time).toBe(moved - S / 25);
    await expect(editor.locator(`[data-key="video.opacity@${moved - S / 25}"]`)).toHaveAttribute(
      "aria-selected",
      "true",
    );
    await editor.keyboard.press("Control+a");
    await expect(editor.locator(`[data-key][aria-selected="true"]`)).toHaveCount(2);
    await editor.getByRole("combobox", { name: "Interpolation" }).click();
    await editor.getByRole("option", { name: "Hold" }).click();
    await expect.poll(() => opacity(server)?.map((k) => k.ease)).toEqual(["hold", "hold"]);
    await editor.locator(`[data-key="video.opacity@${2 * S}"]`).focus();
    await editor.keyboard.press("Control+c");
    await at(editor, 225);
    await editor.locator(`[data-key="video.opacity@${2 * S}"]`).focus();
    await editor.keyboard.press("Control+v");
    await expect.poll(() => opacity(server)?.length).toBe(4);
    expect(opacity(server)?.[0]).toEqual({ time: S, value: 0.9, ease: "hold" });
    await expect(editor.locator(`[data-key="video.opacity@${S}"]`)).toHaveAttribute("aria-selected", "true");
    await editor.keyboard.press("Delete");
    await expect.poll(() => opacity(server)?.length).toBe(2);
    // With none chosen, the one with the focus is meant, and never the clip.
    await editor.keyboard.press("Escape");
    await editor.locator(`[data-key="video.opacity@${2 * S}"]`).focus();
    await editor.keyboard.press("Delete");
    await expect.poll(() => opacity(server)?.length).toBe(1);
    expect(clip(server, "inset")).toBeDefined();
  });

  test("are chosen by a box, and the playhead goes from one to the next", async ({ editor }) => {
    const area = await editor.getByTestId("keyframe-lanes").boundingBox();
    if (area === null) throw new Error("no lanes");
    await editor.mouse.move(area.x + 20, area.y + 60);
    await editor.mouse.down();
    await editor.mouse.move(area.x + area.width - 20, area.y + 6, { steps: 4 });
    await editor.mouse.up();
    await expect(editor.locator('.kf-key[aria-selected="true"]')).toHaveCount(2);
    await editor.keyboard.press("Alt+BracketRight");
    await expect(editor.getByTestId("picture")).toHaveAttribute("data-frame", "275");
    await editor.keyboard.press("Alt+BracketLeft");
    await expect(editor.getByTestId("picture")).toHaveAttribute("data-frame", "250");
    expect(await serious(editor)).toEqual([]);
  });

  test("are curves with values and tangents", async ({ editor, server }) => {
    await editor.getByRole("button", { name: "Curves" }).click();
    await key(editor, 2).click();
    await editor.getByRole("combobox", { name: "Interpolation" }).click();
    await editor.getByRole("option", { name: "Bezier" }).click();
    const tangent = editor.locator('[data-tangent="out:video.opacity:0:0"]');
    await expect(tangent).toBeVisible();
    const box = await tangent.boundingBox();
    if (box === null) throw new Error("no tangent");
    await editor.mouse.move(box.x + 4, box.y + 4);
    await editor.mouse.down();
    await editor.mouse.move(box.x + 34, box.y - 20, { steps: 3 });
    await editor.mouse.up();
    const handle = () => (opacity(server)?.[0] as { handle_out?: { time: number; value: number } }).handle_out;
    await expect.poll(() => handle()?.value).toBeGreaterThan(0.01);
    expect(handle()?.time).toBeGreaterThan(S / 3);
    await key(editor, 3).focus();
    await editor.keyboard.press("ArrowUp");
    await expect.poll(() => opacity(server)?.[1].value).toBeGreaterThan(0.5);
    await editor.keyboard.press("Control+z");
    expect(await serious(editor)).toEqual([]);
  });

  test("are set by changes once auto-key is on", async ({ editor, server }) => {
    await at(editor, 260);
    await editor.getByRole("button", { name: "Set keyframes automatically" }).first().click();
    await editor.getByTestId("handle-move").focus();
    await editor.keyboard.press("ArrowRight");
    await expect
      .poll(() => transform(server, "inset")?.position_px)
      .toEqual({ keyframes: [{ time: 2.4 * S, value: [521, -260] }] });
    await expect(
      editor.locator(".inspector").getByRole("button", { name: "Remove this keyframe of Position" }),
    ).toBeVisible();
    await editor.locator(".keyframes").getByRole("button", { name: "Remove this keyframe of Position" }).click();
    await expect.poll(() => transform(server, "inset")?.position_px).toEqual([521, -260]);
  });
});

test.describe("text on the picture", () => {
  const source = (server: TestServer) => clip(server, "title")?.source as Record<string, unknown>;

  test("is typed in place, kept with Ctrl+Enter and dropped with Escape", async ({ editor, server }) => {
    await at(editor, 50);
    await editor.mouse.dblclick(...(await screen(editor, 640, 360)));
    const field = editor.getByTestId("text-overlay");
    await expect(field).toBeFocused();
    // As high as the letters that are drawn, a line of 96 pixels, and a little room.
    const [box, picture] = [await field.boundingBox(), await editor.getByTestId("picture").boundingBox()];
    expect(((box?.height ?? 0) / (picture?.height ?? 1)) * 720).toBeCloseTo(96 * (2478 / 2048 + 0.3), -0.5);
    await editor.keyboard.type("By the sea");
    await editor.keyboard.press("Enter");
    await editor.keyboard.type("again");
    await editor.keyboard.press("Control+Enter");
    await expect.poll(() => source(server).text).toBe("By the sea\nagain");
    expect(sent(server)).toEqual(["set"]);
    await expect(field).toBeHidden();
    await editor.keyboard.press("F2");
    await expect(field).toBeFocused();
    await editor.keyboard.type("no");
    await editor.keyboard.press("Escape");
    await expect(field).toBeHidden();
    expect(source(server).text).toBe("By the sea\nagain");
    await editor.getByRole("button", { name: "Edit text on the picture" }).click();
    await editor.keyboard.type("Kept");
    await editor.mouse.click(...(await screen(editor, 30, 30)));
    await expect.poll(() => source(server).text).toBe("Kept");
  });

  test("has its fields in the inspector", async ({ editor, server }) => {
    await at(editor, 50);
    await editor.mouse.click(...(await screen(editor, 640, 340)));
    await editor.getByRole("button", { name: "Choose a font" }).click();
    await editor.getByRole("menuitem", { name: "Noto Serif" }).click();
    await expect.poll(() => (source(server).style as { font?: string }).font).toBe("Noto Serif");
    await editor.getByRole("button", { name: "Left", exact: true }).click();
    await expect.poll(() => source(server).align).toBe("left");
    await editor.getByRole("switch", { name: "Outline" }).click();
    await expect
      .poll(() => (source(server).style as { strokes?: object[] }).strokes?.[0])
      .toMatchObject({ width_px: 3 });
    await editor.getByRole("switch", { name: "Shadow" }).click();
    await editor.getByRole("spinbutton", { name: "Blur", exact: true }).fill("20");
    await editor.keyboard.press("Enter");
    await expect.poll(() => (source(server).shadows as { blur_px: number }[] | undefined)?.[0].blur_px).toBe(20);
    await editor.getByRole("switch", { name: "Box behind the text" }).click();
    await expect.poll(() => source(server).background).toMatchObject({ padding_px: [12, 6] });
    expect(await serious(editor)).toEqual([]);
  });
});

test.describe("with a finger", () => {
  test.use({ hasTouch: true, viewport: { width: 1024, height: 768 } });

  test("a tap plays, a drag scrubs, and targets are large", async ({ editor }) => {
    await at(editor, 250);
    await editor.touchscreen.tap(...(await screen(editor, 300, 500)));
    await expect(editor.getByRole("button", { name: "Pause" })).toBeVisible();
    await editor.touchscreen.tap(...(await screen(editor, 300, 500)));
    await expect(editor.getByRole("button", { name: "Play", exact: true })).toBeVisible();
    await at(editor, 250);
    const [x, y] = await screen(editor, 300, 500);
    const session = await editor.context().newCDPSession(editor);
    const touch = (type: string, dx: number) =>
      session.send("Input.dispatchTouchEvent", {
        type: type as "touchStart",
        touchPoints: type === "touchEnd" ? [] : [{ x: x + dx, y }],
      });
    await touch("touchStart", 0);
    for (let dx = 10; dx <= 100; dx += 10) await touch("touchMove", dx);
    await touch("touchEnd", 100);
    await expect
      .poll(async () => Number(await editor.getByTestId("picture").getAttribute("data-frame")))
      .toBeGreaterThan(290);
    const play = await editor.getByRole("button", { name: "Play", exact: true }).boundingBox();
    expect(Math.min(play?.width ?? 0, play?.height ?? 0)).toBeGreaterThanOrEqual(40);
    const small = await editor.locator(".transport button:visible, .viewer-bar button:visible").evaluateAll((all) =>
      all
        .map((b) => b.getBoundingClientRect())
        .filter((r) => r.width < 40 || r.height < 40)
        .map((r) => `${r.width}×${r.height}`),
    );
    expect(small).toEqual([]);
  });
});
