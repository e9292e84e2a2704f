// Kinds of exports that people ask for, and the requests that they stand for.
import type { Composition, DoctorReport, ExportRequest } from "../api/types";
import { compositionRate } from "../document/select";
import type { Range } from "./marks";
import { frameAt } from "./time";

type Format = DoctorReport["formats"][number];

export interface ExportPreset {
  id: string;
  container: string;
  /** Absent: sound alone. */
  video?: string;
  audio?: string;
  /** Usual quality on the scale of the encoder; lower is better. */
  crf?: number;
  lossless?: boolean;
  scale?: number;
  loudness?: number;
  speed?: string;
}

export const exportPresets: readonly ExportPreset[] = [
  { id: "web", container: "mp4", video: "h264", audio: "aac", crf: 20 },
  { id: "small", container: "mp4", video: "h265", audio: "aac", crf: 26 },
  { id: "draft", container: "mp4", video: "h264", audio: "aac", crf: 26, scale: 50, speed: "ultrafast" },
  { id: "webm", container: "webm", video: "vp9", audio: "opus", crf: 31 },
  { id: "av1", container: "mp4", video: "av1", audio: "aac", crf: 32 },
  { id: "prores", container: "mov", video: "prores", audio: "pcm" },
  { id: "dnxhr", container: "mov", video: "dnxhr", audio: "pcm" },
  { id: "lossless", container: "mkv", video: "ffv1", audio: "flac", lossless: true },
  { id: "wav", container: "wav", audio: "pcm" },
  { id: "flac", container: "flac", audio: "flac" },
  { id: "podcast", container: "mp3", audio: "mp3", loudness: -16 },
];

export interface ExportChoice {
  preset: ExportPreset;
  name: string;
  crf: number | undefined;
  /** Percent of the film's size. */
  scale: number;
  /** Integrated loudness in LUFS; absent: as it is mixed. */
  loudness: number | undefined;
  onlyMarked: boolean;
  overwrite: boolean;
}

export function usualChoice(preset: ExportPreset, name: string): ExportChoice {
  const { crf, scale = 100, loudness } = preset;
  return { preset, name, crf, scale, loudness, onlyMarked: false, overwrite: false };
}

/** Names of files without what some systems do not allow in them. */
export function fileStem(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-").replaceAll(/^[-.]+|[-.]+$/g, "") || "film";
}

/** The next name in a row: `film`, `film-2`, `film-3`. */
export function nextName(name: string): string {
  const match = /^(.*)-(\d+)$/.exec(name);
  return match === null ? `${name}-2` : `${match[1]}-${Number(match[2]) + 1}`;
}

/** First frame and the one after the last. */
export function markedFrames(composition: Composition, range: Range): [number, number] | undefined {
  const { from, to } = range;
  if (from === undefined || to === undefined) return undefined;
  const rate = compositionRate(composition);
  const [first, end] = [frameAt(rate, from), frameAt(rate, to)];
  return end > first ? [first, end] : undefined;
}

export function exportRequest(choice: ExportChoice, composition: Composition, range: Range): ExportRequest {
  const { preset, crf, scale, loudness, onlyMarked, overwrite } = choice;
  const frames = onlyMarked ? markedFrames(composition, range) : undefined;
  const video = {
    ...(preset.video === undefined ? {} : { codec: preset.video }),
    ...(preset.lossless || crf === undefined ? {} : { crf }),
    ...(preset.speed === undefined ? {} : { preset: preset.speed }),
    ...(scale === 100 ? {} : { scale: scale / 100 }),
  };
  return {
    output: `${fileStem(choice.name)}.${preset.container}`,
    composition: composition.id,
    ...(frames === undefined ? {} : { range: `${frames[0]}f..${frames[1]}f` }),
    ...(preset.video === undefined ? {} : { video }),
    audio: {
      ...(preset.audio === undefined ? {} : { codec: preset.audio }),
      ...(loudness === undefined ? {} : { loudness_lufs: loudness }),
    },
    ...(preset.lossless ? { lossless: true } : {}),
    ...(overwrite ? { overwrite } : {}),
  };
}

/** Whether the server can write it; where it does not say what it can, everything is tried. */
export function canWrite(preset: ExportPreset, formats: readonly Format[] | undefined): boolean {
  if (formats === undefined || formats.length === 0) return true;
  const works = (kind: string, codec: string | undefined) =>
    codec === undefined || formats.some((f) => f.kind === kind && f.codec === codec && f.works);
  return works("video", preset.video) && works("audio", preset.audio);
}
