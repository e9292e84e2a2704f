// How the picture lies in the viewer: zoom, pan, and the map between pixels of both.
import type { Point, Size } from "./affine";

export type Zoom = "fit" | number;
export const zooms: readonly Zoom[] = ["fit", 0.5, 1, 2];

export interface Mapping {
  /** Pixels of the screen for each pixel of the picture. */
  scale: number;
  x: number;
  y: number;
}

const LEAST = 0.05;
const MOST = 16;

export function scaleOf(zoom: Zoom, frame: Size, canvas: Size, dpr: number): number {
  if (zoom !== "fit") return zoom / dpr;
  return Math.max(1e-3, Math.min(frame.width / canvas.width, frame.height / canvas.height));
}

/** A part of the picture stays in sight. */
export function panWithin(pan: Point, scale: number, frame: Size, canvas: Size): Point {
  const limit = (p: number, length: number, room: number) => {
    const most = Math.max(0, (length * scale + room) / 2 - 32);
    return Math.min(most, Math.max(-most, p));
  };
  return [limit(pan[0], canvas.width, frame.width), limit(pan[1], canvas.height, frame.height)];
}

export function mappingOf(zoom: Zoom, pan: Point, frame: Size, canvas: Size, dpr: number): Mapping {
  const scale = scaleOf(zoom, frame, canvas, dpr);
  const [px, py] = zoom === "fit" ? [0, 0] : panWithin(pan, scale, frame, canvas);
  return {
    scale,
    x: Math.round((frame.width - canvas.width * scale) / 2 + px),
    y: Math.round((frame.height - canvas.height * scale) / 2 + py),
  };
}

export function toScreen({ scale, x, y }: Mapping, p: Point): Point {
  return [x + p[0] * scale, y + p[1] * scale];
}

export function toCanvas({ scale, x, y }: Mapping, p: Point): Point {
  return [(p[0] - x) / scale, (p[1] - y) / scale];
}

/** Zooms so that what is under `about` (in pixels of the screen) stays there. */
export function zoomedAbout(
  mapping: Mapping,
  factor: number,
  about: Point,
  frame: Size,
  canvas: Size,
  dpr: number,
): { zoom: number; pan: Point } {
  const zoom = Math.min(MOST, Math.max(LEAST, mapping.scale * dpr * factor));
  const scale = zoom / dpr;
  const [cx, cy] = toCanvas(mapping, about);
  const pan: Point = [
    about[0] - cx * scale - (frame.width - canvas.width * scale) / 2,
    about[1] - cy * scale - (frame.height - canvas.height * scale) / 2,
  ];
  return { zoom, pan: panWithin(pan, scale, frame, canvas) };
}
