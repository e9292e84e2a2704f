// At which times clips have keyframes, of whatever field.
import type { Clip, Track } from "../api/types";
import { toFlicks } from "./time";

export interface Keyframed {
  clip: string;
  start: number;
  /** Since the start of the clip, within it. */
  times: readonly number[];
}

const ofClip = new WeakMap<Clip, readonly number[]>();
const ofTrack = new WeakMap<Track, readonly Keyframed[]>();

/** Times since the start of the clip, in order, without repetition. */
export function keyframeTimes(clip: Clip): readonly number[] {
  const known = ofClip.get(clip);
  if (known !== undefined) return known;
  const found = new Set<number>();
  const length = toFlicks(clip.duration);
  collect([clip.video, clip.audio], (time) => {
    if (time >= 0 && time <= length) found.add(time);
  });
  const times = [...found].sort((a, b) => a - b);
  ofClip.set(clip, times);
  return times;
}

function collect(value: unknown, add: (time: number) => void): void {
  if (value === null || typeof value !== "object") return;
  const { keyframes } = value as { keyframes?: { time: number | string }[] };
  if (Array.isArray(keyframes)) for (const { time } of keyframes) add(toFlicks(time));
  else for (const part of Object.values(value)) collect(part, add);
}

/** The clips of a track that have keyframes. */
export function keyframedClips(track: Track): readonly Keyframed[] {
  const known = ofTrack.get(track);
  if (known !== undefined) return known;
  const found = (track.clips ?? []).flatMap((clip) => {
    const times = keyframeTimes(clip);
    return times.length === 0 ? [] : [{ clip: clip.id, start: toFlicks(clip.start), times }];
  });
  ofTrack.set(track, found);
  return found;
}
