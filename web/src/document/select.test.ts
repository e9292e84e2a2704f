import { describe, expect, it } from "vitest";
import type { Clip, Composition, Project, Track } from "../api/types";
import {
  clipAt,
  clipName,
  compositionLength,
  displayedTracks,
  findClip,
  firstEndingAfter,
  together,
  trackIndex,
  trackLabel,
} from "./select";

const clip = (id: string, start: number, more: object = {}): Clip =>
  ({ id, source: { type: "media", media: "m" }, start, duration: 10, ...more }) as Clip;

const v1: Track = { id: "v1", clips: [clip("b", 20, { linked: "s" }), clip("a", 0), clip("c", 30)] };
const a1: Track = {
  id: "a1",
  kind: "audio",
  clips: [clip("s", 20, { linked: "b", group: "g" }), clip("t", 90, { group: "g" })],
};
const main: Composition = { id: "main", size: { width: 1, height: 1 }, frame_rate: 25, tracks: [a1, v1, { id: "v2" }] };
const project = {
  schema_version: 1,
  main: "main",
  compositions: [main],
  media: [{ id: "m", path: "shots/sea.mp4" }],
} as Project;

describe("questions about the document", () => {
  it("orders clips by time and finds them", () => {
    const index = trackIndex(v1);
    expect(index.clips.map((c) => c.id)).toEqual(["a", "b", "c"]);
    expect(trackIndex(v1)).toBe(index);
    expect(firstEndingAfter(index, 10)).toBe(1);
    expect(clipAt(index, 9)?.id).toBe("a");
    expect(clipAt(index, 10)).toBeUndefined();
    expect(clipAt(index, 30)?.id).toBe("c");
    expect(clipAt(index, 40)).toBeUndefined();
    expect(findClip(project, "s")?.track.id).toBe("a1");
  });

  it("names and orders tracks as editors show them", () => {
    expect(displayedTracks(main).map((t) => t.id)).toEqual(["v2", "v1", "a1"]);
    expect(trackLabel(main, v1)).toBe("V1");
    expect(trackLabel(main, a1)).toBe("A1");
    expect(compositionLength(main)).toBe(100);
    expect(clipName(project, v1.clips?.[0] as Clip)).toBe("sea.mp4");
  });

  it("follows links and groups", () => {
    expect([...together(project, ["b"])].sort()).toEqual(["b", "s", "t"]);
    expect([...together(project, ["a"])]).toEqual(["a"]);
    expect([...together(project, ["b"], true)]).toEqual(["b"]);
  });
});
