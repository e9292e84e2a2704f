import { describe, expect, it } from "vitest";
import type { Clip, Media, Project } from "../api/types";
import type { Context } from "./commands";
import { markedIn, markedOut } from "./marks";
import { matchFrame, partsOf, placeSource, sourceTimeAt, threePoint } from "./place";
import { FLICKS as S, rateOf } from "./time";

const rate = rateOf("25");
const film = {
  id: "film",
  path: "a/film.mp4",
  facts: { duration: 10 * S, audio_streams: 1, video_streams: 1 },
} as Media;

describe("three points", () => {
  const span = (timeline: object, source: object, length: number | undefined = 10 * S) =>
    threePoint(rate, { now: 4 * S, ...timeline }, source, length);

  it("begin at the playhead, or at the in point", () => {
    expect(span({}, {})).toEqual({ start: 4 * S, duration: 10 * S, sourceIn: 0 });
    expect(span({ from: S }, { from: 2 * S, to: 5 * S })).toEqual({ start: S, duration: 3 * S, sourceIn: 2 * S });
  });

  it("end at the out point where there is no in point", () => {
    expect(span({ to: 8 * S }, { from: 2 * S, to: 5 * S })).toEqual({ start: 5 * S, duration: 3 * S, sourceIn: 2 * S });
    // One of the three seconds would lie before the film.
    expect(span({ to: 2 * S }, { from: 2 * S, to: 5 * S })).toEqual({ start: 0, duration: 2 * S, sourceIn: 3 * S });
  });

  it("fill a marked range from the source's in point, or up to its out point", () => {
    const marked = { from: S, to: 3 * S };
    expect(span(marked, { from: 4 * S })).toEqual({ start: S, duration: 2 * S, sourceIn: 4 * S });
    expect(span(marked, { to: 9 * S })).toEqual({ start: S, duration: 2 * S, sourceIn: 7 * S });
    expect(span(marked, { from: 9 * S })).toEqual({ start: S, duration: S, sourceIn: 9 * S });
    expect(span(marked, { to: S })).toEqual({ start: S, duration: S, sourceIn: 0 });
  });

  it("are whole frames, five seconds of a still", () => {
    expect(span({}, { to: S / 10 })?.duration).toBe((2 * S) / 25);
    expect(threePoint(rate, { now: 0 }, {}, undefined)?.duration).toBe(5 * S);
    expect(span({}, { from: 10 * S })).toBeUndefined();
  });
});

describe("marks", () => {
  it("give up an end that would lie on the wrong side", () => {
    expect(markedIn({ from: 1, to: 5 }, 3)).toEqual({ from: 3, to: 5 });
    expect(markedIn({ to: 3 }, 3)).toEqual({ from: 3, to: undefined });
    expect(markedOut({ from: 3 }, 3)).toEqual({ from: undefined, to: 3 });
  });
});

const clip = (id: string, start: number, length: number, more: object = {}) =>
  ({ id, source: { type: "media", media: "film" }, start: start * S, duration: length * S, ...more }) as Clip;

function context(more: Partial<Context> = {}, tracks: object[] = []): Context {
  const composition = {
    id: "main",
    size: { width: 16, height: 9 },
    frame_rate: "25",
    tracks: [
      { id: "v1", clips: [clip("a", 0, 10, { source_in: S })] },
      { id: "v2", clips: [clip("b", 6, 2, { speed: 2 })] },
      ...tracks,
    ],
  };
  const project = { schema_version: 1, main: "main", media: [film], compositions: [composition] } as unknown as Project;
  return { project, composition: project.compositions[0], selected: [], now: 4 * S, range: {}, ...more };
}

describe("placing a source", () => {
  const source = { media: film, marks: { from: S, to: 3 * S }, parts: "both" as const };

  it("inserts, overwrites and appends on the lowest track", () => {
    const made = { id: "film", source: { type: "media", media: "film" }, start: 4 * S, duration: 2 * S, source_in: S };
    expect(placeSource(context(), source, "insert")).toEqual({
      command: { insert: { track: "v1", clip: made } },
      end: 6 * S,
    });
    expect(placeSource(context(), source, "overwrite")?.command).toEqual({ overwrite: { track: "v1", clip: made } });
    expect(placeSource(context({ range: { from: S } }), source, "append")?.command).toEqual({
      append: { track: "v1", clip: { ...made, start: 0 } },
    });
  });

  it("goes on top of what is there, or on a new track", () => {
    expect(placeSource(context(), source, "ontop")?.command).toMatchObject({ overwrite: { track: "v2" } });
    const above = placeSource(context({ now: 5 * S }), source, "ontop")?.command;
    expect(above).toMatchObject({
      all: { steps: [{ add_track: { track: { id: "v1-2" } } }, { overwrite: { track: "v1-2" } }] },
    });
  });

  it("takes the picture alone, or the sound to a track of its kind", () => {
    const picture = placeSource(context(), { ...source, parts: "picture" }, "overwrite")?.command;
    expect(picture).toMatchObject({ overwrite: { track: "v1", clip: { audio: { enabled: false } } } });
    const sound = placeSource(context({}, [{ id: "a1", kind: "audio" }]), { ...source, parts: "sound" }, "overwrite");
    expect(sound?.command).toMatchObject({ overwrite: { track: "a1" } });
    expect(partsOf({ ...film, kind: "audio" })).toEqual(["sound"]);
    expect(partsOf({ ...film, kind: "image" })).toEqual(["picture"]);
  });

  it("takes a track with room where it is dropped beside them, or a new one", () => {
    const dropped = (more: Partial<Context>) => placeSource(context(more), source, "overwrite", 2 * S)?.command;
    expect(dropped({})).toMatchObject({ overwrite: { track: "v2", clip: { start: 2 * S } } });
    const none = { ...context().composition, tracks: [] };
    expect(dropped({ composition: none })).toMatchObject({ all: { steps: [{ add_track: {} }, { overwrite: {} }] } });
  });

  it("starts where it was dropped, whatever is marked", () => {
    const marked = context({ range: { from: S, to: 9 * S } });
    expect(placeSource(marked, source, "overwrite", 7 * S, "v2")?.command).toMatchObject({
      overwrite: { track: "v2", clip: { start: 7 * S, duration: 2 * S } },
    });
  });
});

describe("match frame", () => {
  it("finds the uppermost medium, or that of what is selected", () => {
    expect(matchFrame(context())).toEqual({ media: "film", time: 5 * S });
    expect(matchFrame(context({ now: 7 * S }))).toEqual({ media: "film", time: 2 * S });
    expect(matchFrame(context({ now: 7 * S, selected: ["a"] }))).toEqual({ media: "film", time: 8 * S });
    expect(matchFrame(context({ now: 12 * S }))).toBeUndefined();
  });

  it("follows speeds that change, still frames and films that run backwards", () => {
    expect(sourceTimeAt(clip("x", 1, 4, { speed: -1, source_in: 8 * S }), 3 * S)).toBe(6 * S);
    expect(sourceTimeAt(clip("x", 1, 4, { video: { freeze: 2 * S } }), 3 * S)).toBe(2 * S);
    // From standing to double speed in 4 s: s(t) = t²/4.
    const faster = {
      keyframes: [
        { time: 0, value: 0 },
        { time: 4 * S, value: 2 },
      ],
    };
    expect(sourceTimeAt(clip("x", 0, 4, { time_map: { speed: faster } }), 2 * S)).toBeCloseTo(S, -1);
    const jump = {
      keyframes: [
        { time: 0, value: "1s" },
        { time: 2 * S, value: "3s" },
      ],
    };
    expect(sourceTimeAt(clip("x", 0, 4, { source_in: S, time_map: { source: jump } }), S)).toBe(3 * S);
  });
});
