// Paints the clips of all rows. The number of drawing calls is bounded by what is visible: clips
// narrower than two pixels are merged into columns, and those between columns are skipped over.
import type { Clip } from "../../api/types";
import {
  clipName,
  findClip,
  firstEndingAfter,
  mediaIdOf,
  sourceKind,
  trackIndex,
  type TrackIndex,
} from "../../document/select";
import type { Place } from "../../edit/preview";
import { FLICKS, toFlicks } from "../../edit/time";
import type { Scene } from "../scene";
import { timeAt, type Row, xOf } from "../view";
import { COLOUR_BELOW, detailOf, peakRate, RUN_BELOW } from "./detail";
import { type Box, paintStrip } from "./strip";
import { paintWave } from "./wave";

/** Of the bar with the name, at the usual size of text. */
const HEADER = 17;
const RADIUS = 4;

export type Context2D = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

export function paintClips(ctx: Context2D, scene: Scene): void {
  const { view, rows, palette } = scene;
  ctx.clearRect(0, 0, view.width, view.height);
  ctx.textBaseline = "middle";
  ctx.font = `500 ${11 * (view.scale ?? 1)}px ${palette.font}`;
  for (const row of rows) {
    if (row.y + row.height < 0 || row.y > view.height) continue;
    ctx.fillStyle = row.track.kind === "audio" ? palette.rowAudio : palette.row;
    ctx.fillRect(0, row.y, view.width, row.height);
    paintRow(ctx, scene, row);
    paintTransitions(ctx, scene, row);
    if (row.track.locked) paintLocked(ctx, scene, row);
  }
}

function paintRow(ctx: Context2D, scene: Scene, row: Row): void {
  const index = trackIndex(row.track);
  const shift = scene.preview?.shift;
  const from = shift?.from.get(row.track.id);
  if (shift === undefined || from === undefined) {
    paintSpan(ctx, scene, row, index, 0, index.clips.length, 0);
    return;
  }
  // Clips that a ripple moves are those that start at or after a time: two runs of the same list.
  let split = firstEndingAfter(index, from - 1);
  while (split < index.clips.length && index.starts[split] < from) split += 1;
  paintSpan(ctx, scene, row, index, 0, split, 0);
  paintSpan(ctx, scene, row, index, split, index.clips.length, shift.by);
}

/** Paints clips `first..last` of a track, drawn `by` later. */
function paintSpan(
  ctx: Context2D,
  scene: Scene,
  row: Row,
  index: TrackIndex,
  first: number,
  last: number,
  by: number,
): void {
  const { view, preview } = scene;
  const audio = row.track.kind === "audio";
  const [left, right] = [view.left - by, timeAt(view, view.width) - by];
  const places = preview?.places;
  let n = Math.max(first, firstEndingAfter(index, left));
  while (n < last && index.starts[n] < right) {
    const clip = index.clips[n];
    if (places?.has(clip.id)) {
      n += 1;
      continue;
    }
    const x = xOf(view, index.starts[n] + by);
    const width = (index.ends[n] - index.starts[n]) / view.flicksPerPx;
    if (detailOf(width) !== "run") {
      const place = {
        start: index.starts[n] + by,
        duration: index.ends[n] - index.starts[n],
        sourceIn: toFlicks(clip.source_in),
        track: row.track.id,
      };
      paintClip(ctx, scene, row, clip, place, x, width);
      n += 1;
      continue;
    }
    // One rectangle for clips of one colour; those that end in a column that is drawn are skipped.
    const fill = columnFill(scene, audio, clip);
    const column = Math.floor(x);
    let end = column + 1;
    let next = firstEndingAfter(index, timeAt(view, end) - by);
    while (next < last) {
      const other = index.clips[next];
      const far = Math.floor(xOf(view, index.starts[next] + by));
      const wide = (index.ends[next] - index.starts[next]) / view.flicksPerPx >= RUN_BELOW;
      if (far > end || wide || places?.has(other.id) || columnFill(scene, audio, other) !== fill) break;
      end = Math.max(end, far) + 1;
      next = firstEndingAfter(index, timeAt(view, end) - by);
    }
    ctx.fillStyle = fill;
    ctx.fillRect(column, row.y + 1, end - column, row.height - 2);
    n = Math.max(n + 1, next);
  }
}

function columnFill(scene: Scene, audio: boolean, clip: Clip): string {
  return scene.selected.has(clip.id) ? scene.palette.accent : colourOf(scene, audio, clip);
}

function colourOf(scene: Scene, audio: boolean, clip: Clip): string {
  return audio ? scene.palette.clips.audio : scene.palette.clips[sourceKind(clip)];
}

function paintClip(ctx: Context2D, scene: Scene, row: Row, clip: Clip, place: Place, x: number, width: number): void {
  const { palette, selected, view, pictures } = scene;
  const audio = row.track.kind === "audio";
  const dim = clip.enabled === false || row.track.enabled === false;
  const [y, height] = [row.y + 1, row.height - 2];
  const header = HEADER * (view.scale ?? 1);
  // What is outside of the view needs no pixels, however long the clip is.
  const x0 = Math.max(-RADIUS * 2, x);
  const x1 = Math.min(view.width + RADIUS * 2, x + width);
  const w = Math.max(1, x1 - x0 - (width > 4 ? 1 : 0));
  if (dim) ctx.globalAlpha = 0.4;
  ctx.fillStyle = colourOf(scene, audio, clip);
  if (width < COLOUR_BELOW) {
    ctx.fillRect(x0, y, w, height);
  } else {
    ctx.save();
    ctx.beginPath();
    ctx.roundRect(x0, y, w, height, RADIUS);
    ctx.clip();
    ctx.fillRect(x0, y, w, height);
    const media = mediaIdOf(clip);
    const full = detailOf(width) === "full";
    const missing = media !== undefined && pictures.missing(media);
    if (media !== undefined && full && !missing) {
      const body = { x: x0, y: y + header, width: w, height: height - header };
      if (audio) paintWave(ctx, scene, body, pictures.peaks(media, peakRate(FLICKS / view.flicksPerPx)), clip, place);
      else if (height > header + 16) {
        paintStrip(ctx, scene, body, pictures.strip(media), clip, place);
        const low = { ...body, y: body.y + body.height - 14, height: 14 };
        if (body.height > 34)
          paintWave(ctx, scene, low, pictures.peaks(media, peakRate(FLICKS / view.flicksPerPx)), clip, place);
      }
    }
    if (full) paintFades(ctx, scene, clip, { x, y: y + header, width, height: height - header });
    paintHeader(ctx, scene, clip, { x: x0, y, width: w, speed: place.speed }, full, missing);
    if (missing) {
      ctx.fillStyle = palette.danger;
      ctx.fillRect(x0, y + height - 3, w, 3);
    }
    ctx.restore();
  }
  if (dim) ctx.globalAlpha = 1;
  if (selected.has(clip.id)) outline(ctx, palette.accent, x0, y, w, height, 2);
}

/** What a fade takes away is shaded. */
function paintFades(ctx: Context2D, scene: Scene, clip: Clip, box: Box): void {
  const { view, palette } = scene;
  const [fadeIn, fadeOut] = [toFlicks(clip.audio?.fade_in), toFlicks(clip.audio?.fade_out)].map(
    (f) => f / view.flicksPerPx,
  );
  if (fadeIn < 2 && fadeOut < 2) return;
  const [right, low] = [box.x + box.width, box.y + box.height];
  ctx.fillStyle = palette.shade;
  ctx.beginPath();
  ctx.moveTo(box.x, low);
  ctx.lineTo(box.x + fadeIn, box.y);
  ctx.lineTo(box.x, box.y);
  ctx.moveTo(right, low);
  ctx.lineTo(right - fadeOut, box.y);
  ctx.lineTo(right, box.y);
  ctx.fill();
  ctx.strokeStyle = palette.onClip;
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.moveTo(box.x, low);
  ctx.lineTo(box.x + fadeIn, box.y);
  ctx.moveTo(right, low);
  ctx.lineTo(right - fadeOut, box.y);
  ctx.stroke();
}

function paintHeader(
  ctx: Context2D,
  scene: Scene,
  clip: Clip,
  box: { x: number; y: number; width: number; speed?: number },
  full: boolean,
  missing: boolean,
): void {
  const { palette, project, view } = scene;
  const header = HEADER * (view.scale ?? 1);
  ctx.fillStyle = palette.shade;
  ctx.fillRect(box.x, box.y, box.width, header);
  ctx.fillStyle = palette.onClip;
  let x = Math.max(0, box.x) + 6;
  const middle = box.y + header / 2 + 0.5;
  if (full && clip.linked) x += glyph(ctx, x, middle, "link");
  if (full && (clip.video?.effects?.length ?? 0) > 0) x += glyph(ctx, x, middle, "effects");
  const speed = box.speed ?? clip.speed ?? 1;
  const name = clipName(project, clip);
  const note = missing ? "⚠ " : "";
  ctx.fillText(`${note}${name}${speed === 1 ? "" : `  ${Math.round(speed * 100)} %`}`, x, middle);
}

/** Small marks before the name; answers with the width they take. */
function glyph(ctx: Context2D, x: number, y: number, what: "link" | "effects"): number {
  ctx.lineWidth = 1.2;
  ctx.strokeStyle = ctx.fillStyle;
  ctx.beginPath();
  if (what === "link") {
    ctx.roundRect(x, y - 2.5, 6, 5, 2.5);
    ctx.roundRect(x + 4, y - 2.5, 6, 5, 2.5);
  } else {
    ctx.moveTo(x, y - 3);
    ctx.lineTo(x + 8, y - 3);
    ctx.moveTo(x + 2, y);
    ctx.lineTo(x + 6, y);
    ctx.moveTo(x, y + 3);
    ctx.lineTo(x + 8, y + 3);
  }
  ctx.stroke();
  return 14;
}

function outline(
  ctx: Context2D,
  colour: string,
  x: number,
  y: number,
  width: number,
  height: number,
  line: number,
): void {
  ctx.strokeStyle = colour;
  ctx.lineWidth = line;
  ctx.beginPath();
  ctx.roundRect(x + line / 2, y + line / 2, Math.max(1, width - line), height - line, RADIUS - 1);
  ctx.stroke();
}

function paintTransitions(ctx: Context2D, scene: Scene, row: Row): void {
  const { view, palette } = scene;
  const index = trackIndex(row.track);
  if (index.transitions.length === 0) return;
  const byId = spansOf(index);
  for (const transition of index.transitions) {
    const span = byId.get(transition.id);
    if (span === undefined) continue;
    const x = xOf(view, span.start);
    const width = (span.end - span.start) / view.flicksPerPx;
    if (x > view.width || x + width < 0 || width < 4) continue;
    const header = HEADER * (view.scale ?? 1);
    const [y, height] = [row.y + header + 1, row.height - header - 2];
    ctx.fillStyle = palette.shade;
    ctx.fillRect(x, y, width, height);
    ctx.strokeStyle = palette.onClip;
    ctx.lineWidth = 1;
    ctx.beginPath();
    ctx.moveTo(x, y + height);
    ctx.lineTo(x + width, y);
    ctx.rect(x + 0.5, y + 0.5, width - 1, height - 1);
    ctx.stroke();
  }
}

const transitionSpans = new WeakMap<TrackIndex, Map<string, { start: number; end: number }>>();

/** Where transitions lie on the timeline. */
export function spansOf(index: TrackIndex): Map<string, { start: number; end: number }> {
  const known = transitionSpans.get(index);
  if (known !== undefined) return known;
  const at = new Map(index.clips.map((clip, n) => [clip.id, n]));
  const spans = new Map<string, { start: number; end: number }>();
  for (const transition of index.transitions) {
    const [from, to] = [at.get(transition.from ?? ""), at.get(transition.to ?? "")];
    const cut = from !== undefined ? index.ends[from] : to !== undefined ? index.starts[to] : undefined;
    if (cut === undefined) continue;
    const length = toFlicks(transition.duration);
    const alignment = from === undefined ? "start" : to === undefined ? "end" : (transition.alignment ?? "centre");
    const start = alignment === "start" ? cut : alignment === "end" ? cut - length : cut - length / 2;
    spans.set(transition.id, { start, end: start + length });
  }
  transitionSpans.set(index, spans);
  return spans;
}

function paintLocked(ctx: Context2D, scene: Scene, row: Row): void {
  const { view, palette } = scene;
  ctx.fillStyle = palette.locked;
  ctx.fillRect(0, row.y, view.width, row.height);
}

/**
 * What is dragged lies above everything else, on the track where it would go: on the overlay, since
 * what lies below stays as it is while the pointer moves.
 */
export function paintDragged(ctx: Context2D, scene: Scene): void {
  const places = scene.preview?.places;
  if (places === undefined || places.size === 0) return;
  const { view, rows, project, palette } = scene;
  ctx.textBaseline = "middle";
  ctx.font = `500 ${11 * (view.scale ?? 1)}px ${palette.font}`;
  const right = timeAt(view, view.width);
  for (const [id, place] of places) {
    if (place.start > right || place.start + place.duration < view.left) continue;
    const clip = findClip(project, id)?.clip;
    const row = rows.find((r) => r.track.id === place.track);
    if (clip === undefined || row === undefined) continue;
    const width = place.duration / view.flicksPerPx;
    paintClip(ctx, scene, row, clip, place, xOf(view, place.start), Math.max(RUN_BELOW, width));
  }
}
