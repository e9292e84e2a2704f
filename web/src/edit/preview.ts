// What the timeline shows while something is dragged: the document stays as it is, and the painter
// draws these places instead. A drag ends in one command, which the server carries out.
import type { Clip } from "../api/types";
import type { Command } from "../wire/messages";
import { toFlicks } from "./time";

export interface Place {
  start: number;
  duration: number;
  sourceIn: number;
  track: string;
  /** Where it differs from that of the clip. */
  speed?: number;
}

/** Clips of some tracks that start at or after a time are drawn later or earlier. */
export interface Shift {
  from: ReadonlyMap<string, number>;
  by: number;
}

/** Why an edge did not go further. */
export type Limit = "material" | "neighbour" | "start" | "length" | "kind" | "locked";

export interface Preview {
  places: ReadonlyMap<string, Place>;
  shift?: Shift;
  /** Times at which something snapped. */
  snapped: number[];
  limit?: Limit;
  /** By how much, for the label beside the pointer. */
  by: number;
  /** Of a stretch, for the label. */
  speed?: number;
}

export interface Drag {
  preview: Preview;
  /** Absent where nothing would change. */
  command?: Command;
}

export function placeOf(clip: Clip, track: string): Place {
  return { start: toFlicks(clip.start), duration: toFlicks(clip.duration), sourceIn: toFlicks(clip.source_in), track };
}

export function endOf(clip: Clip): number {
  return toFlicks(clip.start) + toFlicks(clip.duration);
}

export const still: Drag = { preview: { places: new Map(), snapped: [], by: 0 } };
