import { beforeEach, describe, expect, it } from "vitest";
import type { Clip, Composition, Project, Track } from "../api/types";
import { FLICKS, rateOf } from "../edit/time";
import type { EditPoint } from "../edit/point";
import type { Preview } from "../edit/preview";
import type { Command } from "../wire/messages";
import { Gestures } from "./gestures/controller";
import type { Host, Pointer, Situation } from "./gestures/host";
import { hitTest } from "./hit";
import { type Context2D, paintClips, paintDragged } from "./painter/clips";
import { detailOf, peakRate } from "./painter/detail";
import { noOverlay, type Overlay, paintOverlay } from "./painter/overlay";
import { paintRuler, spacing } from "./painter/ruler";
import { paletteFrom } from "./palette";
import type { Pictures, Scene } from "./scene";
import { fitted, following, rowsOf, scrolledTo, timeAt, type View, xOf, zoomed } from "./view";

const S = FLICKS;

/** Counts and keeps the calls of a 2D context. */
function recorder() {
  const calls: [string, unknown[]][] = [];
  const target: Record<string, unknown> = {};
  const ctx = new Proxy(target, {
    get: (_, name: string) => {
      if (name in target) return target[name];
      if (name === "measureText") return () => ({ width: 40 });
      return (...args: unknown[]) => void calls.push([name, args]);
    },
    set: (_, name: string, value) => ((target[name] = value), true),
  }) as unknown as Context2D;
  return { ctx, calls, named: (name: string) => calls.filter(([n]) => n === name) };
}

const noPictures: Pictures = { strip: () => undefined, peaks: () => undefined, missing: () => false };
const palette = paletteFrom((name) => name);
const clip = (id: string, start: number, length: number, more: object = {}): Clip =>
  ({
    id,
    source: { type: "media", media: "m" },
    start: Math.round(start * S),
    duration: Math.round(length * S),
    source_in: 2 * S,
    ...more,
  }) as Clip;

function film(tracks: Track[]): { project: Project; composition: Composition } {
  const composition: Composition = { id: "main", size: { width: 1920, height: 1080 }, frame_rate: "25", tracks };
  const project = {
    schema_version: 1,
    main: "main",
    compositions: [composition],
    media: [{ id: "m", path: "m.mp4", facts: { duration: 600 * S } }],
  } as Project;
  return { project, composition };
}

const view: View = { flicksPerPx: S / 50, left: 0, top: 0, width: 1000, height: 400 };

function scene(tracks: Track[], v = view, more: Partial<Scene> = {}): Scene {
  const { project, composition } = film(tracks);
  return {
    project,
    view: v,
    rows: rowsOf(composition, v.top, new Map()),
    selected: new Set(),
    pictures: noPictures,
    palette,
    ...more,
  };
}

describe("view", () => {
  const rate = rateOf("25");

  it("zooms about the pointer", () => {
    const z = zoomed({ ...view, left: 20 * S }, 2, 300, rate, 600 * S);
    expect(z.flicksPerPx).toBe(view.flicksPerPx / 2);
    expect(timeAt(z, 300)).toBeCloseTo(timeAt({ ...view, left: 20 * S }, 300), -2);
  });

  it("keeps within limits", () => {
    expect(zoomed(view, 1e9, 0, rate, 600 * S).flicksPerPx).toBeCloseTo(S / 25 / 60);
    expect(scrolledTo(view, -5, 600 * S).left).toBe(0);
    expect(scrolledTo(view, 1e15, 600 * S).left).toBe(588 * S);
    expect(xOf(fitted(view, 600 * S), 600 * S)).toBeLessThan(1000);
    expect(following(view, 10 * S, 600 * S)).toBe(view);
    expect(xOf(following(view, 30 * S, 600 * S), 30 * S)).toBeCloseTo(100);
  });

  it("has labels on the ruler that do not touch", () => {
    for (const text of ["24", "25", "30000/1001", "60"]) {
      for (let scale = 1e5; scale < 1e12; scale *= 1.7) {
        const { frames, marks } = spacing(rateOf(text), scale);
        expect((frames * S) / (rateOf(text).num / rateOf(text).den) / scale).toBeGreaterThanOrEqual(95);
        expect(marks).toBeGreaterThan(0);
      }
    }
  });
});

describe("painter", () => {
  const dense = (n: number): Track[] =>
    Array.from({ length: 20 }, (_, t) => ({
      id: `t${t}`,
      ...(t > 12 ? { kind: "audio" as const } : {}),
      clips: Array.from({ length: n / 20 }, (_, c) => clip(`c${t}-${c}`, c * 2 + (c % 3) * 0.1, 1.8)),
    }));

  it("draws more of a clip the wider it is", () => {
    expect([0.5, 2, 23, 24, 71, 72].map(detailOf)).toEqual(["run", "colour", "colour", "label", "label", "full"]);
    expect([1, 5, 50, 9999].map(peakRate)).toEqual([4, 16, 64, 256]);
  });

  it("is bounded by what is visible, not by the film", () => {
    const count = (n: number) => {
      const { ctx, calls } = recorder();
      paintClips(ctx, scene(dense(n)));
      return calls.length;
    };
    const [small, large] = [count(1_000), count(50_000)];
    expect(large).toBeLessThanOrEqual(small * 1.2);
    expect(large).toBeLessThan(20 * 12 * 12);
  });

  it("merges clips below two pixels into columns", () => {
    const { ctx, named } = recorder();
    const far = { ...view, flicksPerPx: S * 2, height: 2000 };
    paintClips(ctx, scene(dense(20_000), far));
    expect(named("fillText")).toHaveLength(0);
    expect(named("fillRect").length).toBeLessThanOrEqual(20 + 20 * 1000);
    const dense2 = recorder();
    paintClips(dense2.ctx, scene(dense(20_000), { ...far, flicksPerPx: S * 20 }));
    expect(dense2.named("fillRect").length).toBeLessThan(20 * 20);
  });

  it("paints 10 000 clips fast", () => {
    const tracks = dense(10_000);
    const { ctx } = recorder();
    const all = scene(tracks, { ...view, flicksPerPx: S, height: 1400 });
    paintClips(ctx, all);
    const begin = performance.now();
    for (let n = 0; n < 20; n += 1) paintClips(recorder().ctx, { ...all, view: { ...all.view, left: n * 10 * S } });
    expect((performance.now() - begin) / 20).toBeLessThan(60);
  });

  it("draws a ripple where it would be", () => {
    const { ctx, named } = recorder();
    const tracks = [{ id: "v1", clips: [clip("a", 0, 4), clip("b", 4, 4)] }];
    const preview: Preview = {
      places: new Map([["a", { start: 0, duration: 2 * S, sourceIn: 0, track: "v1" }]]),
      shift: { from: new Map([["v1", 4 * S]]), by: -2 * S },
      snapped: [],
      by: -2 * S,
    };
    paintClips(ctx, scene(tracks, view, { preview }));
    paintDragged(ctx, scene(tracks, view, { preview }));
    const boxes = named("roundRect").map(([, [x, , width]]) => [x, width]);
    expect(boxes).toContainEqual([100, 199]);
    expect(boxes).toContainEqual([0, 99]);
  });

  it("draws a waveform of one column a pixel and pictures of the right part", () => {
    const pictures: Pictures = {
      strip: () => ({ image: {} as CanvasImageSource, count: 10, width: 16, height: 9, length: 600 * S }),
      peaks: () => ({ rate: 64, values: new Float32Array(2 * 64 * 600).fill(0.5) }),
      missing: () => false,
    };
    const audio = recorder();
    paintClips(audio.ctx, scene([{ id: "a1", kind: "audio", clips: [clip("a", 0, 10)] }], view, { pictures }));
    expect(audio.named("rect").length).toBeGreaterThan(480);
    expect(audio.named("rect").length).toBeLessThan(502);
    const video = recorder();
    paintClips(video.ctx, scene([{ id: "v1", clips: [clip("a", 0, 10, { source_in: 300 * S })] }], view, { pictures }));
    const drawn = video.named("drawImage");
    expect(drawn.length).toBeGreaterThan(3);
    expect(drawn.every(([, args]) => args[1] === 5 * 16)).toBe(true);
  });

  it("shades fades as long as they are", () => {
    const { ctx, named } = recorder();
    const faded = clip("a", 0, 10, { audio: { fade_in: S, fade_out: 2 * S } });
    paintClips(ctx, scene([{ id: "a1", kind: "audio", clips: [faded] }]));
    const tops = named("lineTo").map(([, [x]]) => x);
    expect(tops).toContain(50);
    expect(tops).toContain(400);
    const plain = recorder();
    paintClips(plain.ctx, scene([{ id: "a1", kind: "audio", clips: [clip("a", 0, 10)] }]));
    expect(plain.named("lineTo")).toEqual([]);
  });

  it("paints the ruler and what lies above", () => {
    const { ctx, named } = recorder();
    const { composition } = film([]);
    const marked = { ...composition, markers: [{ id: "k", time: S }] };
    paintRuler(ctx, { composition: marked, view, palette, range: { from: S, to: 3 * S }, length: 9 * S });
    expect(named("fillText")[0][1][0]).toBe("00:00:00:00");
    expect(named("fillText").length).toBeLessThan(12);
    const over = recorder();
    const overlay: Overlay = {
      ...noOverlay,
      snapped: [S],
      label: { text: "+1", x: 5, y: 5, warn: false },
      box: { x: 1, y: 1, width: 5, height: 5 },
    };
    paintOverlay(over.ctx, view, palette, overlay);
    expect(over.named("fillText")).toHaveLength(1);
    expect(over.named("strokeRect")).toHaveLength(1);
  });
});

describe("hit test", () => {
  const tracks: Track[] = [
    {
      id: "v1",
      clips: [clip("a", 0, 4), clip("b", 4, 4), clip("c", 10, 2)],
      transitions: [{ id: "x", kind: "dissolve", from: "a", to: "b", duration: S }],
    },
  ];
  const { composition } = film(tracks);
  const rows = rowsOf(composition, view.top, new Map());
  const at = (x: number, y = 10) => {
    const hit = hitTest(rows, view, x, y);
    return hit.kind === "edge"
      ? `${hit.clip.id} ${hit.edge}`
      : hit.kind === "clip" || hit.kind === "cut"
        ? `${hit.kind} ${hit.clip.id}`
        : hit.kind;
  };

  it("tells clips, edges, cuts, transitions and gaps apart", () => {
    expect(at(100)).toBe("clip a");
    expect(at(3)).toBe("a start");
    expect(at(200)).toBe("cut b");
    expect(at(194)).toBe("a end");
    expect(at(206)).toBe("b start");
    expect(at(398)).toBe("b end");
    expect(at(403)).toBe("b end");
    expect(at(450)).toBe("row");
    expect(at(498)).toBe("c start");
    expect(at(200, 40)).toBe("transition");
    expect(at(100, 399)).toBe("nothing");
  });
});

describe("gestures", () => {
  let commits: Command[];
  let fails: boolean;
  let shown: Preview | undefined;
  let overlay: Overlay;
  let point: EditPoint | undefined;
  let refused: unknown[];
  let now: Situation;
  let gestures: Gestures;
  const pointer = (x: number, y: number, more: Partial<Pointer> = {}): Pointer => ({
    x,
    y,
    button: 0,
    ctrl: false,
    shift: false,
    alt: false,
    ...more,
  });

  beforeEach(() => {
    const { project, composition } = film([
      { id: "v1", clips: [clip("a", 0, 4), clip("b", 4, 4), clip("c", 10, 2)] },
      { id: "v2", clips: [] },
    ]);
    commits = [];
    refused = [];
    fails = false;
    shown = undefined;
    overlay = noOverlay;
    point = undefined;
    now = {
      project,
      composition,
      view,
      rows: rowsOf(composition, view.top, new Map()),
      selected: new Set(),
      tool: "select",
      snapping: true,
      now: 0,
    };
    const host: Host = {
      situation: () => now,
      select: (ids) => void (now = { ...now, selected: new Set(ids) }),
      selectTransition: () => {},
      selectPoint: (p) => void (point = p),
      preview: (p) => void (shown = p),
      overlay: (change) => void (overlay = { ...overlay, ...change }),
      view: (v) => void (now = { ...now, view: v }),
      cursor: () => {},
      commit: async (command) => {
        commits.push(command);
        if (fails) throw new Error("no room");
      },
      refused: (error) => void refused.push(error),
    };
    gestures = new Gestures(host, (limit) => limit);
  });

  // Row of v2 is at 0..58, of v1 at 60..118.
  const V1 = 80;
  const V2 = 20;

  it("moves a clip with one command, snapping to edges", async () => {
    gestures.down(pointer(550, V1));
    gestures.move(pointer(500, V1));
    gestures.move(pointer(455, V1));
    expect(overlay.snapped).toEqual([8 * S]);
    gestures.up(pointer(455, V1));
    expect(commits).toEqual([{ move: { clips: ["c"], by: -2 * S, overwrite: true } }]);
    expect(shown, "stays until the answer").toBeDefined();
    await new Promise((resolve) => setTimeout(resolve));
    expect(shown).toBeUndefined();
  });

  it("moves to another track, and shift switches snapping off", () => {
    gestures.down(pointer(550, V1));
    gestures.move(pointer(456, V2, { shift: true }));
    expect(overlay.snapped).toEqual([]);
    gestures.up(pointer(456, V2, { shift: true }));
    expect(commits[0]).toMatchObject({ move: { track: "v2", by: Math.round(-1.88 * S) } });
  });

  it("snaps back with the error when it is refused", async () => {
    fails = true;
    gestures.down(pointer(550, V1));
    gestures.move(pointer(500, V1));
    gestures.up(pointer(500, V1));
    await new Promise((resolve) => setTimeout(resolve));
    expect(shown).toBeUndefined();
    expect(refused).toHaveLength(1);
  });

  it("trims, ripples with Ctrl, rolls at cuts", () => {
    const dragged = (from: number, to: number, more: Partial<Pointer> = {}) => {
      gestures.down(pointer(from, V1, more));
      gestures.move(pointer(to, V1, more));
      gestures.up(pointer(to, V1, more));
      return commits.pop();
    };
    expect(dragged(597, 622)).toEqual({ trim: { clip: "c", edge: "end", to: 12.48 * S, mode: "plain" } });
    expect(dragged(393, 343, { ctrl: true })).toEqual({ trim: { clip: "b", edge: "end", to: 7 * S, mode: "ripple" } });
    expect(dragged(200, 150)).toEqual({ trim: { clip: "b", edge: "start", to: 3 * S, mode: "roll" } });
    expect(dragged(200, 150, { alt: true })).toMatchObject({ trim: { alone: true } });
  });

  it("cuts with the blade where the pointer is", () => {
    now = { ...now, tool: "blade", snapping: false };
    gestures.move(pointer(101, V1));
    expect(overlay.blade?.time).toBe(2 * S);
    gestures.down(pointer(101, V1));
    gestures.up(pointer(101, V1));
    gestures.down(pointer(101, V1, { shift: true }));
    gestures.down(pointer(450, V1));
    expect(commits).toEqual([{ split: { clips: ["a"], at: 2 * S } }, { split: { tracks: ["v2", "v1"], at: 2 * S } }]);
  });

  it("selects: click, Ctrl, box, empty", () => {
    const click = (x: number, more: Partial<Pointer> = {}) => (
      gestures.down(pointer(x, V1, more)),
      gestures.up(pointer(x, V1, more)),
      [...now.selected]
    );
    expect(click(100)).toEqual(["a"]);
    expect(click(300, { ctrl: true })).toEqual(["a", "b"]);
    expect(click(100, { ctrl: true })).toEqual(["b"]);
    expect(click(450)).toEqual([]);
    gestures.down(pointer(450, V1));
    gestures.move(pointer(150, V1 + 5));
    gestures.up(pointer(150, V1 + 5));
    expect([...now.selected]).toEqual(["a", "b"]);
    expect(click(100)).toEqual(["a"]);
    expect(commits).toEqual([]);
  });

  it("takes back on Escape, and pans with the middle button", () => {
    gestures.down(pointer(550, V1));
    gestures.move(pointer(500, V1));
    gestures.cancel();
    gestures.up(pointer(500, V1));
    expect([commits, shown]).toEqual([[], undefined]);
    gestures.down(pointer(500, V1, { button: 1 }));
    gestures.move(pointer(400, V1, { button: 1 }));
    gestures.up(pointer(400, V1, { button: 1 }));
    expect(now.view.left).toBe(0);
    now = { ...now, composition: { ...now.composition, duration: 600 * S } };
    gestures.down(pointer(500, V1, { button: 1 }));
    gestures.move(pointer(400, V1, { button: 1 }));
    expect(now.view.left).toBe(2 * S);
  });

  it("slips the source under the clip", () => {
    now = { ...now, tool: "slip" };
    gestures.down(pointer(300, V1));
    gestures.move(pointer(350, V1));
    gestures.up(pointer(350, V1));
    expect(commits).toEqual([{ slip: { clips: ["b"], by: -S } }]);
  });

  it("slides by the name and slips by the pictures with the trim tool, and ripples edges", () => {
    now = { ...now, tool: "trim", snapping: false };
    const dragged = (from: number, y: number, to: number, more: Partial<Pointer> = {}) => {
      gestures.down(pointer(from, y, more));
      gestures.move(pointer(to, y, more));
      gestures.up(pointer(to, y, more));
      return commits.pop();
    };
    expect(dragged(300, 65, 350)).toEqual({ slide: { clip: "b", by: S } });
    expect(dragged(300, V1 + 20, 350)).toEqual({ slip: { clips: ["b"], by: -S } });
    expect(dragged(393, V1, 343)).toEqual({ trim: { clip: "b", edge: "end", to: 7 * S, mode: "ripple" } });
    expect(dragged(393, V1, 343, { ctrl: true })).toMatchObject({ trim: { mode: "plain" } });
  });

  it("stretches with the tool, at the closer edge, and by an edge with Ctrl and Alt", () => {
    const dragged = (from: number, to: number, more: Partial<Pointer> = {}) => {
      gestures.down(pointer(from, V1, more));
      gestures.move(pointer(to, V1, more));
      const { text } = overlay.label ?? {};
      gestures.up(pointer(to, V1, more));
      return [commits.pop(), text];
    };
    now = { ...now, snapping: false };
    expect(dragged(597, 547, { ctrl: true, alt: true })).toEqual([
      { rate_stretch: { clip: "c", edge: "end", to: 11 * S } },
      "-00:00:01:00 · 200 %",
    ]);
    now = { ...now, tool: "stretch" };
    expect(dragged(510, 535)[0]).toEqual({ rate_stretch: { clip: "c", edge: "start", to: 10.5 * S - S / 50 } });
  });

  it("selects an edit point by a press on an edge or a cut", () => {
    gestures.down(pointer(393, V1));
    gestures.up(pointer(393, V1));
    expect(point).toEqual({ clip: "b", edge: "end" });
    gestures.down(pointer(200, V1));
    gestures.up(pointer(200, V1));
    expect(point).toEqual({ clip: "b", edge: "both" });
    const { ctx, named } = recorder();
    const mark = { time: 4 * S, y: 60, height: 58, free: false, side: "start" as const };
    paintOverlay(ctx, view, palette, { ...noOverlay, points: [mark] });
    expect(named("fillRect").length).toBeGreaterThanOrEqual(4);
  });
});
