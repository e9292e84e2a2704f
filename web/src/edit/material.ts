// How far a clip's source reaches beyond what the clip shows.
import type { Clip, Project } from "../api/types";
import { compositionLength, findComposition, findMedia, mediaIdOf, nestedIdOf, sourceKind } from "../document/select";
import { toFlicks } from "./time";

export interface Handles {
  /** Timeline time that can be uncovered before the start; infinite where nothing limits it. */
  before: number;
  after: number;
}

const UNLIMITED: Handles = { before: Infinity, after: Infinity };

export function sourceLength(project: Project, clip: Clip): number | undefined {
  const media = mediaIdOf(clip);
  if (media !== undefined) {
    const found = findMedia(project, media);
    if (found?.kind === "image") return undefined;
    const length = found?.facts?.duration;
    return length === undefined || length === null ? undefined : toFlicks(length);
  }
  const nested = nestedIdOf(clip);
  const composition = nested === undefined ? undefined : findComposition(project, nested);
  return composition === undefined ? undefined : compositionLength(composition);
}

export function handles(project: Project, clip: Clip): Handles {
  const kind = sourceKind(clip);
  const repeats = (clip.source as { repeat?: boolean }).repeat === true;
  if ((kind !== "media" && kind !== "composition") || repeats || clip.time_map) return UNLIMITED;
  const media = mediaIdOf(clip);
  if (media !== undefined && findMedia(project, media)?.kind === "image") return UNLIMITED;
  const speed = clip.speed ?? 1;
  const used = toFlicks(clip.duration) * Math.abs(speed);
  const first = speed < 0 ? toFlicks(clip.source_in) - used : toFlicks(clip.source_in);
  const length = sourceLength(project, clip);
  const below = Math.max(0, first) / Math.abs(speed);
  const above = length === undefined ? Infinity : Math.max(0, length - first - used) / Math.abs(speed);
  // Backwards the clip begins with the late part of its source.
  return speed < 0
    ? { before: Math.floor(above), after: Math.floor(below) }
    : { before: Math.floor(below), after: Math.floor(above) };
}

/** Source time at the start after the start has moved, for filmstrips and waveforms. */
export function sourceInAt(clip: Clip, start: number): number {
  return toFlicks(clip.source_in) + Math.round((start - toFlicks(clip.start)) * (clip.speed ?? 1));
}
