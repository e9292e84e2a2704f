// Values of curves of keyframes, as the program computes them: to show what a field is at the
// playhead. Families of easing by Penner, "Programming Macromedia Flash MX", chapter 7.
import type { Ease } from "../api/types";
import { toFlicks } from "./time";

type Value = number | number[];

interface Handle {
  time: number | string;
  value: Value;
}

export interface Key {
  time: number | string;
  value: Value;
  ease?: Ease;
  turn?: "continuous" | "shortest";
  handle_out?: Handle | null;
  handle_in?: Handle | null;
}

const families: Record<string, (x: number) => number> = {
  quad: (x) => x ** 2,
  cubic: (x) => x ** 3,
  quart: (x) => x ** 4,
  quint: (x) => x ** 5,
  sine: (x) => 1 - Math.cos((x * Math.PI) / 2),
  expo: (x) => 2 ** (10 * (x - 1)),
  circ: (x) => 1 - Math.sqrt(Math.max(0, 1 - x * x)),
  back: (x) => x * x * (2.70158 * x - 1.70158),
  elastic: (x) => -(2 ** (10 * (x - 1))) * Math.sin(((x - 1.075) * 2 * Math.PI) / 0.3),
  bounce: (mirrored) => {
    const x = 1 - mirrored;
    const t = x * 2.75;
    const [middle, height] =
      t < 1 ? [0, 0] : t < 2 ? [1.5 / 2.75, 0.75] : t < 2.5 ? [2.25 / 2.75, 0.9375] : [2.625 / 2.75, 0.984375];
    return 1 - (7.5625 * (x - middle) ** 2 + height);
  },
};

/** Progress of the value at progress `x` of the time; `bezier` counts as linear. */
export function progress(ease: Ease, x: number): number {
  if (x <= 0 || x >= 1) return x >= 1 ? 1 : 0;
  if (ease === "hold") return 0;
  const match = /^(in_out|in|out)_(\w+)$/.exec(ease);
  const family = match === null ? undefined : families[match[2]];
  if (match === null || family === undefined) return x;
  if (match[1] === "in") return family(x);
  if (match[1] === "out") return 1 - family(1 - x);
  return x < 0.5 ? family(2 * x) / 2 : 1 - family(2 - 2 * x) / 2;
}

export function keysOf(value: unknown): Key[] | undefined {
  const keyframes = (value as { keyframes?: Key[] } | null | undefined)?.keyframes;
  return Array.isArray(keyframes) && keyframes.length > 0 ? keyframes : undefined;
}

/** The value at a time; constant before the first keyframe and after the last. */
export function valueAt(keys: readonly Key[], time: number): Value {
  const after = keys.findIndex((k) => toFlicks(k.time) > time);
  if (after === 0) return keys[0].value;
  if (after < 0) return keys[keys.length - 1].value;
  const [a, b] = [keys[after - 1], keys[after]];
  if (typeof a.value === "number" && typeof b.value === "number") return segment(a, b, time, 0);
  return (a.value as number[]).map((_, part) => segment(a, b, time, part));
}

function part(value: Value | undefined, n: number): number {
  return (typeof value === "number" ? value : value?.[n]) ?? 0;
}

function segment(a: Key, b: Key, time: number, n: number): number {
  const [start, length] = [toFlicks(a.time), toFlicks(b.time) - toFlicks(a.time)];
  const from = part(a.value, n);
  let to = part(b.value, n);
  const ease = a.ease ?? "linear";
  if (ease === "hold" || length <= 0) return from;
  if (a.turn === "shortest") {
    const way = (((to - from) % 360) + 360) % 360;
    to = from + (way > 180 ? way - 360 : way);
  }
  const x = (time - start) / length;
  if (ease !== "bezier") return from + (to - from) * progress(ease, x);
  const third = (to - from) / 3;
  const clamp = (v: number) => Math.min(1, Math.max(0, v));
  const x1 = a.handle_out ? clamp(toFlicks(a.handle_out.time) / length) : 1 / 3;
  const x2 = b.handle_in ? clamp(1 + toFlicks(b.handle_in.time) / length) : 2 / 3;
  const y1 = from + (a.handle_out ? part(a.handle_out.value, n) : third);
  const y2 = to + (b.handle_in ? part(b.handle_in.value, n) : -third);
  const u = parameter(x1, x2, x);
  const v = 1 - u;
  return v ** 3 * from + 3 * v * v * u * y1 + 3 * v * u * u * y2 + u ** 3 * to;
}

/** Solves x(u) = `x` of the cubic Bezier curve with control values 0, `x1`, `x2`, 1. */
function parameter(x1: number, x2: number, x: number): number {
  let [low, high] = [0, 1];
  for (let n = 0; n < 52; n += 1) {
    const u = (low + high) / 2;
    const v = 1 - u;
    if (3 * v * v * u * x1 + 3 * v * u * u * x2 + u ** 3 < x) low = u;
    else high = u;
  }
  return (low + high) / 2;
}
