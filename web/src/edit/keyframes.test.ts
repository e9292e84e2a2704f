import { describe, expect, it } from "vitest";
import type { Clip } from "../api/types";
import { type Key, valueAt } from "./curve";
import * as kf from "./keyframes";

const clipWith = (video: object) =>
  ({ id: "c", source: { type: "media", media: "m" }, start: 0, duration: 1000, video }) as unknown as Clip;

const opacity: Key[] = [
  { time: 0, value: 0 },
  { time: 300, value: 1, ease: "hold" },
  { time: 900, value: 0.4 },
];
const clip = clipWith({ opacity: { keyframes: opacity }, transform: { scale: [2, 2] } });
const kinds = kf.kindsOf(clip, false, undefined);
const lanes = kf.lanesOf(clip, kinds);
const at = (time: number) => ({ field: "video.opacity", time });
const of = { clip: "c" };

describe("lanes", () => {
  it("are what has keyframes", () => {
    expect(lanes.map((l) => l.field)).toEqual(["video.opacity"]);
    expect(kinds.map((k) => k.name)).toContain("gain");
    expect(kf.kindsOf(clip, true, undefined).map((k) => k.name)).toEqual(["gain", "pan"]);
    expect(kf.refOf(kf.refId(at(300)))).toEqual(at(300));
  });

  it("are also of the sound effects of a clip", () => {
    const params = [
      { id: "mix", name: "Mix", kind: "number", default: 100, min: 0, max: 100, unit: "%", animatable: true },
      { id: "rate", name: "Rate", kind: "number", default: 1, animatable: false },
      { id: "key", name: "Side chain", kind: "key", default: "", animatable: false },
    ];
    const catalog = { effects: [], sound_effects: [{ id: "audio-x", name: "Echo", params }] } as never;
    const effects = [{ id: "fx", effect: "audio-x", params: { mix: { keyframes: opacity } } }];
    const sounding = { ...clip, audio: { effects } } as unknown as Clip;
    const found = kf.lanesOf(sounding, kf.kindsOf(sounding, true, catalog));
    const expected = { field: "audio.effects.fx.params.mix", literal: "Mix", of: "Echo", unit: "%", numeric: true };
    expect(found).toMatchObject([expected]);
  });

  it("have keyframes to go to", () => {
    expect([kf.neighbourKey(lanes, 300, 1), kf.neighbourKey(lanes, 300, -1)]).toEqual([900, 0]);
    expect(kf.neighbourKey(lanes, 900, 1)).toBeUndefined();
  });
});

describe("keyframes", () => {
  it("are added with the value that the curve has", () => {
    expect(kf.addKey(clip, kinds[0], 150, 20)).toEqual({
      set_keyframe: { of, field: "video.opacity", time: 150, value: 0.5 },
    });
    const scale = kinds.find((k) => k.name === "scale") as kf.LaneKind;
    expect(kf.addKey(clip, scale, 150, 20)).toEqual({
      set_keyframe: { of, field: scale.field, time: 150, value: [2, 2] },
    });
    expect(kf.addKeys(clip, lanes, 310, 20)).toBeUndefined();
  });

  it("are moved as far as there is room", () => {
    expect(kf.limitedBy(lanes, [at(900)], 500, 1000)).toBe(100);
    expect(kf.limitedBy(lanes, [at(0), at(300)], -50, 1000)).toBe(0);
    // Not onto one that stays.
    expect(kf.limitedBy(lanes, [at(0)], 300, 1000)).toBe(0);
    expect(kf.moveKeys(clip, [at(0), at(300)], 40)).toEqual({
      move_keyframes: { of, field: "video.opacity", times: [0, 300], by: 40 },
    });
  });

  it("are copied with their ease, and pasted as one curve", () => {
    const copies = kf.copyKeys(lanes, [at(300), at(900)]);
    expect(copies.map((c) => c.key.time)).toEqual([0, 600]);
    const { operation, refs } = kf.pasteKeys(clip, kinds, copies, 300);
    expect(refs).toEqual([at(300), at(900)]);
    expect(operation).toEqual({ set: { of, field: "video.opacity", value: { keyframes: opacity } } });
    const later = kf.pasteKeys(clip, kinds, copies, 350).operation as unknown as {
      set: { value: { keyframes: Key[] } };
    };
    expect(later.set.value.keyframes.map((k) => [k.time, k.ease ?? ""])).toEqual([
      [0, ""],
      [300, "hold"],
      [350, "hold"],
      [900, ""],
      [950, ""],
    ]);
  });

  it("are pasted onto the same effect of another clip", () => {
    const blur = (id: string) => ({
      ...kinds[0],
      field: `video.effects.${id}.params.radius`,
      name: "",
      literal: "Radius",
      of: "Blur",
    });
    const copies = kf.copyKeys(
      [{ ...blur("a"), keys: opacity, numeric: true }],
      [{ field: blur("a").field, time: 300 }],
    );
    expect(kf.pasteKeys(clipWith({}), [blur("b")], copies, 50).refs).toEqual([{ field: blur("b").field, time: 50 }]);
    expect(kf.pasteKeys(clipWith({}), kinds, copies, 50).operation).toBeUndefined();
  });

  it("become bezier with flat tangents", () => {
    const made = kf.setEase(clip, lanes, [at(300)], "bezier") as unknown as { set: { value: { keyframes: Key[] } } };
    const keys = made.set.value.keyframes;
    expect(keys[1]).toEqual({ time: 300, value: 1, ease: "bezier", handle_out: { time: 200, value: 0 } });
    expect(keys[2]).toEqual({ time: 900, value: 0.4, handle_in: { time: -200, value: 0 } });
    // Of that shape the middle is the mean: 3u² − 2u³ at ½.
    expect(valueAt(keys, 600)).toBeCloseTo(0.7, 9);
  });

  it("are dragged in time and value as one step, within limits", () => {
    expect(kf.dragKey(clip, lanes[0], 900, 0, { time: 10, value: 9 })).toEqual({
      all: {
        steps: [
          { move_keyframes: { of, field: "video.opacity", times: [900], by: 10 } },
          { set_keyframe: { of, field: "video.opacity", time: 910, value: 1 } },
        ],
      },
    });
    expect(kf.draggedKeys(lanes[0], 0, 0, { time: 50, value: 0.25 })[0]).toMatchObject({ time: 50, value: 0.25 });
  });
});

describe("tangents", () => {
  const keys: Key[] = [
    { time: 0, value: [0, 0], ease: "bezier" },
    { time: 300, value: [30, 60], ease: "bezier" },
    { time: 600, value: [0, 0] },
  ];

  it("are a third of the way where there are none", () => {
    expect(kf.tangentOf(keys, 0, 1, "out")).toEqual({ time: 100, value: 20 });
    expect(kf.tangentOf(keys, 1, 0, "in")).toEqual({ time: 200, value: 20 });
    expect(kf.tangentOf(keys, 2, 0, "out")).toBeUndefined();
  });

  it("turn the other side along, unless broken", () => {
    const next = kf.withTangent(keys, 1, 0, "out", { time: 400, value: 40 }, false)[1];
    // 10 up in 100; the other side is 100 long and so 10 down. The second number stays.
    expect(next.handle_out).toEqual({ time: 100, value: [10, -20] });
    expect(next.handle_in).toEqual({ time: -100, value: [-10, -20] });
    const broken = kf.withTangent(keys, 1, 0, "out", { time: 400, value: 40 }, true)[1];
    expect(broken.handle_in).toBeUndefined();
    // Not beyond the next keyframe.
    expect(kf.withTangent(keys, 1, 0, "out", { time: 9999, value: 30 }, true)[1].handle_out?.time).toBe(300);
  });
});

describe("the value axis", () => {
  it("holds the curve with room, and has round steps", () => {
    expect(kf.valueRange(lanes, 0, 1000)).toEqual([-0.15, 1.15]);
    expect(kf.valueRange([{ keys: [{ time: 0, value: 5 }] }], 0, 10)).toEqual([4, 6]);
    expect(kf.valueTicks([-0.15, 1.15], 130, 36)).toEqual([0, 0.5, 1]);
    expect(kf.valueTicks([0, 100], 360, 36)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
  });
});
