// A whole film without a pointer, and what axe says about every panel and dialog.
import type { Page } from "@playwright/test";
import { panelIds } from "../src/keys/panel-ids";

import { serious } from "./fixture/axe";
import { expect, test } from "./fixture/page";
import { empty } from "./fixture/projects";
import type { TestServer } from "./fixture/server";
import { text } from "./fixture/texts";

const S = 705_600_000;

const shows = (page: Page, frame: number) =>
  expect(page.getByTestId("picture")).toHaveAttribute("data-frame", String(frame));
const clips = (server: TestServer, track: string) =>
  server.document.project.compositions[0].tracks?.find((t) => t.id === track)?.clips ?? [];

/** A command by its name, from the palette. */
async function command(page: Page, id: string) {
  const palette = page.getByRole("dialog", { name: text("cmd-palette") });
  await page.keyboard.press("Control+Shift+P");
  await expect(palette).toBeVisible();
  await page.keyboard.type(text(`cmd-${id}`));
  await page.keyboard.press("Enter");
  await expect(palette).toBeHidden();
  // It is carried out after the palette has given the focus back.
  await page.waitForTimeout(100);
  if (id.startsWith("panel-")) {
    const panel = page.getByRole("tabpanel", { name: text(id), exact: true });
    if ((await panel.locator("button:enabled, input").count()) > 0)
      await expect(panel.locator("*:focus")).toHaveCount(1);
  }
}

/** Presses Tab until something of this name has the focus. */
async function tabTo(page: Page, name: RegExp, tag?: string) {
  for (let n = 0; n < 80; n += 1) {
    const focused = page.locator("*:focus");
    const label = await focused.evaluateAll(
      ([e], wanted) =>
        e === undefined || e.role === "tabpanel" || (wanted !== undefined && e.localName !== wanted)
          ? ""
          : (e.getAttribute("aria-label") ?? e.getAttribute("placeholder") ?? e.textContent ?? ""),
      tag,
    );
    if (name.test(label)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${name} is not reached`);
}

/** From the tab that has the focus to another one beside it. */
async function chooseTab(page: Page, name: string) {
  const tab = page.getByRole("tab", { name, exact: true });
  for (let n = 0; n < 6 && (await tab.getAttribute("aria-selected")) !== "true"; n += 1) {
    await page.keyboard.press("ArrowRight");
    await page.waitForTimeout(200);
  }
  await expect(tab).toBeFocused();
}

async function go(page: Page, digits: string, frame: number) {
  await command(page, "enter-timecode");
  await page.keyboard.type(digits);
  await page.keyboard.press("Enter");
  await shows(page, frame);
}

test.describe("by the keyboard alone", () => {
  test.use({ project: empty() });

  test("a film is made, from import to export", async ({ editor, server }) => {
    test.setTimeout(120_000);
    await expect(editor.getByText("Nothing to see yet")).toBeVisible();
    const chooser = editor.waitForEvent("filechooser", { timeout: 30_000 });
    let opened = false;
    void chooser.then(() => (opened = true));
    // Browsers open no dialog for a page that was hardly there.
    for (let n = 0; n < 10 && !opened; n += 1) {
      await editor.keyboard.press("Control+i");
      await editor.waitForTimeout(1500);
    }
    const file = (name: string) => ({ name, mimeType: "video/mp4", buffer: Buffer.from("x") });
    await (await chooser).setFiles([file("sea.mp4"), file("hills.mp4")]);
    await expect.poll(() => server.document.project.media?.length).toBe(2);

    const onClips = () => expect(editor.locator("*:focus")).toHaveAttribute("role", "gridcell");
    // Both files go to the timeline, one after the other.
    await command(editor, "panel-media");
    await tabTo(editor, /^sea\.mp4|sea\.mp4/);
    await editor.keyboard.press("Space");
    await editor.keyboard.press("F10");
    await expect.poll(() => clips(server, "v1").length).toBe(1);
    // The page has it, too, and has selected it.
    await expect(editor.getByRole("gridcell", { selected: true })).toHaveCount(1);
    await editor.keyboard.press("End");
    await shows(editor, 199);
    await editor.keyboard.press("ArrowDown");
    await command(editor, "panel-media");
    await tabTo(editor, /hills\.mp4/);
    await editor.keyboard.press("Space");
    await command(editor, "append-media");
    await expect.poll(() => clips(server, "v1").map((c) => Number(c.start) / S)).toEqual([0, 8]);

    // Trim the end of the first by a second, split the second, and put a dissolve at the cut.
    await command(editor, "panel-timeline");
    await onClips();
    await go(editor, "7.", 175);
    await editor.keyboard.press("Control+Shift+BracketRight");
    await expect.poll(() => clips(server, "v1").map((c) => Number(c.start) / S)).toEqual([0, 7]);
    await go(editor, "10.", 250);
    await editor.keyboard.press("Control+b");
    await expect.poll(() => clips(server, "v1").length).toBe(3);
    await go(editor, "7.", 175);
    await editor.keyboard.press("Control+Alt+d");
    await expect
      .poll(() => server.document.project.compositions[0].tracks?.[0].transitions?.map((x) => x.kind))
      .toEqual(["crossfade"]);

    // A title, with a text of its own.
    await command(editor, "panel-browser");
    await tabTo(editor, /^Effects$|^Generators$/);
    await chooseTab(editor, "Generators");
    await tabTo(editor, /^Text/);
    await editor.keyboard.press("Enter");
    await expect.poll(() => clips(server, "titles").length).toBe(1);
    await command(editor, "panel-timeline");
    await onClips();
    await editor.keyboard.press("ArrowUp");
    await expect(editor.getByRole("gridcell", { selected: true })).toHaveAccessibleName(/^Title/);
    await command(editor, "panel-inspector");
    await tabTo(editor, /^Text$/, "textarea");
    await editor.keyboard.press("Control+a");
    await editor.keyboard.type("By the sea");
    await editor.keyboard.press("Control+Enter");
    await expect.poll(() => (clips(server, "titles")[0].source as { text?: string }).text).toBe("By the sea");

    // An effect on the first clip.
    await command(editor, "panel-timeline");
    await onClips();
    await editor.keyboard.press("ArrowDown");
    await editor.keyboard.press("Home");
    await command(editor, "panel-browser");
    await tabTo(editor, /^Generators$/);
    await chooseTab(editor, "Effects");
    await tabTo(editor, /^Search by name/);
    await editor.keyboard.type("glow");
    await tabTo(editor, /^Glow/);
    await editor.keyboard.press("Enter");
    await expect.poll(() => clips(server, "v1")[0].video?.effects?.map((e) => e.effect)).toEqual(["glow"]);

    await editor.keyboard.press("Control+Shift+E");
    await tabTo(editor, /^Export$/);
    await editor.keyboard.press("Enter");
    await expect(editor.getByText("Finished", { exact: true })).toBeVisible();
    await editor.keyboard.press("Control+s");
    await expect.poll(() => server.document.unsaved).toBe(false);
  });
});

for (const theme of ["dark", "light"] as const) {
  test(`axe finds nothing serious in any panel or dialog, in ${theme}`, async ({ editor }) => {
    test.setTimeout(120_000);
    await shows(editor, 0);
    if (theme === "light") await command(editor, "toggle-theme");
    await command(editor, "panel-timeline");
    for (const id of panelIds) {
      await command(editor, `panel-${id}`);
      expect(await serious(editor), id).toEqual([]);
    }
    for (const id of ["palette", "keyboard", "settings", "workspaces", "paste-attributes", "export"]) {
      if (id === "palette") await editor.keyboard.press("Control+Shift+P");
      else await command(editor, id);
      await expect(editor.getByRole("dialog")).toBeVisible();
      expect(await serious(editor), id).toEqual([]);
      await editor.keyboard.press("Escape");
      await expect(editor.getByRole("dialog")).toBeHidden();
    }
  });
}
