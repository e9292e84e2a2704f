// Changes of fields that may have keyframes, on the page's own copy of a clip while something is
// dragged, and as one command when it is done.
import type { Clip, Ease, Operation } from "../api/types";
import { type Key, keysOf } from "./curve";
import { toFlicks } from "./time";

export interface Change {
  /** As commands name it: `video.transform.scale`. */
  field: string;
  value: unknown;
  /** Where a curve gets a keyframe; absent: the value is the whole field. */
  time?: number;
}

/** The field as it stands in the document. */
export function fieldOf(clip: Clip, field: string): unknown {
  let value: unknown = clip;
  for (const name of field.split(".")) {
    if (Array.isArray(value)) value = value.find((v) => (v as { id?: string }).id === name) ?? value[Number(name)];
    else value = (value as Record<string, unknown> | null | undefined)?.[name];
  }
  return value;
}

export function withField<T>(of: T, field: string, value: unknown): T {
  const [name, ...rest] = field.split(".");
  const next = (old: unknown) => (rest.length === 0 ? value : withField(old, rest.join("."), value));
  if (Array.isArray(of)) {
    const byId = of.findIndex((v) => (v as { id?: string }).id === name);
    const at = byId >= 0 ? byId : Number(name);
    return of.map((v, n) => (n === at ? next(v) : v)) as T;
  }
  return { ...of, [name]: next((of as Record<string, unknown> | undefined)?.[name]) };
}

/** With a keyframe at a time; one that is there keeps its ease and its handles. */
export function withKey(keys: readonly Key[], time: number, value: unknown): Key[] {
  const there = keys.some((k) => toFlicks(k.time) === time);
  const next = there
    ? keys.map((k) => (toFlicks(k.time) === time ? { ...k, value: value as Key["value"] } : k))
    : [...keys, { time, value: value as Key["value"] }];
  return next.toSorted((a, b) => toFlicks(a.time) - toFlicks(b.time));
}

/** A keyframe less than half a frame away is meant; else the time itself. */
export function keyTime(raw: unknown, time: number, half: number): number {
  const near = keysOf(raw)?.find((k) => Math.abs(toFlicks(k.time) - time) < half);
  return near === undefined ? time : toFlicks(near.time);
}

const writesKey = (raw: unknown, change: Change, autoKey: boolean) =>
  change.time !== undefined && (keysOf(raw) !== undefined || autoKey);

export function applied(clip: Clip, changes: readonly Change[], autoKey = false): Clip {
  return changes.reduce((c, change) => {
    const raw = fieldOf(c, change.field);
    if (!writesKey(raw, change, autoKey)) return withField(c, change.field, change.value);
    return withField(c, change.field, { keyframes: withKey(keysOf(raw) ?? [], change.time as number, change.value) });
  }, clip);
}

/** `autoKey`: fields that are constant become curves. */
export function changesToOperation(
  clip: Clip,
  changes: readonly Change[],
  autoKey: boolean,
  half: number,
): Operation | undefined {
  const steps = changes.map((change): Operation => {
    const { field, value, time } = change;
    const of = { clip: clip.id };
    const raw = fieldOf(clip, field);
    const json = value as Record<string, unknown>;
    if (!writesKey(raw, change, autoKey)) return { set: { of, field, value: json } };
    return { set_keyframe: { of, field, time: keyTime(raw, time as number, half), value: json } };
  });
  return steps.length < 2 ? steps[0] : { all: { steps } };
}

/** A keyframe as it stands, with its ease; its handles are set as a part of the whole curve. */
export function curveWith(keys: readonly Key[], time: number, change: (key: Key) => Key): { keyframes: Key[] } {
  return { keyframes: keys.map((k) => (toFlicks(k.time) === time ? change(k) : k)) };
}

export function easeAt(keys: readonly Key[], time: number): Ease {
  return keys.find((k) => toFlicks(k.time) === time)?.ease ?? "linear";
}
