// Reading fields of clips as the inspector shows them: what is absent has its default; what has
// keyframes has no single value.
import type { Clip, ParamEntry } from "../../api/types";

export type Shown = { constant: number } | { keyframes: number };

export function animated(value: unknown, fallback: number): Shown {
  if (typeof value === "number") return { constant: value };
  const keyframes = keyframesOf(value);
  return keyframes === undefined ? { constant: fallback } : { keyframes };
}

/** One number of a pair such as a position. */
export function animatedPart(value: unknown, part: 0 | 1, fallback: number): Shown {
  if (Array.isArray(value) && typeof value[part] === "number") return { constant: value[part] };
  const keyframes = keyframesOf(value);
  return keyframes === undefined ? { constant: fallback } : { keyframes };
}

export function keyframesOf(value: unknown): number | undefined {
  const keyframes = (value as { keyframes?: unknown[] } | null | undefined)?.keyframes;
  return Array.isArray(keyframes) ? keyframes.length : undefined;
}

export function pair(value: unknown, fallback: [number, number]): [number, number] {
  return Array.isArray(value) && value.length === 2 ? (value as [number, number]) : fallback;
}

/** A value at a path such as `video.transform.scale`. */
export function at(clip: Clip, path: string): unknown {
  return path.split(".").reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], clip);
}

/** Change for a pixel of a drag: about two hundred pixels for the whole range. */
export function stepOf(param: ParamEntry): number {
  const { min, max } = param;
  if (min === null || min === undefined || max === null || max === undefined) return 0.01;
  const raw = (max - min) / 200;
  const power = 10 ** Math.floor(Math.log10(raw));
  return Math.max(0.001, Math.min(1, power));
}
