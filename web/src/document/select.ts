// Questions about the document. Answers are kept by the identity of what they were made from, so
// that a change of one track costs that track.
import type {
  Clip,
  Composition,
  CompositionSource,
  Media,
  MediaSource,
  Project,
  Track,
  Transition,
} from "../api/types";
import { rateOf, type Rate, toFlicks } from "../edit/time";

export type SourceKind = "media" | "composition" | "solid" | "text" | "shape" | "subtitles" | "adjustment" | "null";

export interface TrackIndex {
  track: Track;
  /** In order of start. */
  clips: Clip[];
  starts: Float64Array;
  ends: Float64Array;
  transitions: Transition[];
}

export function sourceKind(clip: Clip): SourceKind {
  return (clip.source as { type?: SourceKind }).type ?? "media";
}

export function mediaIdOf(clip: Clip): string | undefined {
  return sourceKind(clip) === "media" ? (clip.source as MediaSource).media : undefined;
}

export function nestedIdOf(clip: Clip): string | undefined {
  return sourceKind(clip) === "composition" ? (clip.source as CompositionSource).composition : undefined;
}

function remembered<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const made = new WeakMap<K, V>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(key);
    made.set(key, value);
    return value;
  };
}

export const trackIndex = remembered((track: Track): TrackIndex => {
  let clips = track.clips ?? [];
  let starts = Float64Array.from(clips, (c) => toFlicks(c.start));
  // The program keeps them in order, so that there is mostly nothing to sort.
  if (starts.some((start, n) => n > 0 && start < starts[n - 1])) {
    clips = clips.toSorted((a, b) => toFlicks(a.start) - toFlicks(b.start));
    starts = Float64Array.from(clips, (c) => toFlicks(c.start));
  }
  const ends = Float64Array.from(clips, (c) => toFlicks(c.start) + toFlicks(c.duration));
  return { track, clips, starts, ends, transitions: track.transitions ?? [] };
});

const clipsOfTrack = remembered((track: Track) => new Map((track.clips ?? []).map((c) => [c.id, c])));

export interface PlacedClip {
  clip: Clip;
  track: Track;
  composition: Composition;
}

export function findClip(project: Project, id: string): PlacedClip | undefined {
  for (const composition of project.compositions) {
    for (const track of composition.tracks ?? []) {
      const clip = clipsOfTrack(track).get(id);
      if (clip !== undefined) return { clip, track, composition };
    }
  }
  return undefined;
}

const mediaById = remembered((list: Media[]) => new Map(list.map((m) => [m.id, m])));

export function findMedia(project: Project, id: string): Media | undefined {
  return project.media === undefined ? undefined : mediaById(project.media).get(id);
}

export function findComposition(project: Project, id: string): Composition | undefined {
  return project.compositions.find((c) => c.id === id);
}

export const compositionRate = remembered((composition: Composition): Rate => rateOf(composition.frame_rate));

/** Flicks up to the end of the last clip, or the length that is set. */
export const compositionLength = remembered((composition: Composition): number => {
  if (composition.duration !== undefined && composition.duration !== null) return toFlicks(composition.duration);
  let end = 0;
  for (const track of composition.tracks ?? []) {
    const { ends } = trackIndex(track);
    if (ends.length > 0) end = Math.max(end, ends[ends.length - 1]);
  }
  return end;
});

/** Tracks as editors show them: pictures from the top, then sound. */
export const displayedTracks = remembered((composition: Composition): Track[] => {
  const tracks = composition.tracks ?? [];
  return [...tracks.filter((t) => t.kind !== "audio").toReversed(), ...tracks.filter((t) => t.kind === "audio")];
});

/** V1, V2 … from the bottom and A1, A2 … from the top, where a track has no name. */
export function trackLabel(composition: Composition, track: Track): string {
  const alike = (composition.tracks ?? []).filter((t) => (t.kind ?? "video") === (track.kind ?? "video"));
  return `${track.kind === "audio" ? "A" : "V"}${alike.findIndex((t) => t.id === track.id) + 1}`;
}

export function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

export function mediaName(media: Media): string {
  return fileName(media.path);
}

/** What a clip is called where it has no name. */
export function clipName(project: Project, clip: Clip): string {
  if (clip.name) return clip.name;
  const media = mediaIdOf(clip);
  if (media !== undefined) {
    const found = findMedia(project, media);
    return found === undefined ? media : mediaName(found);
  }
  const nested = nestedIdOf(clip);
  if (nested !== undefined) return findComposition(project, nested)?.name || nested;
  if (sourceKind(clip) === "text") {
    const text = (clip.source as { text?: string }).text?.split("\n")[0].trim();
    if (text) return text;
  }
  return clip.id;
}

/** Index of the first clip of a track that ends after a time. */
export function firstEndingAfter(index: TrackIndex, time: number): number {
  let low = 0;
  let high = index.ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (index.ends[middle] > time) high = middle;
    else low = middle + 1;
  }
  return low;
}

export function clipAt(index: TrackIndex, time: number): Clip | undefined {
  const at = firstEndingAfter(index, time);
  return at < index.clips.length && index.starts[at] <= time ? index.clips[at] : undefined;
}

const joinedOfTrack = remembered((track: Track) => (track.clips ?? []).filter((c) => c.linked || c.group));

/** Clips that move together with some: linked ones, and those of their groups. */
export function together(project: Project, ids: Iterable<string>, alone = false): Set<string> {
  const found = new Set(ids);
  if (alone) return found;
  const joined = project.compositions.flatMap((c) => (c.tracks ?? []).flatMap(joinedOfTrack));
  for (let before = -1; before !== found.size;) {
    before = found.size;
    const groups = new Set(joined.filter((c) => found.has(c.id) && c.group).map((c) => c.group));
    for (const clip of joined) {
      if (clip.linked && (found.has(clip.id) || found.has(clip.linked))) {
        found.add(clip.id);
        found.add(clip.linked);
      }
      if (clip.group && groups.has(clip.group)) found.add(clip.id);
    }
  }
  return found;
}
