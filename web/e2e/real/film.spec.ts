// A film through the browser alone: imported, cut, graded and exported by the page against the real
// server, which is killed in the middle. What is downloaded is what the command line exports.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import type { Clip, Project, Track } from "../../src/api/types";
import type { Session } from "../../src/session/session";
import { panelIds } from "../../src/keys/panel-ids";
import { text } from "../fixture/texts";
import { expect, hasMedia, media, open, test, type Program } from "./program";

const S = 705_600_000;
const CLIPS = [
  "phone_ducks_720p_h264.mp4",
  "carpark_12.5fps_aac.mp4",
  "kodak_mjpeg_pcm.avi",
  "phone_fire_720p_vfr_rot180.mp4",
  "music_vibe_ace_44k_stereo.ogg",
];

type Scope = typeof globalThis & { cutroom: Session };

const empty = {
  schema_version: 2,
  name: "Film",
  main: "m",
  media: [],
  compositions: [{ id: "m", size: { width: 480, height: 270 }, frame_rate: 25, tracks: [] }],
};

const project = async (server: Program) => (await server.document()).project as unknown as Project;
const tracks = async (server: Program): Promise<Track[]> => (await project(server)).compositions[0].tracks ?? [];
const clips = async (server: Program, track: number): Promise<Clip[]> => (await tracks(server))[track]?.clips ?? [];
const lengths = async (server: Program, track: number) =>
  (await clips(server, track)).map(({ start, duration }) => [Number(start) / S, Number(duration) / S]);

/** A command by its name, from the palette. */
async function command(page: Page, id: string) {
  const palette = page.getByRole("dialog", { name: text("cmd-palette") });
  await page.keyboard.press("Control+Shift+P");
  await expect(palette).toBeVisible();
  await page.keyboard.type(text(`cmd-${id}`));
  await page.keyboard.press("Enter");
  await expect(palette).toBeHidden();
}

async function go(page: Page, frame: number) {
  await page.getByTestId("timecode").fill(`${frame}f`);
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("picture")).toHaveAttribute("data-frame", String(frame));
}

async function choose(page: Page, name: string) {
  await page.getByRole("tab", { name: text("panel-media"), exact: true }).click();
  await page
    .getByRole("list", { name: text("panel-media") })
    .getByRole("button", { name: new RegExp(`^${name}`) })
    .click();
}

/** Selects the clips under the playhead that are named so. */
async function selectClip(page: Page, id: string) {
  // What a command has made is selected a moment after the server has it.
  await page.waitForTimeout(500);
  await page.evaluate((clip) => (globalThis as Scope).cutroom.select([clip]), id);
}

/** Pictures of docs/editor.md, which `CUTROOM_SHOTS=1` makes anew. */
const shots = process.env.CUTROOM_SHOTS === "1" ? join(import.meta.dirname, "../../../docs/editor") : undefined;

async function shot(page: Page, name: string) {
  if (shots === undefined) return;
  // Pictures of media come a little later.
  await page.waitForTimeout(1500);
  await page.screenshot({ path: join(shots, `${name}.jpg`), quality: 80 });
}

async function panelShots(page: Page) {
  if (shots === undefined) return;
  const ducks = page.getByRole("list", { name: text("panel-media") }).getByRole("button", { name: /^phone_ducks/ });
  await command(page, "panel-media");
  await ducks.dblclick();
  for (const id of panelIds) {
    await command(page, `panel-${id}`);
    const panel = page.getByRole("tabpanel", { name: text(`panel-${id}`), exact: true });
    await expect(panel).toBeVisible();
    await page.waitForTimeout(800);
    await panel.screenshot({ path: join(shots, `panel-${id}.jpg`), quality: 80 });
  }
  for (const id of ["viewer", "timeline"]) await command(page, `panel-${id}`);
}

/** Hashes of all frames and samples of a film, by another program. */
function hashes(file: string): string {
  const args = ["-v", "error", "-i", file, "-map", "0", "-f", "framemd5", "-"];
  return execFileSync("ffmpeg", args, { encoding: "utf8", maxBuffer: 64 << 20 });
}

test("a film is made through the browser alone, across a killed server", async ({ page, server }, info) => {
  test.skip(!CLIPS.every(hasMedia), "the clips are not there");
  test.setTimeout(240_000);
  server.write("film.json", empty);
  await server.start();
  const problems = await open(page, server);

  await test.step("five clips are imported", async () => {
    await expect(page.getByText(text("viewer-empty"))).toBeVisible();
    await page.locator("input[type=file]").setInputFiles(CLIPS.map((name) => join(media, name)));
    await expect.poll(async () => (await project(server)).media?.length, { timeout: 60_000 }).toBe(5);
    const paths = (await project(server)).media?.map(({ path }) => path).toSorted();
    expect(paths).toEqual(CLIPS.map((name) => `media/${name}`).toSorted());
  });

  await shot(page, "import");

  await test.step("three of them follow each other, trimmed to two seconds, one second and 2.6", async () => {
    for (const [n, name] of ["phone_ducks", "carpark", "kodak"].entries()) {
      await choose(page, name);
      await command(page, "append-media");
      await expect.poll(async () => (await clips(server, 0)).length).toBe(n + 1);
    }
    for (const [n, end] of [50, 75, 140].entries()) {
      await page.getByTestId("timeline-area").click({ position: { x: 5, y: 5 } });
      const id = (await clips(server, 0))[n].id;
      await go(page, end);
      await selectClip(page, id);
      await command(page, "ripple-trim-end");
      await expect.poll(async () => (await lengths(server, 0))[n].reduce((a, b) => a + b)).toBeCloseTo(end / 25, 6);
    }
    expect(await lengths(server, 0)).toEqual([
      [0, 2],
      [2, 1],
      [3, 2.6],
    ]);
  });

  await test.step("a part is cut out of the last, and what follows closes up", async () => {
    for (const frame of [100, 125]) {
      await go(page, frame);
      await selectClip(page, (await clips(server, 0)).at(-1)?.id ?? "");
      await command(page, "split");
    }
    await expect.poll(async () => (await clips(server, 0)).length).toBe(5);
    await selectClip(page, (await clips(server, 0))[3].id);
    await command(page, "ripple-delete");
    await expect
      .poll(() => lengths(server, 0))
      .toEqual([
        [0, 2],
        [2, 1],
        [3, 1],
        [4, 0.6],
      ]);
  });

  await test.step("the first cut dissolves", async () => {
    await go(page, 50);
    await selectClip(page, (await clips(server, 0))[1].id);
    await command(page, "add-dissolve");
    await expect.poll(async () => (await tracks(server))[0].transitions?.length).toBe(1);
  });

  await shot(page, "cut");
  const answered = await project(server);
  await test.step("the server is killed, and comes back with everything; so does the page", async () => {
    await server.kill();
    await expect.poll(() => page.evaluate(() => (globalThis as Scope).cutroom.link.getState().state)).not.toBe("open");
    await server.start();
    const link = () => page.evaluate(() => (globalThis as Scope).cutroom.link.getState().state);
    await expect.poll(link, { timeout: 20_000 }).toBe("open");
    expect(await project(server)).toEqual(answered);
  });

  await test.step("a picture in the picture grows from a quarter to a half", async () => {
    await go(page, 25);
    await choose(page, "phone_fire");
    await command(page, "ontop-media");
    await expect.poll(async () => (await clips(server, 1)).length).toBe(1);
    const [clip] = await clips(server, 1);
    await selectClip(page, clip.id);
    await page.getByRole("tab", { name: text("panel-inspector"), exact: true }).click();
    const width = page.getByRole("spinbutton", { name: "Scale", exact: true });
    await go(page, 25);
    await page.getByRole("button", { name: "Set a keyframe of Scale" }).click();
    await expect.poll(async () => JSON.stringify((await clips(server, 1))[0].video)).toContain("keyframes");
    await width.fill("25");
    await width.press("Enter");
    await go(page, 50);
    await width.fill("50");
    await width.press("Enter");
    const keys = async () => {
      const { scale } = (await clips(server, 1))[0].video?.transform as unknown as {
        scale: { keyframes: { time: number; value: number[] }[] };
      };
      return scale.keyframes?.map(({ time, value }) => [Number(time) / S, value[0]]);
    };
    await expect.poll(keys).toEqual([
      [0, 0.25],
      [1, 0.5],
    ]);
  });

  await shot(page, "picture-in-picture");

  await test.step("a title", async () => {
    await go(page, 0);
    await page.getByRole("tab", { name: text("panel-browser"), exact: true }).click();
    await page.getByRole("tab", { name: text("tab-titles"), exact: true }).click();
    await page
      .getByRole("button", { name: /^Lower Third/i })
      .first()
      .click();
    const form = page.getByRole("region", { name: /^Contents of/ });
    await form.getByRole("textbox").first().fill("Ada Lovelace");
    await form.getByRole("button", { name: text("title-add") }).click();
    await expect.poll(async () => JSON.stringify(await project(server))).toContain("Ada Lovelace");
  });

  await shot(page, "title");

  await test.step("a colour effect on the second clip", async () => {
    await selectClip(page, (await clips(server, 0))[1].id);
    await page.getByRole("tab", { name: text("tab-effects"), exact: true }).click();
    await page.getByRole("searchbox", { name: text("search-browser") }).fill("sepia");
    await page
      .getByRole("button", { name: /^Sepia/ })
      .first()
      .dblclick();
    await expect.poll(async () => (await clips(server, 0))[1].video?.effects?.length).toBe(1);
  });

  await test.step("music below, which fades out", async () => {
    await go(page, 0);
    await choose(page, "music");
    await command(page, "overwrite-media");
    const music = async () => (await tracks(server)).find(({ kind }) => kind === "audio")?.clips?.[0];
    await expect.poll(async () => (await music())?.id).toBeTruthy();
    await go(page, 110);
    await selectClip(page, (await music())?.id ?? "");
    await command(page, "trim-end");
    await expect.poll(async () => Number((await music())?.duration) / S).toBe(4.4);
    await page.getByRole("tab", { name: text("panel-inspector"), exact: true }).click();
    const fade = page.getByRole("spinbutton", { name: text("fade-out") });
    await fade.fill("1");
    await fade.press("Enter");
    await expect.poll(async () => JSON.stringify((await music())?.audio)).toContain("fade_out");
  });

  await shot(page, "music");
  await panelShots(page);

  await test.step("undo and redo lead back and forth", async () => {
    const before = await project(server);
    for (let n = 0; n < 3; n += 1) await command(page, "undo");
    await expect.poll(async () => JSON.stringify(await project(server))).not.toBe(JSON.stringify(before));
    for (let n = 0; n < 3; n += 1) await command(page, "redo");
    await expect.poll(() => project(server)).toEqual(before);
  });

  await test.step("it plays", async () => {
    await go(page, 0);
    await page.getByTestId("timeline-area").click({ position: { x: 5, y: 5 } });
    await command(page, "play-pause");
    const shown = () => page.getByTestId("picture").getAttribute("data-frame").then(Number);
    await expect.poll(shown, { timeout: 30_000 }).toBeGreaterThan(12);
    await command(page, "stop");
    await page.screenshot({ path: info.outputPath("film.png") });
  });

  await test.step("the export that is downloaded is the one of the command line", async () => {
    const frames = await page.evaluate(() => (globalThis as Scope).cutroom.frames());
    await command(page, "save");
    await expect.poll(() => JSON.stringify(server.read("film.json")).includes("Ada Lovelace")).toBe(true);
    await command(page, "export");
    const dialog = page.getByRole("dialog", { name: text("export-title") });
    await shot(page, "export");
    await dialog.getByRole("button", { name: text("export"), exact: true }).click();
    const link = page.getByRole("link", { name: /Download/ });
    await expect(link).toBeVisible({ timeout: 120_000 });
    await shot(page, "download");
    const download = page.waitForEvent("download");
    await link.click();
    const file = info.outputPath("film.mp4");
    await (await download).saveAs(file);
    await server.kill();
    // With the quality of the page's first preset.
    server.run("export", "film.json", "-o", "line.mp4", "--crf", "20");
    const made = hashes(file);
    expect(made.split("\n").filter((line) => line.startsWith("0,")).length).toBe(frames);
    expect(made).toBe(hashes(join(server.folder, "line.mp4")));
  });
  expect(problems).toEqual([]);
});
