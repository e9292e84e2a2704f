// What lies above the clips while somebody works: snap lines, the box of a selection, edges that
// are trimmed, the blade's line, the place of something that is dragged in, the label of a drag.
import type { Palette } from "../palette";
import type { View } from "../view";
import { xOf } from "../view";
import type { Context2D } from "./clips";

export interface Overlay {
  snapped: readonly number[];
  box?: { x: number; y: number; width: number; height: number };
  /** An edge, with whether there is material to go on. */
  edges: readonly { time: number; y: number; height: number; free: boolean; side: "start" | "end" }[];
  /** The edit point that is selected. */
  points?: readonly { time: number; y: number; height: number; free: boolean; side: "start" | "end" }[];
  blade?: { time: number; y: number; height: number };
  drop?: { start: number; length: number; y: number; height: number; line: boolean };
  label?: { text: string; x: number; y: number; warn: boolean };
  range: { from?: number; to?: number };
}

export const noOverlay: Overlay = { snapped: [], edges: [], range: {} };

/** On top of what is dragged; the canvas was cleared before. */
export function paintOverlay(ctx: Context2D, view: View, palette: Palette, overlay: Overlay): void {
  const { range } = overlay;
  if (range.from !== undefined && range.to !== undefined) {
    ctx.fillStyle = palette.range;
    ctx.globalAlpha = 0.35;
    ctx.fillRect(xOf(view, range.from), 0, (range.to - range.from) / view.flicksPerPx, view.height);
    ctx.globalAlpha = 1;
  }
  for (const time of overlay.snapped) {
    ctx.fillStyle = palette.warn;
    ctx.fillRect(Math.round(xOf(view, time)) - 0.5, 0, 1, view.height);
  }
  for (const edge of [...(overlay.points ?? []), ...overlay.edges]) {
    const x = xOf(view, edge.time);
    ctx.fillStyle = edge.free ? palette.good : palette.danger;
    ctx.fillRect(edge.side === "start" ? x : x - 3, edge.y + 1, 3, edge.height - 2);
    const inward = edge.side === "start" ? x : x - 7;
    ctx.fillRect(inward, edge.y + 1, 7, 2);
    ctx.fillRect(inward, edge.y + edge.height - 3, 7, 2);
  }
  for (const { time, y, height, side } of overlay.points ?? []) {
    // A halo tells what is selected from what the pointer is over.
    const x = xOf(view, time);
    ctx.globalAlpha = 0.3;
    ctx.fillStyle = palette.accent;
    ctx.fillRect(side === "start" ? x : x - 14, y + 1, 14, height - 2);
    ctx.globalAlpha = 1;
  }
  if (overlay.blade !== undefined) {
    ctx.fillStyle = palette.danger;
    ctx.fillRect(Math.round(xOf(view, overlay.blade.time)) - 0.5, overlay.blade.y, 1.5, overlay.blade.height);
  }
  if (overlay.drop !== undefined) {
    const { start, length, y, height, line } = overlay.drop;
    const x = xOf(view, start);
    ctx.fillStyle = palette.accent;
    if (line) ctx.fillRect(x - 1, y - 3, 2, height + 6);
    ctx.globalAlpha = 0.45;
    ctx.beginPath();
    ctx.roundRect(x, y + 1, Math.max(3, length / view.flicksPerPx), height - 2, 4);
    ctx.fill();
    ctx.globalAlpha = 1;
  }
  if (overlay.box !== undefined) {
    const { x, y, width, height } = overlay.box;
    ctx.globalAlpha = 0.15;
    ctx.fillStyle = palette.accent;
    ctx.fillRect(x, y, width, height);
    ctx.globalAlpha = 1;
    ctx.strokeStyle = palette.accent;
    ctx.lineWidth = 1;
    ctx.strokeRect(x + 0.5, y + 0.5, width, height);
  }
  if (overlay.label !== undefined) paintLabel(ctx, view, palette, overlay.label);
}

function paintLabel(ctx: Context2D, view: View, palette: Palette, label: NonNullable<Overlay["label"]>): void {
  const size = view.scale ?? 1;
  ctx.font = `600 ${11 * size}px ${palette.font}`;
  ctx.textBaseline = "middle";
  const [width, height] = [ctx.measureText(label.text).width + 14 * size, 20 * size];
  const x = Math.min(view.width - width - 4, Math.max(4, label.x + 12));
  const y = Math.min(view.height - height - 4, Math.max(4, label.y - height - 10));
  ctx.fillStyle = label.warn ? palette.danger : palette.accent;
  ctx.beginPath();
  ctx.roundRect(x, y, width, height, 5 * size);
  ctx.fill();
  ctx.fillStyle = palette.ruler;
  ctx.fillText(label.text, x + 7 * size, y + height / 2 + 0.5);
}
