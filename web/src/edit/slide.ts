// Slides and rate stretches as they are dragged. Linked clips that cover the same time go along.
import type { Composition, Edge, Operation, Project } from "../api/types";
import { compositionRate, together } from "../document/select";
import { asOne } from "./instep";
import { handles, sourceInAt } from "./material";
import { type Drag, endOf, type Limit, type Place, placeOf, still } from "./preview";
import { frameAt, frameLength, timeOfFrame, toFlicks } from "./time";
import { type Bounds, edgeOf, narrowed, placed, type Placed } from "./trim";

/** The program takes speeds from a hundredth to a hundred times, forwards and backwards. */
const SPEEDS = { least: 0.01, most: 100 };

function sameSpan(project: Project, composition: Composition, id: string, alone: boolean): Placed[] {
  const named = placed(composition, id);
  if (named === undefined) return [];
  const [start, end] = [toFlicks(named.clip.start), endOf(named.clip)];
  const others = [...together(project, [id], alone)].filter((other) => other !== id);
  const along = others.map((other) => placed(composition, other)).filter((p) => p !== undefined);
  return [named, ...along.filter((p) => toFlicks(p.clip.start) === start && endOf(p.clip) === end)];
}

function neighbours({ index, at }: Placed) {
  const before = at > 0 && index.ends[at - 1] === index.starts[at] ? index.clips[at - 1] : undefined;
  const after = index.starts[at + 1] === index.ends[at] ? index.clips[at + 1] : undefined;
  return { before, after };
}

/** How far a clip may go, as differences. */
function slideBounds(project: Project, p: Placed, one: number): Bounds {
  const { index, at } = p;
  const [start, end] = [index.starts[at], index.ends[at]];
  const { before, after } = neighbours(p);
  const low: [number, Limit][] = [];
  const high: [number, Limit][] = [];
  if (before === undefined) low.push(at > 0 ? [index.ends[at - 1] - start, "neighbour"] : [-start, "start"]);
  else {
    low.push([toFlicks(before.start) + one - start, "length"]);
    high.push([handles(project, before).after, "material"]);
  }
  if (after === undefined) high.push([(index.starts[at + 1] ?? Infinity) - end, "neighbour"]);
  else {
    high.push([endOf(after) - one - end, "length"]);
    low.push([-handles(project, after).before, "material"]);
  }
  const [least, lowLimit] = low.reduce((a, b) => (b[0] > a[0] ? b : a));
  const [most, highLimit] = high.reduce((a, b) => (b[0] < a[0] ? b : a));
  return { low: Math.min(0, least), high: Math.max(0, most), lowLimit, highLimit };
}

/** Moves a clip between its neighbours, which become longer and shorter. */
export function slide(project: Project, composition: Composition, id: string, wanted: number, alone = false): Drag {
  const along = sameSpan(project, composition, id, alone);
  if (along.length === 0) return still;
  if (along.some((p) => p.track.locked)) return { preview: { ...still.preview, limit: "locked" } };
  const rate = compositionRate(composition);
  let bounds: Bounds = { low: -Infinity, high: Infinity, lowLimit: "start", highLimit: "neighbour" };
  for (const p of along) bounds = narrowed(bounds, slideBounds(project, p, frameLength(rate)));
  let by = Math.min(bounds.high, Math.max(bounds.low, wanted));
  const limit = by < wanted ? bounds.highLimit : by > wanted ? bounds.lowLimit : undefined;
  const start = toFlicks(along[0].clip.start);
  if (limit === "material") {
    const to = start + by;
    by = timeOfFrame(rate, by < wanted ? frameAt(rate, to) : frameAt(rate, to - 1) + 1) - start;
  }
  const places = new Map<string, Place>();
  for (const p of along) {
    const { before, after } = neighbours(p);
    const place = placeOf(p.clip, p.track.id);
    places.set(p.clip.id, { ...place, start: place.start + by });
    if (before !== undefined) {
      const old = placeOf(before, p.track.id);
      places.set(before.id, { ...old, duration: old.duration + by });
    }
    if (after !== undefined) {
      const old = placeOf(after, p.track.id);
      const at = old.start + by;
      places.set(after.id, { ...old, start: at, duration: old.duration - by, sourceIn: sourceInAt(after, at) });
    }
  }
  const preview = { places, snapped: [], limit, by };
  if (by === 0) return { preview };
  return { preview, command: asOne(along.map((p): Operation => ({ slide: { clip: p.clip.id, by } }))) };
}

/** Moves an edge and changes the speed, so that the same part of the source is shown. */
export function stretch(
  project: Project,
  composition: Composition,
  request: { clip: string; edge: Edge; to: number; alone?: boolean },
): Drag {
  const { clip: id, edge } = request;
  const along = sameSpan(project, composition, id, request.alone === true);
  if (along.length === 0) return still;
  if (along.some((p) => p.track.locked)) return { preview: { ...still.preview, limit: "locked" } };
  if (along.some((p) => p.clip.time_map)) return still;
  const rate = compositionRate(composition);
  const one = frameLength(rate);
  const old = edgeOf(along[0].clip, edge);
  let bounds: Bounds = { low: -Infinity, high: Infinity, lowLimit: "start", highLimit: "neighbour" };
  for (const p of along) bounds = narrowed(bounds, stretchBounds(p, edge, one));
  let to = Math.min(bounds.high, Math.max(bounds.low, request.to));
  const limit = to < request.to ? bounds.highLimit : to > request.to ? bounds.lowLimit : undefined;
  if (limit === "length") to = timeOfFrame(rate, to < request.to ? frameAt(rate, to) : frameAt(rate, to - 1) + 1);
  const places = new Map<string, Place>();
  let speed: number | undefined;
  for (const p of along) {
    const place = placeOf(p.clip, p.track.id);
    const end = place.start + place.duration;
    const [from, until] = edge === "start" ? [to, end] : [place.start, to];
    const own = ((p.clip.speed ?? 1) * place.duration) / (until - from);
    speed ??= own;
    places.set(p.clip.id, { ...place, start: from, duration: until - from, speed: own });
  }
  const by = to - old;
  const preview = { places, snapped: [], limit, by, speed };
  if (by === 0) return { preview };
  return { preview, command: asOne(along.map((p): Operation => ({ rate_stretch: { clip: p.clip.id, edge, to } }))) };
}

function stretchBounds({ index, at, clip }: Placed, edge: Edge, one: number): Bounds {
  const [start, end] = [index.starts[at], index.ends[at]];
  const shown = (end - start) * Math.abs(clip.speed ?? 1);
  const [shortest, longest] = [Math.max(one, shown / SPEEDS.most), shown / SPEEDS.least];
  if (edge === "start") {
    const room = at > 0 ? index.ends[at - 1] : 0;
    const low = Math.max(room, end - longest);
    const lowLimit: Limit = low > room ? "length" : at > 0 ? "neighbour" : "start";
    return { low, high: end - shortest, lowLimit, highLimit: "length" };
  }
  const room = index.starts[at + 1] ?? Infinity;
  const high = Math.min(room, start + longest);
  return { low: start + shortest, high, lowLimit: "length", highLimit: high < room ? "length" : "neighbour" };
}
