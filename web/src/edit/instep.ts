// Ripples that keep some tracks in step and leave others: where the program's own ripple would move
// too many tracks or too few, they are put together from moves of what follows, as one step.
import type { Clip, Composition, Edge, Operation, Project, Track } from "../api/types";
import { firstEndingAfter, together, trackIndex } from "../document/select";
import type { Shift } from "./preview";
import { toFlicks } from "./time";

export interface Span {
  start: number;
  end: number;
}

interface Trimmed {
  trimmed: readonly { clip: Clip; track: Track }[];
  /** The edge before. */
  old: number;
  to: number;
  shift: Shift;
}

/** One step of several. */
export function asOne(steps: Operation[]): Operation | undefined {
  if (steps.length < 2) return steps[0];
  return { all: { steps } };
}

/** Clips of a track that start at or after a time. */
export function later(track: Track, from: number): string[] {
  const index = trackIndex(track);
  let n = firstEndingAfter(index, from);
  while (n < index.clips.length && index.starts[n] < from) n += 1;
  return index.clips.slice(n).map((c) => c.id);
}

function moved(clips: string[], by: number): Operation[] {
  return clips.length === 0 || by === 0 ? [] : [{ move: { clips, by, alone: true } }];
}

/** A ripple trim of the tracks of `shift` only. */
export function rippleOnTracks(
  composition: Composition,
  request: { clip: string; edge: Edge; alone?: boolean },
  { trimmed, old, to, shift }: Trimmed,
): Operation | undefined {
  const { clip, edge, alone } = request;
  const own = new Set(trimmed.map((p) => p.clip.id));
  const follow = (composition.tracks ?? []).flatMap((track) => {
    const from = shift.from.get(track.id);
    return from === undefined ? [] : later(track, from).filter((id) => !own.has(id));
  });
  // Cut at the front, a clip keeps its start, so that it moves along.
  const along = edge === "start" ? [...own, ...follow] : follow;
  const trim = (at: number): Operation => ({ trim: { clip, edge, to: at, ...(alone ? { alone: true } : {}) } });
  if (shift.by > 0) return asOne([...moved(along, shift.by), trim(edge === "start" ? old : to)]);
  return asOne([trim(to), ...moved(along, shift.by)]);
}

/** Spans that overlap or touch become one. */
export function merged(spans: readonly Span[]): Span[] {
  const all: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    const last = all.at(-1);
    if (last !== undefined && span.start <= last.end) last.end = Math.max(last.end, span.end);
    else all.push({ ...span });
  }
  return all;
}

const spanOf = (clip: Clip): Span => ({
  start: toFlicks(clip.start),
  end: toFlicks(clip.start) + toFlicks(clip.duration),
});

/** Length of the spans that are over at a time. */
function removedBefore(spans: readonly Span[], time: number): number {
  return spans.reduce((sum, s) => (s.end <= time ? sum + s.end - s.start : sum), 0);
}

export interface Removal {
  command: Operation;
  /** Whether what follows has room where it goes, on each track. */
  fits: boolean;
}

/** Deletes clips and closes up, also on the tracks that are kept in step. */
export function removeInStep(
  project: Project,
  composition: Composition,
  selected: readonly string[],
  unsynced: ReadonlySet<string> = new Set(),
  alone = false,
): Removal | undefined {
  if (selected.length === 0) return undefined;
  const gone = together(project, selected, alone);
  const tracks = composition.tracks ?? [];
  const own = new Map(tracks.map((t) => [t.id, (t.clips ?? []).filter((c) => gone.has(c.id)).map(spanOf)]));
  const all = merged([...own.values()].flat());
  const byShift = new Map<number, string[]>();
  let fits = true;
  for (const track of tracks) {
    const ripples = !track.locked && !unsynced.has(track.id);
    const spans = own.get(track.id) ?? [];
    let end = 0;
    for (const clip of trackIndex(track).clips) {
      if (gone.has(clip.id)) continue;
      const start = toFlicks(clip.start);
      const closed = removedBefore(spans, start);
      const more = ripples ? Math.min(0, closed - removedBefore(all, start)) : 0;
      if (more < 0) (byShift.get(more) ?? byShift.set(more, []).get(more))?.push(clip.id);
      const moved = start - closed + more;
      fits &&= moved >= end;
      end = moved + toFlicks(clip.duration);
    }
  }
  const remove: Operation = { delete: { clips: [...selected], ripple: true, ...(alone ? { alone } : {}) } };
  // What moves least is the earliest, and makes room for the others.
  const shifts = [...byShift].sort(([a], [b]) => b - a);
  const command = asOne([remove, ...shifts.flatMap(([by, clips]) => moved(clips, by))]) as Operation;
  return { command, fits };
}

/** Removes a span of some tracks and closes it, also on those that are kept in step. */
export function extractInStep(
  composition: Composition,
  span: Span,
  cleared: ReadonlySet<string>,
  unsynced: ReadonlySet<string> = new Set(),
): Operation | undefined {
  const tracks = (composition.tracks ?? []).filter((t) => !t.locked);
  const named = tracks.filter((t) => cleared.has(t.id)).map((t) => t.id);
  if (named.length === 0 || span.end <= span.start) return undefined;
  const follow = tracks.filter((t) => !cleared.has(t.id) && !unsynced.has(t.id)).flatMap((t) => later(t, span.end));
  const extract: Operation = { extract: { from: span.start, to: span.end, tracks: named } };
  return asOne([extract, ...moved(follow, span.start - span.end)]);
}

/** What lies between the clips of tracks, and before the first, on all of them at once. */
export function commonGaps(tracks: readonly Track[]): Span[] {
  const full = merged(tracks.flatMap((t) => (t.clips ?? []).map(spanOf)));
  const gaps: Span[] = [];
  let end = 0;
  for (const span of full) {
    if (span.start > end) gaps.push({ start: end, end: span.start });
    end = Math.max(end, span.end);
  }
  return gaps;
}

function closing(gaps: readonly Span[], tracks: readonly Track[]): Operation | undefined {
  const ids = tracks.map((t) => t.id);
  // The last first, so that the times of the others stay right.
  return asOne(gaps.toReversed().map((g) => ({ extract: { from: g.start, to: g.end, tracks: ids } })));
}

function inStep(composition: Composition, unsynced: ReadonlySet<string>, and?: string): Track[] {
  return (composition.tracks ?? []).filter((t) => !t.locked && (t.id === and || !unsynced.has(t.id)));
}

/** The part of a gap that all tracks in step have. */
export function gapInStep(
  composition: Composition,
  unsynced: ReadonlySet<string>,
  at: number,
  track?: string,
): Span | undefined {
  return commonGaps(inStep(composition, unsynced, track)).find((g) => g.start <= at && at < g.end);
}

export function closeGap(
  composition: Composition,
  unsynced: ReadonlySet<string>,
  at: number,
  track?: string,
): Operation | undefined {
  const gap = gapInStep(composition, unsynced, at, track);
  return gap === undefined ? undefined : closing([gap], inStep(composition, unsynced, track));
}

/** All gaps that the tracks in step have in common; of one track alone if it is named. */
export function closeAllGaps(
  composition: Composition,
  unsynced: ReadonlySet<string>,
  only?: Track,
): Operation | undefined {
  const tracks = only === undefined ? inStep(composition, unsynced) : only.locked ? [] : [only];
  return closing(commonGaps(tracks), tracks);
}

/** With magnetic tracks: what a move leaves empty is closed on its track. */
export function movedMagnetically(
  composition: Composition,
  moves: ReadonlyMap<string, { start: number; duration: number; track: string }>,
  command: Operation,
): Operation {
  const steps: Operation[] = [command];
  for (const track of composition.tracks ?? []) {
    const clips = (track.clips ?? []).filter((c) => moves.has(c.id));
    if (clips.length === 0) continue;
    const landed = [...moves.values()]
      .filter((p) => p.track === track.id)
      .map((p) => ({ start: p.start, end: p.start + p.duration }));
    const rest = merged([...(track.clips ?? []).filter((c) => !moves.has(c.id)).map(spanOf), ...landed]);
    const end = rest.at(-1)?.end ?? 0;
    const left = merged(clips.map(spanOf)).flatMap((span) => without(span, landed));
    for (const gap of left.toReversed()) {
      if (gap.start < end) steps.push({ extract: { from: gap.start, to: gap.end, tracks: [track.id] } });
    }
  }
  return asOne(steps) as Operation;
}

/** The parts of a span that others leave free. */
export function without(span: Span, others: readonly Span[]): Span[] {
  let parts = [span];
  for (const other of others) {
    parts = parts.flatMap((p) =>
      other.end <= p.start || other.start >= p.end
        ? [p]
        : [
            { start: p.start, end: Math.min(p.end, other.start) },
            { start: Math.max(p.start, other.end), end: p.end },
          ].filter((q) => q.end > q.start),
    );
  }
  return parts;
}
