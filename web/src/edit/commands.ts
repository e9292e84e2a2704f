// From what is selected and where the playhead is to commands of the program. Each answers with
// nothing where there is nothing to do.
import type { Clip, Composition, Copied, Operation, Project, Track } from "../api/types";
import { clipAt, compositionRate, findClip, trackIndex } from "../document/select";
import { asOne as together, extractInStep, removeInStep } from "./instep";
import { isFree, nudged, trackWithRoom } from "./move";
import { endOf } from "./preview";
import { FLICKS, fromSecs, timeOfFrame, toFlicks } from "./time";
import { trim } from "./trim";

export interface Context {
  project: Project;
  composition: Composition;
  selected: readonly string[];
  /** Time of the playhead. */
  now: number;
  /** Marked range; either end may be absent. */
  range: { from?: number; to?: number };
  /** Tracks that get nothing of what is placed, and of what is split, lifted and extracted. */
  untargeted?: ReadonlySet<string>;
  /** Tracks that ripples leave where they are. */
  unsynced?: ReadonlySet<string>;
  /** Deletes and moves close gaps. */
  magnetic?: boolean;
  /** Linked clips are taken one by one. */
  alone?: boolean;
}

/** `like`, or `like-2`, `like-3` …, whichever is not in use. */
export function freeId(like: string, used: Iterable<string>): string {
  const taken = new Set(used);
  if (!taken.has(like)) return like;
  for (let n = 2; ; n += 1) if (!taken.has(`${like}-${n}`)) return `${like}-${n}`;
}

export function clipIds(project: Project): string[] {
  return project.compositions.flatMap((c) => (c.tracks ?? []).flatMap((t) => (t.clips ?? []).map((clip) => clip.id)));
}

export function trackIds(project: Project): string[] {
  return project.compositions.flatMap((c) => (c.tracks ?? []).map((t) => t.id));
}

export function remove(context: Context, ripple: boolean, alone = context.alone === true): Operation | undefined {
  const { project, composition, selected, unsynced, magnetic } = context;
  if (selected.length === 0) return undefined;
  const removal = ripple || magnetic ? removeInStep(project, composition, selected, unsynced, alone) : undefined;
  // Where other tracks have something in the way a magnetic delete leaves a gap; a ripple is
  // refused.
  if (removal !== undefined && (ripple || removal.fits)) return removal.command;
  return { delete: { clips: [...selected], ...(alone ? { alone } : {}) } };
}

/** Tracks that are not locked and get what is placed. */
export function targets({ composition, untargeted }: Context, kind?: "video" | "audio"): Track[] {
  return (composition.tracks ?? []).filter(
    (t) => !t.locked && !untargeted?.has(t.id) && (kind === undefined || (t.kind ?? "video") === kind),
  );
}

/** At the playhead: what is selected there, else the target tracks, or all that are not locked. */
export function split(context: Context, allTracks = false): Operation | undefined {
  const { project, composition, selected, now, alone } = context;
  const inside = (clip: Clip) => toFlicks(clip.start) < now && now < endOf(clip);
  const chosen = allTracks ? [] : selected.filter((id) => inside((findClip(project, id)?.clip ?? {}) as Clip));
  if (chosen.length > 0) return { split: { clips: chosen, at: now, ...(alone ? { alone } : {}) } };
  const open = allTracks ? (composition.tracks ?? []).filter((t) => !t.locked) : targets(context);
  const tracks = open.filter((t) => {
    const clip = clipAt(trackIndex(t), now);
    return clip !== undefined && inside(clip);
  });
  return tracks.length === 0 ? undefined : { split: { tracks: tracks.map((t) => t.id), at: now } };
}

/** Trims what is selected at the playhead, or the topmost clip there, to the playhead. */
export function trimToPlayhead(context: Context, edge: "start" | "end", ripple: boolean): Operation | undefined {
  const { project, composition, selected, now, alone, unsynced } = context;
  const inside = (clip: Clip | undefined) => clip !== undefined && toFlicks(clip.start) < now && now < endOf(clip);
  let clip = selected.map((id) => findClip(project, id)?.clip).find(inside);
  clip ??= targets(context)
    .toReversed()
    .map((t) => clipAt(trackIndex(t), now))
    .find(inside);
  if (clip === undefined) return undefined;
  const mode = ripple ? "ripple" : "plain";
  return trim(project, composition, { clip: clip.id, edge, to: now, mode, alone, unsynced }).command as
    Operation | undefined;
}

/** Of the target tracks; what is extracted closes up on those in step, too. */
export function liftOrExtract(context: Context, close: boolean): Operation | undefined {
  const { composition, range, unsynced } = context;
  const { from, to } = range;
  if (from === undefined || to === undefined || to <= from) return undefined;
  const tracks = targets(context).map((t) => t.id);
  if (tracks.length === 0) return undefined;
  return close
    ? extractInStep(composition, { start: from, end: to }, new Set(tracks), unsynced)
    : { lift: { from, to, tracks } };
}

export function nudge(context: Context, frames: number): Operation | undefined {
  return moveBy(context, nudged(context.composition, frames));
}

/** Moves what is selected, replacing what it meets. */
export function moveBy({ selected, alone }: Context, by: number): Operation | undefined {
  if (selected.length === 0 || by === 0) return undefined;
  return { move: { clips: [...selected], by, overwrite: true, ...(alone ? { alone } : {}) } };
}

export function toggleLink({ project, selected }: Context): Operation | undefined {
  const clips = selected.map((id) => findClip(project, id)?.clip).filter((c) => c !== undefined);
  if (clips.some((c) => c.linked)) return { unlink: { clips: clips.filter((c) => c.linked).map((c) => c.id) } };
  return clips.length === 2 ? { link: { a: clips[0].id, b: clips[1].id } } : undefined;
}

export function toggleGroup({ project, selected }: Context): Operation | undefined {
  const clips = selected.map((id) => findClip(project, id)?.clip).filter((c) => c !== undefined);
  if (clips.some((c) => c.group)) return { ungroup: { clips: clips.filter((c) => c.group).map((c) => c.id) } };
  if (clips.length < 2) return undefined;
  const names = project.compositions.flatMap((c) =>
    (c.tracks ?? []).flatMap((t) => (t.clips ?? []).map((clip) => clip.group ?? "")),
  );
  return { group: { clips: clips.map((c) => c.id), name: freeId("group", names) } };
}

export function toggleEnabled({ project, selected }: Context): Operation | undefined {
  const clips = selected.map((id) => findClip(project, id)?.clip).filter((c) => c !== undefined);
  if (clips.length === 0) return undefined;
  const enabled = !clips.some((c) => c.enabled !== false);
  return together(clips.map((c) => setField({ clip: c.id }, "enabled", enabled)));
}

/** One step of several. */
export { together };

type Target = Extract<Operation, { set: unknown }>["set"]["of"];

/** The generated type of a value is an object; the program takes any JSON. */
export function setField(of: Target, field: string, value: unknown): Operation {
  return { set: { of, field, value: value as Record<string, unknown> } };
}

export function mark({ composition, now }: Context): Operation {
  const id = freeId(
    "marker",
    (composition.markers ?? []).map((m) => m.id),
  );
  return { set_marker: { composition: composition.id, marker: { id, time: now } } };
}

export function copied({ project, selected }: Context): Copied[] {
  return selected.flatMap((id) => {
    const found = findClip(project, id);
    return found === undefined ? [] : [{ track: found.track.id, clip: found.clip }];
  });
}

export function paste({ now }: Context, clips: Copied[]): Operation | undefined {
  return clips.length === 0 ? undefined : { paste: { clips, at: now, overwrite: true } };
}

export function nest({ project, selected }: Context): Operation | undefined {
  if (selected.length === 0) return undefined;
  return {
    nest: {
      clips: [...selected],
      composition: freeId(
        "nested",
        project.compositions.map((c) => c.id),
      ),
    },
  };
}

/**
 * The default transition at the cut that is closest to the playhead, of the clips selected or all.
 */
export function dissolve(context: Context, kind: string, length: number): Operation | undefined {
  const cut = nearestCut(context);
  return cut === undefined ? undefined : { add_transition: { kind, from: cut.from, to: cut.to, duration: length } };
}

function nearestCut({ composition, selected, now }: Context): { from: string; to: string } | undefined {
  let best: { from: string; to: string } | undefined;
  let distance = Infinity;
  for (const track of composition.tracks ?? []) {
    if (track.locked) continue;
    const index = trackIndex(track);
    for (let n = 1; n < index.clips.length; n += 1) {
      const [a, b] = [index.clips[n - 1], index.clips[n]];
      if (index.ends[n - 1] !== index.starts[n]) continue;
      if (selected.length > 0 && !selected.includes(a.id) && !selected.includes(b.id)) continue;
      const off = Math.abs(index.starts[n] - now);
      if (off < distance) [best, distance] = [{ from: a.id, to: b.id }, off];
    }
  }
  return best;
}

export type Placement = "insert" | "overwrite" | "append";

/** How long a still picture, or a file of unknown length, is shown. */
export const STILL_SECS = 5;

/** Places a clip, on a new track where there is none for it. */
export function placed(
  context: Context,
  clip: Clip,
  kind: "video" | "audio",
  how: Placement,
  track?: string,
): Operation {
  const { project, composition, untargeted, unsynced } = context;
  const named = (composition.tracks ?? []).find((t) => t.id === track && (t.kind ?? "video") === kind && !t.locked);
  const first = targets(context, kind)[0];
  const [start, length] = [toFlicks(clip.start), toFlicks(clip.duration)];
  const target = named ?? (how === "overwrite" ? trackWithRoom(composition, kind, start, length, untargeted) : first);
  if (target !== undefined) {
    const insertion = { track: target.id, clip };
    const all = (composition.tracks ?? []).filter((t) => !t.locked).map((t) => t.id);
    const moving = all.filter((id) => !unsynced?.has(id));
    if (how === "insert")
      return { insert: { ...insertion, ...(moving.length < all.length ? { ripple: moving } : {}) } };
    return how === "append" ? { append: insertion } : { overwrite: insertion };
  }
  const id = freeId(kind === "audio" ? "a1" : "v1", trackIds(project));
  const added: Track = kind === "audio" ? { id, kind } : { id };
  return {
    all: { steps: [{ add_track: { composition: composition.id, track: added } }, { overwrite: { track: id, clip } }] },
  };
}

export function addTrack({ project, composition }: Context, kind: "video" | "audio"): Operation {
  const id = freeId(kind === "audio" ? "a1" : "v1", trackIds(project));
  return { add_track: { composition: composition.id, track: kind === "audio" ? { id, kind } : { id } } };
}

/** A text in the middle of the picture. */
export function textClip(context: Context, text: string): Operation {
  const { project, composition, now } = context;
  const id = freeId("title", clipIds(project));
  const style = { size_px: Math.round(composition.size.height / 10) };
  const clip = {
    id,
    source: { type: "text", text, style },
    start: now,
    duration: wholeFrames(composition, fromSecs(STILL_SECS)),
  };
  const above = (composition.tracks ?? []).filter((t) => t.kind !== "audio" && !t.locked);
  const top = above.at(-1);
  const room = top !== undefined && above.length > 1 && isFree(top, now, now + clip.duration) ? top.id : undefined;
  if (room !== undefined) return { overwrite: { track: room, clip: clip as unknown as Clip } };
  const track = freeId("titles", trackIds(project));
  return {
    all: {
      steps: [
        { add_track: { composition: composition.id, track: { id: track } } },
        { overwrite: { track, clip: clip as unknown as Clip } },
      ],
    },
  };
}

function wholeFrames(composition: Composition, length: number): number {
  const rate = compositionRate(composition);
  const frames = Math.max(1, Math.floor((length * rate.num) / (FLICKS * rate.den) + 1e-9));
  return timeOfFrame(rate, frames);
}

export function stem(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return (
    name
      .replace(/\.[^.]*$/, "")
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .replaceAll(/^-|-$/g, "") || "clip"
  );
}

/** Cuts before and after a time, over all tracks. */
export function neighbouringEdit(composition: Composition, now: number, direction: -1 | 1): number | undefined {
  let best: number | undefined;
  const better = (time: number) => {
    if (direction < 0 ? time >= now : time <= now) return;
    if (best === undefined || (direction < 0 ? time > best : time < best)) best = time;
  };
  better(0);
  for (const track of composition.tracks ?? []) {
    const { starts, ends } = trackIndex(track);
    starts.forEach(better);
    ends.forEach(better);
  }
  return best;
}

export function neighbouringMarker(composition: Composition, now: number, direction: -1 | 1): number | undefined {
  const times = (composition.markers ?? [])
    .map((m) => toFlicks(m.time))
    .filter((t) => (direction < 0 ? t < now : t > now));
  return times.length === 0 ? undefined : direction < 0 ? Math.max(...times) : Math.min(...times);
}
