// Sound along a clip: one column a pixel, whatever the length of the file.
import type { Clip } from "../../api/types";
import type { Place } from "../../edit/preview";
import { secs } from "../../edit/time";
import type { Peaks, Scene } from "../scene";
import { timeAt } from "../view";
import type { Context2D } from "./clips";
import type { Box } from "./strip";

export function paintWave(
  ctx: Context2D,
  scene: Scene,
  box: Box,
  peaks: Peaks | undefined,
  clip: Clip,
  place: Place,
): void {
  if (peaks === undefined || box.height < 6) return;
  const { view, palette } = scene;
  const speed = place.speed ?? clip.speed ?? 1;
  const middle = box.y + box.height / 2;
  const spans = peaks.values.length / 2;
  const perPx = secs(view.flicksPerPx) * Math.abs(speed) * peaks.rate;
  const gain = constantGain(clip);
  const first = Math.max(0, Math.floor(box.x));
  const last = Math.min(view.width, Math.ceil(box.x + box.width));
  ctx.fillStyle = palette.wave;
  ctx.beginPath();
  for (let x = first; x < last; x += 1) {
    const source = secs(place.sourceIn + (timeAt(view, x) - place.start) * speed) * peaks.rate;
    const from = Math.floor(speed < 0 ? source - perPx : source);
    const to = Math.max(from + 1, Math.ceil(from + perPx));
    let [low, high] = [0, 0];
    for (let n = Math.max(0, from); n < Math.min(spans, to); n += 1) {
      low = Math.min(low, peaks.values[2 * n]);
      high = Math.max(high, peaks.values[2 * n + 1]);
    }
    const [up, down] = [Math.min(1, high * gain), Math.max(-1, low * gain)];
    const half = box.height / 2 - 1;
    ctx.rect(x, middle - up * half, 1, Math.max(1, (up - down) * half));
  }
  ctx.fill();
}

function constantGain(clip: Clip): number {
  const db = clip.audio?.gain_db;
  return typeof db === "number" ? 10 ** (db / 20) : 1;
}
