import { describe, expect, it } from "vitest";
import type { Clip, Composition, Project, Track } from "../api/types";
import { attributesOf, duplicate, fromPlayhead, inRange, pasteAttributes } from "./choose";
import { type Context, liftOrExtract, remove, split } from "./commands";
import { closeAllGaps, closeGap, commonGaps, extractInStep, merged, removeInStep, without } from "./instep";
import { keyframeTimes } from "./keyframe-times";
import { changedMarker, markerAtTime, markRange } from "./markers";
import { move } from "./move";
import { offsetBy, offsetOf } from "./offset";
import { placeSource } from "./place";
import { cycled, nearestPoint, pointMarks, trimPoint } from "./point";
import { slide, stretch } from "./slide";
import { snapTimes } from "./snap";
import { FLICKS as S } from "./time";
import { trim } from "./trim";

const F = S / 25;

const clip = (id: string, start: number, length: number, more: object = {}): Clip =>
  ({
    id,
    source: { type: "media", media: "m" },
    start: start * S,
    duration: length * S,
    source_in: 2 * S,
    ...more,
  }) as Clip;

function film(tracks: Track[], more: Partial<Context> = {}): Context {
  const composition: Composition = { id: "main", size: { width: 16, height: 9 }, frame_rate: "25", tracks };
  const project = {
    schema_version: 1,
    main: "main",
    compositions: [composition],
    media: [{ id: "m", path: "m.mp4", facts: { duration: 20 * S } }],
  } as Project;
  return { project, composition, selected: [], now: 0, range: {}, ...more };
}

const three = (): Track[] => [{ id: "v1", clips: [clip("a", 0, 4), clip("b", 4, 4), clip("c", 8, 4)] }];

describe("a slide", () => {
  const { project, composition } = film(three());

  it("makes the clip before longer and the one after shorter, by the same", () => {
    const { preview, command } = slide(project, composition, "b", S);
    expect(command).toEqual({ slide: { clip: "b", by: S } });
    expect(preview.places.get("a")).toMatchObject({ start: 0, duration: 5 * S });
    expect(preview.places.get("b")).toMatchObject({ start: 5 * S, duration: 4 * S });
    expect(preview.places.get("c")).toMatchObject({ start: 9 * S, duration: 3 * S, sourceIn: 3 * S });
  });

  it("ends where a neighbour would have no frame left, or no material", () => {
    expect(slide(project, composition, "b", 9 * S).preview).toMatchObject({ by: 4 * S - F, limit: "length" });
    // The clip after begins two seconds into its source, and cannot begin earlier than that.
    expect(slide(project, composition, "b", -3 * S).preview).toMatchObject({ by: -2 * S, limit: "material" });
  });

  it("keeps within gaps, and takes linked sound of the same span along", () => {
    const gaps = film([
      { id: "v1", clips: [clip("a", 1, 2, { linked: "s" }), clip("b", 5, 2)] },
      { id: "a1", kind: "audio", clips: [clip("s", 1, 2, { linked: "a" }), clip("t", 4, 1)] },
    ]);
    const far = slide(gaps.project, gaps.composition, "a", 9 * S);
    expect(far.preview).toMatchObject({ by: S, limit: "neighbour" });
    expect(far.command).toEqual({ all: { steps: [{ slide: { clip: "a", by: S } }, { slide: { clip: "s", by: S } }] } });
    expect(slide(gaps.project, gaps.composition, "a", -9 * S).preview).toMatchObject({ by: -S, limit: "start" });
    expect(slide(gaps.project, gaps.composition, "a", 9 * S, true).preview.by).toBe(2 * S);
  });
});

describe("a rate stretch", () => {
  const { project, composition } = film([{ id: "v1", clips: [clip("a", 2, 4), clip("b", 8, 4)] }]);

  it("changes the speed inversely to the length", () => {
    const half = stretch(project, composition, { clip: "a", edge: "end", to: 4 * S });
    expect(half.command).toEqual({ rate_stretch: { clip: "a", edge: "end", to: 4 * S } });
    expect(half.preview).toMatchObject({ speed: 2, by: -2 * S });
    const front = stretch(project, composition, { clip: "a", edge: "start", to: S });
    expect(front.preview.places.get("a")).toMatchObject({ start: S, duration: 5 * S });
    expect(front.preview.speed).toBeCloseTo(4 / 5);
  });

  it("ends at neighbours, at the start, and at a hundred times the speed", () => {
    const to = (edge: "start" | "end", time: number) =>
      stretch(project, composition, { clip: "a", edge, to: time }).preview;
    expect(to("end", 20 * S)).toMatchObject({ by: 2 * S, limit: "neighbour" });
    expect(to("start", -5 * S)).toMatchObject({ by: -2 * S, limit: "start" });
    // Four seconds a hundred times as fast are 0.04 s, one frame at 25.
    expect(to("end", 0)).toMatchObject({ by: -4 * S + F, speed: 100, limit: "length" });
  });
});

describe("an edit point", () => {
  const tracks: Track[] = [{ id: "v1", clips: [clip("a", 0, 4, { source_in: 0 }), clip("b", 4, 4), clip("c", 10, 2)] }];

  it("is the one that is closest, a cut with both sides", () => {
    expect(nearestPoint(film(tracks, { now: 4.4 * S }))).toEqual({ clip: "b", edge: "both" });
    expect(nearestPoint(film(tracks, { now: 8.2 * S }))).toEqual({ clip: "b", edge: "end" });
    expect(nearestPoint(film(tracks, { now: 0, selected: ["a"] }))).toEqual({ clip: "a", edge: "start" });
    expect(nearestPoint(film(tracks, { now: 3 * S, selected: ["a"] }))).toEqual({ clip: "b", edge: "both" });
    expect(nearestPoint(film(tracks, { untargeted: new Set(["v1"]) }))).toBeUndefined();
  });

  it("goes through its sides", () => {
    const { composition } = film(tracks);
    const second = cycled(composition, { clip: "b", edge: "both" });
    expect(second).toEqual({ clip: "a", edge: "end" });
    expect(cycled(composition, second)).toEqual({ clip: "b", edge: "start" });
    expect(cycled(composition, { clip: "b", edge: "start" })).toEqual({ clip: "b", edge: "both" });
    expect(cycled(composition, { clip: "c", edge: "start" })).toEqual({ clip: "c", edge: "end" });
  });

  it("shows where there is material, and is trimmed as a roll or a ripple", () => {
    const { project, composition } = film(tracks);
    expect(pointMarks(project, composition, { clip: "a", edge: "start" })).toMatchObject([{ free: false, time: 0 }]);
    expect(pointMarks(project, composition, { clip: "b", edge: "both" })).toMatchObject([
      { side: "end", free: true },
      { side: "start", free: true },
    ]);
    const at = (edge: "both" | "end", ripple: boolean) =>
      trimPoint(project, composition, { clip: "b", edge }, { to: 5 * S, ripple }).command;
    expect(at("both", false)).toEqual({ trim: { clip: "b", edge: "start", to: 5 * S, mode: "roll" } });
    expect(at("end", true)).toEqual({ trim: { clip: "b", edge: "end", to: 5 * S, mode: "ripple" } });
  });
});

describe("tracks in step", () => {
  const tracks = (): Track[] => [
    { id: "v1", clips: [clip("a", 0, 4), clip("b", 4, 2), clip("c", 8, 2)] },
    { id: "v2", clips: [clip("t", 7, 1)] },
    { id: "m", kind: "audio", clips: [clip("n", 0, 20), clip("o", 20, 5)] },
  ];

  it("follow what is deleted and closed up, if they are locked to it", () => {
    const { project, composition } = film(tracks());
    expect(removeInStep(project, composition, ["b"])?.command).toEqual({
      all: {
        steps: [{ delete: { clips: ["b"], ripple: true } }, { move: { clips: ["t", "o"], by: -2 * S, alone: true } }],
      },
    });
    expect(removeInStep(project, composition, ["b"], new Set(["v2", "m"]))?.command).toEqual({
      delete: { clips: ["b"], ripple: true },
    });
  });

  it("move by what was removed before them, on each track", () => {
    const { project, composition } = film([
      { id: "v1", clips: [clip("a", 0, 2), clip("b", 5, 3), clip("c", 9, 1)] },
      { id: "v2", clips: [clip("s", 3, 1), clip("t", 9, 1)] },
    ]);
    // Two seconds before s; before t also the three of b. Its own track moves c by both already.
    expect(removeInStep(project, composition, ["a", "b"])?.command).toEqual({
      all: {
        steps: [
          { delete: { clips: ["a", "b"], ripple: true } },
          { move: { clips: ["s"], by: -2 * S, alone: true } },
          { move: { clips: ["t"], by: -5 * S, alone: true } },
        ],
      },
    });
  });

  it("stay where they are in ripple trims, if they are not", () => {
    const { project, composition } = film(tracks());
    const unsynced = new Set(["v2", "m"]);
    const at = (edge: "start" | "end", to: number) =>
      trim(project, composition, { clip: "b", edge, to, mode: "ripple", unsynced }).command;
    expect(at("end", 5 * S)).toEqual({
      all: {
        steps: [{ trim: { clip: "b", edge: "end", to: 5 * S } }, { move: { clips: ["c"], by: -S, alone: true } }],
      },
    });
    expect(at("end", 7 * S)).toEqual({
      all: { steps: [{ move: { clips: ["c"], by: S, alone: true } }, { trim: { clip: "b", edge: "end", to: 7 * S } }] },
    });
    expect(at("start", 5 * S)).toEqual({
      all: {
        steps: [
          { trim: { clip: "b", edge: "start", to: 5 * S } },
          { move: { clips: ["b", "c"], by: -S, alone: true } },
        ],
      },
    });
    // A second more at the front: everything moves later, then the edge goes back to where it was.
    expect(at("start", 3 * S)).toEqual({
      all: {
        steps: [{ move: { clips: ["b", "c"], by: S, alone: true } }, { trim: { clip: "b", edge: "start", to: 4 * S } }],
      },
    });
  });

  it("follow an extract of the targets, which alone lose something", () => {
    const context = film(tracks(), { range: { from: 4 * S, to: 6 * S }, untargeted: new Set(["v2", "m"]) });
    expect(liftOrExtract(context, false)).toEqual({ lift: { from: 4 * S, to: 6 * S, tracks: ["v1"] } });
    expect(liftOrExtract(context, true)).toEqual({
      all: {
        steps: [
          { extract: { from: 4 * S, to: 6 * S, tracks: ["v1"] } },
          { move: { clips: ["t", "o"], by: -2 * S, alone: true } },
        ],
      },
    });
    expect(extractInStep(context.composition, { start: S, end: S }, new Set(["v1"]))).toBeUndefined();
  });

  it("get what is placed, split and inserted", () => {
    const media = { id: "m", path: "m.mp4", facts: { duration: S } } as never;
    const context = film(tracks(), { untargeted: new Set(["v1"]), unsynced: new Set(["m"]), now: 7.5 * S });
    const source = { media, marks: {}, parts: "both" } as const;
    for (const at of [undefined, 0])
      expect(placeSource(context, source, "insert", at)?.command).toMatchObject({
        insert: { track: "v2", ripple: ["v1", "v2"] },
      });
    expect(split(context)).toEqual({ split: { tracks: ["v2", "m"], at: 7.5 * S } });
    expect(split(context, true)).toEqual({ split: { tracks: ["v2", "m"], at: 7.5 * S } });
  });
});

describe("gaps", () => {
  it("are what all tracks leave free", () => {
    const tracks: Track[] = [
      { id: "v1", clips: [clip("a", 1, 2), clip("b", 6, 2)] },
      { id: "v2", clips: [clip("t", 2, 2)] },
    ];
    expect(commonGaps(tracks)).toEqual([
      { start: 0, end: S },
      { start: 4 * S, end: 6 * S },
    ]);
    const { composition } = film(tracks);
    expect(closeGap(composition, new Set(), 5 * S)).toEqual({
      extract: { from: 4 * S, to: 6 * S, tracks: ["v1", "v2"] },
    });
    expect(closeGap(composition, new Set(["v2"]), 3.5 * S)).toEqual({
      extract: { from: 3 * S, to: 6 * S, tracks: ["v1"] },
    });
    expect(closeGap(composition, new Set(), 3 * S)).toBeUndefined();
    // The last first, so that times stay right.
    expect(closeAllGaps(composition, new Set())).toMatchObject({
      all: { steps: [{ extract: { from: 4 * S } }, { extract: { from: 0 } }] },
    });
  });

  it("join and part spans", () => {
    const span = (start: number, end: number) => ({ start, end });
    expect(merged([span(4, 6), span(0, 2), span(1, 3), span(3, 4)])).toEqual([span(0, 6)]);
    expect(without(span(0, 10), [span(2, 3), span(8, 12)])).toEqual([span(0, 2), span(3, 8)]);
  });

  it("close behind a magnetic move and a magnetic delete", () => {
    const { project, composition } = film(three());
    const request = { clip: "a", selected: ["a"], by: 13 * S, tolerance: 0, magnetic: true };
    expect(move(project, composition, request).command).toEqual({
      all: {
        steps: [
          { move: { clips: ["a"], by: 13 * S, overwrite: true } },
          { extract: { from: 0, to: 4 * S, tracks: ["v1"] } },
        ],
      },
    });
    expect(remove({ ...film(three()), selected: ["c"], magnetic: true }, false)).toEqual({
      delete: { clips: ["c"], ripple: true },
    });
  });

  it("stay where another track has something in the way of closing them", () => {
    const tracks: Track[] = [
      { id: "v1", clips: [clip("a", 0, 6), clip("b", 6, 4)] },
      { id: "v2", clips: [clip("t", 2, 3)] },
    ];
    const context = film(tracks, { selected: ["t"], magnetic: true });
    expect(removeInStep(context.project, context.composition, ["t"])?.fits).toBe(false);
    expect(remove(context, false)).toEqual({ delete: { clips: ["t"] } });
    expect(remove({ ...context, unsynced: new Set(["v1"]) }, false)).toEqual({
      delete: { clips: ["t"], ripple: true },
    });
  });
});

describe("selections", () => {
  it("are made by range and from the playhead", () => {
    const context = film(three(), { now: 5 * S, range: { from: 3 * S, to: 4 * S } });
    expect(inRange(context)).toEqual(["a"]);
    expect(inRange({ ...context, range: {} })).toEqual([]);
    expect(fromPlayhead(context, 1)).toEqual(["c"]);
    expect(fromPlayhead(context, -1)).toEqual(["a"]);
    expect(fromPlayhead({ ...context, now: 4 * S }, 1)).toEqual(["b", "c"]);
    expect(fromPlayhead(context, 1, new Set())).toEqual([]);
  });

  it("are duplicated behind themselves, where there is room", () => {
    const context = film([{ id: "v1", clips: [clip("a", 0, 2), clip("b", 3, 2)] }], { selected: ["a"] });
    expect(duplicate(context)).toMatchObject({ paste: { at: 5 * S } });
    expect(duplicate({ ...context, selected: ["b"] })).toMatchObject({ paste: { at: 5 * S } });
    expect(duplicate({ ...context, selected: [] })).toBeUndefined();
  });

  it("get the attributes that are chosen", () => {
    const from = clip("a", 0, 4, { video: { opacity: 0.5, effects: [{ id: "x", effect: "glow" }] }, speed: 2 });
    const context = film([{ id: "v1", clips: [from, clip("b", 4, 4)] }], { selected: ["a", "b"] });
    expect(attributesOf(from)).toEqual(["opacity", "effects", "speed"]);
    expect(pasteAttributes(context, [{ track: "v1", clip: from }], ["opacity", "sound"])).toEqual({
      paste_attributes: { from: "a", to: ["b"], fields: ["video.opacity", "audio"] },
    });
    expect(pasteAttributes(context, [], ["opacity"])).toBeUndefined();
  });
});

describe("a typed time", () => {
  const context = film(three(), { selected: ["b"], now: 2 * S });
  const typed = (text: string, more: { tool?: string; point?: { clip: string; edge: "end" } } = {}) =>
    offsetBy(context, { tool: "select", ...more }, text);

  it("moves, trims, slips, slides and stretches, with a sign by so much", () => {
    expect(typed("+1.")?.command).toMatchObject({ move: { clips: ["b"], by: S } });
    expect(typed("10.")?.command).toMatchObject({ move: { by: 6 * S } });
    expect(typed("-12", { point: { clip: "b", edge: "end" } })?.command).toMatchObject({
      trim: { clip: "b", edge: "end", to: 8 * S - 12 * F },
    });
    expect(typed("+5", { tool: "slip" })?.command).toEqual({ slip: { clips: ["b"], by: 5 * F } });
    expect(typed("-1.", { tool: "slide" })?.command).toEqual({ slide: { clip: "b", by: -S } });
    expect(typed("-2.", { tool: "stretch" })?.command).toMatchObject({ rate_stretch: { to: 6 * S } });
    expect(typed("+1.", { point: { clip: "b", edge: "end" } })?.limit).toBe("neighbour");
  });

  it("goes to a frame where nothing is selected, and refuses what is no time", () => {
    expect(offsetBy({ ...context, selected: [] }, { tool: "select" }, "+10")).toEqual({ seek: 60 });
    expect(typed("soon")).toBeUndefined();
    expect(offsetOf(context, { tool: "slide" })).toBe("slide");
  });
});

describe("markers and keyframes", () => {
  it("are found, changed and left without empty fields", () => {
    const { composition } = film([]);
    const marked = { ...composition, markers: [{ id: "m", time: 2 * S, duration: 3 * S, name: "x" }] };
    expect(markerAtTime(marked, 4 * S)?.id).toBe("m");
    expect(markerAtTime(marked, 5 * S)).toBeUndefined();
    expect(changedMarker(marked, marked.markers[0], { name: "", duration: 0, time: 0, color: "#5b9cff" })).toEqual({
      set_marker: { composition: "main", marker: { id: "m", time: 0, color: "#5b9cff" } },
    });
    const context = { ...film([]), composition: marked, range: { from: S, to: 4 * S } };
    expect(markRange(context)).toMatchObject({ set_marker: { marker: { time: S, duration: 3 * S } } });
  });

  it("are what edges snap to", () => {
    const keyed = clip("k", 2, 4, {
      video: {
        opacity: {
          keyframes: [
            { time: S, value: 0 },
            { time: 9 * S, value: 1 },
          ],
        },
      },
    });
    expect(keyframeTimes(keyed)).toEqual([S]);
    const { composition } = film([{ id: "v1", clips: [keyed] }]);
    expect([...snapTimes(composition, new Set())]).toContain(3 * S);
    expect([...snapTimes(composition, new Set(["k"]))]).not.toContain(3 * S);
  });
});
