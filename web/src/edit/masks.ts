// Masks of a clip on the canvas: outlines, handles, drags. Coordinates of the document are
// fractions of the upright picture, before it is placed.
import type { Clip, Mask, Vertex } from "../api/types";
import { apply, applyTo, inverse, type Point } from "./affine";
import { type Dragged, placedIn, type Scene, timeIn } from "./box-drag";
import { type Change, fieldOf, keyTime } from "./change";
import { type Key, keysOf, progress } from "./curve";
import { freeId } from "./commands";
import { numberAt, pairAt, type Placed } from "./transform";
import { toFlicks } from "./time";

export type MaskKind = "rectangle" | "ellipse" | "path";

interface Shape {
  type: MaskKind;
  center?: unknown;
  size?: unknown;
  rotation_degrees?: unknown;
  corner_radius_px?: unknown;
  path?: unknown;
}

export const shapeOf = (mask: Mask): Shape => mask.shape as unknown as Shape;
const round = (v: number, digits = 4) => Number(v.toFixed(digits)) + 0;

export function maskOf(clip: Clip, id: string | undefined): Mask | undefined {
  return clip.video?.masks?.find((m) => m.id === id);
}

/** Keyframes with different numbers of vertices are not mixed here: the earlier one is shown. */
export function pathAt(raw: unknown, time: number): Vertex[] {
  const keys = keysOf(raw) as (Omit<Key, "value"> & { value: unknown })[] | undefined;
  if (keys === undefined) return Array.isArray(raw) ? (raw as Vertex[]) : [];
  const after = keys.findIndex((k) => toFlicks(k.time) > time);
  if (after <= 0) return keys[after === 0 ? 0 : keys.length - 1].value as Vertex[];
  const [a, b] = [keys[after - 1], keys[after]];
  const [from, to] = [a.value as Vertex[], b.value as Vertex[]];
  if (from.length !== to.length) return from;
  const x = (time - toFlicks(a.time)) / (toFlicks(b.time) - toFlicks(a.time));
  // Outlines start and stop at rest on bezier segments.
  const y = a.ease === "bezier" ? x * x * (3 - 2 * x) : progress(a.ease ?? "linear", x);
  const mix = (p: Point = [0, 0], q: Point = [0, 0]): Point => [p[0] + (q[0] - p[0]) * y, p[1] + (q[1] - p[1]) * y];
  return from.map((v, n) => ({
    point: mix(v.point, to[n].point),
    in: mix(v.in, to[n].in),
    out: mix(v.out, to[n].out),
  }));
}

interface BoxAt {
  center: Point;
  size: Point;
  degrees: number;
}

function boxAt(mask: Mask, time: number): BoxAt {
  const shape = shapeOf(mask);
  const [dx, dy] = pairAt(mask.offset, [0, 0], time);
  const [x, y] = pairAt(shape.center, [0.5, 0.5], time);
  return {
    center: [x + dx, y + dy],
    size: pairAt(shape.size, [0.5, 0.5], time),
    degrees: numberAt(shape.rotation_degrees, 0, time),
  };
}

/** From −1 … 1 of the box to pixels of the content. */
function inBox({ center, size, degrees }: BoxAt, { content }: Placed, [u, v]: Point): Point {
  const [x, y] = [(u * size[0] * content.width) / 2, (v * size[1] * content.height) / 2];
  const radians = (degrees * Math.PI) / 180;
  const [sin, cos] = [Math.sin(radians), Math.cos(radians)];
  return [center[0] * content.width + x * cos - y * sin, center[1] * content.height + x * sin + y * cos];
}

function moved(vertices: Vertex[], [dx, dy]: Point): Vertex[] {
  return vertices.map((v) => ({ ...v, point: [v.point[0] + dx, v.point[1] + dy] }));
}

export function verticesOf(scene: Scene, mask: Mask): Vertex[] {
  const time = timeIn(scene);
  return moved(pathAt(shapeOf(mask).path, time), pairAt(mask.offset, [0, 0], time));
}

const CURVE_STEPS = 16;
const ELLIPSE_STEPS = 64;

/** As a closed line in canvas pixels; the corners of a rectangle are drawn sharp. */
export function maskOutline(scene: Scene, mask: Mask): Point[] {
  const placed = placedIn(scene);
  const shape = shapeOf(mask);
  const toCanvas = (p: Point) => apply(placed.map, p);
  if (shape.type === "path") {
    const vertices = verticesOf(scene, mask);
    const { width, height } = placed.content;
    const at = (p: Point): Point => toCanvas([p[0] * width, p[1] * height]);
    return vertices.flatMap((a, n) => {
      const b = vertices[(n + 1) % vertices.length];
      const [p0, p3] = [a.point, b.point];
      const out = a.out ?? [0, 0];
      const back = b.in ?? [0, 0];
      const straight = out[0] === 0 && out[1] === 0 && back[0] === 0 && back[1] === 0;
      if (straight) return [at(p0)];
      return Array.from({ length: CURVE_STEPS }, (_, k) => {
        const t = k / CURVE_STEPS;
        const s = 1 - t;
        const along = (i: 0 | 1) =>
          s ** 3 * p0[i] + 3 * s * s * t * (p0[i] + out[i]) + 3 * s * t * t * (p3[i] + back[i]) + t ** 3 * p3[i];
        return at([along(0), along(1)]);
      });
    });
  }
  const box = boxAt(mask, timeIn(scene));
  if (shape.type === "ellipse")
    return Array.from({ length: ELLIPSE_STEPS }, (_, n) => {
      const angle = (n / ELLIPSE_STEPS) * 2 * Math.PI;
      return toCanvas(inBox(box, placed, [Math.cos(angle), Math.sin(angle)]));
    });
  return (
    [
      [-1, -1],
      [1, -1],
      [1, 1],
      [-1, 1],
    ] as Point[]
  ).map((c) => toCanvas(inBox(box, placed, c)));
}

export function maskCentre(scene: Scene, mask: Mask): Point {
  const placed = placedIn(scene);
  if (shapeOf(mask).type !== "path") return apply(placed.map, inBox(boxAt(mask, timeIn(scene)), placed, [0, 0]));
  const points = verticesOf(scene, mask).map((v) => v.point);
  const mean = (n: 0 | 1) => points.reduce((sum, p) => sum + p[n], 0) / Math.max(1, points.length);
  return apply(placed.map, [mean(0) * placed.content.width, mean(1) * placed.content.height]);
}

/** Canvas pixels for each pixel of a mask's lengths, which count before the clip's own scale. */
export function lengthScale({ map, fit }: Placed): number {
  const area = Math.abs(map.xx * map.yy - map.xy * map.yx);
  return Math.sqrt(area / Math.max(1e-12, fit[0] * fit[1]));
}

export function featherPx(scene: Scene, mask: Mask): number {
  return numberAt(mask.feather_px, 0, timeIn(scene)) * lengthScale(placedIn(scene));
}

/** What can be dragged of a mask, by name, in canvas pixels. */
export function maskHandles(scene: Scene, mask: Mask, knob: number): { part: string; at: Point }[] {
  const placed = placedIn(scene);
  const list: { part: string; at: Point }[] = [{ part: "move", at: maskCentre(scene, mask) }];
  const centre = list[0].at;
  const outwards = (p: Point, by: number): Point => {
    const [x, y] = [p[0] - centre[0], p[1] - centre[1]];
    const length = Math.hypot(x, y) || 1;
    return [p[0] + (x / length) * by, p[1] + (y / length) * by];
  };
  let feather: Point;
  if (shapeOf(mask).type === "path") {
    const { width, height } = placed.content;
    const at = (p: Point): Point => apply(placed.map, [p[0] * width, p[1] * height]);
    verticesOf(scene, mask).forEach(({ point, in: before, out }, n) => {
      list.push({ part: `v:${n}`, at: at(point) });
      for (const [part, off] of [
        ["in", before],
        ["out", out],
      ] as const)
        if (off && (off[0] !== 0 || off[1] !== 0))
          list.push({ part: `${part}:${n}`, at: at([point[0] + off[0], point[1] + off[1]]) });
    });
    feather = list.find((h) => h.part === "v:0")?.at ?? centre;
  } else {
    const box = boxAt(mask, timeIn(scene));
    const at = (p: Point) => apply(placed.map, inBox(box, placed, p));
    const spots: [string, Point][] = [
      ["size:nw", [-1, -1]],
      ["size:n", [0, -1]],
      ["size:ne", [1, -1]],
      ["size:e", [1, 0]],
      ["size:se", [1, 1]],
      ["size:s", [0, 1]],
      ["size:sw", [-1, 1]],
      ["size:w", [-1, 0]],
    ];
    for (const [part, p] of spots) list.push({ part, at: at(p) });
    list.push({ part: "rotate", at: outwards(at([0, -1]), knob) });
    feather = at([0, 1]);
  }
  list.push({ part: "feather", at: outwards(feather, featherPx(scene, mask) / 2 + knob) });
  return list;
}

export function dragMask(
  scene: Scene,
  mask: Mask,
  part: string,
  from: Point,
  to: Point,
  mods: { shift: boolean; alt: boolean },
): Dragged {
  const placed = placedIn(scene);
  const back = inverse(placed.map);
  if (back === undefined) return { changes: [], lines: [] };
  const time = timeIn(scene);
  const { width, height } = placed.content;
  const base = `video.masks.${mask.id}`;
  const change = (field: string, value: unknown): Change => {
    const full = `${base}.${field}`;
    return { field: full, value, time: keyTime(fieldOf(scene.clip, full), time, scene.half) };
  };
  const only = (...changes: Change[]): Dragged => ({ changes, lines: [] });
  const by = applyTo(back, [to[0] - from[0], to[1] - from[1]]);
  const part2: Point = [by[0] / width, by[1] / height];
  const pair = (p: Point): Point => [round(p[0]), round(p[1])];
  const shape = shapeOf(mask);

  if (part === "feather") {
    const centre = maskCentre(scene, mask);
    const distance = (p: Point) => Math.hypot(p[0] - centre[0], p[1] - centre[1]);
    const scale = lengthScale(placed);
    const old = numberAt(mask.feather_px, 0, time);
    const next = old + (2 * (distance(to) - distance(from))) / Math.max(1e-6, scale);
    return only(change("feather_px", round(Math.min(20_000, Math.max(0, next)), 1)));
  }
  if (shape.type === "path") {
    const vertices = pathAt(shape.path, time);
    if (part === "move") return only(change("shape.path", tidy(moved(vertices, part2))));
    const [kind, index] = part.split(":");
    const n = Number(index);
    const next = vertices.map((v, i): Vertex => {
      if (i !== n) return v;
      if (kind === "v") return { ...v, point: [v.point[0] + part2[0], v.point[1] + part2[1]] };
      const side = kind === "in" ? "in" : "out";
      const other = side === "in" ? "out" : "in";
      const old = v[side] ?? [0, 0];
      const tangent: Point = [old[0] + part2[0], old[1] + part2[1]];
      // A smooth point stays smooth, unless Alt breaks it.
      return mods.alt ? { ...v, [side]: tangent } : { ...v, [side]: tangent, [other]: [-tangent[0], -tangent[1]] };
    });
    return only(change("shape.path", tidy(next)));
  }
  const box = boxAt(mask, time);
  const own = pairAt(shape.center, [0.5, 0.5], time);
  if (part === "move") return only(change("shape.center", pair([own[0] + part2[0], own[1] + part2[1]])));
  const centre = maskCentre(scene, mask);
  if (part === "rotate") {
    const angle = (p: Point) => {
      const [x, y] = applyTo(back, [p[0] - centre[0], p[1] - centre[1]]);
      return (Math.atan2(y, x) * 180) / Math.PI;
    };
    const turn = ((((angle(to) - angle(from) + 180) % 360) + 360) % 360) - 180;
    const degrees = mods.shift ? Math.round((box.degrees + turn) / 15) * 15 : box.degrees + turn;
    return only(change("shape.rotation_degrees", round(degrees, 2)));
  }
  const corner = part.slice("size:".length);
  const radians = (-box.degrees * Math.PI) / 180;
  const [sin, cos] = [Math.sin(radians), Math.cos(radians)];
  const local: Point = [by[0] * cos - by[1] * sin, by[0] * sin + by[1] * cos];
  const [sx, sy] = [
    corner.includes("w") ? -1 : corner.includes("e") ? 1 : 0,
    corner[0] === "n" ? -1 : corner[0] === "s" ? 1 : 0,
  ];
  // Both sides move, so that the centre stays where it is; with Shift the proportions stay, too.
  let size: Point = [box.size[0] + (2 * sx * local[0]) / width, box.size[1] + (2 * sy * local[1]) / height];
  if (mods.shift && sx !== 0 && sy !== 0) {
    const ratio = size[0] / Math.max(1e-6, box.size[0]);
    size = [box.size[0] * ratio, box.size[1] * ratio];
  }
  return only(change("shape.size", pair([Math.max(0.005, size[0]), Math.max(0.005, size[1])])));
}

/** Rounded, and without tangents that say nothing. */
function tidy(vertices: readonly Vertex[]): Vertex[] {
  return vertices.map(({ point, in: before, out }) => {
    const pair = (p: Point): Point => [round(p[0], 5), round(p[1], 5)];
    const some = (p: Point | undefined) => p !== undefined && (p[0] !== 0 || p[1] !== 0);
    return {
      point: pair(point),
      ...(some(before) ? { in: pair(before as Point) } : {}),
      ...(some(out) ? { out: pair(out as Point) } : {}),
    };
  });
}

/** A corner becomes smooth, along the line through its neighbours, and a smooth point a corner. */
export function toggledSmooth(vertices: readonly Vertex[], index: number): Vertex[] {
  const v = vertices[index];
  const smooth = [v.in, v.out].some((t) => t && (t[0] !== 0 || t[1] !== 0));
  if (smooth) return tidy(vertices.with(index, { point: v.point }));
  const before = vertices[(index + vertices.length - 1) % vertices.length].point;
  const after = vertices[(index + 1) % vertices.length].point;
  const out: Point = [(after[0] - before[0]) / 6, (after[1] - before[1]) / 6];
  return tidy(vertices.with(index, { point: v.point, in: [-out[0], -out[1]], out }));
}

export function withoutVertex(vertices: readonly Vertex[], index: number): Vertex[] | undefined {
  return vertices.length <= 3 ? undefined : vertices.toSpliced(index, 1);
}

/** In the middle of the curve after a vertex; the curve keeps its shape (de Casteljau). */
export function withVertexAfter(vertices: readonly Vertex[], index: number): Vertex[] {
  const [a, b] = [vertices[index], vertices[(index + 1) % vertices.length]];
  const add = (p: Point, q: Point = [0, 0]): Point => [p[0] + q[0], p[1] + q[1]];
  const middle = (p: Point, q: Point): Point => [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2];
  const off = (p: Point, q: Point): Point => [p[0] - q[0], p[1] - q[1]];
  const [c1, c2] = [add(a.point, a.out), add(b.point, b.in)];
  const [l1, m, r2] = [middle(a.point, c1), middle(c1, c2), middle(c2, b.point)];
  const [l2, r1] = [middle(l1, m), middle(m, r2)];
  const point = middle(l2, r1);
  const straight = off(c1, a.point).every((v) => v === 0) && off(c2, b.point).every((v) => v === 0);
  if (straight) return tidy(vertices.toSpliced(index + 1, 0, { point }));
  const next = vertices.with(index, { ...a, out: off(l1, a.point) });
  const after = (index + 1) % vertices.length;
  next[after] = { ...next[after], in: off(r2, b.point) };
  next.splice(index + 1, 0, { point, in: off(l2, point), out: off(r1, point) });
  return tidy(next);
}

function newId(clip: Clip): string {
  return freeId(
    "mask",
    (clip.video?.masks ?? []).map((m) => m.id),
  );
}

/** Over the middle half of the picture, or between two points of the canvas. */
export function newBoxMask(scene: Scene, type: "rectangle" | "ellipse", from?: Point, to?: Point): Mask {
  const placed = placedIn(scene);
  const back = inverse(placed.map);
  const id = newId(scene.clip);
  if (from === undefined || to === undefined || back === undefined) return { id, shape: { type } } as unknown as Mask;
  const [a, b] = [apply(back, from), apply(back, to)];
  const { width, height } = placed.content;
  const center = [round((a[0] + b[0]) / 2 / width), round((a[1] + b[1]) / 2 / height)];
  const size = [round(Math.abs(b[0] - a[0]) / width), round(Math.abs(b[1] - a[1]) / height)];
  return { id, shape: { type, center, size } } as unknown as Mask;
}

export function newPathMask(scene: Scene, points: readonly Point[]): Mask | undefined {
  const placed = placedIn(scene);
  const back = inverse(placed.map);
  if (back === undefined || points.length < 3) return undefined;
  const { width, height } = placed.content;
  const path = points.map((p): Vertex => {
    const [x, y] = apply(back, p);
    return { point: [round(x / width, 5), round(y / height, 5)] };
  });
  return { id: newId(scene.clip), shape: { type: "path", path } } as unknown as Mask;
}

/** A diamond in the middle of the picture, for those who draw without a pointer. */
export function diamondMask(scene: Scene): Mask {
  const path: Vertex[] = [{ point: [0.5, 0.2] }, { point: [0.8, 0.5] }, { point: [0.5, 0.8] }, { point: [0.2, 0.5] }];
  return { id: newId(scene.clip), shape: { type: "path", path } } as unknown as Mask;
}
