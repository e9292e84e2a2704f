// Which part of time and of the tracks is seen. Pixels are CSS pixels from the left and top edge of
// the area of clips.
import type { Composition, Track } from "../api/types";
import { displayedTracks } from "../document/select";
import { FLICKS, fps, type Rate } from "../edit/time";

export interface View {
  flicksPerPx: number;
  /** Time at the left edge. */
  left: number;
  /** Pixels of tracks above the top edge. */
  top: number;
  width: number;
  height: number;
  /** Size of text and rows against the usual one. */
  scale?: number;
}

export interface Row {
  track: Track;
  /** From the top edge of the area. */
  y: number;
  height: number;
}

export const heights = { video: 58, audio: 46, gap: 2, least: 28, most: 200 };

/** Space that can be scrolled to after the end. */
const TAIL = 0.4;

export function xOf(view: View, time: number): number {
  return (time - view.left) / view.flicksPerPx;
}

export function timeAt(view: View, x: number): number {
  return view.left + x * view.flicksPerPx;
}

/** `top` is the part of the tracks that is scrolled out of sight. */
export function rowsOf(composition: Composition, top: number, own: ReadonlyMap<string, number>, scale = 1): Row[] {
  let y = -top;
  return displayedTracks(composition).map((track) => {
    const usual = own.get(track.id) ?? (track.kind === "audio" ? heights.audio : heights.video);
    const height = Math.round(usual * scale);
    const row = { track, y, height };
    y += height + heights.gap;
    return row;
  });
}

export function rowAt(rows: readonly Row[], y: number): Row | undefined {
  return rows.find((row) => y >= row.y && y < row.y + row.height + heights.gap);
}

export function tracksHeight(rows: readonly Row[]): number {
  return rows.reduce((sum, row) => sum + row.height + heights.gap, 0);
}

/** How far the tracks can be scrolled; 0 where all are seen. */
export function lowestTop(rows: readonly Row[], view: View): number {
  const over = tracksHeight(rows) - view.height;
  return over > 0 ? over + 24 : 0;
}

/** A frame is at most 60 pixels wide. */
export function leastScale(rate: Rate): number {
  return FLICKS / fps(rate) / 60;
}

export function mostScale(view: View, length: number): number {
  return Math.max(length * (1 + TAIL), 60 * FLICKS) / Math.max(1, view.width);
}

/** Zooms so that the time at `x` stays there. A factor above 1 shows less. */
export function zoomed(view: View, factor: number, x: number, rate: Rate, length: number): View {
  const scale = Math.min(mostScale(view, length), Math.max(leastScale(rate), view.flicksPerPx / factor));
  return scrolledTo({ ...view, flicksPerPx: scale }, timeAt(view, x) - x * scale, length);
}

export function scrolledTo(view: View, left: number, length: number): View {
  const most = Math.max(0, length - view.width * view.flicksPerPx * (1 - TAIL));
  return { ...view, left: Math.min(most, Math.max(0, left)) };
}

export function fitted(view: View, length: number): View {
  const shown = Math.max(length, FLICKS);
  return { ...view, left: 0, flicksPerPx: (shown * 1.04) / Math.max(1, view.width) };
}

/** Scrolls by pages as the playhead runs out of sight. */
export function following(view: View, time: number, length: number): View {
  const x = xOf(view, time);
  if (x >= 0 && x <= view.width - 8) return view;
  return scrolledTo(view, time - view.width * view.flicksPerPx * 0.1, length);
}
