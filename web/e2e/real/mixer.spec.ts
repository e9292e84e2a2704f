// The mixer against the real server: buses, sends, effects and their parameters by pointer and by
// keys, each as a step that can be undone; and what the output consists of while it plays.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import type { Composition, Project } from "../../src/api/types";
import { serious } from "../fixture/axe";
import { expect, open, test, type Program } from "./program";

const RATE_HZ = 48_000;
const SECS = 8;

/** A WAV file of 16 bits with a tone, whose right channel is `right` times the left one. */
function tone(hz: number, right: number): Buffer {
  const count = RATE_HZ * SECS;
  const bytes = Buffer.alloc(44 + count * 4);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(36 + count * 4, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(2, 22);
  bytes.writeUInt32LE(RATE_HZ, 24);
  bytes.writeUInt32LE(RATE_HZ * 4, 28);
  bytes.writeUInt16LE(4, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36);
  bytes.writeUInt32LE(count * 4, 40);
  for (let n = 0; n < count; n += 1) {
    const value = 8000 * Math.sin((2 * Math.PI * hz * n) / RATE_HZ);
    bytes.writeInt16LE(Math.round(value), 44 + n * 4);
    bytes.writeInt16LE(Math.round(value * right), 46 + n * 4);
  }
  return bytes;
}

const sound = (id: string) => ({
  id: `${id}-clip`,
  source: { type: "media", media: id },
  start: "0s",
  duration: `${SECS}s`,
});

function film() {
  const tracks = [
    {
      id: "v1",
      name: "Picture",
      clips: [{ id: "c1", source: { type: "solid", color: [0.1, 0.2, 0.3, 1] }, start: "0s", duration: `${SECS}s` }],
    },
    { id: "a1", name: "Voice", kind: "audio", clips: [sound("voice")] },
    { id: "a2", name: "Music", kind: "audio", muted: true, clips: [sound("music")] },
  ];
  return {
    schema_version: 2,
    name: "Mix",
    main: "m",
    media: ["voice", "music"].map((id) => ({ id, path: `${id}.wav` })),
    compositions: [{ id: "m", size: { width: 320, height: 180 }, frame_rate: 25, tracks }],
  };
}

async function start(page: Page, server: Program): Promise<void> {
  writeFileSync(join(server.folder, "voice.wav"), tone(1000, -1));
  writeFileSync(join(server.folder, "music.wav"), tone(250, 1));
  server.write("film.json", film());
  await server.start();
  await open(page, server);
  await expect(page.getByTestId("picture")).toHaveAttribute("data-frame", "0");
  await page.getByRole("tab", { name: "Mixer" }).click();
}

const main = async (server: Program): Promise<Composition> =>
  ((await server.document()).project as unknown as Project).compositions[0];
const track = async (server: Program, id: string) => (await main(server)).tracks?.find((t) => t.id === id)?.audio;

async function choose(page: Page, select: Locator, option: string) {
  await select.click();
  await page.getByRole("option", { name: option, exact: true }).click();
}

async function add(page: Page, strip: string, effect: string) {
  await page.getByRole("button", { name: `Add an effect to ${strip}` }).click();
  await page.getByRole("combobox", { name: `Add an effect to ${strip}` }).fill(effect);
  await page.keyboard.press("Enter");
}

test("a bus, a send and a compressor are made, changed and undone", async ({ page, server }) => {
  await start(page, server);
  await page.getByRole("button", { name: "Bus", exact: true }).click();
  const bus = page.getByRole("listitem", { name: "Bus 1", exact: true });
  await expect(bus).toBeVisible();
  expect((await main(server)).audio?.buses).toEqual([{ id: "bus", name: "Bus 1" }]);

  await page.getByRole("button", { name: "Add a send to Voice" }).click();
  await page.getByRole("menuitem", { name: "Bus 1" }).click();
  await page.getByRole("textbox", { name: "Send of Voice to Bus 1 in decibels" }).fill("-6");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Pre-fader send to Bus 1" }).click();
  await expect.poll(() => track(server, "a1")).toEqual({ sends: [{ bus: "bus", gain_db: -6, pre_fader: true }] });
  await choose(page, page.getByRole("combobox", { name: "Output of Music" }), "Bus 1");
  await expect.poll(async () => (await track(server, "a2"))?.output).toBe("bus");

  await add(page, "Bus 1", "compressor");
  const rack = page.getByRole("region", { name: "Effect", exact: true });
  const threshold = rack.getByRole("spinbutton", { name: "Threshold" });
  await threshold.fill("--12");
  await threshold.press("Enter");
  const params = async () => (await main(server)).audio?.buses?.[0].effects?.[0].params;
  await expect.poll(params).toEqual({ threshold: -32 });
  await expect(rack.getByRole("button", { name: "Reset Threshold" })).toBeEnabled();
  await choose(page, rack.getByRole("combobox", { name: "Detector", exact: true }), "RMS");
  // What gets into the bus would follow itself.
  const key = rack.getByRole("combobox", { name: "Side chain" });
  await key.click();
  await expect(page.getByRole("option")).toHaveText(["What it changes", "V1 Picture", "A1 Voice", "A2 Music"]);
  await page.getByRole("option", { name: "A1 Voice" }).click();
  await expect.poll(params).toEqual({ threshold: -32, detector: "rms", key: "a1" });

  await page.getByRole("tab", { name: "Mixer" }).click();
  for (const expected of [{ threshold: -32, detector: "rms" }, { threshold: -32 }, undefined]) {
    await page.keyboard.press("Control+z");
    await expect.poll(params).toEqual(expected);
  }
  await expect(threshold).toHaveValue("-20");
  await page.keyboard.press("Control+Shift+z");
  await expect.poll(params).toEqual({ threshold: -32 });
  await rack.getByRole("button", { name: "Reset Threshold" }).click();
  await expect.poll(params).toBeUndefined();
  await rack.getByRole("button", { name: "Set a keyframe of Ratio" }).click();
  await expect.poll(params).toMatchObject({ ratio: { keyframes: [{ time: 0, value: 4 }] } });

  await bus.getByRole("button", { name: "Menu of Bus 1" }).click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  await page.getByRole("textbox", { name: "New name of Bus 1" }).fill("Room");
  await page.keyboard.press("Enter");
  await expect.poll(async () => (await main(server)).audio?.buses?.[0].name).toBe("Room");
  await page.getByRole("button", { name: "Menu of Room" }).click();
  await page.getByRole("menuitem", { name: "Remove bus" }).click();
  await expect
    .poll(async () => [(await main(server)).audio, await track(server, "a1")])
    .toEqual([undefined, undefined]);
  await expect(rack.getByText("No effect is chosen")).toBeVisible();
});

test("effects are put in order by keys and by dragging, and switched off", async ({ page, server }) => {
  await start(page, server);
  for (const name of ["compressor", "limiter", "delay"]) await add(page, "Voice", name);
  const list = page.getByRole("list", { name: "Effects of Voice" });
  await expect(list.getByRole("listitem")).toHaveText(["Compressor", "Limiter", "Delay"]);
  const order = async () => (await track(server, "a1"))?.effects?.map((e) => e.effect.replace("audio-", "")).join(" ");
  await list.getByRole("button", { name: "Delay", exact: true }).press("Alt+ArrowUp");
  await expect.poll(order).toBe("compressor delay limiter");
  // The focus goes along.
  await expect(list.getByRole("button", { name: "Delay", exact: true })).toBeFocused();
  await page.keyboard.press("Alt+ArrowUp");
  await expect.poll(order).toBe("delay compressor limiter");
  const rows = list.getByRole("listitem");
  // The server has it before the page.
  await expect(rows).toHaveText(["Delay", "Compressor", "Limiter"]);
  await rows.nth(0).dragTo(rows.nth(2), { targetPosition: { x: 60, y: 17 } });
  await expect.poll(order).toBe("compressor limiter delay");
  await list.getByRole("button", { name: "Limiter on" }).click();
  await expect.poll(async () => (await track(server, "a1"))?.effects?.[1].enabled).toBe(false);
  await list.getByRole("button", { name: "Limiter", exact: true }).press("Delete");
  await expect.poll(order).toBe("compressor delay");
});

test("the sound of a clip has the same effects in the inspector", async ({ page, server }) => {
  await start(page, server);
  await page.getByRole("tab", { name: "Timeline" }).click();
  await page.evaluate(() =>
    (globalThis as never as { cutroom: { select(ids: string[]): void } }).cutroom.select(["voice-clip"]),
  );
  await page.getByRole("button", { name: "Add a sound effect" }).click();
  await page.getByRole("combobox", { name: "Add a sound effect" }).fill("high-pass");
  await page.keyboard.press("Enter");
  const effects = async () =>
    (await main(server)).tracks
      ?.find((t) => t.id === "a1")
      ?.clips?.[0].audio?.effects?.map((e) => [e.effect, e.params]);
  await expect.poll(effects).toEqual([["audio-high-pass", undefined]]);
  const frequency = page.getByRole("spinbutton", { name: "Frequency" });
  await frequency.fill("120");
  await frequency.press("Enter");
  await expect.poll(effects).toEqual([["audio-high-pass", { frequency: 120 }]]);
  // From the library, onto the clip that is selected and into a strip.
  await page.getByRole("tab", { name: "Library" }).click();
  await page.getByRole("tab", { name: "Sound", exact: true }).click();
  await page.getByRole("button", { name: /^De-esser/ }).dblclick();
  await expect.poll(async () => (await effects())?.map(([id]) => id)).toEqual(["audio-high-pass", "audio-de-esser"]);
  await page.getByRole("tab", { name: "Mixer" }).click();
  const list = page.getByRole("list", { name: "Effects of Voice" });
  for (const name of [/^Compressor/, /^Limiter/]) {
    await page.getByRole("button", { name }).first().dragTo(list);
    await expect(list.getByRole("button", { name }).first()).toBeVisible();
  }
  await expect.poll(async () => (await track(server, "a1"))?.effects?.length).toBe(2);
});

test("the output is analysed while it plays", async ({ page, server }) => {
  await start(page, server);
  const [correlation, spectrum] = [page.getByTestId("correlation"), page.getByTestId("spectrum")];
  await expect(correlation).toHaveText("");
  await page.keyboard.press("Space");
  await expect(correlation).toHaveText("−1.00");
  const peak = async () => Number(await spectrum.getAttribute("data-peak-hz"));
  await expect.poll(peak).toBeGreaterThan(950);
  expect(await peak()).toBeLessThan(1060);
  await page.keyboard.press("Space");
  await expect(correlation).toHaveText("");
});

for (const theme of ["dark", "light"])
  test(`axe finds nothing serious in ${theme}`, async ({ page, server }) => {
    await start(page, server);
    if (theme === "light") await page.getByRole("button", { name: "Dark or light" }).click();
    await page.getByRole("button", { name: "Bus", exact: true }).click();
    await page.getByRole("button", { name: "Add a send to Voice" }).click();
    await page.getByRole("menuitem", { name: "Bus 1" }).click();
    await page.getByRole("button", { name: "Pre-fader send to Bus 1" }).click();
    await add(page, "Voice", "compressor");
    await add(page, "Voice", "limiter");
    await page.getByRole("button", { name: "Compressor on" }).click();
    await expect(page.getByRole("button", { name: "Compressor on" })).toHaveAttribute("aria-pressed", "false");
    expect(await serious(page)).toEqual([]);
    await page.getByRole("button", { name: "Add an effect to Master" }).click();
    await expect(page.getByRole("listbox", { name: "Add an effect to Master" })).toBeVisible();
    expect(await serious(page)).toEqual([]);
  });
