// Lists of effects, wherever they are: of a clip's picture or sound, of a track, a bus or the
// output. One form for all, so that one view shows them.
import type { Clip, Composition, EffectInstance, Operation, SoundTarget, Target, Track } from "../api/types";
import { toFlicks } from "./time";

/** What fields belong to, and where on the timeline the times of their keyframes count from. */
export interface Owner {
  of: Target;
  start: number;
  /** Keyframes are set up to here, counted from the start. */
  length: number;
}

export interface Chain {
  owner: Owner;
  /** The field that the list is: `audio.effects`. */
  field: string;
  effects: readonly EffectInstance[];
  /** Pictures have none. */
  sound: SoundTarget | undefined;
  /** The track or bus whose sound it makes; the output has none. */
  strip: string | undefined;
}

export function clipOwner(clip: Clip): Owner {
  return { of: { clip: clip.id }, start: toFlicks(clip.start), length: toFlicks(clip.duration) };
}

/** Times of what belongs to no clip are those of the composition. */
export function mixerOwner(of: Target): Owner {
  return { of, start: 0, length: Number.MAX_SAFE_INTEGER };
}

export function pictureChain(clip: Clip): Chain {
  const effects = clip.video?.effects ?? [];
  return { owner: clipOwner(clip), field: "video.effects", effects, sound: undefined, strip: undefined };
}

export function soundChain(clip: Clip, track: Track | undefined): Chain {
  const effects = clip.audio?.effects ?? [];
  return { owner: clipOwner(clip), field: "audio.effects", effects, sound: { clip: clip.id }, strip: track?.id };
}

/** To a place in the list, counted without it. */
export function moveEffect(effects: readonly EffectInstance[], id: string, to: number): Operation | undefined {
  const from = effects.findIndex((e) => e.id === id);
  const rest = effects.filter((e) => e.id !== id);
  const at = Math.min(rest.length, Math.max(0, to));
  if (from < 0 || at === from) return undefined;
  return { move_effect: { id, after: at === 0 ? null : rest[at - 1].id } };
}

/** After as many others; before the first one nothing can be added, only moved there. */
export function insertEffect(of: SoundTarget, before: readonly EffectInstance[], effect: string): Operation {
  return { add_sound_effect: { of: [of], effect, after: before.at(-1)?.id ?? null } };
}

/** What names an element of a list in a field: its id, or its position where that has a dot. */
export function elementName({ id }: { id: string }, at: number): string {
  return id.includes(".") ? String(at) : id;
}

/** The parameter by which sound effects name what they follow. */
export const KEY_PARAM = "key";

function followed(effects: readonly EffectInstance[] | undefined): string[] {
  return (effects ?? []).flatMap((e) => {
    const key: unknown = e.params?.[KEY_PARAM];
    return typeof key === "string" && key !== "" ? [key] : [];
  });
}

/** For each track and bus, by id, what gets its sound: by output, by sends, and to follow it. */
function receivers(composition: Composition): Map<string, Set<string>> {
  const to = new Map<string, Set<string>>();
  const add = (from: string, id: string) => to.set(from, (to.get(from) ?? new Set()).add(id));
  const strip = (id: string, output: string | null | undefined, sends: { bus: string }[] | undefined) => {
    if (output) add(id, output);
    for (const { bus } of sends ?? []) add(id, bus);
  };
  for (const bus of composition.audio?.buses ?? []) {
    strip(bus.id, bus.output, bus.sends);
    for (const key of followed(bus.effects)) add(key, bus.id);
  }
  for (const track of composition.tracks ?? []) {
    strip(track.id, track.audio?.output, track.audio?.sends);
    for (const key of followed(track.audio?.effects)) add(key, track.id);
    for (const clip of track.clips ?? []) for (const key of followed(clip.audio?.effects)) add(key, track.id);
  }
  return to;
}

/** All that the sound of a track or bus gets into, itself included. */
export function reached(composition: Composition, from: string): Set<string> {
  const to = receivers(composition);
  const found = new Set([from]);
  for (const id of found) for (const next of to.get(id) ?? []) found.add(next);
  return found;
}

/** Tracks and buses from which a way leads to `id`, itself included. */
export function sourcesOf(composition: Composition, id: string): Set<string> {
  const to = receivers(composition);
  const found = new Set([id]);
  for (const one of found) for (const [from, all] of to) if (all.has(one)) found.add(from);
  return found;
}
