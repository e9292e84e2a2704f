// Trims, rolls and slips as they are dragged. Limits are those of the program: material of the
// source, neighbours, the start of the film, and a length of one frame.
import type { Clip, Composition, Edge, Project, Track, TrimMode } from "../api/types";
import { compositionRate, firstEndingAfter, together, trackIndex, type TrackIndex } from "../document/select";
import { handles, sourceInAt } from "./material";
import { rippleOnTracks } from "./instep";
import { type Drag, endOf, type Limit, type Place, placeOf, still } from "./preview";
import { frameAt, frameLength, timeOfFrame, toFlicks } from "./time";

export interface TrimRequest {
  clip: string;
  edge: Edge;
  /** Where the edge should go. */
  to: number;
  mode: TrimMode;
  alone?: boolean;
  /** Tracks that a ripple leaves where they are. */
  unsynced?: ReadonlySet<string>;
}

export interface Bounds {
  low: number;
  high: number;
  lowLimit: Limit;
  highLimit: Limit;
}

export interface Placed {
  clip: Clip;
  track: Track;
  index: TrackIndex;
  at: number;
}

export function trim(project: Project, composition: Composition, request: TrimRequest): Drag {
  const named = placed(composition, request.clip);
  if (named === undefined || named.track.locked) return still;
  const { edge, mode } = request;
  const old = edgeOf(named.clip, edge);
  // Linked clips whose edge is at the same time are trimmed along.
  const ids = together(project, [request.clip], request.alone);
  const along = [...ids].map((id) => placed(composition, id)).filter((p) => p !== undefined);
  const trimmed = along.filter((p) => edgeOf(p.clip, edge) === old && !p.track.locked);
  const one = frameLength(compositionRate(composition));
  const pairs = mode === "roll" ? trimmed.map((p) => [p, meeting(p, edge)] as const) : [];
  if (pairs.some(([, other]) => other === undefined)) return still;

  let bounds: Bounds = { low: -Infinity, high: Infinity, lowLimit: "start", highLimit: "neighbour" };
  for (const p of trimmed) bounds = narrowed(bounds, clipBounds(project, p, edge, mode, one));
  for (const [, other] of pairs) {
    if (other !== undefined) bounds = narrowed(bounds, clipBounds(project, other, opposite(edge), mode, one));
  }
  let to = Math.min(bounds.high, Math.max(bounds.low, request.to));
  const limit = to < request.to ? bounds.highLimit : to > request.to ? bounds.lowLimit : undefined;
  const rate = compositionRate(composition);
  // Material may end inside of a frame, which is then not used.
  if (limit === "material") to = timeOfFrame(rate, to < request.to ? frameAt(rate, to) : frameAt(rate, to - 1) + 1);
  const by = to - old;

  const places = new Map<string, Place>();
  for (const p of trimmed) places.set(p.clip.id, edgeAt(p, edge, to, mode === "ripple"));
  for (const [, other] of pairs)
    if (other !== undefined) places.set(other.clip.id, edgeAt(other, opposite(edge), to, false));
  const shift =
    mode === "ripple" ? rippleShift(composition, trimmed, edge === "end" ? by : -by, request.unsynced) : undefined;
  const preview = { places, shift, snapped: [], limit, by };
  if (by === 0) return { preview };
  const left = shift !== undefined && (composition.tracks ?? []).some((t) => !t.locked && !shift.from.has(t.id));
  const command = left
    ? rippleOnTracks(composition, request, { trimmed, old, to, shift })
    : { trim: { clip: request.clip, edge, to, mode, ...(request.alone ? { alone: true } : {}) } };
  return { preview, command };
}

function rippleShift(composition: Composition, trimmed: Placed[], by: number, unsynced?: ReadonlySet<string>) {
  const from = new Map<string, number>();
  const first = Math.min(...trimmed.map((p) => endOf(p.clip)));
  for (const track of composition.tracks ?? []) {
    if (!track.locked && !unsynced?.has(track.id)) from.set(track.id, first);
  }
  for (const p of trimmed) from.set(p.track.id, endOf(p.clip));
  return { from, by };
}

/** Shows another part of the source in the same place. */
export function slip(project: Project, composition: Composition, id: string, by: number): Drag {
  const ids = [...together(project, [id])];
  const along = ids.map((one) => placed(composition, one)).filter((p) => p !== undefined);
  let [low, high] = [-Infinity, Infinity];
  for (const { clip } of along) {
    const { before, after } = handles(project, clip);
    const speed = clip.speed ?? 1;
    const [back, forth] = speed < 0 ? [after, before] : [before, after];
    low = Math.max(low, -Math.floor(back * Math.abs(speed)));
    high = Math.min(high, Math.floor(forth * Math.abs(speed)));
  }
  let slipped = Math.min(high, Math.max(low, Math.round(by)));
  const limited = slipped !== Math.round(by);
  // As in a trim, what is left of less than a frame is not used.
  const rate = compositionRate(composition);
  if (limited) slipped = Math.sign(slipped) * timeOfFrame(rate, frameAt(rate, Math.abs(slipped)));
  const places = new Map(
    along.map(({ clip, track }) => [
      clip.id,
      { ...placeOf(clip, track.id), sourceIn: toFlicks(clip.source_in) + slipped },
    ]),
  );
  const preview = {
    places,
    snapped: [],
    by: slipped,
    limit: limited ? ("material" as const) : undefined,
  };
  return slipped === 0 ? { preview } : { preview, command: { slip: { clips: [id], by: slipped } } };
}

export function placed(composition: Composition, id: string): Placed | undefined {
  for (const track of composition.tracks ?? []) {
    const index = trackIndex(track);
    const at = index.clips.findIndex((c) => c.id === id);
    if (at >= 0) return { clip: index.clips[at], track, index, at };
  }
  return undefined;
}

export function edgeOf(clip: Clip, edge: Edge): number {
  return edge === "start" ? toFlicks(clip.start) : endOf(clip);
}

export function opposite(edge: Edge): Edge {
  return edge === "start" ? "end" : "start";
}

/** The clip of the same track whose other edge meets this one. */
function meeting(p: Placed, edge: Edge): Placed | undefined {
  const at = edge === "start" ? p.at - 1 : p.at + 1;
  const clip = p.index.clips[at];
  if (clip === undefined || edgeOf(clip, opposite(edge)) !== edgeOf(p.clip, edge)) return undefined;
  return { ...p, clip, at };
}

/** Whether a cut, and not only an edge, is there. */
export function isCut(index: TrackIndex, clip: string, edge: Edge): boolean {
  const at = index.clips.findIndex((c) => c.id === clip);
  return at >= 0 && meeting({ clip: index.clips[at], track: index.track, index, at }, edge) !== undefined;
}

function clipBounds(project: Project, p: Placed, edge: Edge, mode: TrimMode, one: number): Bounds {
  const [start, end] = [toFlicks(p.clip.start), endOf(p.clip)];
  const { before, after } = handles(project, p.clip);
  if (edge === "start") {
    const low: [number, Limit][] = [[start - before, "material"]];
    if (mode === "plain") {
      low.push([0, "start"]);
      if (p.at > 0) low.push([p.index.ends[p.at - 1], "neighbour"]);
    }
    const [bound, lowLimit] = low.reduce((a, b) => (b[0] > a[0] ? b : a));
    return { low: bound, high: end - one, lowLimit, highLimit: "length" };
  }
  const high: [number, Limit][] = [[end + after, "material"]];
  if (mode === "plain" && p.at + 1 < p.index.clips.length) high.push([p.index.starts[p.at + 1], "neighbour"]);
  const [bound, highLimit] = high.reduce((a, b) => (b[0] < a[0] ? b : a));
  return { low: start + one, high: bound, lowLimit: "length", highLimit };
}

export function narrowed(a: Bounds, b: Bounds): Bounds {
  const [low, lowLimit] = b.low > a.low ? [b.low, b.lowLimit] : [a.low, a.lowLimit];
  const [high, highLimit] = b.high < a.high ? [b.high, b.highLimit] : [a.high, a.highLimit];
  return { low, high, lowLimit, highLimit };
}

function edgeAt(p: Placed, edge: Edge, to: number, stays: boolean): Place {
  const place = placeOf(p.clip, p.track.id);
  if (edge === "end") return { ...place, duration: to - place.start };
  const duration = place.start + place.duration - to;
  const sourceIn = sourceInAt(p.clip, to);
  // A ripple leaves the start where it is: what was cut off at the front closes up.
  return { ...place, start: stays ? place.start : to, duration, sourceIn };
}

/** The gap of a track at a time. */
export function gapAt(index: TrackIndex, time: number): { start: number; end: number } | undefined {
  const next = firstEndingAfter(index, time);
  if (next >= index.clips.length || index.starts[next] <= time) return undefined;
  return { start: next === 0 ? 0 : index.ends[next - 1], end: index.starts[next] };
}
