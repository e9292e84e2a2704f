// Lines of the picture that a drag snaps to, safe areas and the grid.
import type { Box, Point, Size } from "./affine";

export interface Line {
  axis: 0 | 1;
  at: number;
}

/** Parts of the width and height that televisions showed; SMPTE ST 2046-1. */
export const safeAreas = { action: 0.93, title: 0.9 } as const;

export function safeBox({ width, height }: Size, part: number): Box {
  const [x, y] = [(width * (1 - part)) / 2, (height * (1 - part)) / 2];
  return [x, y, width - x, height - y];
}

/** Edges, thirds and the centre; with safe areas their edges, too. */
export function guidesOf(canvas: Size, safe: boolean): [number[], number[]] {
  const along = (length: number) => {
    const margins = safe ? Object.values(safeAreas).map((part) => (length * (1 - part)) / 2) : [];
    return [0, length / 3, length / 2, (length * 2) / 3, length, ...margins, ...margins.map((m) => length - m)];
  };
  return [along(canvas.width), along(canvas.height)];
}

export interface SnappedPoint {
  by: Point;
  lines: Line[];
}

/** Moves a box so that one of its edges, or its middle, meets a line that is near. */
export function snapBox(
  [l, t, r, b]: Box,
  by: Point,
  guides: readonly [readonly number[], readonly number[]],
  tolerance: number,
): SnappedPoint {
  const edges = [
    [l, (l + r) / 2, r],
    [t, (t + b) / 2, b],
  ];
  const result: SnappedPoint = { by: [...by], lines: [] };
  for (const axis of [0, 1] as const) {
    let distance = tolerance;
    let found: number | undefined;
    for (const edge of edges[axis]) {
      for (const guide of guides[axis]) {
        const off = Math.abs(edge + by[axis] - guide);
        if (off > distance || (off === distance && found !== undefined)) continue;
        [distance, found] = [off, guide];
        result.by[axis] = guide - edge;
      }
    }
    if (found === undefined || tolerance <= 0) {
      result.by[axis] = by[axis];
      continue;
    }
    for (const edge of edges[axis]) {
      const at = edge + result.by[axis];
      const guide = guides[axis].find((g) => Math.abs(g - at) < 0.01);
      if (guide !== undefined && !result.lines.some((line) => line.axis === axis && line.at === guide))
        result.lines.push({ axis, at: guide });
    }
  }
  return result;
}
