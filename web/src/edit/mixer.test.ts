import { describe, expect, it } from "vitest";
import type { Project, Track } from "../api/types";
import { mixerTracks, mixerValue, setMixer } from "./mixer";
import { FLICKS as S } from "./time";

const clip = (id: string, source: object, more: object = {}) => ({ id, source, start: 0, duration: S, ...more });
const tracks = [
  { id: "v1", clips: [clip("a", { type: "media", media: "film" })] },
  { id: "v2", clips: [clip("b", { type: "media", media: "mute" }), clip("t", { type: "text", text: "x" })] },
  { id: "v3", clips: [clip("c", { type: "media", media: "film" }, { audio: { enabled: false } })] },
  { id: "v4", clips: [clip("d", { type: "composition", composition: "inner" })] },
  { id: "a1", kind: "audio" },
] as unknown as Track[];
const project = {
  media: [
    { id: "film", path: "film.mp4", facts: { audio_streams: 2 } },
    { id: "mute", path: "mute.mp4", facts: { audio_streams: 0 } },
  ],
  compositions: [{ id: "main", tracks }],
} as unknown as Project;

describe("the mixer", () => {
  it("has a strip for each track that can be heard", () => {
    expect(mixerTracks(project, project.compositions[0]).map((t) => t.id)).toEqual(["a1", "v1", "v4"]);
  });

  it("sets a constant, or a keyframe of a curve at the playhead", () => {
    expect(mixerValue(tracks[4], "gain_db", 0)).toBe(0);
    expect(setMixer(tracks[4], "gain_db", S, -3)).toEqual({
      set: { of: { track: "a1" }, field: "gain_db", value: -3 },
    });
    const curve = {
      keyframes: [
        { time: 0, value: -10 },
        { time: 2 * S, value: 0 },
      ],
    };
    const faded = { ...tracks[4], gain_db: curve } as unknown as Track;
    expect(mixerValue(faded, "gain_db", S)).toBe(-5);
    expect(setMixer(faded, "gain_db", S, -3)).toEqual({
      set_keyframe: { of: { track: "a1" }, field: "gain_db", time: S, value: -3 },
    });
  });
});
