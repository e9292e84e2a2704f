// Three-point editing: from marks on the timeline and in the source to a clip on a track.
import type { Clip, Media, Operation, Track } from "../api/types";
import { compositionRate, displayedTracks, findMedia, mediaIdOf, trackIndex, clipAt } from "../document/select";
import { clipIds, type Context, freeId, type Placement, placed, STILL_SECS, stem, targets, trackIds } from "./commands";
import { keysOf, valueAt } from "./curve";
import type { Range } from "./marks";
import { isFree } from "./move";
import { FLICKS, frameAt, fromSecs, type Rate, timeOfFrame, toFlicks } from "./time";

/** What of a source is used. */
export type Parts = "both" | "picture" | "sound";
export const partsIds: readonly Parts[] = ["both", "picture", "sound"];

export type Verb = Placement | "ontop";

export interface Span {
  start: number;
  duration: number;
  sourceIn: number;
}

/**
 * Of timeline in, timeline out, source in and source out three decide, and the fourth follows. In
 * and out of the timeline lead; without an in point the end is met, or the playhead is where it
 * starts. Where the source has less than is asked for, less is used. Whole frames.
 */
export function threePoint(
  rate: Rate,
  timeline: Range & { now: number },
  source: Range,
  length: number | undefined,
): Span | undefined {
  const first = source.from ?? 0;
  const end = source.to ?? length ?? first + fromSecs(STILL_SECS);
  const whole = (time: number) => timeOfFrame(rate, Math.max(0, frameAt(rate, time)));
  const { from, to, now } = timeline;
  if (from !== undefined && to !== undefined) {
    // A source of which only the end is marked is met at its end.
    const backTimed = source.from === undefined ? source.to : undefined;
    const sourceIn = backTimed === undefined ? first : Math.max(0, backTimed - (to - from));
    const there = (backTimed ?? length ?? Infinity) - sourceIn;
    const duration = whole(Math.min(to - from, there));
    return duration <= 0 ? undefined : { start: from, duration, sourceIn };
  }
  const duration = whole(end - first);
  if (duration <= 0) return undefined;
  if (from === undefined && to !== undefined) {
    const start = to - duration;
    if (start >= 0) return { start, duration, sourceIn: first };
    return to <= 0 ? undefined : { start: 0, duration: to, sourceIn: first - start };
  }
  return { start: from ?? now, duration, sourceIn: first };
}

export function lengthOf(media: Media): number | undefined {
  if (media.kind === "image") return undefined;
  const known = media.facts?.duration;
  return known === undefined || known === null ? undefined : toFlicks(known);
}

export function hasPicture(media: Media): boolean {
  return media.kind !== "audio" && media.facts?.video_streams !== 0;
}

export function hasSound(media: Media): boolean {
  return media.kind !== "image" && media.facts?.audio_streams !== 0;
}

/** Which parts of a medium can be used by themselves. */
export function partsOf(media: Media): readonly Parts[] {
  if (!hasPicture(media)) return ["sound"];
  return hasSound(media) ? partsIds : ["picture"];
}

export interface Placed {
  command: Operation;
  /** Where the clip ends; absent where the program decides. */
  end?: number;
}

export interface Source {
  media: Media;
  marks: Range;
  parts: Parts;
}

/** At the marks or the playhead, or, with `at`, where it was dropped. */
export function placeSource(
  context: Context,
  { media, marks, parts }: Source,
  verb: Verb,
  at?: number,
  track?: string,
): Placed | undefined {
  const { project, composition, now, range } = context;
  const usable = partsOf(media);
  const used = usable.includes(parts) ? parts : usable[0];
  const kind = used === "sound" ? "audio" : "video";
  const onTimeline = verb === "append" ? { now: 0 } : at === undefined ? { ...range, now } : { now: at };
  const span = threePoint(compositionRate(composition), onTimeline, marks, lengthOf(media));
  if (span === undefined) return undefined;
  const clip = {
    id: freeId(stem(media.path), clipIds(project)),
    source: { type: "media", media: media.id },
    start: span.start,
    duration: span.duration,
    ...(span.sourceIn > 0 ? { source_in: span.sourceIn } : {}),
    ...(used === "picture" && usable.length > 1 ? { audio: { enabled: false } } : {}),
  } as Clip;
  const end = span.start + span.duration;
  if (verb === "ontop") return { command: onTop(context, clip, kind, span.start, end), end };
  // Beside its tracks it takes one with room; marks and the playhead mean the first target.
  const target = at === undefined ? targets(context, kind)[0]?.id : track;
  const command = placed(context, clip, kind, verb, target);
  return verb === "append" ? { command } : { command, end };
}

/** Above everything that is there at that time; sound below it. */
function onTop(
  { project, composition }: Context,
  clip: Clip,
  kind: "video" | "audio",
  start: number,
  end: number,
): Operation {
  const alike = (composition.tracks ?? []).filter((t) => (t.kind ?? "video") === kind);
  const above = alike.slice(alike.findLastIndex((t) => !isFree(t, start, end)) + 1).find((t) => !t.locked);
  if (above !== undefined) return { overwrite: { track: above.id, clip } };
  const id = freeId(kind === "audio" ? "a1" : "v1", trackIds(project));
  const track: Track = kind === "audio" ? { id, kind } : { id };
  return {
    all: { steps: [{ add_track: { composition: composition.id, track } }, { overwrite: { track: id, clip } }] },
  };
}

/** Source time that a clip shows at a time of the composition. */
export function sourceTimeAt(clip: Clip, now: number): number {
  const since = now - toFlicks(clip.start);
  const first = toFlicks(clip.source_in);
  const frozen = clip.video?.freeze;
  if (frozen !== undefined && frozen !== null) return toFlicks(frozen);
  const map = clip.time_map as { speed?: unknown; source?: unknown } | null | undefined;
  const source = keysOf(map?.source);
  if (source !== undefined) {
    const inFlicks = source.map((k) => ({ ...k, value: toFlicks(k.value as unknown as number | string) }));
    return first + Math.round(valueAt(inFlicks, since) as number);
  }
  const speed = keysOf(map?.speed);
  if (speed !== undefined) return first + Math.round(integral((time) => valueAt(speed, time) as number, since));
  const constant = typeof map?.speed === "number" ? map.speed : (clip.speed ?? 1);
  return first + Math.round(since * constant);
}

/** By Simpson's rule, in steps of about 20 ms. */
function integral(speed: (time: number) => number, until: number): number {
  const steps = 2 * Math.max(1, Math.ceil(until / (FLICKS / 25)));
  const step = until / steps;
  let sum = speed(0) + speed(until);
  for (let n = 1; n < steps; n += 1) sum += speed(n * step) * (n % 2 === 1 ? 4 : 2);
  return (sum * step) / 3;
}

/** The medium at the playhead, and which time of it: of what is selected, else of what is seen. */
export function matchFrame({
  project,
  composition,
  selected,
  now,
}: Context): { media: string; time: number } | undefined {
  const clips = displayedTracks(composition)
    .filter((t) => t.enabled !== false)
    .flatMap((t) => clipAt(trackIndex(t), now) ?? [])
    .filter((c) => mediaIdOf(c) !== undefined && findMedia(project, mediaIdOf(c) as string) !== undefined);
  const clip = clips.find((c) => selected.includes(c.id)) ?? clips.find((c) => c.enabled !== false);
  return clip === undefined ? undefined : { media: mediaIdOf(clip) as string, time: sourceTimeAt(clip, now) };
}
