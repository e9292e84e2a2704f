import { describe, expect, it } from "vitest";
import type { Project, Track } from "../api/types";
import { insertEffect, moveEffect, soundChain } from "./chain";
import * as mixer from "./mixer";
import { FLICKS as S } from "./time";

const clip = (id: string, source: object, more: object = {}) => ({ id, source, start: 0, duration: S, ...more });
const tracks = [
  { id: "v1", clips: [clip("a", { type: "media", media: "film" })] },
  { id: "v2", clips: [clip("b", { type: "media", media: "mute" }), clip("t", { type: "text", text: "x" })] },
  { id: "v3", clips: [clip("c", { type: "media", media: "film" }, { audio: { enabled: false } })] },
  { id: "v4", clips: [clip("d", { type: "composition", composition: "inner" })] },
  { id: "v5", audio: { output: "room" } },
  { id: "a1", kind: "audio", audio: { output: "music", sends: [{ bus: "room", gain_db: -6 }] } },
  { id: "a2", kind: "audio" },
] as unknown as Track[];
const duck = { id: "fx1", effect: "audio-duck", params: { key: "a2" } };
const buses = [
  { id: "music", name: "Music", output: "room", gain_db: -3, effects: [duck] },
  { id: "room" },
  { id: "spare", solo: true },
];
const project = {
  media: [
    { id: "film", path: "film.mp4", facts: { audio_streams: 2 } },
    { id: "mute", path: "mute.mp4", facts: { audio_streams: 0 } },
  ],
  compositions: [{ id: "main", tracks, audio: { buses, gain_db: -1 } }],
} as unknown as Project;
const [main] = project.compositions;
const strips = mixer.stripsOf(project, main);
const strip = (id: string) => [...strips.tracks, ...strips.buses].find((s) => s.id === id) as mixer.Strip;

describe("the strips of the mixer", () => {
  it("are tracks that can be heard, buses and the output", () => {
    expect(strips.tracks.map((s) => s.id)).toEqual(["a1", "a2", "v1", "v4", "v5"]);
    expect(strips.buses.map((s) => [s.label, mixer.shownName(s)])).toEqual([
      ["B1", "Music"],
      ["B2", "B2"],
      ["B3", "B3"],
    ]);
    expect(strips.output).toMatchObject({ gain_db: -1, muted: false, sends: [] });
    expect(strips.output).not.toHaveProperty("pan");
  });

  it("set a constant, or a keyframe of a curve at the playhead", () => {
    const set = (s: mixer.Strip) => mixer.setStrip(s, "gain_db", S, -3);
    expect(set(strip("a2"))).toEqual({ set: { of: { track: "a2" }, field: "gain_db", value: -3 } });
    const of = { composition: "main" };
    expect(set(strip("music"))).toEqual({ set: { of, field: "audio.buses.music.gain_db", value: -3 } });
    expect(set(strips.output)).toEqual({ set: { of, field: "audio.gain_db", value: -3 } });
    const curve = {
      keyframes: [
        { time: 0, value: -10 },
        { time: 2 * S, value: 0 },
      ],
    };
    expect(mixer.valueNow(curve, S)).toBe(-5);
    expect(mixer.valueNow(undefined, S)).toBe(0);
    expect(set({ ...strip("a2"), gain_db: curve })).toEqual({
      set_keyframe: { of: { track: "a2" }, field: "gain_db", time: S, value: -3 },
    });
  });

  it("are named by their position where their id has a dot", () => {
    const buses = [{ id: "room" }, { id: "music.1" }];
    const dotted = mixer.stripsOf(project, { ...main, audio: { buses } });
    expect(dotted.buses.map((s) => s.own)).toEqual(["audio.buses.room.", "audio.buses.1."]);
  });

  it("name their lists of effects", () => {
    const chain = (s: mixer.Strip) => {
      const { owner, field, sound, strip: from } = mixer.stripChain(s);
      return [owner.of, field, sound, from];
    };
    const of = { composition: "main" };
    expect(chain(strip("a1"))).toEqual([{ track: "a1" }, "audio.effects", { track: "a1" }, "a1"]);
    expect(chain(strip("music"))).toEqual([of, "audio.buses.music.effects", { bus: "music" }, "music"]);
    expect(chain(strips.output)).toEqual([of, "audio.effects", { output: "main" }, undefined]);
  });
});

describe("ways of sound", () => {
  it("offer no bus from which a way leads back", () => {
    expect(mixer.busesFor(main, strip("a1"))).toEqual(["music", "room", "spare"]);
    expect(mixer.busesFor(main, strip("music"))).toEqual(["room", "spare"]);
    expect(mixer.busesFor(main, strip("room"))).toEqual(["spare"]);
    expect(mixer.busesFor(main, strip("spare"))).toEqual(["music", "room"]);
    // The music follows a2, which therefore leads to it; it may go there all the same.
    expect(mixer.busesFor(main, strip("a2"))).toEqual(["music", "room", "spare"]);
  });

  it("let nothing follow what it gets into", () => {
    expect(mixer.followable(main, "music")).toEqual(["v1", "v2", "v3", "v4", "v5", "a1", "a2", "spare"]);
    expect(mixer.followable(main, "a2")).toEqual(["v1", "v2", "v3", "v4", "v5", "a1", "spare"]);
    expect(mixer.followable(main, undefined)).toContain("room");
    expect(["a1", "music", "room"].map((id) => mixer.sourceName(main, id))).toEqual(["A1", "Music", "B2"]);
    const followed = soundChain(clip("x", {}, { audio: { effects: [duck] } }) as never, tracks[5]);
    expect([followed.strip, followed.effects.length]).toEqual(["a1", 1]);
  });

  it("are changed as fields", () => {
    const of = { track: "a1" };
    const a1 = strip("a1");
    expect(mixer.setOutput(a1, undefined)).toEqual({ set: { of, field: "audio.output", value: null } });
    const two = [{ bus: "room", gain_db: -6 }, { bus: "spare" }];
    expect(mixer.addSend(a1, "spare")).toEqual({ set: { of, field: "audio.sends", value: two } });
    expect(mixer.removeSend(a1, 0)).toEqual({ set: { of, field: "audio.sends", value: [] } });
    expect(mixer.setSend(a1, 0, "pre_fader", true)).toEqual({
      set: { of, field: "audio.sends.0.pre_fader", value: true },
    });
    expect(mixer.setSendGain(a1, 0, S, -2)).toEqual({ set: { of, field: "audio.sends.0.gain_db", value: -2 } });
  });

  it("begin with a bus of its own id and name", () => {
    const taken = { ...project, compositions: [{ ...main, audio: { buses: [{ id: "bus" }] } }] } as Project;
    expect(mixer.addBus(taken, taken.compositions[0], (n) => `Bus ${n}`)).toEqual({
      add_bus: { composition: "main", bus: { id: "bus-2", name: "Bus 2" } },
    });
  });
});

describe("sound effects for clips", () => {
  it("are for those that are heard, linked ones included", () => {
    const pair = [
      { id: "v", clips: [clip("p", { type: "media", media: "film" }, { linked: "s", audio: { enabled: false } })] },
      { id: "a", kind: "audio", clips: [clip("s", { type: "media", media: "film" }, { linked: "p" })] },
    ] as unknown as Track[];
    const linked = { ...project, compositions: [{ ...main, tracks: pair }] } as Project;
    const add = (of: object[]) => ({ add_sound_effect: { of, effect: "audio-eq" } });
    expect(mixer.addToClips(linked, ["p"], "audio-eq")).toEqual(add([{ clip: "s" }]));
    expect(mixer.addToClips(project, ["a", "d", "t"], "audio-eq")).toEqual(add([{ clip: "a" }, { clip: "d" }]));
    expect(mixer.addToClips(project, ["b", "c", "t"], "audio-eq")).toBeUndefined();
  });
});

describe("the order of effects", () => {
  const effects = ["a", "b", "c"].map((id) => ({ id, effect: "audio-volume" }));
  it("has what is added behind others", () => {
    const add = (before: number) => insertEffect({ bus: "room" }, effects.slice(0, before), "audio-eq");
    expect(add(2)).toEqual({ add_sound_effect: { of: [{ bus: "room" }], effect: "audio-eq", after: "b" } });
    expect(add(0)).toEqual({ add_sound_effect: { of: [{ bus: "room" }], effect: "audio-eq", after: null } });
  });

  it.each<[string, number, string | null | undefined]>([
    ["a", 0, undefined],
    ["a", 1, "b"],
    ["a", 9, "c"],
    ["c", 0, null],
    ["c", -1, null],
    ["b", 2, "c"],
    ["x", 0, undefined],
  ])("moves %s to %d", (id, to, after) => {
    const expected = after === undefined ? undefined : { move_effect: { id, after } };
    expect(moveEffect(effects, id, to)).toEqual(expected);
  });
});
