// How fast the timeline is with 10 000 clips on 20 tracks; prints its figures as one line of JSON.
import type { Page } from "@playwright/test";
import type { Edit } from "../src/api/types";
import { applyEdits } from "../src/document/edits";
import { expect, test } from "./fixture/page";
import { large } from "./fixture/projects";

const S = 705_600_000;
const bars = { fps: 45, firstPaintMs: 1000, dragP95Ms: 50 };

test.use({ project: large(10_000) });
test.setTimeout(120_000);

const p95 = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.95)];
const round = (value: number) => Math.round(value * 10) / 10;

/** Pictures a second while the wheel is turned each frame, for five seconds. */
function wheeling(page: Page, what: "scroll" | "zoom") {
  return page.evaluate(
    (kind) =>
      new Promise<{ fps: number; p95: number }>((resolve) => {
        const area = document.querySelector("[data-testid=timeline-area]") as HTMLElement;
        const box = area.getBoundingClientRect();
        const gaps: number[] = [];
        let last = performance.now();
        const begin = last;
        let n = 0;
        const tick = (now: number) => {
          gaps.push(now - last);
          last = now;
          n += 1;
          const back = Math.floor(n / 60) % 2 === 1 ? -1 : 1;
          const delta = kind === "scroll" ? { deltaX: 90 * back } : { deltaY: 25 * back, ctrlKey: true };
          const at = { clientX: box.x + box.width / 2, clientY: box.y + 60 };
          area.dispatchEvent(new WheelEvent("wheel", { bubbles: true, cancelable: true, ...at, ...delta }));
          if (now - begin < 5000) requestAnimationFrame(tick);
          else {
            gaps.sort((a, b) => a - b);
            resolve({ fps: (gaps.length / (now - begin)) * 1000, p95: gaps[Math.floor(gaps.length * 0.95)] });
          }
        };
        requestAnimationFrame(tick);
      }),
    what,
  );
}

/** From each move of the pointer to the picture that shows it. */
function dragging(page: Page, x: number, y: number) {
  return page.evaluate(
    async ([left, top]) => {
      const area = document.querySelector("[data-testid=timeline-area]") as HTMLElement;
      const box = area.getBoundingClientRect();
      area.setPointerCapture = () => {};
      const send = (type: string, by: number) =>
        area.dispatchEvent(
          new PointerEvent(type, {
            bubbles: true,
            pointerId: 1,
            button: 0,
            clientX: box.x + left + by,
            clientY: box.y + top,
          }),
        );
      const painted = () => new Promise<void>((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      send("pointerdown", 0);
      const times: number[] = [];
      for (let n = 1; n <= 100; n += 1) {
        const begin = performance.now();
        send("pointermove", n * 2);
        await painted();
        times.push(performance.now() - begin);
      }
      send("pointercancel", 0);
      return times;
    },
    [x, y],
  );
}

test("the timeline of 10 000 clips", async ({ page, editor, server }) => {
  await expect(editor.getByTestId("picture")).toHaveAttribute("data-frame", "0");
  const firstPaint = await editor.evaluate(() => performance.getEntriesByName("cutroom:timeline-painted")[0].startTime);
  await editor.waitForTimeout(1500);
  const near = { scroll: await wheeling(editor, "scroll"), zoom: await wheeling(editor, "zoom") };
  await editor.keyboard.press("Shift+Z");
  const far = { scroll: await wheeling(editor, "scroll"), zoom: await wheeling(editor, "zoom") };
  await editor.reload();
  await expect(editor.getByTestId("picture")).toHaveAttribute("data-frame", "0");
  await editor.waitForTimeout(1500);
  const drags = await dragging(editor, 100, 40);
  const ripples = await dragging(editor, 158, 40);

  // From the server's edit to the picture, and how often React renders for it.
  await page.evaluate(() => {
    const shared = globalThis as unknown as { rendered: number };
    shared.rendered = 0;
    const seen = new MutationObserver(() => (shared.rendered += 1));
    seen.observe(document.body, { childList: true, subtree: true, attributes: true, characterData: true });
  });
  const edits: number[] = [];
  for (let n = 0; n < 20; n += 1) {
    const frame = editor.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const begin = performance.now();
          const longest = { gap: 0 };
          let last = begin;
          const tick = (now: number) => {
            longest.gap = Math.max(longest.gap, now - last);
            last = now;
            if (now - begin < 250) requestAnimationFrame(tick);
            else resolve(longest.gap);
          };
          requestAnimationFrame(tick);
        }),
    );
    server.elsewhere({ move: { clips: [`c3-${n}`], by: S / 25 } });
    edits.push(await frame);
  }
  const mutations = await page.evaluate(() => (globalThis as unknown as { rendered: number }).rendered);

  const project = large(10_000);
  const all = project.compositions[0].tracks?.flatMap((t) => t.clips ?? []) ?? [];
  const replaced = (clips: typeof all): Edit[] => clips.map((clip) => ({ replace_clip: { clip: { ...clip } } }));
  const took = (list: Edit[]) => {
    const begin = performance.now();
    applyEdits(project, list);
    return round(performance.now() - begin);
  };
  const figures = {
    clips: 10_000,
    tracks: 20,
    first_paint_ms: round(firstPaint),
    fps: {
      scroll_near: round(near.scroll.fps),
      zoom_near: round(near.zoom.fps),
      scroll_far: round(far.scroll.fps),
      zoom_far: round(far.zoom.fps),
    },
    drag_p95_ms: round(p95(drags)),
    trim_p95_ms: round(p95(ripples)),
    longest_frame_of_an_edit_p95_ms: round(p95(edits)),
    changes_of_the_page_per_edit: round(mutations / edits.length),
    apply_one_edit_ms: took(replaced(all.slice(5000, 5001))),
    apply_10000_edits_ms: took(replaced(all)),
  };
  console.log(JSON.stringify(figures));
  expect(Math.min(...Object.values(figures.fps))).toBeGreaterThanOrEqual(bars.fps);
  expect(figures.first_paint_ms).toBeLessThan(bars.firstPaintMs);
  expect(Math.max(figures.drag_p95_ms, figures.trim_p95_ms)).toBeLessThan(bars.dragP95Ms);
});
