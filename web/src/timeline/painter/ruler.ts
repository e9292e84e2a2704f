// The ruler: timecode at a spacing that leaves room for it, marks between, the marked range,
// markers.
import type { Composition } from "../../api/types";
import { compositionRate } from "../../document/select";
import { fps, frameAt, FLICKS, type Rate, timeOfFrame, toFlicks } from "../../edit/time";
import { type TimeDisplay, timeText } from "../../edit/display";
import type { Palette } from "../palette";
import { timeAt, type View, xOf } from "../view";
import type { Context2D } from "./clips";

export const RULER_HEIGHT = 30;

const LABEL_PX = 96;

/** Frames between labels, and marks between two labels. */
export function spacing(rate: Rate, flicksPerPx: number): { frames: number; marks: number } {
  const whole = Math.ceil(fps(rate));
  const wanted = (LABEL_PX * flicksPerPx * fps(rate)) / FLICKS;
  const steps: [number, number][] = [
    [1, 1],
    [2, 2],
    [5, 5],
  ];
  if (whole % 10 === 0 || whole >= 20) steps.push([10, 5]);
  for (const secs of [1, 2, 5, 10, 15, 30])
    steps.push([secs * whole, secs === 1 ? (whole % 5 === 0 ? 5 : 4) : secs % 5 === 0 ? 5 : secs]);
  for (const minutes of [1, 2, 5, 10, 30, 60])
    steps.push([minutes * 60 * whole, minutes === 2 ? 4 : minutes === 1 ? 6 : 5]);
  const [frames, marks] = steps.find(([n]) => n >= wanted) ?? [Math.ceil(wanted / (3600 * whole)) * 3600 * whole, 6];
  return { frames, marks };
}

export interface RulerScene {
  composition: Composition;
  view: View;
  palette: Palette;
  range: { from?: number; to?: number };
  length: number;
  display?: TimeDisplay;
}

export function paintRuler(ctx: Context2D, scene: RulerScene): void {
  const { composition, view, palette, range, length, display = "timecode" } = scene;
  const rate = compositionRate(composition);
  const size = view.scale ?? 1;
  const height = RULER_HEIGHT * size;
  ctx.fillStyle = palette.ruler;
  ctx.fillRect(0, 0, view.width, height);
  const end = xOf(view, length);
  if (range.from !== undefined || range.to !== undefined) {
    const [a, b] = [
      range.from === undefined ? xOf(view, 0) : xOf(view, range.from),
      range.to === undefined ? end : xOf(view, range.to),
    ];
    ctx.fillStyle = palette.range;
    ctx.fillRect(a, height - 8 * size, Math.max(1, b - a), 8 * size);
    ctx.fillStyle = palette.accent;
    if (range.from !== undefined) ctx.fillRect(a, height - 10 * size, 2, 10 * size);
    if (range.to !== undefined) ctx.fillRect(b - 2, height - 10 * size, 2, 10 * size);
  }
  const { frames, marks } = spacing(rate, view.flicksPerPx * size);
  ctx.font = `400 ${10.5 * size}px ${palette.font}`;
  ctx.textBaseline = "middle";
  const first = Math.max(0, Math.floor(frameAt(rate, Math.floor(view.left)) / frames) * frames);
  const last = timeAt(view, view.width);
  for (let n = first; ; n += frames) {
    const time = timeOfFrame(rate, n);
    if (time > last) break;
    const x = Math.round(xOf(view, time)) + 0.5;
    ctx.fillStyle = palette.textMuted;
    ctx.fillText(timeText(display, rate, n), x + 5 * size, 11 * size);
    ctx.fillStyle = palette.rulerLine;
    ctx.fillRect(x, 4, 1, height - 4);
    for (let mark = 1; mark < marks; mark += 1) {
      const between = xOf(view, timeOfFrame(rate, n + Math.round((frames * mark) / marks)));
      ctx.fillRect(Math.round(between) + 0.5, height - 6 * size, 1, 6 * size);
    }
  }
  for (const marker of composition.markers ?? []) {
    const x = xOf(view, toFlicks(marker.time));
    const wide = toFlicks(marker.duration) / view.flicksPerPx;
    if (x + wide < -8 || x > view.width + 8) continue;
    ctx.fillStyle = marker.color || palette.good;
    if (wide > 1) ctx.fillRect(x, height - 4 * size, wide, 4 * size);
    ctx.beginPath();
    ctx.moveTo(x - 5 * size, height - 12 * size);
    ctx.lineTo(x + 5 * size, height - 12 * size);
    ctx.lineTo(x + 5 * size, height - 6 * size);
    ctx.lineTo(x, height);
    ctx.lineTo(x - 5 * size, height - 6 * size);
    ctx.fill();
  }
}
