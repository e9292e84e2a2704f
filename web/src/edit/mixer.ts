// Which tracks can be heard, and how their gain and balance are read and set.
import type { Composition, Operation, Project, Track } from "../api/types";
import { findMedia, mediaIdOf, nestedIdOf } from "../document/select";
import { setField } from "./commands";
import { keysOf, valueAt } from "./curve";
import { hasSound } from "./place";

export type MixerField = "gain_db" | "pan";

/** Sound first, in the order of the timeline; then pictures that have sound of their own. */
export function mixerTracks(project: Project, composition: Composition): Track[] {
  const tracks = composition.tracks ?? [];
  return [
    ...tracks.filter((t) => t.kind === "audio"),
    ...tracks.filter((t) => t.kind !== "audio" && carriesSound(project, t)),
  ];
}

function carriesSound(project: Project, track: Track): boolean {
  return (track.clips ?? []).some((clip) => {
    if (clip.audio?.enabled === false) return false;
    const id = mediaIdOf(clip);
    const media = id === undefined ? undefined : findMedia(project, id);
    return media === undefined ? nestedIdOf(clip) !== undefined : hasSound(media);
  });
}

export function mixerValue(track: Track, field: MixerField, now: number): number {
  const raw: unknown = track[field];
  const keys = keysOf(raw);
  if (keys !== undefined) return valueAt(keys, now) as number;
  return typeof raw === "number" ? raw : 0;
}

/** A curve gets a keyframe at the playhead. */
export function setMixer(track: Track, field: MixerField, now: number, value: number): Operation {
  const of = { track: track.id };
  if (keysOf(track[field]) === undefined) return setField(of, field, value);
  return { set_keyframe: { of, field, time: now, value: value as never } };
}
