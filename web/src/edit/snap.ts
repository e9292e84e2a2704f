// Snapping: the nearest of many times, by binary search.
import type { Composition } from "../api/types";
import { displayedTracks, trackIndex } from "../document/select";
import { keyframedClips } from "./keyframe-times";
import { toFlicks } from "./time";

/** In order, without repetition. */
export type SnapTimes = Float64Array;

export function snapTimes(
  composition: Composition,
  moving: ReadonlySet<string>,
  more: readonly number[] = [],
): SnapTimes {
  const times = [0, ...more];
  for (const track of displayedTracks(composition)) {
    const index = trackIndex(track);
    for (let n = 0; n < index.clips.length; n += 1) {
      if (!moving.has(index.clips[n].id)) times.push(index.starts[n], index.ends[n]);
    }
    for (const { clip, start, times: own } of keyframedClips(track)) {
      if (!moving.has(clip)) for (const time of own) times.push(start + time);
    }
  }
  for (const marker of composition.markers ?? []) {
    times.push(toFlicks(marker.time));
    if (marker.duration) times.push(toFlicks(marker.time) + toFlicks(marker.duration));
  }
  return Float64Array.from(new Set(times)).sort();
}

export function nearest(times: SnapTimes, time: number): number | undefined {
  if (times.length === 0) return undefined;
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < time) low = middle + 1;
    else high = middle;
  }
  if (low === 0) return times[0];
  if (low === times.length || time - times[low - 1] <= times[low] - time) return times[low - 1];
  return times[low];
}

export interface Snapped {
  by: number;
  at: number | undefined;
}

/** Moves by `by`, or so that the closest of the edges falls on a time within the tolerance. */
export function snapBy(times: SnapTimes | undefined, edges: readonly number[], by: number, tolerance: number): Snapped {
  let best: Snapped = { by, at: undefined };
  if (times === undefined) return best;
  let distance = tolerance;
  for (const edge of edges) {
    const at = nearest(times, edge + by);
    if (at === undefined) continue;
    const off = Math.abs(at - edge - by);
    if (off < distance || (off === distance && best.at === undefined)) {
      distance = off;
      best = { by: at - edge, at };
    }
  }
  return best;
}
