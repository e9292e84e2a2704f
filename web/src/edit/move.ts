// Moving clips in time, and one clip to another track.
import type { Composition, Project, Track } from "../api/types";
import { compositionRate, findClip, firstEndingAfter, together, trackIndex } from "../document/select";
import { movedMagnetically } from "./instep";
import { type Drag, type Limit, type Place, placeOf, still } from "./preview";
import { snapBy, type SnapTimes } from "./snap";
import { onFrame, toFlicks } from "./time";

export interface MoveRequest {
  /** The clip under the pointer. */
  clip: string;
  /** All that are selected, that one among them. */
  selected: readonly string[];
  by: number;
  /** The track under the pointer. */
  track?: string;
  alone?: boolean;
  /** What edges snap to; absent: nothing. */
  snap?: SnapTimes;
  /** Flicks. */
  tolerance: number;
  /** Gaps that are left close. */
  magnetic?: boolean;
}

export function move(project: Project, composition: Composition, request: MoveRequest): Drag {
  const ids = together(project, request.selected, request.alone);
  const places = new Map<string, Place>();
  let home: Track | undefined;
  let locked = false;
  const edges: number[] = [];
  for (const id of ids) {
    const found = findClip(project, id);
    if (found === undefined || found.composition.id !== composition.id) continue;
    const place = placeOf(found.clip, found.track.id);
    places.set(id, place);
    edges.push(place.start, place.start + place.duration);
    locked ||= found.track.locked === true;
    if (id === request.clip) home = found.track;
  }
  const grabbed = places.get(request.clip);
  if (home === undefined || grabbed === undefined) return still;
  if (locked) return { preview: { ...still.preview, limit: "locked" } };

  const snapped = snapBy(request.snap, edges, request.by, request.tolerance);
  const rate = compositionRate(composition);
  let by = snapped.at === undefined ? onFrame(rate, grabbed.start + request.by) - grabbed.start : snapped.by;
  let limit: Limit | undefined;
  const earliest = edges.reduce((a, b) => Math.min(a, b));
  if (earliest + by < 0) [by, limit] = [-earliest, "start"];

  const target = trackFor(composition, home, request);
  if (target.limit !== undefined) limit = target.limit;
  const moved = new Map([...places].map(([id, place]) => [id, { ...place, start: place.start + by }]));
  if (target.id !== home.id) moved.set(request.clip, { ...grabbed, start: grabbed.start + by, track: target.id });
  const preview = {
    places: moved,
    snapped: limit === "start" || snapped.at === undefined ? [] : [snapped.at],
    limit,
    by,
  };
  if (by === 0 && target.id === home.id) return { preview };
  const clips = target.id === home.id ? [...request.selected] : [request.clip];
  const track = target.id === home.id ? {} : { track: target.id };
  const command = { move: { clips, by, overwrite: true, ...track, ...(request.alone ? { alone: true } : {}) } };
  return { preview, command: request.magnetic ? movedMagnetically(composition, moved, command) : command };
}

/** Only one clip at a time changes its track, and only to one of the same kind. */
function trackFor(composition: Composition, home: Track, request: MoveRequest): { id: string; limit?: Limit } {
  const wanted = request.track === undefined || request.selected.length > 1 ? home.id : request.track;
  const track = (composition.tracks ?? []).find((t) => t.id === wanted) ?? home;
  if ((track.kind ?? "video") !== (home.kind ?? "video")) return { id: home.id, limit: "kind" };
  if (track.locked) return { id: home.id, limit: "locked" };
  return { id: track.id };
}

/** Whether a span of a track is free, apart from some clips. */
export function isFree(track: Track, start: number, end: number, ignored: ReadonlySet<string> = new Set()): boolean {
  const index = trackIndex(track);
  for (let n = firstEndingAfter(index, start); n < index.clips.length && index.starts[n] < end; n += 1) {
    if (!ignored.has(index.clips[n].id)) return false;
  }
  return true;
}

/**
 * The track on which something new goes: the one that is wanted, or the lowest that is free there.
 */
export function trackWithRoom(
  composition: Composition,
  kind: "video" | "audio",
  start: number,
  length: number,
  untargeted: ReadonlySet<string> = new Set(),
): Track | undefined {
  const open = (composition.tracks ?? []).filter(
    (t) => (t.kind ?? "video") === kind && !t.locked && !untargeted.has(t.id),
  );
  return open.find((t) => isFree(t, start, start + length));
}

/** Clips within a rectangle of tracks and time. */
export function within(composition: Composition, tracks: ReadonlySet<string>, from: number, to: number): string[] {
  const found: string[] = [];
  for (const track of composition.tracks ?? []) {
    if (!tracks.has(track.id)) continue;
    const index = trackIndex(track);
    for (let n = firstEndingAfter(index, from); n < index.clips.length && index.starts[n] < to; n += 1) {
      found.push(index.clips[n].id);
    }
  }
  return found;
}

export function nudged(composition: Composition, frames: number): number {
  const rate = compositionRate(composition);
  return Math.round((frames * 705_600_000 * rate.den) / rate.num);
}

export function startOf(composition: Composition, ids: ReadonlySet<string>): number | undefined {
  let first: number | undefined;
  for (const track of composition.tracks ?? []) {
    for (const clip of track.clips ?? []) {
      if (ids.has(clip.id)) first = Math.min(first ?? Infinity, toFlicks(clip.start));
    }
  }
  return first;
}
