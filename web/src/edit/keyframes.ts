// Keyframes of a clip as lanes: what is animated, and commands that move, copy and shape keyframes.
import type { Catalog, Clip, Ease, EffectInstance, Operation, ParamEntry } from "../api/types";
import { sourceKind } from "../document/select";
import { fieldOf, keyTime, withKey } from "./change";
import { type Key, keysOf, valueAt } from "./curve";
import { toFlicks } from "./time";

export interface LaneKind {
  field: string;
  /** A text's id, or with `of` the name of an effect's parameter. */
  name: string;
  /** The name is not to be translated. */
  literal?: string;
  /** Name of the effect or the mask. */
  of?: string;
  fallback: number | number[];
  /** What is shown is the value times this. */
  scale: number;
  unit: string;
  min?: number;
  max?: number;
}

export interface Lane extends LaneKind {
  keys: readonly Key[];
  /** Whether values are numbers, or lists of them, so that there is a curve. */
  numeric: boolean;
}

const t = "video.transform";
const lane = (field: string, name: string, fallback: number | number[], scale = 1, unit = ""): LaneKind => ({
  field,
  name,
  fallback,
  scale,
  unit,
});

/** Everything of a clip that can have keyframes and that an editor shows. */
export function kindsOf(clip: Clip, audioTrack: boolean, catalog: Catalog | undefined): LaneKind[] {
  const kind = sourceKind(clip);
  const kinds: LaneKind[] = [];
  if (!audioTrack) {
    kinds.push(
      { ...lane("video.opacity", "opacity", 1, 100, "%"), min: 0, max: 1 },
      lane(`${t}.position_px`, "position", [0, 0], 1, "px"),
      lane(`${t}.scale`, "scale", [1, 1], 100, "%"),
      lane(`${t}.rotation_degrees`, "rotation", 0, 1, "°"),
      lane(`${t}.anchor`, "anchor", [0.5, 0.5], 100, "%"),
    );
    for (const side of ["left", "top", "right", "bottom"])
      kinds.push({ ...lane(`${t}.crop_${side}`, `crop-${side}`, 0, 100, "%"), min: 0, max: 1 });
    for (const [n, mask] of (clip.video?.masks ?? []).entries()) {
      const base = `video.masks.${mask.id}`;
      const of = mask.name || String(n + 1);
      const { type } = mask.shape as unknown as { type: string };
      kinds.push(
        { ...lane(`${base}.opacity`, "mask-opacity", 1, 100, "%"), min: 0, max: 1, of },
        { ...lane(`${base}.feather_px`, "mask-feather", 0, 1, "px"), min: 0, max: 20_000, of },
        { ...lane(`${base}.expansion_px`, "mask-expansion", 0, 1, "px"), of },
      );
      if (type === "path") kinds.push({ ...lane(`${base}.shape.path`, "mask-outline", []), of });
      else
        kinds.push(
          { ...lane(`${base}.shape.center`, "mask-center", [0.5, 0.5], 100, "%"), of },
          { ...lane(`${base}.shape.size`, "mask-size", [0.5, 0.5], 100, "%"), of },
          { ...lane(`${base}.shape.rotation_degrees`, "mask-rotation", 0, 1, "°"), of },
        );
    }
    kinds.push(...effectKinds("video.effects", clip.video?.effects, catalog?.effects));
  }
  if (kind === "media" || kind === "composition")
    kinds.push(
      { ...lane("audio.gain_db", "gain", 0, 1, "dB"), min: -144, max: 60 },
      { ...lane("audio.pan", "pan", 0), min: -1, max: 1 },
      ...effectKinds("audio.effects", clip.audio?.effects, catalog?.sound_effects),
    );
  return kinds;
}

function effectKinds(
  field: string,
  effects: readonly EffectInstance[] | undefined,
  entries: readonly { id: string; name: string; params: ParamEntry[] }[] | undefined,
): LaneKind[] {
  return (effects ?? []).flatMap((effect) => {
    const entry = entries?.find((e) => e.id === effect.effect);
    const numbers = (entry?.params ?? []).filter((p) => p.animatable && (p.kind === "number" || p.kind === "color"));
    return numbers.map((param) => ({
      ...lane(`${field}.${effect.id}.params.${param.id}`, "", param.default as never, 1, param.unit ?? ""),
      literal: param.name,
      of: entry?.name,
      min: param.min ?? undefined,
      max: param.max ?? undefined,
    }));
  });
}

export function lanesOf(clip: Clip, kinds: readonly LaneKind[]): Lane[] {
  return kinds.flatMap((kind) => {
    const keys = keysOf(fieldOf(clip, kind.field));
    if (keys === undefined) return [];
    const numbers = (v: unknown) =>
      typeof v === "number" || (Array.isArray(v) && v.every((x) => typeof x === "number"));
    return [{ ...kind, keys, numeric: keys.every((k) => numbers(k.value)) }];
  });
}

export interface KeyRef {
  field: string;
  time: number;
}

export const refId = ({ field, time }: KeyRef) => `${field}@${time}`;

export function refOf(id: string): KeyRef {
  const at = id.lastIndexOf("@");
  return { field: id.slice(0, at), time: Number(id.slice(at + 1)) };
}

export function refsOf(lanes: readonly Lane[]): KeyRef[] {
  return lanes.flatMap(({ field, keys }) => keys.map((k) => ({ field, time: toFlicks(k.time) })));
}

function byField(refs: readonly KeyRef[]): Map<string, number[]> {
  const map = new Map<string, number[]>();
  for (const { field, time } of refs) map.set(field, [...(map.get(field) ?? []), time]);
  return map;
}

const joined = (steps: Operation[]): Operation | undefined => (steps.length < 2 ? steps[0] : { all: { steps } });
const json = (value: unknown) => value as Record<string, unknown>;

export function moveKeys(clip: Clip, refs: readonly KeyRef[], by: number): Operation | undefined {
  if (by === 0) return undefined;
  return joined(
    [...byField(refs)].map(([field, times]) => ({ move_keyframes: { of: { clip: clip.id }, field, times, by } })),
  );
}

/** Not so far that keyframes leave the clip, or meet others. */
export function limitedBy(lanes: readonly Lane[], refs: readonly KeyRef[], by: number, length: number): number {
  let [low, high] = [-Infinity, Infinity];
  for (const { time } of refs) [low, high] = [Math.max(low, -time), Math.min(high, length - time)];
  const limited = Math.min(Math.max(by, Math.min(0, low)), Math.max(0, high));
  const chosen = new Set(refs.map(refId));
  const taken = lanes.some(({ field, keys }) =>
    keys.some(
      (k) =>
        !chosen.has(refId({ field, time: toFlicks(k.time) })) &&
        chosen.has(refId({ field, time: toFlicks(k.time) - limited })),
    ),
  );
  return taken || limited === 0 ? 0 : limited;
}

export function removeKeys(clip: Clip, refs: readonly KeyRef[]): Operation | undefined {
  return joined(refs.map(({ field, time }) => ({ remove_keyframe: { of: { clip: clip.id }, field, time } })));
}

/** At the playhead, with the value that the curve has there. */
export function addKey(clip: Clip, kind: LaneKind, time: number, half: number): Operation {
  const raw = fieldOf(clip, kind.field);
  const keys = keysOf(raw);
  const at = keyTime(raw, time, half);
  const value = keys === undefined ? (raw ?? kind.fallback) : valueOf(keys, time);
  return { set_keyframe: { of: { clip: clip.id }, field: kind.field, time: at, value: json(value) } };
}

/** Of values that are no numbers, such as outlines, the one before. */
function valueOf(keys: readonly Key[], time: number): unknown {
  const [first] = keys;
  const numbers = typeof first.value === "number" || typeof (first.value as unknown[])[0] === "number";
  if (numbers) return valueAt(keys, time);
  return (keys.findLast((k) => toFlicks(k.time) <= time) ?? first).value;
}

/** On each lane; nothing where all have one there. */
export function addKeys(clip: Clip, lanes: readonly Lane[], time: number, half: number): Operation | undefined {
  const without = lanes.filter((l) => !l.keys.some((k) => Math.abs(toFlicks(k.time) - time) < half));
  return joined(without.map((l) => addKey(clip, l, time, half)));
}

export function neighbourKey(lanes: readonly Lane[], time: number, direction: -1 | 1): number | undefined {
  const times = refsOf(lanes)
    .map((r) => r.time)
    .filter((at) => (direction < 0 ? at < time : at > time));
  return times.length === 0 ? undefined : direction < 0 ? Math.max(...times) : Math.min(...times);
}

const setCurve = (clip: Clip, field: string, keys: readonly Key[]): Operation => ({
  set: { of: { clip: clip.id }, field, value: { keyframes: keys } },
});

/** Flat tangents, so that a bezier segment starts and stops softly until they are moved. */
export function setEase(
  clip: Clip,
  lanes: readonly Lane[],
  refs: readonly KeyRef[],
  ease: Ease,
): Operation | undefined {
  const times = byField(refs);
  return joined(
    lanes.flatMap((one): Operation[] => {
      const chosen = times.get(one.field);
      if (chosen === undefined) return [];
      let keys = one.keys.map((k) => (chosen.includes(toFlicks(k.time)) ? { ...k, ease } : k));
      if (ease === "bezier" && one.numeric) {
        keys = keys.map((k, n): Key => {
          const flat = typeof k.value === "number" ? 0 : k.value.map(() => 0);
          const out = chosen.includes(toFlicks(k.time)) && n + 1 < keys.length && !k.handle_out;
          const into = n > 0 && chosen.includes(toFlicks(keys[n - 1].time)) && !k.handle_in;
          const third = (a: Key, b: Key) => Math.round((toFlicks(b.time) - toFlicks(a.time)) / 3);
          return {
            ...k,
            ...(out ? { handle_out: { time: third(k, keys[n + 1]), value: flat } } : {}),
            ...(into ? { handle_in: { time: -third(keys[n - 1], k), value: flat } } : {}),
          };
        });
      }
      return [setCurve(clip, one.field, keys)];
    }),
  );
}

export interface CopiedKey {
  field: string;
  /** The same of another clip, whose effects and masks have other ids. */
  like: string;
  key: Key;
}

const likeness = ({ name, literal, of }: LaneKind) => `${of ?? ""}/${literal ?? name}`;

/** Times count from the earliest. */
export function copyKeys(lanes: readonly Lane[], refs: readonly KeyRef[]): CopiedKey[] {
  const chosen = new Set(refs.map(refId));
  const first = Math.min(...refs.map((r) => r.time));
  return lanes.flatMap((one) =>
    one.keys
      .filter((k) => chosen.has(refId({ field: one.field, time: toFlicks(k.time) })))
      .map((key) => ({ field: one.field, like: likeness(one), key: { ...key, time: toFlicks(key.time) - first } })),
  );
}

/** Onto the same fields of a clip, as far as it has them. */
export function pasteKeys(
  clip: Clip,
  kinds: readonly LaneKind[],
  copies: readonly CopiedKey[],
  time: number,
): { operation: Operation | undefined; refs: KeyRef[] } {
  const refs: KeyRef[] = [];
  const curves = new Map<string, Key[]>();
  for (const { field: from, like, key } of copies) {
    const field = (kinds.find((k) => k.field === from) ?? kinds.find((k) => likeness(k) === like))?.field;
    if (field === undefined) continue;
    const at = time + toFlicks(key.time);
    const keys = curves.get(field) ?? [...(keysOf(fieldOf(clip, field)) ?? [])];
    const next = withKey(keys, at, key.value).map((k) => (toFlicks(k.time) === at ? { ...key, time: at } : k));
    curves.set(field, next);
    refs.push({ field, time: at });
  }
  return { operation: joined([...curves].map(([field, keys]) => setCurve(clip, field, keys))), refs };
}

export const partOf = (value: number | number[], part: number): number =>
  typeof value === "number" ? value : (value[part] ?? 0);

export const withPart = (value: number | number[], part: number, next: number): number | number[] =>
  typeof value === "number" ? next : value.with(part, next);

/** A keyframe in the curve editor: in time, in value, or both, as one step. */
export function dragKey(clip: Clip, one: Lane, time: number, part: number, by: { time: number; value: number }) {
  const key = one.keys.find((k) => toFlicks(k.time) === time);
  if (key === undefined) return undefined;
  const next = limitedValue(one, partOf(key.value, part) + by.value);
  const of = { clip: clip.id };
  const steps: Operation[] = [];
  if (by.time !== 0) steps.push({ move_keyframes: { of, field: one.field, times: [time], by: by.time } });
  if (by.value !== 0)
    steps.push({
      set_keyframe: { of, field: one.field, time: time + by.time, value: json(withPart(key.value, part, next)) },
    });
  return joined(steps);
}

function limitedValue({ min = -Infinity, max = Infinity }: LaneKind, value: number): number {
  return Math.min(max, Math.max(min, Number(value.toFixed(5))));
}

/** The curve with that keyframe where it is dragged to, to be drawn. */
export function draggedKeys(one: Lane, time: number, part: number, by: { time: number; value: number }): Key[] {
  return one.keys
    .map((k) => {
      if (toFlicks(k.time) !== time) return k;
      const value = withPart(k.value, part, limitedValue(one, partOf(k.value, part) + by.value));
      return { ...k, time: time + by.time, value };
    })
    .toSorted((a, b) => toFlicks(a.time) - toFlicks(b.time));
}

export type Side = "in" | "out";

/** Where a tangent's end is, absent ones included; nothing where the segment is no bezier. */
export function tangentOf(keys: readonly Key[], index: number, part: number, side: Side) {
  const [key, other] = [keys[index], keys[side === "out" ? index + 1 : index - 1]];
  if (key === undefined || other === undefined) return undefined;
  if ((side === "out" ? key : other).ease !== "bezier") return undefined;
  const handle = side === "out" ? key.handle_out : key.handle_in;
  const time = toFlicks(key.time);
  const value = partOf(key.value, part);
  if (handle) return { time: time + toFlicks(handle.time), value: value + partOf(handle.value, part) };
  return {
    time: time + (toFlicks(other.time) - time) / 3,
    value: value + (partOf(other.value, part) - value) / 3,
  };
}

/** The other side keeps its length and turns along, unless `broken`. */
export function withTangent(
  keys: readonly Key[],
  index: number,
  part: number,
  side: Side,
  end: { time: number; value: number },
  broken: boolean,
): Key[] {
  const key = keys[index];
  const time = toFlicks(key.time);
  const other = keys[side === "out" ? index + 1 : index - 1];
  const room = Math.abs(toFlicks(other.time) - time);
  const along = Math.min(room, Math.max(0, (side === "out" ? 1 : -1) * (end.time - time)));
  const rise = end.value - partOf(key.value, part);
  const old = tangentOf(keys, index, part, side);
  const flat = (k: Key) => (typeof k.value === "number" ? 0 : k.value.map(() => 0));
  const present = (side === "out" ? key.handle_out : key.handle_in)?.value;
  const base = present ?? (old === undefined ? flat(key) : thirds(key, other));
  const handle = {
    time: Math.round(side === "out" ? along : -along),
    value: withPart(base, part, Number(rise.toFixed(5))),
  };
  let next: Key = { ...key, [side === "out" ? "handle_out" : "handle_in"]: handle };
  const back: Side = side === "out" ? "in" : "out";
  const mirrored = tangentOf(keys, index, part, back);
  if (!broken && mirrored !== undefined && along > 0) {
    const reach = Math.abs(mirrored.time - time);
    const neighbour = keys[back === "out" ? index + 1 : index - 1];
    const before = (back === "out" ? key.handle_out : key.handle_in)?.value ?? thirds(key, neighbour);
    const value = withPart(before, part, Number(((-rise * reach) / along).toFixed(5)));
    next = {
      ...next,
      [back === "out" ? "handle_out" : "handle_in"]: { time: Math.round(back === "out" ? reach : -reach), value },
    };
  }
  return keys.with(index, next);
}

function thirds(key: Key, other: Key): number | number[] {
  if (typeof key.value === "number") return (partOf(other.value, 0) - key.value) / 3;
  return key.value.map((v, n) => (partOf(other.value, n) - v) / 3);
}

export function setCurveOf(clip: Clip, one: Lane, keys: readonly Key[]): Operation {
  return setCurve(clip, one.field, keys);
}

/** Lowest and highest value of a curve between two times, with some room. */
export function valueRange(lanes: readonly { keys: readonly Key[] }[], from: number, to: number): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const { keys } of lanes) {
    for (let n = 0; n <= 64; n += 1) {
      const value = valueAt(keys, from + ((to - from) * n) / 64);
      for (const v of typeof value === "number" ? [value] : value) [low, high] = [Math.min(low, v), Math.max(high, v)];
    }
    for (const k of keys)
      for (const v of typeof k.value === "number" ? [k.value] : k.value)
        [low, high] = [Math.min(low, v), Math.max(high, v)];
  }
  if (!(low <= high)) return [0, 1];
  const room = high === low ? Math.max(0.1, Math.abs(high) * 0.2) : (high - low) * 0.15;
  return [low - room, high + room];
}

/** Round values between two, at least `least` apart in pixels. */
export function valueTicks([low, high]: [number, number], height: number, least = 36): number[] {
  const raw = ((high - low) * least) / Math.max(1, height);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw) ?? raw;
  const ticks: number[] = [];
  for (let n = Math.ceil(low / step); n * step <= high; n += 1) ticks.push(Number((n * step).toPrecision(12)));
  return ticks;
}
