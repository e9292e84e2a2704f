// Pictures of the whole window, to be looked at.
import { expect, test } from "./fixture/page";
import { empty, film, large } from "./fixture/projects";

const folder = "test-results/look";

test("the window in dark and light", async ({ editor }) => {
  await expect(editor.getByTestId("picture")).toHaveAttribute("data-frame", "0");
  await editor.getByTestId("timecode").fill("1210");
  await editor.keyboard.press("Enter");
  await expect(editor.getByTestId("picture")).toHaveAttribute("data-frame", "310");
  const area = editor.getByTestId("timeline-area");
  await editor.keyboard.press("Shift+Z");
  await area.click({ position: { x: 400, y: 160 } });
  await editor.waitForTimeout(700);
  await editor.screenshot({ path: `${folder}/dark.png` });
  await editor.getByRole("button", { name: "Dark or light" }).click();
  await editor.waitForTimeout(300);
  await editor.screenshot({ path: `${folder}/light.png` });
});

test("a small window", async ({ editor }) => {
  await editor.setViewportSize({ width: 1024, height: 700 });
  await expect(editor.getByTestId("picture")).toHaveAttribute("data-frame", "0");
  await editor.waitForTimeout(500);
  await editor.screenshot({ path: `${folder}/small.png` });
});

test("enlarged to 200 %", async ({ editor }) => {
  await editor.setViewportSize({ width: 720, height: 450 });
  await expect(editor.getByTestId("picture")).toHaveAttribute("data-frame", "0");
  await editor.waitForTimeout(300);
  await editor.screenshot({ path: `${folder}/enlarged.png` });
});

test("a drag, a trim and a menu", async ({ editor }) => {
  await expect(editor.getByTestId("picture")).toHaveAttribute("data-frame", "0");
  const box = await editor.getByTestId("timeline-area").boundingBox();
  if (box === null) throw new Error("no timeline");
  await editor.waitForTimeout(500);
  await editor.mouse.move(box.x + 450, box.y + 89);
  await editor.mouse.down();
  await editor.mouse.move(box.x + 500, box.y + 40, { steps: 4 });
  await editor.mouse.move(box.x + 602, box.y + 89, { steps: 4 });
  await editor.screenshot({ path: `${folder}/drag.png` });
  await editor.keyboard.press("Escape");
  await editor.mouse.up();
  await editor.mouse.move(box.x + 1145, box.y + 149);
  await editor.keyboard.down("Control");
  await editor.mouse.down();
  await editor.mouse.move(box.x + 1045, box.y + 149, { steps: 4 });
  await editor.screenshot({ path: `${folder}/ripple.png` });
  await editor.mouse.up();
  await editor.keyboard.up("Control");
  await editor.mouse.click(box.x + 650, box.y + 149, { button: "right" });
  await editor.waitForTimeout(200);
  await editor.screenshot({ path: `${folder}/menu.png` });
});

test.describe("with 10 000 clips", () => {
  test.use({ project: large(10_000) });
  test("near and far", async ({ editor }) => {
    await expect(editor.getByTestId("picture")).toHaveAttribute("data-frame", "0");
    await editor.waitForTimeout(800);
    await editor.screenshot({ path: `${folder}/many-near.png` });
    await editor.keyboard.press("Shift+Z");
    await editor.waitForTimeout(800);
    await editor.screenshot({ path: `${folder}/many-far.png` });
  });
});

test.describe("without anything", () => {
  test.use({ project: empty(), language: "ja" });
  test("in Japanese", async ({ editor }) => {
    await expect(editor.getByText("まだ映像がありません")).toBeVisible();
    await editor.screenshot({ path: `${folder}/empty-ja.png` });
  });
});

test.describe("dialogs", () => {
  test.use({ project: film() });
  test("palette, keys, export, panels", async ({ editor }) => {
    await expect(editor.getByTestId("picture")).toHaveAttribute("data-frame", "0");
    await editor.keyboard.press("Control+Shift+P");
    await editor.keyboard.type("trim");
    await editor.screenshot({ path: `${folder}/palette.png` });
    await editor.keyboard.press("Escape");
    await editor.keyboard.press("Control+Alt+K");
    await editor.waitForTimeout(200);
    await editor.screenshot({ path: `${folder}/keys.png` });
    await editor.keyboard.press("Escape");
    await editor.getByRole("banner").getByRole("button", { name: "Export" }).click();
    await editor.waitForTimeout(200);
    await editor.screenshot({ path: `${folder}/export.png` });
    await editor.keyboard.press("Escape");
    await editor.getByRole("tab", { name: "Library" }).click();
    await editor.getByRole("tab", { name: "History" }).click();
    await editor.waitForTimeout(300);
    await editor.screenshot({ path: `${folder}/browser.png` });
  });
});
