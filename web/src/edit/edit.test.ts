import { describe, expect, it } from "vitest";
import type { Clip, Composition, Project, Track } from "../api/types";
import { trackIndex } from "../document/select";
import * as commands from "./commands";
import { handles } from "./material";
import { move, within } from "./move";
import { nearest, snapBy, snapTimes } from "./snap";
import { FLICKS, timeOfFrame } from "./time";
import { gapAt, isCut, slip, trim } from "./trim";

const S = FLICKS;
const clip = (id: string, start: number, length: number, more: object = {}): Clip =>
  ({
    id,
    source: { type: "media", media: "m" },
    start: start * S,
    duration: length * S,
    source_in: 2 * S,
    ...more,
  }) as Clip;

function film(more: { v1?: Clip[]; v2?: Clip[]; a1?: Clip[]; locked?: string } = {}) {
  const tracks: Track[] = [
    { id: "v1", clips: more.v1 ?? [clip("a", 0, 4, { linked: "s" }), clip("b", 4, 2), clip("c", 8, 2)] },
    { id: "v2", clips: more.v2 ?? [] },
    { id: "a1", kind: "audio", clips: more.a1 ?? [clip("s", 0, 4, { linked: "a" })] },
  ];
  for (const track of tracks) if (track.id === more.locked) track.locked = true;
  const main: Composition = { id: "main", size: { width: 1920, height: 1080 }, frame_rate: "25", tracks };
  const project = {
    schema_version: 1,
    main: "main",
    compositions: [main],
    media: [{ id: "m", path: "sea/Big Sea.mp4", facts: { duration: 10 * S } }],
  } as Project;
  const context = (selected: string[], now: number, range = {}) => ({
    project,
    composition: main,
    selected,
    now: now * S,
    range,
  });
  return { project, main, context };
}

describe("material", () => {
  it("is what the source has beyond the clip", () => {
    const { project } = film();
    expect(handles(project, clip("x", 0, 4)).before).toBe(2 * S);
    expect(handles(project, clip("x", 0, 4)).after).toBe(4 * S);
    // A container may have rounded the length: what is beyond it stays, and gets no more.
    expect(handles(project, clip("x", 0, 8.03)).after).toBe(0);
    expect(handles(project, clip("x", 0, 2, { speed: 2 }))).toMatchObject({ before: S });
    expect(handles(project, clip("x", 0, 2, { speed: -1, source_in: 5 * S }))).toMatchObject({ after: 3 * S });
    expect(handles(project, clip("x", 0, 2, { source: { type: "solid", color: "#fff" } })).before).toBe(Infinity);
  });
});

describe("snapping", () => {
  it("finds the nearest time", () => {
    const times = Float64Array.from([0, 10, 20]);
    expect([-5, 4, 6, 15, 99].map((t) => nearest(times, t))).toEqual([0, 0, 10, 10, 20]);
    expect(nearest(new Float64Array(0), 1)).toBeUndefined();
  });

  it("takes the closest edge within the tolerance", () => {
    const times = Float64Array.from([100, 205]);
    expect(snapBy(times, [0, 100], 103, 10)).toEqual({ by: 105, at: 205 });
    expect(snapBy(times, [0, 100], 50, 10)).toEqual({ by: 50, at: undefined });
    expect(snapBy(undefined, [0], 99, 10)).toEqual({ by: 99, at: undefined });
  });

  it("leaves out what moves and takes markers", () => {
    const { main } = film();
    const times = snapTimes({ ...main, markers: [{ id: "k", time: 7 * S }] }, new Set(["b"]), [5.5 * S]);
    expect([...times].map((t) => t / S)).toEqual([0, 4, 5.5, 7, 8, 10]);
  });
});

describe("trim", () => {
  it("stops at the neighbour, the material and one frame", () => {
    const { project, main } = film();
    const to = (id: string, edge: "start" | "end", secs: number) =>
      trim(project, main, { clip: id, edge, to: secs * S, mode: "plain" });
    const end = to("b", "end", 9);
    expect(end.preview.limit).toBe("neighbour");
    expect(end.command).toEqual({ trim: { clip: "b", edge: "end", to: 8 * S, mode: "plain" } });
    expect(to("c", "end", 99).preview.limit).toBe("material");
    expect(to("c", "start", 5).preview).toMatchObject({ limit: "material", by: -2 * S });
    const short = to("c", "start", 30);
    expect(short.preview.limit).toBe("length");
    expect(short.preview.places.get("c")?.duration).toBe(timeOfFrame({ num: 25, den: 1 }, 1));
    expect(to("b", "end", 7).preview.limit).toBeUndefined();
    expect(to("b", "end", 6).command).toBeUndefined();
  });

  it("takes linked clips along, unless alone", () => {
    const { project, main } = film();
    const both = trim(project, main, { clip: "a", edge: "end", to: 3 * S, mode: "plain" });
    expect([...both.preview.places.keys()].sort()).toEqual(["a", "s"]);
    const one = trim(project, main, { clip: "a", edge: "end", to: 3 * S, mode: "plain", alone: true });
    expect([...one.preview.places.keys()]).toEqual(["a"]);
    expect(one.command).toMatchObject({ trim: { alone: true } });
  });

  it("ripples the start in place and moves what follows", () => {
    const { project, main } = film();
    const { preview } = trim(project, main, { clip: "b", edge: "start", to: 5 * S, mode: "ripple" });
    expect(preview.places.get("b")).toMatchObject({ start: 4 * S, duration: S, sourceIn: 3 * S });
    expect(preview.shift?.by).toBe(-S);
    expect(preview.shift?.from.get("v1")).toBe(6 * S);
    expect(preview.shift?.from.get("a1")).toBe(6 * S);
  });

  it("rolls a cut, and nothing where there is none", () => {
    const { project, main } = film();
    const { preview } = trim(project, main, { clip: "b", edge: "start", to: 3 * S, mode: "roll", alone: true });
    expect(preview.places.get("a")).toMatchObject({ start: 0, duration: 3 * S });
    expect(preview.places.get("b")).toMatchObject({ start: 3 * S, duration: 3 * S, sourceIn: S });
    expect(trim(project, main, { clip: "c", edge: "start", to: 3 * S, mode: "roll" }).command).toBeUndefined();
    const index = trackIndex(main.tracks?.[0] as Track);
    expect([isCut(index, "b", "start"), isCut(index, "c", "start"), isCut(index, "a", "end")]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it("leaves locked tracks alone", () => {
    const { project, main } = film({ locked: "v1" });
    expect(trim(project, main, { clip: "b", edge: "end", to: 7 * S, mode: "plain" }).command).toBeUndefined();
  });

  it("slips within the material", () => {
    const { project, main } = film();
    expect(slip(project, main, "b", -5 * S)).toMatchObject({
      preview: { limit: "material", by: -2 * S },
      command: { slip: { by: -2 * S } },
    });
    const odd = { ...project, media: project.media?.map((m) => ({ ...m, facts: { duration: 4.09 * S } })) } as Project;
    expect(slip(odd, main, "b", S).preview).toMatchObject({
      limit: "material",
      by: 2 * timeOfFrame({ num: 25, den: 1 }, 1),
    });
    expect(slip(project, main, "b", S).preview.places.get("b")).toMatchObject({ start: 4 * S, sourceIn: 3 * S });
  });
});

describe("move", () => {
  const request = (clips: string[], by: number, more: object = {}) => ({
    clip: clips[0],
    selected: clips,
    by: by * S,
    tolerance: S / 5,
    ...more,
  });

  it("snaps edges, keeps to frames, and stops at the start", () => {
    const { project, main } = film();
    const snap = snapTimes(main, new Set(["c"]));
    const close = move(project, main, request(["c"], -1.9, { snap }));
    expect(close.preview).toMatchObject({ by: -2 * S, snapped: [6 * S] });
    expect(close.command).toEqual({ move: { clips: ["c"], by: -2 * S, overwrite: true } });
    const free = move(project, main, request(["c"], -1.019));
    expect(free.preview.by).toBe(-timeOfFrame({ num: 25, den: 1 }, 25));
    expect(move(project, main, request(["b"], -30)).preview).toMatchObject({ limit: "start", by: -4 * S });
  });

  it("takes one clip to another track of its kind", () => {
    const { project, main } = film();
    expect(move(project, main, request(["b"], 0, { track: "v2" })).command).toEqual({
      move: { clips: ["b"], by: 0, overwrite: true, track: "v2" },
    });
    expect(move(project, main, request(["b"], 1, { track: "a1" })).preview.limit).toBe("kind");
    expect(move(project, main, request(["b", "c"], 1, { track: "v2" })).command).toEqual({
      move: { clips: ["b", "c"], by: S, overwrite: true },
    });
    expect(
      move(film({ locked: "v2" }).project, film({ locked: "v2" }).main, request(["b"], 1, { track: "v2" })).preview
        .limit,
    ).toBe("locked");
    const linked = move(project, main, request(["a"], 12));
    expect([...linked.preview.places.keys()].sort()).toEqual(["a", "s"]);
  });

  it("finds what a box covers and where gaps are", () => {
    const { main } = film();
    expect(within(main, new Set(["v1"]), 5 * S, 8.5 * S)).toEqual(["b", "c"]);
    expect(within(main, new Set(["v2"]), 0, 99 * S)).toEqual([]);
    const index = trackIndex(main.tracks?.[0] as Track);
    expect(gapAt(index, 7 * S)).toEqual({ start: 6 * S, end: 8 * S });
    expect([gapAt(index, S), gapAt(index, 20 * S)]).toEqual([undefined, undefined]);
  });
});

describe("commands", () => {
  it("splits what is selected at the playhead, else everything there", () => {
    const { context } = film();
    expect(commands.split(context(["b"], 5))).toEqual({ split: { clips: ["b"], at: 5 * S } });
    expect(commands.split(context(["b"], 2))).toEqual({ split: { tracks: ["v1", "a1"], at: 2 * S } });
    expect(commands.split(context([], 7))).toBeUndefined();
    expect(commands.split(context([], 4))).toBeUndefined();
  });

  it("trims to the playhead and lifts ranges", () => {
    const { context } = film();
    expect(commands.trimToPlayhead(context([], 5), "start", true)).toEqual({
      trim: { clip: "b", edge: "start", to: 5 * S, mode: "ripple" },
    });
    expect(commands.trimToPlayhead(context([], 7), "end", false)).toBeUndefined();
    expect(commands.liftOrExtract(context([], 0, { from: S, to: 2 * S }), true)).toEqual({
      extract: { from: S, to: 2 * S, tracks: ["v1", "v2", "a1"] },
    });
    expect(commands.liftOrExtract(context([], 0, { from: S }), true)).toBeUndefined();
  });

  it("links, groups, disables, deletes", () => {
    const { context } = film();
    expect(commands.toggleLink(context(["b", "c"], 0))).toEqual({ link: { a: "b", b: "c" } });
    expect(commands.toggleLink(context(["a"], 0))).toEqual({ unlink: { clips: ["a"] } });
    expect(commands.toggleLink(context(["b"], 0))).toBeUndefined();
    expect(commands.toggleGroup(context(["b", "c"], 0))).toEqual({ group: { clips: ["b", "c"], name: "group" } });
    expect(commands.toggleEnabled(context(["b"], 0))).toEqual({
      set: { of: { clip: "b" }, field: "enabled", value: false },
    });
    expect(commands.remove(context(["b"], 0), true)).toEqual({ delete: { clips: ["b"], ripple: true } });
    expect(commands.remove(context([], 0), true)).toBeUndefined();
  });

  it("steps over edits and adds the transition at the nearest cut", () => {
    const { main, context } = film();
    expect([commands.neighbouringEdit(main, 5 * S, -1), commands.neighbouringEdit(main, 5 * S, 1)]).toEqual([
      4 * S,
      6 * S,
    ]);
    expect(commands.neighbouringEdit(main, 10 * S, 1)).toBeUndefined();
    expect(commands.dissolve(context([], 9), "dissolve", S)).toEqual({
      add_transition: { kind: "dissolve", from: "a", to: "b", duration: S },
    });
    expect(commands.dissolve(context(["c"], 9), "dissolve", S)).toBeUndefined();
  });

  it("makes ids that are not in use", () => {
    expect(commands.freeId("a", ["a", "a-2"])).toBe("a-3");
    expect(commands.freeId("b", ["a"])).toBe("b");
  });
});
