import type { ParamEntry } from "../../api/types";

/** Change for a pixel of a drag: about two hundred pixels for the whole range. */
export function stepOf(param: ParamEntry): number {
  const { min, max } = param;
  if (min === null || min === undefined || max === null || max === undefined) return 0.01;
  const power = 10 ** Math.floor(Math.log10((max - min) / 200));
  return Math.max(0.001, Math.min(1, power));
}
