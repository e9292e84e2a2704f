// Colours of the canvas, from the CSS variables of the theme.
import type { SourceKind } from "../document/select";

export interface Palette {
  row: string;
  rowAudio: string;
  rowLine: string;
  locked: string;
  text: string;
  textMuted: string;
  onClip: string;
  accent: string;
  warn: string;
  danger: string;
  good: string;
  playhead: string;
  ruler: string;
  rulerLine: string;
  range: string;
  wave: string;
  shade: string;
  font: string;
  clips: Record<SourceKind | "audio", string>;
}

const names: Record<Exclude<keyof Palette, "clips">, string> = {
  row: "--tl-row",
  rowAudio: "--tl-row-audio",
  rowLine: "--tl-line",
  locked: "--tl-locked",
  text: "--text",
  textMuted: "--text-muted",
  onClip: "--tl-on-clip",
  accent: "--accent",
  warn: "--warn",
  danger: "--danger",
  good: "--good",
  playhead: "--playhead",
  ruler: "--tl-ruler",
  rulerLine: "--tl-ruler-line",
  range: "--tl-range",
  wave: "--tl-wave",
  shade: "--tl-shade",
  font: "--font",
};

const kinds: (SourceKind | "audio")[] = [
  "media",
  "composition",
  "solid",
  "text",
  "shape",
  "subtitles",
  "adjustment",
  "null",
  "audio",
];

export function paletteFrom(value: (name: string) => string): Palette {
  const entries = Object.entries(names).map(([key, name]) => [key, value(name).trim()]);
  const clips = Object.fromEntries(kinds.map((kind) => [kind, value(`--clip-${kind}`).trim()]));
  return { ...Object.fromEntries(entries), clips } as Palette;
}
