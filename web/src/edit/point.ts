// The edit point that is selected: an edge of a clip, or a cut, whose sides move together.
import type { Composition, Edge, Project } from "../api/types";
import { trackIndex } from "../document/select";
import type { Context } from "./commands";
import { handles } from "./material";
import { type Drag, still } from "./preview";
import { edgeOf, isCut, placed, trim } from "./trim";

export interface EditPoint {
  /** Of a cut, the clip after it. */
  clip: string;
  edge: Edge | "both";
}

export interface PointMark {
  track: string;
  time: number;
  side: Edge;
  /** Whether there is material to go on. */
  free: boolean;
}

export function pointTime(composition: Composition, point: EditPoint): number | undefined {
  const found = placed(composition, point.clip);
  return found === undefined ? undefined : edgeOf(found.clip, point.edge === "end" ? "end" : "start");
}

/** The edges that a point has, for the painter. */
export function pointMarks(project: Project, composition: Composition, point: EditPoint): PointMark[] {
  const found = placed(composition, point.clip);
  if (found === undefined) return [];
  const { clip, track, index, at } = found;
  const mark = (one: typeof clip, side: Edge): PointMark => {
    const { before, after } = handles(project, one);
    return { track: track.id, time: edgeOf(one, side), side, free: (side === "start" ? before : after) > 0 };
  };
  if (point.edge !== "both") return [mark(clip, point.edge)];
  const before = index.clips[at - 1];
  return before === undefined || !isCut(index, clip.id, "start")
    ? [mark(clip, "start")]
    : [mark(before, "end"), mark(clip, "start")];
}

/** The edit that is closest to the playhead: of what is selected, else of the target tracks. */
export function nearestPoint({ composition, selected, now, untargeted }: Context): EditPoint | undefined {
  let best: EditPoint | undefined;
  let distance = Infinity;
  for (const track of composition.tracks ?? []) {
    if (track.locked || (selected.length === 0 && untargeted?.has(track.id))) continue;
    const index = trackIndex(track);
    index.clips.forEach((clip, n) => {
      if (selected.length > 0 && !selected.includes(clip.id)) return;
      const [toStart, toEnd] = [Math.abs(index.starts[n] - now), Math.abs(index.ends[n] - now)];
      if (toStart < distance) {
        distance = toStart;
        best = { clip: clip.id, edge: isCut(index, clip.id, "start") ? "both" : "start" };
      }
      // A cut belongs to the clip after it, unless only the one before is selected.
      if (toEnd >= distance) return;
      distance = toEnd;
      const next = isCut(index, clip.id, "end") ? index.clips[n + 1] : undefined;
      best = next === undefined ? { clip: clip.id, edge: "end" } : { clip: next.id, edge: "both" };
    });
  }
  return best;
}

/** Both sides of a cut, then the one before, then the one after. */
export function cycled(composition: Composition, point: EditPoint): EditPoint {
  const found = placed(composition, point.clip);
  if (found === undefined) return point;
  const { index, at } = found;
  if (point.edge === "both") return { clip: index.clips[at - 1].id, edge: "end" };
  if (point.edge === "end") {
    const next = isCut(index, point.clip, "end") ? index.clips[at + 1] : undefined;
    return next === undefined ? { clip: point.clip, edge: "start" } : { clip: next.id, edge: "start" };
  }
  return isCut(index, point.clip, "start") ? { ...point, edge: "both" } : { ...point, edge: "end" };
}

export interface PointTrim {
  to: number;
  ripple: boolean;
  alone?: boolean;
  unsynced?: ReadonlySet<string>;
}

/** Trims the point to a time, as far as material and neighbours allow. */
export function trimPoint(
  project: Project,
  composition: Composition,
  point: EditPoint,
  { to, ripple, alone, unsynced }: PointTrim,
): Drag {
  if (placed(composition, point.clip) === undefined) return still;
  const edge = point.edge === "both" ? "start" : point.edge;
  const mode = point.edge === "both" ? "roll" : ripple ? "ripple" : "plain";
  return trim(project, composition, { clip: point.clip, edge, to, mode, alone, unsynced });
}

export function trimPointBy(
  project: Project,
  composition: Composition,
  point: EditPoint,
  by: number,
  how: Omit<PointTrim, "to">,
): Drag {
  const time = pointTime(composition, point);
  return time === undefined ? still : trimPoint(project, composition, point, { ...how, to: time + by });
}
