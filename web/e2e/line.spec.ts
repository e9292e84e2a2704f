// Tools and tracks of the timeline, edit points, markers, nesting: by pointer and by keyboard.
import type { Page } from "@playwright/test";
import { expect, test } from "./fixture/page";
import { serious } from "./fixture/axe";
import type { TestServer } from "./fixture/server";

const S = 705_600_000;
const F = S / 25;
const PX = 50;
const row = { v3: 29, v2: 89, v1: 149, a1: 204 };

const shows = (page: Page, frame: number) =>
  expect(page.getByTestId("picture")).toHaveAttribute("data-frame", String(frame));
const tracks = (server: TestServer) => server.document.project.compositions[0].tracks ?? [];
const clips = (server: TestServer, track: string) => tracks(server).find((t) => t.id === track)?.clips ?? [];
const clip = (server: TestServer, id: string) =>
  tracks(server)
    .flatMap((t) => t.clips ?? [])
    .find((c) => c.id === id);
const secs = (value: unknown) => Math.round((Number(value) / S) * 100) / 100;
const sent = (server: TestServer) =>
  server.commands.filter((c) => !("history" in c || "jobs" in c)).map((c) => Object.keys(c).find((k) => k !== "key"));

async function go(page: Page, code: string, frame: number) {
  await page.getByTestId("timecode").fill(code);
  await page.keyboard.press("Enter");
  await shows(page, frame);
}

async function drag(page: Page, from: [number, number], to: [number, number], keys: string[] = []) {
  const box = await page.getByTestId("timeline-area").boundingBox();
  if (box === null) throw new Error("no timeline");
  for (const key of keys) await page.keyboard.down(key);
  await page.mouse.move(box.x + from[0], box.y + from[1]);
  await page.mouse.down();
  await page.mouse.move(box.x + to[0], box.y + to[1], { steps: 5 });
  await page.mouse.up();
  for (const key of keys) await page.keyboard.up(key);
}

const at = (page: Page, x: number, y: number, more: object = {}) =>
  page.getByTestId("timeline-area").click({ position: { x, y }, ...more });

test.beforeEach(async ({ editor }) => shows(editor, 0));

test("slides, stretches and slips by pointer, one command each", async ({ editor, server }) => {
  await editor.getByRole("button", { name: "Slide tool" }).click();
  await drag(editor, [9 * PX, row.v1], [9.48 * PX, row.v1], ["Shift"]);
  await expect.poll(() => secs(clip(server, "ridge")?.start)).toBe(6.68);
  expect(secs(clip(server, "coast")?.duration)).toBe(6.68);
  await editor.keyboard.press("r");
  await drag(editor, [22 * PX, row.v1], [23 * PX, row.v1], ["Shift"]);
  await expect.poll(() => clip(server, "lake")?.speed).toBeCloseTo(5 / 6);
  await editor.keyboard.press("t");
  await drag(editor, [15 * PX, row.v1], [14 * PX, row.v1], ["Shift"]);
  await expect.poll(() => secs(clip(server, "dusk")?.source_in)).toBeCloseTo(2.08);
  expect(sent(server)).toEqual(["slide", "rate_stretch", "slip"]);
});

test("selects edit points, cycles their sides, trims them by frames and extends them", async ({ editor, server }) => {
  await at(editor, 6.2 * PX, row.v1);
  const note = editor.getByRole("status").filter({ hasText: /^(Cut|Start|End) / });
  await expect(note).toHaveText("Cut before ridge_dawn.mp4");
  await editor.keyboard.press("Period");
  await expect.poll(() => Number(clip(server, "ridge")?.start)).toBe(6.2 * S + F);
  expect(server.commands.at(-1)).toMatchObject({ trim: { mode: "roll" } });
  await editor.keyboard.press("u");
  await expect(note).toHaveText("End of coast_01.mp4");
  await editor.keyboard.press("u");
  await expect(note).toHaveText("Start of ridge_dawn.mp4");
  await editor.keyboard.press("Shift+Period");
  await expect.poll(() => Number(clip(server, "ridge")?.start)).toBe(6.2 * S + 6 * F);
  await editor.keyboard.press("Escape");
  await expect(note).toHaveCount(0);
  await go(editor, "15:10", 385);
  await editor.keyboard.press("v");
  await expect(note).toHaveCount(1);
  await editor.keyboard.press("Escape");
  await at(editor, 8 * PX + 3, row.v2);
  await go(editor, "9:00", 225);
  await editor.keyboard.press("e");
  await expect.poll(() => secs(clip(server, "inset")?.start)).toBe(9);
});

test("takes a typed offset for what is selected", async ({ editor, server }) => {
  await at(editor, 9 * PX, row.v2);
  await editor.keyboard.press("Shift+T");
  const entry = editor.getByTestId("offset");
  await expect(entry).toBeFocused();
  await expect(entry).toHaveAccessibleName("Move by…");
  await entry.fill("+1.");
  await entry.press("Enter");
  await expect.poll(() => secs(clip(server, "inset")?.start)).toBe(9);
  await entry.fill("nonsense");
  await entry.press("Enter");
  await expect(editor.getByText("This is not a timecode")).toBeVisible();
  await entry.press("Escape");
  await editor.keyboard.press("Escape");
  await entry.fill("2.");
  await entry.press("Enter");
  await shows(editor, 50);
});

test("has target tracks, sync locks, locks and heights by pointer and keyboard", async ({ editor, server }) => {
  await editor.getByRole("button", { name: "Target V1" }).click();
  await expect(editor.getByRole("button", { name: "Target V1" })).toHaveAttribute("aria-pressed", "false");
  await go(editor, "12:00", 300);
  await editor.keyboard.press("Control+b");
  await expect.poll(() => clips(server, "v2").length).toBe(2);
  expect(clips(server, "v1").length).toBe(5);
  await editor.keyboard.press("Control+Alt+3");
  await editor.keyboard.press("Control+Alt+1");
  await expect(editor.getByRole("button", { name: "Target V2" })).toHaveAttribute("aria-pressed", "false");
  await editor.keyboard.press("Control+Alt+5");
  await expect.poll(() => tracks(server).find((t) => t.id === "v1")?.locked).toBe(true);
  await editor.keyboard.press("Control+z");
  const head = editor.getByRole("listitem", { name: "Titles" });
  await head.getByRole("button", { name: /Sync lock/ }).click();
  await at(editor, 14 * PX, row.v1);
  await editor.keyboard.press("Delete");
  await expect.poll(() => secs(clip(server, "lake")?.start)).toBe(11);
  expect(secs(clip(server, "end")?.start), "is not kept in step").toBe(26);
  const edge = editor.getByRole("separator", { name: "Height of track V3" });
  await edge.focus();
  await edge.press("ArrowDown");
  await expect(edge).toHaveAttribute("aria-valuenow", "66");
  // What the page knows of tracks it still knows after a reload.
  await editor.reload();
  await expect(head.getByRole("button", { name: /Sync lock/ })).toHaveAttribute("aria-pressed", "false");
});

test("keeps other tracks in step, closes gaps, and moves magnetically", async ({ editor, server }) => {
  await at(editor, 9 * PX, row.v1);
  await editor.keyboard.press("Delete");
  await expect.poll(() => secs(clip(server, "dusk")?.start)).toBe(6.2);
  expect(secs(clip(server, "end")?.start)).toBe(21.2);
  await editor.keyboard.press("Control+z");
  await expect.poll(() => secs(clip(server, "end")?.start)).toBe(26);
  await at(editor, 24 * PX, row.v1, { button: "right" });
  await expect(editor.getByRole("menuitem", { name: "Close gap", exact: true })).toHaveAttribute("data-disabled", "");
  await editor.getByRole("menuitem", { name: "Close gap on this track only" }).click();
  await expect.poll(() => secs(clip(server, "fields")?.start)).toBe(23);
  await editor.keyboard.press("Shift+N");
  await at(editor, 20 * PX, row.v1);
  await editor.keyboard.press("Backspace");
  await expect.poll(() => secs(clip(server, "fields")?.start)).toBe(18);
});

test("lifts and extracts what is marked, and selects by range and from the playhead", async ({ editor, server }) => {
  await go(editor, "2:00", 50);
  await editor.keyboard.press("i");
  await go(editor, "4:00", 100);
  await editor.keyboard.press("o");
  await editor.keyboard.press("Control+Alt+a");
  const selected = editor.getByRole("gridcell", { selected: true });
  await expect(selected).toHaveCount(4);
  await editor.keyboard.press("Alt+y");
  await expect(selected.first()).toBeAttached();
  await editor.keyboard.press("Quote");
  await expect.poll(() => secs(clip(server, "ridge")?.start)).toBe(4.2);
  expect(server.commands.findLast((c) => "extract" in c)).toBeDefined();
});

test("duplicates, and pastes the attributes that are chosen", async ({ editor, server }) => {
  await at(editor, 9 * PX, row.v2);
  await editor.keyboard.press("Shift+D");
  await expect.poll(() => clips(server, "v2").map((c) => secs(c.start))).toEqual([8, 13]);
  await editor.keyboard.press("Control+c");
  await at(editor, 20 * PX, row.v1);
  await editor.keyboard.press("Alt+v");
  const dialog = editor.getByRole("dialog", { name: "Paste attributes" });
  await expect(dialog.getByRole("checkbox", { name: "Opacity" })).toBeChecked();
  await dialog.getByRole("checkbox", { name: /Position/ }).click();
  expect(await serious(editor)).toEqual([]);
  await dialog.getByRole("button", { name: "Paste" }).click();
  await expect.poll(() => clip(server, "lake")?.video?.opacity).toBe(0.9);
  expect(clip(server, "lake")?.video?.transform).toBeUndefined();
});

test("nests, opens what is nested, and leads back", async ({ editor, server }) => {
  await at(editor, 9 * PX, row.v2);
  await editor.keyboard.press("Control+Alt+n");
  await expect.poll(() => server.document.project.compositions.length).toBe(2);
  // What was made is selected, once the answer is there.
  const crumbs = editor.getByRole("navigation", { name: "Nested compositions" });
  await expect(editor.getByRole("gridcell", { name: /^nested/, selected: true })).toHaveCount(1);
  await editor.keyboard.press("Control+ArrowDown");
  await expect(crumbs).toContainText("nested");
  await editor.keyboard.press("Control+ArrowUp");
  await expect(crumbs).toBeHidden();
  await go(editor, "9:00", 225);
  await at(editor, 9 * PX, row.v2, { clickCount: 2 });
  await expect(crumbs).toContainText("nested");
  await crumbs.getByRole("button", { name: "Film" }).click();
  await expect(crumbs).toBeHidden();
  await expect(editor.getByTestId("timecode")).toHaveValue("00:00:09:00");
  await at(editor, 9 * PX, row.v2);
  await editor.keyboard.press("Control+ArrowDown");
  await expect(crumbs).toBeVisible();
  await editor.keyboard.press("Control+ArrowUp");
  await expect(crumbs).toBeHidden();
});

test("has a list of markers with colour, length and note, and drags them", async ({ editor, server }) => {
  const markers = () => server.document.project.compositions[0].markers ?? [];
  await editor.keyboard.press("Control+Shift+m");
  const panel = editor.getByRole("tabpanel", { name: "Markers" });
  const second = panel.getByRole("button", { name: /quiet/ });
  await second.click();
  await shows(editor, 450);
  await panel.getByRole("textbox", { name: "Note" }).fill("hold this longer");
  await panel.getByRole("textbox", { name: "Length of the marker" }).fill("1.");
  await panel.getByRole("textbox", { name: "Length of the marker" }).press("Enter");
  await panel.getByRole("radio", { name: "Pink" }).click();
  await expect
    .poll(() => markers().find((m) => m.id === "m2"))
    .toMatchObject({ note: "hold this longer", duration: S, color: "#f27fb2", name: "quiet" });
  expect(await serious(editor)).toEqual([]);
  const ruler = await editor.getByTestId("ruler").boundingBox();
  if (ruler === null) throw new Error("no ruler");
  await editor.mouse.move(ruler.x + 18 * PX, ruler.y + 24);
  await editor.mouse.down();
  await editor.keyboard.down("Shift");
  await editor.mouse.move(ruler.x + 20 * PX, ruler.y + 24, { steps: 4 });
  await editor.mouse.up();
  await editor.keyboard.up("Shift");
  await expect.poll(() => secs(markers().find((m) => m.id === "m2")?.time)).toBe(20);
  await panel.getByRole("button", { name: /first cut/ }).focus();
  await editor.keyboard.press("ArrowDown");
  await expect(second).toBeFocused();
  await editor.keyboard.press("Delete");
  await expect.poll(() => markers().map((m) => m.id)).toEqual(["m1"]);
  await editor.getByTestId("ruler").click({ button: "right", position: { x: 6.2 * PX, y: 24 } });
  await editor.getByRole("menuitem", { name: "Blue" }).click();
  await expect.poll(() => markers()[0].color).toBe("#5b9cff");
});

test("records keys, shows and solves conflicts, and keeps them for each preset", async ({ editor }) => {
  await editor.keyboard.press("Control+Alt+k");
  const dialog = editor.getByRole("dialog", { name: "Keyboard shortcuts" });
  await dialog.getByRole("searchbox").fill("duplicate");
  await dialog.getByRole("button", { name: "Add a key to “Duplicate”" }).click();
  await editor.keyboard.press("Control+b");
  await expect(dialog.getByText("Ctrl+B is also used for Split at playhead")).toBeVisible();
  expect(await serious(editor)).toEqual([]);
  await dialog.getByRole("button", { name: "Use it only here" }).click();
  await expect(dialog.getByRole("alert")).toBeHidden();
  await dialog.getByRole("button", { name: "Add a key to “Duplicate”" }).click();
  await editor.keyboard.press("F5");
  await expect(dialog.getByText(/Browsers keep F5/)).toBeVisible();
  await dialog.getByRole("button", { name: "Remove F5 from “Duplicate”" }).click();
  await dialog.getByRole("searchbox").fill("");
  await dialog.getByRole("button", { name: "Find by key" }).click();
  await editor.keyboard.press("Control+Backslash");
  await expect(dialog.locator(".key-name")).toHaveText(["Split at playhead"]);
  const download = editor.waitForEvent("download");
  await dialog.getByRole("button", { name: "Export" }).click();
  const path = await (await download).path();
  await dialog.getByRole("button", { name: "Reset all" }).click();
  await expect(dialog.getByRole("button", { name: "Reset all" })).toBeDisabled();
  await editor.getByTestId("keys-file").setInputFiles(path);
  await expect(dialog.getByText("2 changed keys")).toBeVisible();
  await editor.getByTestId("keys-file").setInputFiles({ name: "x.json", mimeType: "", buffer: Buffer.from("{}") });
  await expect(dialog.getByText("This is not a file of keys")).toBeVisible();
  await dialog.getByRole("combobox", { name: "Preset" }).click();
  await editor.getByRole("option", { name: "Keys of Kdenlive" }).click();
  await expect(dialog.getByRole("button", { name: "Reset all" })).toBeDisabled();
  await dialog.getByRole("combobox", { name: "Preset" }).click();
  await editor.getByRole("option", { name: "Keys of DaVinci Resolve" }).click();
  await editor.keyboard.press("Escape");
  await at(editor, 9 * PX, row.v2);
  await editor.keyboard.press("Control+b");
  await expect(editor.getByRole("gridcell", { name: /lake_mirror/ })).toHaveCount(3);
});

test("has workspaces that are switched, saved, renamed, reset and deleted", async ({ editor }) => {
  await editor.getByRole("tab", { name: "Library" }).click();
  await editor.keyboard.press("Alt+Shift+3");
  const timeline = editor.locator(".timeline");
  await expect.poll(async () => (await timeline.boundingBox())?.height ?? 0).toBeGreaterThan(400);
  await editor.keyboard.press("Alt+Shift+0");
  const dialog = editor.getByRole("dialog", { name: "Workspace" });
  await dialog.getByRole("textbox", { name: "Name of a new workspace" }).fill("Dialogue");
  await dialog.getByRole("button", { name: "Save present arrangement" }).click();
  await dialog.getByRole("textbox", { name: "Name of “Dialogue”" }).fill("Dialogues");
  await editor.keyboard.press("Enter");
  await expect(dialog.getByRole("button", { name: "Go to “Dialogues”" })).toHaveAttribute("aria-pressed", "true");
  expect(await serious(editor)).toEqual([]);
  await dialog.getByRole("button", { name: "Edit", exact: true }).click();
  await editor.keyboard.press("Escape");
  await expect.poll(async () => (await timeline.boundingBox())?.height ?? 999).toBeLessThan(400);
  // The tab that was left open is open again.
  await expect(editor.getByRole("tab", { name: "Library" })).toHaveAttribute("aria-selected", "true");
  await editor.getByRole("button", { name: "Workspace", exact: true }).click();
  await editor.getByRole("menuitem", { name: "Reset layout" }).click();
  await expect(editor.getByRole("tab", { name: "Media" })).toHaveAttribute("aria-selected", "true");
  await editor.getByRole("button", { name: "Workspace", exact: true }).click();
  await editor.getByRole("menuitem", { name: "Dialogues" }).click();
  await editor.reload();
  await shows(editor, 0);
  await expect.poll(async () => (await timeline.boundingBox())?.height ?? 0).toBeGreaterThan(400);
  await editor.keyboard.press("Alt+Shift+0");
  await dialog.getByRole("button", { name: "Delete “Dialogues”" }).click();
  await expect(dialog.getByRole("button", { name: "Edit", exact: true })).toHaveAttribute("aria-pressed", "true");
});

test("has settings for language, theme, text, times and snapping, which outlive a reload", async ({ editor }) => {
  await editor.keyboard.press("Control+Comma");
  const dialog = editor.getByRole("dialog");
  const choose = async (field: string, option: string) => {
    await dialog.getByRole("combobox", { name: field, exact: true }).click();
    await editor.getByRole("option", { name: option, exact: true }).click();
  };
  expect(await serious(editor)).toEqual([]);
  await choose("Theme", "Light");
  await expect(editor.locator("html")).toHaveAttribute("data-theme", "light");
  await choose("Times as", "Frames");
  await choose("Motion", "Reduced");
  await dialog.getByRole("switch", { name: "Snapping" }).click();
  await choose("Size of text in steps", "150 %");
  await expect(editor.locator("body")).toHaveCSS("font-size", "18px");
  await editor.keyboard.press("Escape");
  await editor.getByTestId("timecode").fill("300");
  await editor.keyboard.press("Enter");
  await shows(editor, 300);
  await expect(editor.getByTestId("timecode")).toHaveValue("300");
  await editor.reload();
  await expect(editor.getByRole("button", { name: "Snapping" })).toHaveAttribute("aria-pressed", "false");
  await expect(editor.locator("body")).toHaveCSS("font-size", "18px");
  // The canvas has grown with the text: the first row is one and a half times as high.
  const heads = editor.getByRole("list", { name: "Tracks" }).getByRole("listitem");
  await expect.poll(async () => (await heads.first().boundingBox())?.height).toBe(87);
  await editor.keyboard.press("Control+Comma");
  await choose("Language", "日本語");
  await expect(editor.getByRole("dialog", { name: "設定" })).toBeVisible();
  await editor.getByRole("button", { name: "設定を元に戻す" }).click();
  await expect(editor.locator("body")).toHaveCSS("font-size", "12px");
});

test.describe("at 200 % and 1024 pixels", () => {
  test.use({ viewport: { width: 1024, height: 768 } });

  test("no control is cut off", async ({ editor }) => {
    await editor.evaluate(() => {
      localStorage.setItem("cutroom.preferences", JSON.stringify({ textSize: 200 }));
      localStorage.removeItem("cutroom.workspaces.1");
    });
    await editor.reload();
    await editor.waitForTimeout(1500);
    await editor.screenshot({ path: "test-results/look/large-text.png" });
    const cut = await editor.evaluate(() => {
      const found: string[] = [];
      for (const control of document.querySelectorAll<HTMLElement>("button, input, [role=slider], [role=combobox]")) {
        const box = control.getBoundingClientRect();
        if (box.width === 0 || control.closest(".sr-only, .dv-tabs-overflow-dropdown-default") !== null) continue;
        // What a parent scrolls to can be reached; what it only hides cannot.
        let [left, right] = [0, innerWidth];
        for (let parent = control.parentElement; parent !== null; parent = parent.parentElement) {
          const style = getComputedStyle(parent);
          const around = parent.getBoundingClientRect();
          if (style.overflowX === "visible") continue;
          if (style.overflowX === "auto" || style.overflowX === "scroll") {
            [left, right] = [-Infinity, Infinity];
            break;
          }
          [left, right] = [Math.max(left, around.left), Math.min(right, around.right)];
        }
        if (box.left < left - 1 || box.right > right + 1)
          found.push(
            `${control.getAttribute("aria-label") ?? control.textContent} ${Math.round(box.left)}–${Math.round(box.right)} in ${Math.round(left)}–${Math.round(right)}`,
          );
      }
      return found;
    });
    expect(cut).toEqual([]);
  });
});
