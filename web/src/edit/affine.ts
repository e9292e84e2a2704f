// Maps of the plane: x' = xx·x + xy·y + x0, y' = yx·x + yy·y + y0; y points down.

export type Point = [number, number];

export interface Size {
  width: number;
  height: number;
}

export interface Affine {
  xx: number;
  xy: number;
  x0: number;
  yx: number;
  yy: number;
  y0: number;
}

export const identity: Affine = { xx: 1, xy: 0, x0: 0, yx: 0, yy: 1, y0: 0 };

export function translation(x: number, y: number): Affine {
  return { ...identity, x0: x, y0: y };
}

export function scaling(x: number, y: number): Affine {
  return { ...identity, xx: x, yy: y };
}

/** Clockwise, as it is seen. */
export function rotation(degrees: number): Affine {
  const radians = (degrees * Math.PI) / 180;
  const [sin, cos] = [Math.sin(radians), Math.cos(radians)];
  return { ...identity, xx: cos, xy: -sin, yx: sin, yy: cos };
}

/** The maps one after another, the last one first, as functions are written. */
export function composed(...maps: readonly Affine[]): Affine {
  return maps.reduce((a, b) => ({
    xx: a.xx * b.xx + a.xy * b.yx,
    xy: a.xx * b.xy + a.xy * b.yy,
    x0: a.xx * b.x0 + a.xy * b.y0 + a.x0,
    yx: a.yx * b.xx + a.yy * b.yx,
    yy: a.yx * b.xy + a.yy * b.yy,
    y0: a.yx * b.x0 + a.yy * b.y0 + a.y0,
  }));
}

export function inverse(a: Affine): Affine | undefined {
  const det = a.xx * a.yy - a.xy * a.yx;
  if (!(Math.abs(det) > 1e-12)) return undefined;
  const [xx, xy, yx, yy] = [a.yy / det, -a.xy / det, -a.yx / det, a.xx / det];
  return { xx, xy, x0: -(xx * a.x0 + xy * a.y0), yx, yy, y0: -(yx * a.x0 + yy * a.y0) };
}

export function apply(a: Affine, [x, y]: Point): Point {
  return [a.xx * x + a.xy * y + a.x0, a.yx * x + a.yy * y + a.y0];
}

/** Without the translation: for differences. */
export function applyTo(a: Affine, [x, y]: Point): Point {
  return [a.xx * x + a.xy * y, a.yx * x + a.yy * y];
}

export type Box = [left: number, top: number, right: number, bottom: number];

export function cornersOf([l, t, r, b]: Box): Point[] {
  return [
    [l, t],
    [r, t],
    [r, b],
    [l, b],
  ];
}

export function boxAround(points: readonly Point[]): Box {
  const [xs, ys] = [points.map((p) => p[0]), points.map((p) => p[1])];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/** Whether a point is inside a convex outline. */
export function inside(outline: readonly Point[], [x, y]: Point): boolean {
  let sign = 0;
  for (let n = 0; n < outline.length; n += 1) {
    const [a, b] = [outline[n], outline[(n + 1) % outline.length]];
    const side = Math.sign((b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0]));
    if (side === 0) continue;
    if (sign !== 0 && side !== sign) return false;
    sign = side;
  }
  return true;
}
