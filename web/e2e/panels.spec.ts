// Source monitor, mixer, scopes, files, exports, library.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixture/page";
import type { TestServer } from "./fixture/server";

const S = 705_600_000;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const shows = (page: Page, frame: number, id = "picture") =>
  expect(page.getByTestId(id)).toHaveAttribute("data-frame", String(frame));
const clips = (server: TestServer, track: string) =>
  server.document.project.compositions[0].tracks?.find((t) => t.id === track)?.clips ?? [];
const made = (server: TestServer, id: string) =>
  (server.document.project.compositions[0].tracks ?? []).flatMap((t) => t.clips ?? []).find((c) => c.id === id);

async function go(page: Page, frame: number, field = "timecode") {
  await page.getByTestId(field).fill(`${frame}f`);
  await page.keyboard.press("Enter");
}

async function serious(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await (
      globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
      }
    ).axe.run();
    return violations
      .filter((v) => v.impact === "serious" || v.impact === "critical")
      .map(
        (v) =>
          `${v.id}: ${v.nodes
            .slice(0, 3)
            .map((n) => n.html.slice(0, 160))
            .join(" | ")}`,
      );
  });
}

const open = (page: Page, id: string) => page.locator(`.card[data-media="${id}"] .card-body`).dblclick();

test.describe("the source monitor", () => {
  test("marks a part, and inserts it at the playhead", async ({ editor, server }) => {
    await shows(editor, 0);
    await go(editor, 575);
    await shows(editor, 575);
    await open(editor, "coast");
    await shows(editor, 0, "source-picture");
    await go(editor, 100, "source-timecode");
    await shows(editor, 100, "source-picture");
    await editor.keyboard.press("I");
    await go(editor, 140, "source-timecode");
    await editor.keyboard.press("O");
    await expect(editor.getByTestId("marked")).toBeVisible();
    await editor.getByRole("button", { name: "Overwrite", exact: true }).click();
    await expect
      .poll(() => made(server, "coast-01"))
      .toMatchObject({
        start: 23 * S,
        duration: (40 / 25) * S,
        source_in: 4 * S,
      });
    // Marks and place stay with the medium.
    await open(editor, "lake");
    await shows(editor, 0, "source-picture");
    await expect(editor.getByTestId("marked")).toHaveCount(0);
    await open(editor, "coast");
    await shows(editor, 140, "source-picture");
    await editor.getByRole("button", { name: "Clear in and out" }).click();
    await expect(editor.getByTestId("marked")).toHaveCount(0);
    expect(server.sourceSockets.size).toBe(1);
  });

  test("has the keys of the transport while it has the focus, and one of the two is heard", async ({ editor }) => {
    await editor.setViewportSize({ width: 1900, height: 950 });
    await editor.getByRole("button", { name: "View", exact: true }).click();
    await editor.getByRole("menuitem", { name: "Reset layout" }).click();
    await shows(editor, 0);
    await open(editor, "ridge");
    await shows(editor, 0, "source-picture");
    await editor.keyboard.press("L");
    const frame = async (id: string) => Number(await editor.getByTestId(id).getAttribute("data-frame"));
    await expect.poll(() => frame("source-picture")).toBeGreaterThan(5);
    expect(await frame("picture")).toBe(0);
    await editor.getByTestId("timeline-area").click({ position: { x: 300, y: 29 } });
    await editor.keyboard.press("Space");
    await expect.poll(() => frame("picture")).toBeGreaterThan(5);
    const source = editor.getByRole("toolbar", { name: "Transport of the source" });
    await expect(source.getByRole("button", { name: "Play", exact: true })).toBeVisible();
    await editor.keyboard.press("K");
    const stood = await frame("source-picture");
    await editor.getByTestId("source-picture").click();
    await editor.keyboard.press("ArrowRight");
    await shows(editor, stood + 1, "source-picture");
  });

  test("shows the frame of the clip under the playhead", async ({ editor }) => {
    await shows(editor, 0);
    // 8 s into v2's "inset", which shows the lake from its start.
    await go(editor, 250);
    await editor.keyboard.press("F");
    await shows(editor, 50, "source-picture");
    await expect(editor.getByRole("heading", { name: "lake_mirror.mp4" })).toBeVisible();
  });

  test("places picture only, on top, by its buttons and by dragging", async ({ editor, server }) => {
    await shows(editor, 0);
    await open(editor, "dusk");
    await shows(editor, 0, "source-picture");
    await go(editor, 50, "source-timecode");
    await editor.keyboard.press("O");
    await editor.getByRole("button", { name: "Picture only" }).click();
    await editor.getByRole("button", { name: "Place on top" }).click();
    await expect.poll(() => made(server, "dusk-pan")).toMatchObject({ duration: 2 * S, audio: { enabled: false } });
    await expect.poll(() => clips(server, "v3").some((c) => c.id === "dusk-pan")).toBe(false);
    const area = editor.getByTestId("timeline-area");
    await editor.getByRole("button", { name: "Sound only" }).click();
    await editor.getByTestId("source-picture").dragTo(area, { targetPosition: { x: 17 * 50, y: 204 + 60 } });
    await expect.poll(() => clips(server, "a1").find((c) => c.id === "dusk-pan-2")?.duration).toBe(2 * S);
  });

  for (const theme of ["dark", "light"])
    test(`axe finds nothing serious in ${theme}`, async ({ editor }) => {
      await shows(editor, 0);
      if (theme === "light") await editor.getByRole("button", { name: "Dark or light" }).click();
      await editor.getByRole("tab", { name: "Source" }).click();
      expect(await serious(editor)).toEqual([]);
      await open(editor, "coast");
      await shows(editor, 0, "source-picture");
      expect(await serious(editor)).toEqual([]);
    });
});
