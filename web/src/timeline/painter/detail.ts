// How much of a clip is drawn, by its width in pixels.

/**
 * `run`: one column for all clips that share it; `colour`: the body; then a name; then pictures.
 */
export type Detail = "run" | "colour" | "label" | "full";

export const RUN_BELOW = 2;
export const COLOUR_BELOW = 24;
export const LABEL_BELOW = 72;

export function detailOf(width: number): Detail {
  if (width < RUN_BELOW) return "run";
  if (width < COLOUR_BELOW) return "colour";
  return width < LABEL_BELOW ? "label" : "full";
}

/** Rates at which waveforms are asked for; the one that has one to four spans a pixel. */
const RATES = [4, 16, 64, 256];

export function peakRate(pxPerSecond: number): number {
  return RATES.find((rate) => rate >= pxPerSecond) ?? RATES[RATES.length - 1];
}
