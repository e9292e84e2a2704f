// What is selected at once, copied in place, and given the attributes of another clip.
import type { Clip, Copied, Operation, Track } from "../api/types";
import { findClip, firstEndingAfter, nestedIdOf, trackIndex } from "../document/select";
import { copied, type Context } from "./commands";
import { isFree, within } from "./move";
import { endOf } from "./preview";
import { toFlicks } from "./time";

/** All clips that the marked range touches. */
export function inRange({ composition, range }: Context): string[] {
  const { from = 0, to = Infinity } = range;
  if (range.from === undefined && range.to === undefined) return [];
  return within(composition, new Set((composition.tracks ?? []).map((t) => t.id)), from, to);
}

/** Clips that start at or after the playhead, or end at or before it; of the tracks in `only`. */
export function fromPlayhead({ composition, now }: Context, direction: -1 | 1, only?: ReadonlySet<string>): string[] {
  return (composition.tracks ?? []).flatMap((track) => {
    if (track.locked || (only !== undefined && !only.has(track.id))) return [];
    const index = trackIndex(track);
    const split = firstEndingAfter(index, now);
    if (direction < 0) return index.clips.slice(0, split).map((c) => c.id);
    // A clip that the playhead stands in begins before.
    const first = split < index.clips.length && index.starts[split] < now ? split + 1 : split;
    return index.clips.slice(first).map((c) => c.id);
  });
}

/** The tracks of what is selected, else the target tracks. */
export function tracksMeant({ composition, selected, untargeted }: Context): ReadonlySet<string> {
  const chosen = new Set(selected);
  const tracks = composition.tracks ?? [];
  const own = tracks.filter((t) => (t.clips ?? []).some((c) => chosen.has(c.id)));
  return new Set((own.length > 0 ? own : tracks.filter((t) => !untargeted?.has(t.id))).map((t) => t.id));
}

/** Copies behind what is selected, where there is room for all of them. */
export function duplicate(context: Context): Operation | undefined {
  const clips = copied(context);
  if (clips.length === 0) return undefined;
  const start = clips.reduce((a, c) => Math.min(a, toFlicks(c.clip.start)), Infinity);
  let at = clips.reduce((a, c) => Math.max(a, endOf(c.clip)), 0);
  const tracks = new Map((context.composition.tracks ?? []).map((t) => [t.id, t]));
  const later = (clips: Copied[]): number | undefined => {
    for (const { track, clip } of clips) {
      const from = toFlicks(clip.start) + at - start;
      const home = tracks.get(track) as Track;
      if (isFree(home, from, from + toFlicks(clip.duration))) continue;
      const index = trackIndex(home);
      // As far as the clip that is in the way reaches.
      return index.ends[firstEndingAfter(index, from)] - from;
    }
    return undefined;
  };
  for (let by = later(clips); by !== undefined; by = later(clips)) at += by;
  return { paste: { clips, at } };
}

export const attributes = {
  transform: ["video.transform"],
  opacity: ["video.opacity"],
  blend: ["video.blend"],
  masks: ["video.masks"],
  effects: ["video.effects"],
  sound: ["audio"],
  speed: ["speed", "time_map"],
} as const;

export type Attribute = keyof typeof attributes;

export const attributeIds = Object.keys(attributes) as Attribute[];

/** Which attributes a clip has that are not the defaults. */
export function attributesOf(clip: Clip): Attribute[] {
  const { video, audio } = clip;
  const filled = (value: unknown) => value != null && (typeof value !== "object" || Object.keys(value).length > 0);
  const has: Record<Attribute, boolean> = {
    transform: filled(video?.transform),
    opacity: video?.opacity !== undefined && video.opacity !== 1,
    blend: filled(video?.blend) && video?.blend !== "normal",
    masks: filled(video?.masks),
    effects: filled(video?.effects),
    sound: filled(audio),
    speed: (clip.speed ?? 1) !== 1 || filled(clip.time_map),
  };
  return attributeIds.filter((id) => has[id]);
}

/** The clip that was copied, as long as the document has it. */
export function attributeSource({ project }: Context, clipboard: readonly Copied[]): Clip | undefined {
  return clipboard.map((c) => findClip(project, c.clip.id)?.clip).find((clip) => clip !== undefined);
}

export function pasteAttributes(
  context: Context,
  clipboard: readonly Copied[],
  which: Iterable<Attribute>,
): Operation | undefined {
  const source = attributeSource(context, clipboard);
  const fields = [...which].flatMap((id) => attributes[id]);
  const to = context.selected.filter((id) => id !== source?.id);
  if (source === undefined || fields.length === 0 || to.length === 0) return undefined;
  return { paste_attributes: { from: source.id, to, fields } };
}

export function unnest({ project, selected }: Context): Operation | undefined {
  const clip = selected.map((id) => findClip(project, id)?.clip).find((c) => c !== undefined && nestedIdOf(c));
  return clip === undefined ? undefined : { unnest: { clip: clip.id } };
}

/** The composition that the clip selected shows. */
export function nestedIn({ project, selected }: Context): string | undefined {
  return selected
    .map((id) => findClip(project, id)?.clip)
    .map((clip) => (clip === undefined ? undefined : nestedIdOf(clip)))
    .find((id) => id !== undefined);
}
