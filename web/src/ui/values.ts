import type { ParamEntry } from "../api/types";

/** Change for a pixel of a drag: about two hundred pixels for the whole range. */
export function stepOf(param: ParamEntry): number {
  const { min, max } = param;
  if (min === null || min === undefined || max === null || max === undefined) return 0.01;
  const power = 10 ** Math.floor(Math.log10((max - min) / 200));
  return Math.max(0.001, Math.min(1, power));
}

/** Whether equal steps are ratios, as with frequencies and times. */
function isRatio({ min, max }: ParamEntry): boolean {
  return min != null && max != null && min > 0 && max / min >= 100;
}

/** Where a value lies in the range of a parameter, 0..=1; nothing where there is no range. */
export function partOfRange(param: ParamEntry): ((value: number) => number) | undefined {
  const { min, max } = param;
  if (min == null || max == null || max <= min) return undefined;
  const within = (part: number) => Math.min(1, Math.max(0, part));
  if (isRatio(param)) return (value) => within(Math.log(value / min) / Math.log(max / min));
  return (value) => within((value - min) / (max - min));
}

/** Steps for ratios: about two hundred for the whole range, to three digits. */
export function steppedIn(param: ParamEntry): ((value: number, by: number) => number) | undefined {
  const { min, max } = param;
  if (!isRatio(param)) return undefined;
  const factor = ((max as number) / (min as number)) ** (1 / 200);
  return (value, by) => Number((Math.max(value, min as number) * factor ** by).toPrecision(3));
}

/** Its ends with their unit; nothing where it has none. */
export function rangeShown({ min, max, unit }: ParamEntry): string | undefined {
  if (min == null || max == null) return undefined;
  const one = (v: number) => String(v).replace("-", "−");
  return `${one(min)} … ${one(max)}${unitShown(unit)}`;
}

const signs: Record<string, string> = { degrees: "°", semitones: "st" };

export const signOf = (unit: string | undefined): string => signs[unit ?? ""] ?? unit ?? "";
const unitShown = (unit: string | undefined) => (unit ? ` ${signOf(unit)}` : "");

const capitals = new Set(["hlg", "lfe", "lufs", "pq", "rms"]);

/** `leftRight` as `Left right`; what has hyphens or digits, such as `s-log3`, stays as it is. */
export function readable(id: string): string {
  if (/[-0-9]/.test(id)) return id;
  const words = id
    .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(" ");
  const shown = words.map((word) => (capitals.has(word) ? word.toUpperCase() : word)).join(" ");
  return shown.charAt(0).toUpperCase() + shown.slice(1);
}
