// Source monitor, mixer, scopes, files, exports, library.
import type { Page } from "@playwright/test";
import { serious } from "./fixture/axe";
import { expect, test } from "./fixture/page";
import type { TestServer } from "./fixture/server";

const S = 705_600_000;

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

  test("says beside the picture why something was refused", async ({ editor, server }) => {
    await shows(editor, 0);
    await open(editor, "coast");
    await shows(editor, 0, "source-picture");
    await editor.keyboard.press("F10");
    const alert = editor.locator("[data-monitor=source]").getByRole("alert");
    await expect(alert).toContainText("move it first, or choose another track");
    expect(clips(server, "v1")).toHaveLength(5);
  });

  test("has the keys of the transport while it has the focus, and one of the two is heard", async ({ editor }) => {
    await editor.setViewportSize({ width: 1900, height: 950 });
    await editor.getByRole("button", { name: "Workspace", exact: true }).click();
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

test.describe("the mixer", () => {
  const track = (server: TestServer, id: string) =>
    server.document.project.compositions[0].tracks?.find((t) => t.id === id);

  test.beforeEach(async ({ editor }) => {
    await shows(editor, 0);
    await editor.getByRole("tab", { name: "Mixer" }).click();
  });

  test("sets volume, balance, mute and solo by pointer and by keys", async ({ editor, server }) => {
    const fader = editor.getByRole("slider", { name: "Volume of Location" });
    await expect(fader).toHaveAttribute("aria-valuetext", "0.0 dB");
    const box = await fader.boundingBox();
    if (box === null) throw new Error("no fader");
    await editor.mouse.move(box.x + 20, box.y + box.height * 0.3);
    await editor.mouse.down();
    // From 70 % of the scale to 50 %: -20 dB below its end, which is at +12.
    await editor.mouse.move(box.x + 20, box.y + box.height * 0.5, { steps: 8 });
    await editor.mouse.up();
    await expect.poll(() => Math.abs(Number(track(server, "a1")?.gain_db) + 8)).toBeLessThan(0.5);
    await editor.keyboard.press("Control+z");
    await expect(fader).toHaveAttribute("aria-valuetext", "0.0 dB");
    await fader.press("ArrowDown");
    await fader.press("ArrowDown");
    await expect.poll(() => track(server, "a1")?.gain_db).toBe(-1);
    await fader.press("Home");
    await expect(fader).toHaveAttribute("aria-valuetext", "−∞ dB");
    await expect.poll(() => track(server, "a1")?.gain_db).toBe(-144);
    await fader.dblclick({ position: { x: 20, y: 30 } });
    await expect.poll(() => track(server, "a1")?.gain_db).toBe(0);
    await editor.getByRole("textbox", { name: "Volume of Music in decibels" }).fill("-4.5");
    await editor.keyboard.press("Enter");
    await expect.poll(() => track(server, "a2")?.gain_db).toBe(-4.5);
    await editor.getByRole("slider", { name: "Balance of Music" }).press("ArrowLeft");
    await expect.poll(() => track(server, "a2")?.pan).toBe(-0.05);
    await editor.getByRole("button", { name: "Mute Location" }).click();
    await editor.getByRole("button", { name: "Solo Music" }).press("Enter");
    await expect.poll(() => [track(server, "a1")?.muted, track(server, "a2")?.solo]).toEqual([true, true]);
  });

  test("shows levels while it is seen, and lets go of them", async ({ editor, server }) => {
    await editor.keyboard.press("Space");
    const lit = () =>
      editor.getByTestId("meter-a1").evaluate((canvas: HTMLCanvasElement) => {
        const { data } = (canvas.getContext("2d") as CanvasRenderingContext2D).getImageData(
          0,
          0,
          canvas.width,
          canvas.height,
        );
        let green = 0;
        for (let n = 0; n < data.length; n += 4) if (data[n + 1] > data[n] + 40) green += 1;
        return green;
      });
    await expect.poll(lit).toBeGreaterThan(50);
    await editor.keyboard.press("Space");
    await expect.poll(lit, { timeout: 9000 }).toBeLessThan(5);
    expect(server.watches.at(-1)).toMatchObject({ meters: true });
  });

  for (const theme of ["dark", "light"])
    test(`axe finds nothing serious in ${theme}`, async ({ editor }) => {
      if (theme === "light") await editor.getByRole("button", { name: "Dark or light" }).click();
      await editor.getByRole("button", { name: "Mute Location" }).click();
      await editor.getByRole("button", { name: "Solo Music" }).click();
      expect(await serious(editor)).toEqual([]);
    });
});

test.describe("scopes", () => {
  const painted = (page: Page, id: string) =>
    page.getByTestId(id).evaluate((canvas: HTMLCanvasElement) => {
      const { data } = (canvas.getContext("2d") as CanvasRenderingContext2D).getImageData(
        0,
        0,
        canvas.width,
        canvas.height,
      );
      let light = 0;
      for (let n = 0; n < data.length; n += 4) if (data[n + 1] > 60) light += 1;
      return light;
    });

  test("show the picture at rest, and are watched only while they are seen", async ({ editor, server }) => {
    await shows(editor, 0);
    await editor.getByRole("tab", { name: "Scopes" }).click();
    await expect(editor.getByTestId("scope-waveform")).toHaveAttribute("data-frame", "0");
    expect(await painted(editor, "scope-waveform")).toBeGreaterThan(500);
    expect(server.watches.at(-1)?.scopes).toEqual(["vectorscope", "waveform"]);
    await go(editor, 60);
    await expect(editor.getByTestId("scope-vectorscope")).toHaveAttribute("data-frame", "60");
    await editor.getByRole("button", { name: "Four scopes" }).click();
    await expect(editor.getByTestId("scope-histogram")).toHaveAttribute("data-frame", "60");
    expect(server.watches.at(-1)?.scopes).toEqual(["histogram", "parade", "vectorscope", "waveform"]);
    await editor.getByRole("button", { name: "One scope" }).press("Enter");
    await editor.getByRole("combobox", { name: "Scope 1" }).press("Enter");
    await editor.getByRole("option", { name: "RGB parade" }).press("Enter");
    await expect(editor.getByTestId("scope-parade")).toHaveAttribute("data-frame", "60");
    await editor.getByRole("tab", { name: "Media" }).click();
    await expect.poll(() => server.watches.at(-1)?.scopes).toEqual([]);
  });

  for (const theme of ["dark", "light"])
    test(`axe finds nothing serious in ${theme}`, async ({ editor }) => {
      await shows(editor, 0);
      if (theme === "light") await editor.getByRole("button", { name: "Dark or light" }).click();
      await editor.getByRole("tab", { name: "Scopes" }).click();
      await expect(editor.getByTestId("scope-waveform")).toHaveAttribute("data-frame", "0");
      expect(await serious(editor)).toEqual([]);
    });
});

test.describe("files", () => {
  const MB = 1024 * 1024;

  test("are uploaded in pieces, go on after a broken connection, and are imported", async ({ editor, server }) => {
    await shows(editor, 0);
    server.files.slow = 60;
    server.files.breaks = 0;
    await editor
      .getByTestId("files")
      .setInputFiles([{ name: "gulls.mp4", mimeType: "video/mp4", buffer: Buffer.alloc(9 * MB, 7) }]);
    await expect.poll(() => server.files.uploads.get("u1")?.offset ?? 0).toBeGreaterThan(0);
    server.files.breaks = 1;
    await expect.poll(() => server.files.breaks).toBe(0);
    await expect.poll(() => server.files.uploads.get("u1")?.offset, { timeout: 10_000 }).toBe(9 * MB);
    await expect.poll(() => server.document.project.media?.some((m) => m.path === "media/gulls.mp4")).toBe(true);
    await expect(editor.getByRole("list", { name: "Uploads" })).toHaveCount(0);
    await expect(editor.getByRole("button", { name: /^gulls\.mp4/ })).toBeVisible();
  });

  test("pause, go on and are given up", async ({ editor, server }) => {
    await shows(editor, 0);
    server.files.slow = 150;
    await editor.getByTestId("files").setInputFiles([
      { name: "a.mp4", mimeType: "video/mp4", buffer: Buffer.alloc(20 * MB, 7) },
      { name: "b.mp4", mimeType: "video/mp4", buffer: Buffer.alloc(3 * MB, 7) },
    ]);
    await expect.poll(() => server.files.uploads.get("u1")?.offset ?? 0).toBeGreaterThan(0);
    await editor.getByRole("button", { name: "Pause a.mp4" }).press("Enter");
    await expect(editor.getByText(/^Paused at/)).toBeVisible();
    await editor.waitForTimeout(300);
    const stood = server.files.uploads.get("u1")?.offset;
    await editor.waitForTimeout(400);
    expect(server.files.uploads.get("u1")?.offset).toBe(stood);
    await editor.getByRole("button", { name: "Resume a.mp4" }).click();
    await expect.poll(() => server.files.uploads.get("u1")?.offset).toBeGreaterThan(stood ?? 0);
    await editor.getByRole("button", { name: "Cancel a.mp4" }).click();
    await expect.poll(() => server.files.uploads.has("u1")).toBe(false);
    await expect.poll(() => server.document.project.media?.some((m) => m.path === "media/b.mp4")).toBe(true);
    expect(server.document.project.media?.some((m) => m.path === "media/a.mp4")).toBe(false);
  });

  test("dropped onto the timeline are placed there", async ({ editor, server }) => {
    await shows(editor, 0);
    const transfer = await editor.evaluateHandle(() => {
      const made = new DataTransfer();
      made.items.add(new File([new Uint8Array(1000)], "drop.mp4", { type: "video/mp4" }));
      return made;
    });
    const box = await editor.getByTestId("timeline-area").boundingBox();
    if (box === null) throw new Error("no timeline");
    const at = { clientX: box.x + 15 * 50, clientY: box.y + 29, dataTransfer: transfer };
    await editor.getByTestId("timeline-area").dispatchEvent("dragover", at);
    await editor.getByTestId("timeline-area").dispatchEvent("drop", at);
    await expect.poll(() => clips(server, "v3").find((c) => c.id === "drop")?.start).toBe(15 * S);
  });

  test("of the server are chosen by keys", async ({ editor, server }) => {
    await shows(editor, 0);
    await editor.keyboard.press("Control+Shift+I");
    const list = editor.getByRole("listbox", { name: "Files and folders" });
    await list.getByRole("option", { name: /^films/ }).press("Enter");
    await expect(list.getByRole("option", { name: /pier/ })).toBeVisible();
    // Only media, and folders.
    await expect(list.getByRole("option")).toHaveCount(2);
    await editor.keyboard.press("ArrowDown");
    await editor.keyboard.press("Space");
    await expect(editor.getByRole("button", { name: "Import 1 file" })).toBeEnabled();
    await list.getByRole("option", { name: /^2026/ }).press("ArrowRight");
    await expect(list.getByRole("option", { name: /dawn/ })).toBeFocused();
    await expect(editor.getByRole("navigation", { name: "Folder" })).toContainText("films2026");
    const rows = list.getByRole("option", { selected: true });
    await editor.keyboard.press("Shift+ArrowDown");
    await expect(rows).toHaveCount(2);
    await editor.keyboard.press("Shift+ArrowUp");
    await expect(rows).toHaveCount(1);
    await list.getByRole("option", { name: /gulls/ }).click({ modifiers: ["Shift"] });
    await expect(rows).toHaveCount(2);
    await list.getByRole("option", { name: /dawn/ }).click();
    await expect(rows).toHaveCount(1);
    await editor.keyboard.press("Control+A");
    expect(await serious(editor)).toEqual([]);
    await editor.getByRole("button", { name: "Import 2 files" }).click();
    await expect.poll(() => server.document.project.media?.some((m) => m.path === "/films/2026/gulls.wav")).toBe(true);
    await editor.keyboard.press("Control+O");
    // Projects are looked for in a folder of their own.
    await list.getByRole("option", { name: /^films/ }).dblclick();
    await list.getByRole("option", { name: /holiday/ }).dblclick();
    await expect(editor.getByRole("dialog")).toHaveCount(0);
    await shows(editor, 0);
  });

  test("that are missing are named, and searched", async ({ editor, server }) => {
    server.files.offline.add("dusk");
    await editor.reload();
    await shows(editor, 0);
    await expect(editor.getByText("1 file is missing")).toBeVisible();
    expect(await serious(editor)).toEqual([]);
    await editor.getByRole("button", { name: "Find…" }).click();
    await editor.getByRole("option", { name: /^archive/ }).dblclick();
    await editor.getByRole("button", { name: "Search here" }).click();
    await expect.poll(() => server.commands.find((c) => "relink" in c)).toEqual({ relink: { search: ["/archive"] } });
    await expect(editor.getByText("1 file is missing")).toHaveCount(0);
  });
});

test.describe("exports", () => {
  const dialog = (page: Page) => page.getByRole("dialog");

  test("wait for each other, and are downloaded", async ({ editor, server }) => {
    server.exports.pace = 400;
    await shows(editor, 0);
    await editor.getByRole("banner").getByRole("button", { name: "Export" }).click();
    await expect(dialog(editor).getByRole("radio", { name: /^AV1/ })).toBeDisabled();
    await dialog(editor)
      .getByRole("radio", { name: /^H\.264/ })
      .press("ArrowDown");
    await expect(dialog(editor).getByRole("radio", { name: /^H\.265/ })).toBeChecked();
    await dialog(editor).getByRole("button", { name: "Add to queue" }).click();
    await expect(dialog(editor).getByRole("textbox", { name: "File name" })).toHaveValue("Along-the-coast-2");
    await dialog(editor).getByRole("radio", { name: /^WAV/ }).click();
    await dialog(editor).getByRole("button", { name: "Export", exact: true }).click();
    expect(server.commands.filter((c) => "export" in c)).toEqual([
      {
        export: {
          output: "Along-the-coast.mp4",
          composition: "main",
          video: { codec: "h265", crf: 26 },
          audio: { codec: "aac" },
        },
      },
      { export: { output: "Along-the-coast-2.wav", composition: "main", audio: { codec: "pcm" } } },
    ]);
    await expect(editor.getByText(/left$/)).toBeVisible();
    await expect(editor.getByRole("link", { name: "Download Along-the-coast-2.wav" })).toBeVisible({ timeout: 9000 });
    const [download] = await Promise.all([
      editor.waitForEvent("download"),
      editor.getByRole("link", { name: "Download Along-the-coast.mp4" }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("Along-the-coast.mp4");
    expect(await serious(editor)).toEqual([]);
    await editor.getByRole("button", { name: "Clear finished" }).click();
    await expect(editor.getByText("Nothing is being made")).toBeVisible();
  });

  test("say in place why they were refused, and are cancelled and repeated", async ({ editor, server }) => {
    server.exports.pace = 20_000;
    await shows(editor, 0);
    await editor.keyboard.press("Control+Shift+E");
    await dialog(editor).getByRole("button", { name: "Add to queue" }).click();
    await dialog(editor).getByRole("textbox", { name: "File name" }).fill("Along-the-coast");
    await dialog(editor).getByRole("button", { name: "Export", exact: true }).click();
    await expect(dialog(editor).getByRole("alert")).toContainText("choose another name");
    expect(await serious(editor)).toEqual([]);
    await dialog(editor).getByRole("button", { name: "Cancel" }).click();
    await editor.getByRole("tab", { name: /^Jobs/ }).click();
    await editor.getByRole("button", { name: "Cancel Along-the-coast.mp4" }).click();
    await expect(editor.getByText("Cancelled")).toBeVisible();
    await editor.getByRole("button", { name: "Try Along-the-coast.mp4 again" }).click();
    await expect(editor.getByRole("button", { name: "Cancel Along-the-coast.mp4" })).toBeVisible();
  });
});

test.describe("the library", () => {
  test.beforeEach(async ({ editor }) => {
    await shows(editor, 0);
    await editor.getByRole("tab", { name: "Library" }).click();
  });

  test("has pictures of what is seen of it", async ({ editor, server }) => {
    await expect.poll(() => server.pictures).toContain("/catalog/effects/glow/picture");
    expect(server.pictures.some((p) => p.startsWith("/catalog/transitions"))).toBe(false);
    await editor.getByRole("tab", { name: "Transitions" }).click();
    await expect.poll(() => server.pictures).toContain("/catalog/transitions/push/picture");
    expect(new Set(server.pictures).size).toBe(server.pictures.length);
  });

  test("shows an icon where there is no picture", async ({ editor }) => {
    await editor.route(/\/titles\/chapter\/picture/, (route) => route.fulfill({ status: 200, body: "" }));
    await editor.getByRole("tab", { name: "Titles" }).click();
    const chapter = editor.getByRole("button", { name: /^Chapter/ });
    await expect(chapter.locator("svg")).toBeVisible();
    await expect(editor.getByRole("button", { name: /^Credits/ }).locator("img")).toBeVisible();
    await expect(chapter.locator("img")).toHaveCount(0);
  });

  test("puts titles on the timeline with what was filled in", async ({ editor, server }) => {
    const titles = () => server.commands.filter((c) => "add_title" in c);
    await editor.getByRole("tab", { name: "Titles" }).click();
    await editor.getByRole("button", { name: /^Lower third/ }).click();
    const form = editor.getByRole("region", { name: "Contents of Lower third" });
    await form.getByRole("textbox", { name: "Name" }).fill("Grace Hopper");
    await form.getByRole("button", { name: "Add at playhead" }).click();
    await expect.poll(titles).toEqual([
      {
        add_title: {
          title: "lower_third",
          values: { name: "Grace Hopper", role: "Mathematician", color: "#e8a33d", size: "1" },
          at: "0",
          composition: "main",
        },
      },
    ]);
    await expect(editor.getByRole("gridcell", { name: /Grace Hopper/ })).toBeAttached();
    await editor.getByRole("button", { name: /^Chapter/ }).press("Enter");
    await expect.poll(() => titles().length).toBe(2);
    const area = editor.getByTestId("timeline-area");
    await editor.getByRole("button", { name: /^Credits/ }).dragTo(area, { targetPosition: { x: 14 * 50, y: 29 } });
    await expect.poll(() => titles()[2]).toMatchObject({ add_title: { title: "credits", at: "350" } });
    expect(await serious(editor)).toEqual([]);
  });

  test("axe finds nothing serious in light", async ({ editor }) => {
    await editor.getByRole("button", { name: "Dark or light" }).click();
    await editor.getByRole("tab", { name: "Titles" }).click();
    await editor.getByRole("button", { name: /^Lower third/ }).click();
    expect(await serious(editor)).toEqual([]);
  });
});
