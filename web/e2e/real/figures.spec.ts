// Figures for docs/editor.md, with a program that is optimised and on an idle machine: npm run figures.
import type { Page } from "@playwright/test";
import type { Session } from "../../src/session/session";
import { numberedClip, seen } from "./numbered";
import { expect, open, test } from "./program";

type Scope = typeof globalThis & { cutroom: Session };

const FRAMES = 900;

/** Milliseconds from a drag of the playhead to the frame on the canvas, for each of so many frames. */
function scrubbed(page: Page, frames: number[]) {
  return page.evaluate(async (frames) => {
    const { cutroom } = globalThis as Scope;
    const canvas = document.querySelector<HTMLCanvasElement>("[data-testid=picture]");
    const times: number[] = [];
    for (const frame of frames) {
      const begun = performance.now();
      cutroom.seek(frame, true);
      while (canvas?.dataset.frame !== String(frame)) await new Promise((done) => setTimeout(done, 0));
      times.push(performance.now() - begun);
      await new Promise((done) => setTimeout(done, 30));
    }
    return times;
  }, frames);
}

const at = (sorted: number[], part: number) => Math.round(sorted[Math.floor((sorted.length - 1) * part)] * 10) / 10;

test("figures of the preview at 720p25, two layers", async ({ page, server }) => {
  test.setTimeout(600_000);
  numberedClip(`${server.folder}/n.mp4`, FRAMES, "1280x720", 25);
  server.run("new", "film.json", "n.mp4");
  const film = server.read("film.json") as { compositions: { tracks: { id: string; clips: object[] }[] }[] };
  // A second layer, which leaves the squares of the number free.
  film.compositions[0].tracks.push({
    id: "over",
    clips: [
      {
        id: "over",
        source: {
          type: "media",
          media: (film as unknown as { media: { id: string }[] }).media[0].id,
          audio_stream: "none",
        },
        start: 0,
        duration: `${FRAMES / 25}s`,
        video: { opacity: 0.8, transform: { scale: [0.4, 0.4], position_px: [300, 150] } },
      },
    ],
  });
  server.write("film.json", film);
  await server.start();
  await open(page, server);
  await expect(page.getByTestId("picture")).toHaveAttribute("data-settled", "true", { timeout: 30_000 });
  let state = 11;
  const frames = Array.from({ length: 100 }, () => (state = (state * 48271) % 2147483647) % FRAMES);
  const first = (await scrubbed(page, frames)).toSorted((a, b) => a - b);
  const again = (await scrubbed(page, frames)).toSorted((a, b) => a - b);
  await page.evaluate(() => (globalThis as Scope).cutroom.seek(0));
  await page.waitForTimeout(1500);
  const secs = 30;
  const played = page.evaluate(async (secs) => {
    const { cutroom } = globalThis as Scope;
    const canvas = document.querySelector<HTMLCanvasElement>("[data-testid=picture]");
    const frames = new Set<number>();
    let [late, begun] = [0, 0];
    const before = { ...cutroom.presenter.figures };
    cutroom.play(1);
    while (begun === 0 || performance.now() - begun < secs * 1000) {
      await new Promise((done) => requestAnimationFrame(done));
      const frame = Number(canvas?.dataset.frame);
      if (begun === 0 && frame > 0) begun = performance.now();
      if (begun > 0) frames.add(frame);
      late = Math.max(late, cutroom.presenter.figures.lateMs);
    }
    const clock = cutroom.presenter.leading;
    const { shown, dropped } = cutroom.presenter.figures;
    cutroom.pause();
    const all = [...frames];
    return {
      clock,
      frames: all.length,
      of: Math.max(...all) - Math.min(...all) + 1,
      shown: shown - before.shown,
      dropped: dropped - before.dropped,
      late_ms: Math.round(late),
      width: canvas?.width,
    };
  }, secs);
  const differ: number[] = [];
  const end = Date.now() + secs * 900;
  let looked = 0;
  while (Date.now() < end) {
    const { claimed, real } = await seen(page);
    looked += 1;
    if (claimed !== real) differ.push(claimed);
    await page.waitForTimeout(150);
  }
  console.log(
    JSON.stringify({
      scrub_ms: { p50: at(first, 0.5), p95: at(first, 0.95) },
      again_ms: { p50: at(again, 0.5), p95: at(again, 0.95) },
      played: await played,
      looked,
      differ,
    }),
  );
  expect(differ).toEqual([]);
});
