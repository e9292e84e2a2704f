import type { Page } from "@playwright/test";
import { serious } from "./fixture/axe";
import { expect, seenFrame, test } from "./fixture/page";
import { empty, large } from "./fixture/projects";
import { units } from "./fixture/h264";
import { TestServer, TOKEN } from "./fixture/server";

const S = 705_600_000;
/** Machines that test for many are slow; figures are those of `npm run bench`. */
const slack = process.env.CI === "true" ? 4 : 1;

const picture = (page: Page) => page.getByTestId("picture");
const shows = (page: Page, frame: number) => expect(picture(page)).toHaveAttribute("data-frame", String(frame));
const clips = (server: TestServer, track: string) =>
  server.document.project.compositions[0].tracks?.find((t) => t.id === track)?.clips ?? [];
const clip = (server: TestServer, id: string) =>
  (server.document.project.compositions[0].tracks ?? []).flatMap((t) => t.clips ?? []).find((c) => c.id === id);

/** The default scale is 50 pixels a second. Rows of video tracks are 58 pixels and 2 between. */
const PX = 50;
const row = { v3: 29, v2: 89, v1: 149, a1: 204 };

async function drag(page: Page, from: [number, number], to: [number, number], keys: string[] = []) {
  const box = await page.getByTestId("timeline-area").boundingBox();
  if (box === null) throw new Error("no timeline");
  await page.mouse.move(box.x + from[0], box.y + from[1]);
  for (const key of keys) await page.keyboard.down(key);
  await page.mouse.down();
  await page.mouse.move(box.x + (from[0] + to[0]) / 2, box.y + (from[1] + to[1]) / 2, { steps: 3 });
  await page.mouse.move(box.x + to[0], box.y + to[1], { steps: 3 });
  await page.mouse.up();
  for (const key of keys) await page.keyboard.up(key);
}

test.describe("the picture", () => {
  test("is always the frame that the page claims", async ({ editor, server }) => {
    await shows(editor, 0);
    let state = 7;
    for (let n = 0; n < 40; n += 1) {
      state = (state * 1103515245 + 12345) % 2147483648;
      const frame = state % 775;
      await editor.getByTestId("timecode").fill(`${frame}f`);
      await editor.keyboard.press("Enter");
      await shows(editor, frame);
      expect(await seenFrame(editor)).toBe(frame);
    }
    expect(server.credits).toBeGreaterThanOrEqual(40);
  });

  test("plays by the clock, and stands where it was paused", async ({ editor }) => {
    await shows(editor, 0);
    await editor.keyboard.press("Space");
    const seen: number[] = [];
    for (let n = 0; n < 12; n += 1) {
      await editor.waitForTimeout(120);
      const [claimed, real] = await editor.getByTestId("picture").evaluate((canvas: HTMLCanvasElement) => {
        const context = canvas.getContext("2d") as CanvasRenderingContext2D;
        const side = Math.floor(canvas.height / 24);
        let frame = 0;
        for (let bit = 0; bit < 16; bit += 1) {
          const x = Math.floor((bit + 0.5) * side);
          if (context.getImageData(x, canvas.height - Math.ceil(side / 2), 1, 1).data[0] > 127) frame |= 1 << bit;
        }
        return [Number(canvas.dataset.frame), frame];
      });
      expect(real).toBe(claimed);
      seen.push(claimed);
    }
    expect(seen.at(-1)).toBeGreaterThan(20);
    // Chromium without a device plays into a sink that keeps time.
    await expect(picture(editor)).toHaveAttribute("data-clock", "sound");
    await editor.keyboard.press("Space");
    expect([...seen].sort((a, b) => a - b)).toEqual(seen);
    await editor.waitForTimeout(300);
    const stopped = Number(await picture(editor).getAttribute("data-frame"));
    await editor.waitForTimeout(300);
    await shows(editor, stopped);
    expect(await seenFrame(editor)).toBe(stopped);
  });

  test("plays H.264 through the decoder of the browser", async ({ editor, server }) => {
    server.video = units();
    await shows(editor, 0);
    await editor.keyboard.press("Space");
    const seen = new Set<number>();
    await expect
      .poll(
        async () => {
          const [claimed, real, width] = await editor.getByTestId("picture").evaluate((canvas: HTMLCanvasElement) => {
            const context = canvas.getContext("2d") as CanvasRenderingContext2D;
            const side = Math.floor(canvas.height / 24);
            let frame = 0;
            for (let bit = 0; bit < 16; bit += 1) {
              const x = Math.floor((bit + 0.5) * side);
              if (context.getImageData(x, canvas.height - Math.ceil(side / 2), 1, 1).data[0] > 127) frame |= 1 << bit;
            }
            return [Number(canvas.dataset.frame), frame, canvas.width];
          });
          expect(real).toBe(claimed);
          if (width === 320) seen.add(claimed);
          return claimed;
        },
        { intervals: [40] },
      )
      .toBeGreaterThan(60);
    expect(seen.size).toBeGreaterThan(10);
  });

  test("follows the ruler while it is dragged, and shuttles with J, K and L", async ({ editor }) => {
    await shows(editor, 0);
    const ruler = await editor.getByTestId("ruler").boundingBox();
    if (ruler === null) throw new Error("no ruler");
    await editor.mouse.move(ruler.x + 10, ruler.y + 10);
    await editor.mouse.down();
    for (let x = 10; x <= 410; x += 20) await editor.mouse.move(ruler.x + x, ruler.y + 10);
    await editor.mouse.up();
    await shows(editor, Math.round((410 / PX) * 25));
    await editor.keyboard.press("l");
    await editor.keyboard.press("l");
    await expect(editor.getByText("2×")).toBeVisible();
    await editor.keyboard.press("k");
    await expect(editor.getByText("2×")).toBeHidden();
    await editor.keyboard.press("Home");
    await shows(editor, 0);
    await editor.keyboard.down("k");
    await editor.keyboard.press("l");
    await editor.keyboard.press("l");
    await editor.keyboard.up("k");
    await shows(editor, 2);
    await editor.keyboard.press("Home");
    await editor.keyboard.press("ArrowDown");
    await shows(editor, 25);
  });
});

test.describe("the timeline", () => {
  test("moves, trims, ripples and rolls with one command each, and undoes them", async ({ editor, server }) => {
    await shows(editor, 0);
    await drag(editor, [9 * PX, row.v2], [14 * PX, row.v2]);
    await expect.poll(() => clip(server, "inset")?.start).toBe(13 * S);
    await drag(editor, [23 * PX - 5, row.v1], [23.5 * PX - 5, row.v1], ["Shift"]);
    await expect.poll(() => Number(clip(server, "lake")?.duration) / S).toBeCloseTo(5.48, 1);
    await drag(editor, [23.48 * PX - 5, row.v1], [22 * PX - 5, row.v1], ["Control"]);
    await expect.poll(() => Number(clip(server, "fields")?.start) / S).toBeLessThan(24.6);
    const before = Number(clip(server, "dusk")?.start);
    await drag(editor, [18 * PX, row.v1], [17 * PX, row.v1]);
    await expect.poll(() => Number(clip(server, "lake")?.start) / S).toBeLessThan(17.2);
    expect(Number(clip(server, "dusk")?.start)).toBe(before);
    const commands = server.commands.filter((c) => !("history" in c || "jobs" in c));
    expect(commands.map((c) => Object.keys(c).find((k) => k !== "key"))).toEqual(["move", "trim", "trim", "trim"]);
    expect(new Set(commands.map((c) => (c as { key?: string }).key)).size).toBe(4);
    for (let n = 0; n < 4; n += 1) await editor.keyboard.press("Control+z");
    await expect.poll(() => clip(server, "inset")?.start).toBe(8 * S);
    await expect.poll(() => Number(clip(server, "lake")?.duration)).toBe(5 * S);
    await editor.keyboard.press("Control+Shift+Z");
    await expect.poll(() => clip(server, "inset")?.start).toBe(13 * S);
  });

  test("takes a clip to another track, and linked sound along", async ({ editor, server }) => {
    await shows(editor, 0);
    await drag(editor, [21 * PX, row.v1], [21 * PX, row.v2]);
    await expect.poll(() => clips(server, "v2").map((c) => c.id)).toEqual(["lake", "inset"]);
    await drag(editor, [3 * PX, row.v1], [3.5 * PX, row.v1], ["Shift"]);
    await expect.poll(() => Number(clip(server, "coast")?.start) / S).toBeCloseTo(0.48, 1);
    expect(clip(server, "coast-s")?.start).toBe(clip(server, "coast")?.start);
  });

  test("cuts with the blade and with the keyboard, and deletes", async ({ editor, server }) => {
    await shows(editor, 0);
    await editor.keyboard.press("b");
    await editor.getByTestId("timeline-area").click({ position: { x: 14 * PX, y: row.v1 } });
    await expect.poll(() => clips(server, "v1").length).toBe(6);
    await editor.keyboard.press("a");
    await editor.getByTestId("timecode").fill("2:00");
    await editor.keyboard.press("Enter");
    await shows(editor, 50);
    await editor.keyboard.press("Control+Shift+B");
    await expect.poll(() => clips(server, "v1").length).toBe(7);
    expect(clips(server, "a1").length).toBe(3);
    await editor.getByTestId("timeline-area").click({ position: { x: 12 * PX, y: row.v1 } });
    await editor.keyboard.press("Delete");
    await expect.poll(() => clip(server, "dusk")).toBeUndefined();
  });

  test("shows in place why something was refused, and lists it", async ({ editor, server }) => {
    await shows(editor, 0);
    server.document.run({ set: { of: { track: "v2" }, field: "locked", value: true as never } });
    await drag(editor, [9 * PX, row.v2], [14 * PX, row.v2]);
    const alert = editor.getByRole("alert").filter({ hasText: "is locked" });
    await expect(alert).toContainText("unlock the track");
    expect(clip(server, "inset")?.start).toBe(8 * S);
    await editor.getByRole("tab", { name: "Problems" }).click();
    await expect(editor.getByRole("tabpanel", { name: "Problems" })).toContainText("edit.locked");
  });

  test("has markers that are set at the playhead and removed on the ruler", async ({ editor, server }) => {
    const markers = () => server.document.project.compositions[0].markers?.map((m) => m.id);
    await shows(editor, 0);
    await editor.getByTestId("timecode").fill("2:00");
    await editor.keyboard.press("Enter");
    await editor.keyboard.press("m");
    await expect.poll(markers).toEqual(["m1", "m2", "marker"]);
    await editor.getByTestId("ruler").click({ button: "right", position: { x: 2 * PX, y: 22 } });
    await editor.getByRole("menuitem", { name: /Remove marker/ }).click();
    await expect.poll(markers).toEqual(["m1", "m2"]);
    await editor.keyboard.press("End");
    await shows(editor, 774);
    await expect(editor.locator(".tl-playhead")).toBeVisible();
  });

  test("takes a drag back on Escape, whatever has the focus", async ({ editor, server }) => {
    await shows(editor, 0);
    const box = await editor.getByTestId("timeline-area").boundingBox();
    if (box === null) throw new Error("no timeline");
    await editor.getByRole("searchbox", { name: "Search media" }).focus();
    await editor.mouse.move(box.x + 9 * PX, box.y + row.v2);
    await editor.mouse.down();
    await editor.mouse.move(box.x + 14 * PX, box.y + row.v2, { steps: 4 });
    await editor.keyboard.press("Escape");
    await editor.mouse.up();
    await editor.waitForTimeout(200);
    expect(clip(server, "inset")?.start).toBe(8 * S);
    expect(server.commands.some((c) => "move" in c)).toBe(false);
  });

  test("zooms about the pointer", async ({ editor }) => {
    await shows(editor, 0);
    const box = await editor.getByTestId("timeline-area").boundingBox();
    if (box === null) throw new Error("no timeline");
    await editor.mouse.move(box.x + 300, box.y + 20);
    await editor.keyboard.down("Control");
    for (let n = 0; n < 3; n += 1) await editor.mouse.wheel(0, -100);
    await editor.keyboard.up("Control");
    await editor.waitForTimeout(100);
    // 6 s is still under the pointer: a click on the ruler there goes to about that time.
    const ruler = await editor.getByTestId("ruler").boundingBox();
    await editor.mouse.click(box.x + 300, (ruler?.y ?? 0) + 8);
    await expect.poll(async () => Number(await picture(editor).getAttribute("data-frame"))).toBe(150);
  });
});

test.describe("together with others", () => {
  test("sees edits of another browser, and catches up after the connection was lost", async ({ editor, server }) => {
    await shows(editor, 0);
    const title = editor.getByRole("gridcell", { name: /Along the coast/ });
    await expect(title).toHaveAccessibleName(/at 00:00:01:00/);
    server.elsewhere({ move: { clips: ["title"], by: S } });
    await expect(title).toHaveAccessibleName(/at 00:00:02:00/);
    server.drop();
    server.elsewhere({ move: { clips: ["title"], by: S } });
    await expect(title).toHaveAccessibleName(/at 00:00:03:00/, { timeout: 10_000 });
    await editor.keyboard.press("Control+z");
    await expect(title).toHaveAccessibleName(/at 00:00:02:00/);
  });

  test("goes on to a project that there is where the address names none", async ({ editor }) => {
    await shows(editor, 0);
    const other = await editor.context().newPage();
    await other.goto(`${new URL(editor.url()).origin}/?token=${TOKEN}&project=gone`);
    await shows(other, 0);
    expect(new URL(other.url()).searchParams.get("project")).toBe("film");
    await other.close();
  });

  test("keeps the token out of the address, and refuses a wrong one", async ({ editor, page }) => {
    await shows(editor, 0);
    expect(editor.url()).not.toContain("token");
    await editor.reload();
    await shows(editor, 0);
    await page.evaluate(() => sessionStorage.setItem("cutroom.token", "wrong"));
    const other = await page.context().newPage();
    await other.goto(editor.url().replace("?project=film", ""));
    await expect(other.getByRole("alert")).toContainText("the token is wrong");
    await other.close();
  });
});

test.describe("media", () => {
  test.use({ project: empty() });

  test("are imported, placed, titled and exported", async ({ editor, server }) => {
    await expect(editor.getByText("Nothing to see yet")).toBeVisible();
    await editor
      .getByTestId("files")
      .setInputFiles([{ name: "sea.mp4", mimeType: "video/mp4", buffer: Buffer.from("x") }]);
    const card = editor.getByRole("button", { name: /^sea\.mp4/ });
    await card.click();
    await editor.keyboard.press("Shift+F12");
    await expect.poll(() => server.document.project.compositions[0].tracks?.length).toBe(1);
    await shows(editor, 0);
    await card.dragTo(editor.getByTestId("timeline-area"), { targetPosition: { x: 9 * PX, y: row.v3 } });
    await expect.poll(() => clips(server, "v1").length).toBe(2);
    await editor.getByRole("tab", { name: "Library" }).click();
    await editor.getByRole("tab", { name: "Generators" }).click();
    await editor.getByRole("button", { name: /^Text/ }).dblclick();
    await expect.poll(() => clips(server, "titles").length).toBe(1);
    await editor.getByRole("tab", { name: "Effects" }).click();
    await editor.getByTestId("timeline-area").click({ position: { x: 100, y: row.v2 } });
    await editor.getByRole("searchbox", { name: "Search by name or purpose" }).fill("lumetri");
    await editor.getByRole("button", { name: /Primary correction/ }).dblclick();
    await expect.poll(() => clips(server, "v1")[0]?.video?.effects?.length).toBe(1);
    await editor.getByRole("banner").getByRole("button", { name: "Export" }).click();
    await editor.getByRole("dialog").getByRole("button", { name: "Export" }).click();
    await expect(editor.getByText("Finished", { exact: true })).toBeVisible();
    expect(server.commands.find((c) => "export" in c)).toMatchObject({ export: { output: "New-film.mp4" } });
  });
});

test.describe("the inspector", () => {
  test("changes fields by typing, by steps and for several clips at once", async ({ editor, server }) => {
    await shows(editor, 0);
    await editor.getByTestId("timeline-area").click({ position: { x: 9 * PX, y: row.v2 } });
    const opacity = editor.getByRole("spinbutton", { name: "Opacity" });
    await opacity.fill("50");
    await opacity.press("Enter");
    await expect.poll(() => clip(server, "inset")?.video?.opacity).toBe(0.5);
    await opacity.fill("70");
    await opacity.press("Escape");
    await expect(opacity).toHaveValue("50");
    await opacity.focus();
    await opacity.press("ArrowUp");
    await opacity.press("ArrowUp");
    await expect.poll(() => clip(server, "inset")?.video?.opacity).toBe(0.52);
    await editor.keyboard.press("Escape");
    // What was typed is one step, what was dropped none, and the arrows are one.
    expect(server.document.history().filter((e) => e.label === "set")).toHaveLength(2);
    await editor.getByTestId("timeline-area").click({ position: { x: 20 * PX, y: row.v1 }, modifiers: ["Shift"] });
    await expect(editor.getByRole("heading", { name: "2 clips" })).toBeVisible();
    await editor.getByRole("switch", { name: "Enabled" }).click();
    await expect.poll(() => [clip(server, "inset")?.enabled, clip(server, "lake")?.enabled]).toEqual([false, false]);
    await editor.getByRole("tab", { name: "History" }).click();
    await editor.getByRole("button", { name: /^Start/ }).click();
    await expect.poll(() => clip(server, "inset")?.video?.opacity).toBe(0.9);
  });
});

test.describe("keyframes", () => {
  test("are set at the playhead, shown between and removed", async ({ editor, server }) => {
    await shows(editor, 0);
    await editor.getByTestId("timeline-area").click({ position: { x: 9 * PX, y: row.v2 } });
    const go = async (frame: number) => {
      await editor.getByTestId("timecode").fill(`${frame}f`);
      await editor.keyboard.press("Enter");
      await shows(editor, frame);
    };
    const opacity = editor.getByRole("spinbutton", { name: "Opacity" });
    await go(200);
    await editor.getByRole("button", { name: "Set a keyframe of Opacity" }).click();
    await expect.poll(() => clip(server, "inset")?.video?.opacity).toEqual({ keyframes: [{ time: 0, value: 0.9 }] });
    await go(300);
    await opacity.fill("10");
    await opacity.press("Enter");
    await expect
      .poll(() => (clip(server, "inset")?.video?.opacity as { keyframes: unknown[] }).keyframes.length)
      .toBe(2);
    await go(250);
    await expect(opacity).toHaveValue("50");
    await editor.getByRole("button", { name: "Next keyframe of Opacity" }).click();
    await shows(editor, 300);
    await editor.getByRole("button", { name: "Remove this keyframe of Opacity" }).click();
    await expect.poll(() => clip(server, "inset")?.video?.opacity).toEqual({ keyframes: [{ time: 0, value: 0.9 }] });
  });
});

test.describe("without a pointer", () => {
  test("clips are reached and changed by keys alone", async ({ editor, server }) => {
    await shows(editor, 0);
    await editor.getByRole("gridcell").first().focus();
    await editor.keyboard.press("ArrowDown");
    await editor.keyboard.press("ArrowDown");
    await expect(editor.getByRole("gridcell", { selected: true })).toHaveAccessibleName(/ridge_dawn/);
    await editor.keyboard.press("Enter");
    await shows(editor, 155);
    await editor.keyboard.press("Period");
    await expect.poll(() => clip(server, "ridge")?.start).toBe(6.24 * S);
    await editor.keyboard.press("Control+Shift+P");
    await editor.keyboard.type("enable");
    await editor.keyboard.press("Enter");
    await expect.poll(() => clip(server, "ridge")?.enabled).toBe(false);
  });

  for (const theme of ["dark", "light"]) {
    test(`axe finds nothing serious in ${theme}`, async ({ editor }) => {
      test.slow();
      await shows(editor, 0);
      if (theme === "light") await editor.getByRole("button", { name: "Dark or light" }).click();
      await editor.getByTestId("timeline-area").click({ position: { x: 9 * PX, y: row.v2 } });
      for (const tab of ["History", "Jobs", "Problems", "Inspector"]) {
        await editor.getByRole("tab", { name: tab }).click();
        expect(await serious(editor), tab).toEqual([]);
      }
    });
  }

  test("keeps the sizes of panels from visit to visit", async ({ editor }) => {
    const widths = () =>
      editor.locator(".dv-groupview").evaluateAll((all) => all.map((e) => Math.round(e.getBoundingClientRect().width)));
    await shows(editor, 0);
    const before = await widths();
    for (const tab of ["History", "Markers", "Inspector"]) {
      await editor.getByRole("tab", { name: tab }).click();
      await editor.reload();
      await shows(editor, 0);
    }
    expect(await widths()).toEqual(before);
  });

  test("speaks Japanese, with nothing left in English", async ({ editor }) => {
    await shows(editor, 0);
    await editor.getByRole("button", { name: "View", exact: true }).click();
    await editor.getByRole("menuitem", { name: "日本語" }).click();
    await expect(editor.getByRole("tab", { name: "タイムライン" })).toBeVisible();
    await expect(editor.locator("html")).toHaveAttribute("lang", "ja");
    await expect(editor.getByText("Inspector")).toHaveCount(0);
  });
});

test.describe("a large film", () => {
  test.use({ project: large(10_000) });

  test("of 10 000 clips scrolls and zooms smoothly", async ({ editor }) => {
    await shows(editor, 0);
    await editor.keyboard.press("Shift+Z");
    const box = await editor.getByTestId("timeline-area").boundingBox();
    if (box === null) throw new Error("no timeline");
    await editor.mouse.move(box.x + 400, box.y + 100);
    const measured = editor.evaluate(
      () =>
        new Promise<{ fps: number; p95: number }>((resolve) => {
          const gaps: number[] = [];
          let last = performance.now();
          const begin = last;
          const tick = (now: number) => {
            gaps.push(now - last);
            last = now;
            if (now - begin < 2500) requestAnimationFrame(tick);
            else {
              gaps.sort((a, b) => a - b);
              resolve({ fps: (gaps.length / (now - begin)) * 1000, p95: gaps[Math.floor(gaps.length * 0.95)] });
            }
          };
          requestAnimationFrame(tick);
        }),
    );
    await editor.keyboard.down("Control");
    for (let n = 0; n < 30; n += 1) await editor.mouse.wheel(0, n < 20 ? -60 : 60);
    await editor.keyboard.up("Control");
    for (let n = 0; n < 60; n += 1) await editor.mouse.wheel(120, 0);
    const { fps, p95 } = await measured;
    console.log(`10 000 clips: ${fps.toFixed(1)} pictures a second, 95 % of gaps below ${p95.toFixed(0)} ms`);
    await editor.keyboard.press("Shift+Z");
    await editor.getByTestId("timecode").fill("0");
    await editor.keyboard.press("Enter");
    await editor.keyboard.press("Escape");
    await editor.mouse.move(box.x + 400, box.y + 20);
    await editor.keyboard.down("Control");
    for (let n = 0; n < 40; n += 1) await editor.mouse.wheel(0, -60);
    await editor.keyboard.up("Control");
    await editor.waitForTimeout(300);
    const answers = await editor.evaluate(async () => {
      const area = document.querySelector("[data-testid=timeline-area]") as HTMLElement;
      const at = area.getBoundingClientRect();
      const event = (type: string, x: number) =>
        new PointerEvent(type, { bubbles: true, pointerId: 1, button: 0, clientX: at.x + x, clientY: at.y + 20 });
      area.setPointerCapture = () => {};
      area.dispatchEvent(event("pointerdown", 400));
      const times: number[] = [];
      for (let n = 0; n < 60; n += 1) {
        const begin = performance.now();
        area.dispatchEvent(event("pointermove", 400 + n * 3));
        await new Promise(requestAnimationFrame);
        await new Promise(requestAnimationFrame);
        times.push(performance.now() - begin);
      }
      area.dispatchEvent(event("pointercancel", 400));
      return times.sort((a, b) => a - b);
    });
    console.log(`a drag is drawn within ${answers[Math.floor(answers.length * 0.95)].toFixed(0)} ms (95 %)`);
    expect(answers[Math.floor(answers.length / 2)]).toBeLessThan(120 * slack);
    // Far below what an idle machine reaches, so that only a change for the worse fails.
    expect(fps).toBeGreaterThan(12 / slack);
  });
});
