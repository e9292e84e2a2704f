// The picture on the canvas is the frame that the page claims, from the real decoder to the screen.
import { expect, open, test } from "./program";
import { numberedClip, seen } from "./numbered";

const FRAMES = Number(process.env.CUTROOM_FRAMES ?? 250);

test("the picture is always the frame that the page claims", async ({ page, server }) => {
  test.setTimeout(120_000);
  numberedClip(`${server.folder}/n.mp4`, FRAMES, "480x270", 25);
  server.run("new", "film.json", "n.mp4");
  await server.start();
  const problems = await open(page, server);
  const picture = page.getByTestId("picture");
  await expect(picture).toHaveAttribute("data-settled", "true", { timeout: 20_000 });
  const seeks = Number(process.env.CUTROOM_SEEKS ?? 60);
  let state = 7;
  const times: number[] = [];
  for (let n = 0; n < seeks; n += 1) {
    state = (state * 48271) % 2147483647;
    const frame = state % FRAMES;
    await page.getByTestId("timecode").fill(`${frame}f`);
    const begun = Date.now();
    await page.keyboard.press("Enter");
    await expect(picture).toHaveAttribute("data-frame", String(frame));
    times.push(Date.now() - begun);
    expect(await seen(page)).toEqual({ claimed: frame, real: frame });
  }
  times.sort((a, b) => a - b);
  console.log(
    JSON.stringify({ seeks, p50_ms: times[times.length >> 1], p95_ms: times[Math.floor(times.length * 0.95)] }),
  );

  await page.getByTestId("timecode").fill("0f");
  await page.keyboard.press("Enter");
  await expect(picture).toHaveAttribute("data-frame", "0");
  const secs = Number(process.env.CUTROOM_PLAYED_SECS ?? 4);
  await page.locator("body").press("Space");
  const end = Date.now() + secs * 1000;
  const shown: number[] = [];
  while (Date.now() < end) {
    const { claimed, real } = await seen(page);
    expect(real).toBe(claimed);
    if (shown.at(-1) !== claimed) shown.push(claimed);
  }
  await page.locator("body").press("Space");
  expect(shown.length).toBeGreaterThan(5);
  expect([...shown].sort((a, b) => a - b)).toEqual(shown);
  await expect(picture).toHaveAttribute("data-settled", "true");
  const { claimed, real } = await seen(page);
  expect(real).toBe(claimed);
  console.log(
    JSON.stringify({
      played_secs: secs,
      last: shown.at(-1),
      seen: shown.length,
      clock: await picture.getAttribute("data-clock"),
    }),
  );
  expect(problems).toEqual([]);
});
