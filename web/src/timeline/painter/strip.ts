// Pictures of a file along a clip, from one image that has them side by side.
import type { Clip } from "../../api/types";
import type { Place } from "../../edit/preview";
import type { Scene, Strip } from "../scene";
import { timeAt } from "../view";
import type { Context2D } from "./clips";

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export function paintStrip(
  ctx: Context2D,
  scene: Scene,
  box: Box,
  strip: Strip | undefined,
  clip: Clip,
  place: Place,
): void {
  if (strip === undefined || strip.length <= 0) return;
  const { view } = scene;
  const each = (strip.width / strip.height) * box.height;
  const start = (place.start - view.left) / view.flicksPerPx;
  // Pictures stay where they are in the clip while it scrolls.
  const first = Math.max(0, Math.floor((box.x - start) / each));
  const last = Math.min(
    Math.ceil(place.duration / view.flicksPerPx / each),
    Math.ceil((box.x + box.width - start) / each),
  );
  const speed = place.speed ?? clip.speed ?? 1;
  for (let n = first; n < last; n += 1) {
    const x = start + n * each;
    const source = place.sourceIn + (timeAt(view, x + each / 2) - place.start) * speed;
    const picture = Math.min(strip.count - 1, Math.max(0, Math.floor((source / strip.length) * strip.count)));
    ctx.drawImage(strip.image, picture * strip.width, 0, strip.width, strip.height, x, box.y, each, box.height);
  }
}
