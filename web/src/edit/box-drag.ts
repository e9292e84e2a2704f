// Drags of the box around a clip's picture: move, scale, rotate, anchor, crop, corner pin. From
// where the pointer was and is, in canvas pixels, to changes of fields.
import type { Clip, Composition, Project } from "../api/types";
import { type Affine, apply, applyTo, boxAround, inverse, type Point, rotation, scaling, type Size } from "./affine";
import type { Change } from "./change";
import { fieldOf, keyTime } from "./change";
import { type Key, keysOf } from "./curve";
import { guidesOf, type Line, snapBox } from "./guides";
import { numberAt, outlineOf, type Placed, placedAt } from "./transform";
import { toFlicks } from "./time";

export interface Scene {
  project: Project;
  composition: Composition;
  clip: Clip;
  /** Time of the composition. */
  now: number;
  content: Size;
  /** Half a frame, in flicks. */
  half: number;
}

export interface Modifiers {
  shift: boolean;
  alt: boolean;
  /** Distance at which a move snaps, in canvas pixels; 0 is off. */
  snapPx: number;
  safe: boolean;
}

export interface Dragged {
  changes: Change[];
  lines: Line[];
}

/** Left, middle, right and top, middle, bottom, as the picture is seen without rotation. */
export type Corner = "nw" | "n" | "ne" | "e" | "se" | "s" | "sw" | "w";
export const corners: readonly Corner[] = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];
export const pins = ["topLeft", "topRight", "bottomRight", "bottomLeft"] as const;
export type Pin = (typeof pins)[number];

const LEAST_SCALE = 0.01;
const LEAST_CROP = 0.02;
const STEP_DEGREES = 15;
const base = "video.transform";

const round = (value: number, digits: number) => Number(value.toFixed(digits)) + 0;
const rounded = (p: Point, digits: number): Point => [round(p[0], digits), round(p[1], digits)];
const minus = (a: Point, b: Point): Point => [a[0] - b[0], a[1] - b[1]];
const plus = (a: Point, b: Point): Point => [a[0] + b[0], a[1] + b[1]];

export function placedIn(scene: Scene): Placed {
  return placedAt(scene.composition, scene.clip, scene.content, scene.now);
}

export function timeIn(scene: Scene): number {
  return scene.now - toFlicks(scene.clip.start);
}

function changeOf(scene: Scene, field: string, value: unknown): Change {
  return { field, value, time: keyTime(fieldOf(scene.clip, field), timeIn(scene), scene.half) };
}

const alongX = (corner: Corner) => (corner.includes("w") ? 0 : corner.includes("e") ? 1 : 0.5);
const alongY = (corner: Corner) => (corner.startsWith("n") ? 0 : corner.startsWith("s") ? 1 : 0.5);

/** In pixels of the content. */
export function cornerInContent(placed: Placed, corner: Corner): Point {
  const { window, pose } = placed;
  const [u, v] = [alongX(corner), alongY(corner)];
  const [x, y] = [pose.flip[0] ? 1 - u : u, pose.flip[1] ? 1 - v : v];
  return [window[0] + x * (window[2] - window[0]), window[1] + y * (window[3] - window[1])];
}

export function cornerAt(placed: Placed, corner: Corner): Point {
  return apply(placed.map, cornerInContent(placed, corner));
}

export function anchorInContent({ content, pose }: Placed): Point {
  const [ax, ay] = pose.anchor;
  return [(pose.flip[0] ? 1 - ax : ax) * content.width, (pose.flip[1] ? 1 - ay : ay) * content.height];
}

/** The point that stays where it is while the clip is scaled or rotated. */
export function pivotOf(placed: Placed): Point {
  const { align } = placed.pose;
  if (align === undefined) return apply(placed.map, anchorInContent(placed));
  const [x0, y0, x1, y1] = boxAround(outlineOf(placed));
  const along = (side: number, from: number, to: number) => (side < 0 ? from : side > 0 ? to : (from + to) / 2);
  return [along(align.sides[0], x0, x1), along(align.sides[1], y0, y1)];
}

function unparented(placed: Placed): Affine {
  return inverse(placed.parent) ?? scaling(1, 1);
}

export function move(scene: Scene, from: Point, to: Point, mods: Modifiers): Dragged {
  const placed = placedIn(scene);
  let by = minus(to, from);
  if (mods.shift) by = Math.abs(by[0]) >= Math.abs(by[1]) ? [by[0], 0] : [0, by[1]];
  const guides = guidesOf(scene.composition.size, mods.safe);
  const snapped = snapBox(boxAround(outlineOf(placed)), by, guides, mods.snapPx);
  if (mods.shift) for (const axis of [0, 1] as const) if (by[axis] === 0) snapped.by[axis] = 0;
  const own = applyTo(unparented(placed), snapped.by);
  const position = rounded(plus(placed.pose.positionPx, own), 2);
  return { changes: [changeOf(scene, `${base}.position_px`, position)], lines: snapped.lines };
}

/**
 * A corner keeps the proportions unless Shift is held; an edge scales one axis. Alt keeps the
 * opposite corner where it is instead of the anchor.
 */
export function scale(scene: Scene, corner: Corner, from: Point, to: Point, mods: Modifiers): Dragged {
  const placed = placedIn(scene);
  const { pose } = placed;
  const opposite = corners[(corners.indexOf(corner) + 4) % 8];
  const pivot = mods.alt ? cornerAt(placed, opposite) : pivotOf(placed);
  const back = unparented(placed);
  const upright = rotation(-pose.rotationDegrees);
  const local = (p: Point) => applyTo(upright, minus(apply(back, p), apply(back, pivot)));
  const handle = cornerAt(placed, corner);
  const before = local(handle);
  const single = corner.length === 1;
  const axis = alongX(corner) === 0.5 ? 1 : 0;
  const caught = caughtBy(scene, placed, corner, plus(handle, minus(to, from)), mods);
  const target: Point = [...to];
  for (const { axis: n, by } of caught) target[n] += by;
  const after = plus(before, minus(local(target), local(from)));
  const ratio = (n: 0 | 1) => (Math.abs(before[n]) < 1e-6 ? 1 : after[n] / before[n]);
  let factor: Point = [ratio(0), ratio(1)];
  if (single) factor = axis === 0 ? [factor[0], 1] : [1, factor[1]];
  else if (!mods.shift) {
    const length = before[0] ** 2 + before[1] ** 2;
    const [nearest] = caught;
    const both = length < 1e-9 ? 1 : (after[0] * before[0] + after[1] * before[1]) / length;
    factor = nearest === undefined ? [both, both] : [ratio(nearest.axis), ratio(nearest.axis)];
    caught.length = Math.min(caught.length, 1);
  }
  const limited = (old: number, f: number) => {
    const next = old * f;
    return Math.sign(old || 1) * Math.max(LEAST_SCALE, Math.sign(old || 1) * next);
  };
  const next = rounded([limited(pose.scale[0], factor[0]), limited(pose.scale[1], factor[1])], 4);
  const changes = [changeOf(scene, `${base}.scale`, next)];
  if (mods.alt) {
    const fixed = cornerInContent(placed, opposite);
    const moved = placedAt(scene.composition, withTransform(scene.clip, "scale", next), scene.content, scene.now);
    const off = minus(apply(placed.own, fixed), apply(moved.own, fixed));
    changes.push(changeOf(scene, `${base}.position_px`, rounded(plus(pose.positionPx, off), 2)));
  }
  return { changes, lines: caught.map(({ axis: n, at }) => ({ axis: n, at })) };
}

/** Guides near a corner that is dragged, the nearest first; of upright boxes only. */
function caughtBy({ composition }: Scene, { pose, parent }: Placed, corner: Corner, at: Point, mods: Modifiers) {
  const upright = pose.rotationDegrees % 180 === 0 && parent.xy === 0 && parent.yx === 0;
  if (!upright || mods.snapPx <= 0) return [];
  const guides = guidesOf(composition.size, mods.safe);
  return ([0, 1] as const)
    .filter((axis) => (axis === 0 ? alongX(corner) : alongY(corner)) !== 0.5)
    .flatMap((axis) => {
      const guide = guides[axis].reduce((a, b) => (Math.abs(b - at[axis]) < Math.abs(a - at[axis]) ? b : a));
      return Math.abs(guide - at[axis]) <= mods.snapPx ? [{ axis, at: guide, by: guide - at[axis] }] : [];
    })
    .sort((a, b) => Math.abs(a.by) - Math.abs(b.by));
}

function withTransform(clip: Clip, field: string, value: unknown): Clip {
  return { ...clip, video: { ...clip.video, transform: { ...clip.video?.transform, [field]: value } } };
}

/** With Shift in steps of 15°. Turning on and on counts on. */
export function rotate(scene: Scene, from: Point, to: Point, mods: Modifiers): Dragged {
  const placed = placedIn(scene);
  const back = unparented(placed);
  const pivot = apply(back, pivotOf(placed));
  const angle = (p: Point) => {
    const [x, y] = minus(apply(back, p), pivot);
    return (Math.atan2(y, x) * 180) / Math.PI;
  };
  const turn = ((((angle(to) - angle(from) + 180) % 360) + 360) % 360) - 180;
  let degrees = placed.pose.rotationDegrees + turn;
  if (mods.shift) degrees = Math.round(degrees / STEP_DEGREES) * STEP_DEGREES;
  return { changes: [changeOf(scene, `${base}.rotation_degrees`, round(degrees, 2))], lines: [] };
}

/** The picture stays where it is: the position changes with the anchor, along all of its curve. */
export function moveAnchor(scene: Scene, from: Point, to: Point): Dragged {
  const placed = placedIn(scene);
  const inContent = inverse(placed.map);
  if (inContent === undefined || placed.pose.align !== undefined) return { changes: [], lines: [] };
  const start = anchorInContent(placed);
  const by = applyTo(inContent, minus(to, from));
  const { content, pose } = placed;
  const part = (n: 0 | 1, length: number) => {
    const at = (start[n] + by[n]) / length;
    return round(pose.flip[n] ? 1 - at : at, 4);
  };
  const anchor: Point = [part(0, content.width), part(1, content.height)];
  const next = placedAt(scene.composition, withTransform(scene.clip, "anchor", anchor), scene.content, scene.now);
  const shift = minus(apply(placed.own, start), apply(next.own, start));
  const field = `${base}.position_px`;
  const keys = keysOf(fieldOf(scene.clip, field));
  const position: Change =
    keys === undefined
      ? changeOf(scene, field, rounded(plus(pose.positionPx, shift), 2))
      : { field, value: { keyframes: keys.map((k) => ({ ...k, value: rounded(plus(k.value as Point, shift), 2) })) } };
  return { changes: [changeOf(scene, `${base}.anchor`, anchor), position], lines: [] };
}

type Side = "left" | "top" | "right" | "bottom";

/** The window over the picture is moved as a whole by `move`. */
export function crop(scene: Scene, corner: Corner | "move", from: Point, to: Point): Dragged {
  const placed = placedIn(scene);
  const inContent = inverse(placed.map);
  if (inContent === undefined) return { changes: [], lines: [] };
  const by = applyTo(inContent, minus(to, from));
  const part: Point = [by[0] / placed.content.width, by[1] / placed.content.height];
  const [l, t, r, b] = placed.pose.crop;
  const changes: Change[] = [];
  const set = (side: Side, value: number) => changes.push(changeOf(scene, `${base}.crop_${side}`, round(value, 4)));
  const limit = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));
  if (corner === "move") {
    const x = limit(part[0], -l, r);
    const y = limit(part[1], -t, b);
    if (l + r > 0) {
      set("left", l + x);
      set("right", r - x);
    }
    if (t + b > 0) {
      set("top", t + y);
      set("bottom", b - y);
    }
    return { changes, lines: [] };
  }
  const [flipX, flipY] = placed.pose.flip;
  const atLeft = alongX(corner) === (flipX ? 1 : 0);
  const atTop = alongY(corner) === (flipY ? 1 : 0);
  if (alongX(corner) !== 0.5) {
    if (atLeft) set("left", limit(l + part[0], 0, 1 - r - LEAST_CROP));
    else set("right", limit(r - part[0], 0, 1 - l - LEAST_CROP));
  }
  if (alongY(corner) !== 0.5) {
    if (atTop) set("top", limit(t + part[1], 0, 1 - b - LEAST_CROP));
    else set("bottom", limit(b - part[1], 0, 1 - t - LEAST_CROP));
  }
  return { changes, lines: [] };
}

const neutral: Record<Pin, Point> = {
  topLeft: [0, 0],
  topRight: [1, 0],
  bottomRight: [1, 1],
  bottomLeft: [0, 1],
};

export const PIN_EFFECT = "corner-pin";

export function pinEffect(clip: Clip) {
  return clip.video?.effects?.findLast((e) => e.effect === PIN_EFFECT);
}

/** In fractions of the picture. */
export function pinOf(clip: Clip, pin: Pin, time: number): Point {
  const params = pinEffect(clip)?.params;
  const [x, y] = neutral[pin];
  return [numberAt(params?.[`${pin}X`], x, time), numberAt(params?.[`${pin}Y`], y, time)];
}

export function pinAt(scene: Scene, pin: Pin): Point {
  const placed = placedIn(scene);
  const [x, y] = pinOf(scene.clip, pin, timeIn(scene));
  return apply(placed.map, [x * placed.content.width, y * placed.content.height]);
}

/** Changes of the effect; `params` for one that is added with them, if there is none yet. */
export function movePin(scene: Scene, pin: Pin, from: Point, to: Point): Dragged & { params: Record<string, number> } {
  const placed = placedIn(scene);
  const inContent = inverse(placed.map);
  const effect = pinEffect(scene.clip);
  if (inContent === undefined) return { changes: [], lines: [], params: {} };
  const by = applyTo(inContent, minus(to, from));
  const old = pinOf(scene.clip, pin, timeIn(scene));
  const limit = (v: number) => round(Math.min(3, Math.max(-2, v)), 4);
  const params = {
    [`${pin}X`]: limit(old[0] + by[0] / placed.content.width),
    [`${pin}Y`]: limit(old[1] + by[1] / placed.content.height),
  };
  const changes =
    effect === undefined
      ? []
      : Object.entries(params).map(([id, v]) => changeOf(scene, `video.effects.${effect.id}.params.${id}`, v));
  return { changes, lines: [], params };
}

export interface PathKey {
  key: Key;
  time: number;
  at: Point;
}

/** Keyframes of the position, and where the anchor goes between them, sampled `count` times. */
export function motionPath(scene: Scene, count = 96): { keys: PathKey[]; line: Point[] } | undefined {
  const keys = keysOf(fieldOf(scene.clip, `${base}.position_px`));
  if (keys === undefined || keys.length < 2) return undefined;
  const start = toFlicks(scene.clip.start);
  const at = (time: number) => {
    const placed = placedAt(scene.composition, scene.clip, scene.content, start + time);
    return apply(placed.map, anchorInContent(placed));
  };
  const times = keys.map((k) => toFlicks(k.time));
  const [first, last] = [times[0], times[times.length - 1]];
  const line = Array.from({ length: count + 1 }, (_, n) => at(first + ((last - first) * n) / count));
  return { keys: keys.map((key, n) => ({ key, time: times[n], at: at(times[n]) })), line };
}

export function moveKey(scene: Scene, time: number, from: Point, to: Point): Dragged {
  const field = `${base}.position_px`;
  const key = keysOf(fieldOf(scene.clip, field))?.find((k) => toFlicks(k.time) === time);
  if (key === undefined) return { changes: [], lines: [] };
  const placed = placedAt(scene.composition, scene.clip, scene.content, toFlicks(scene.clip.start) + time);
  const by = applyTo(unparented(placed), minus(to, from));
  return { changes: [{ field, value: rounded(plus(key.value as Point, by), 2), time }], lines: [] };
}

export type TangentSide = "in" | "out";

interface PathTangent {
  time: number;
  side: TangentSide;
  /** The keyframe's place and the end of the tangent. */
  from: Point;
  at: Point;
}

const third = (a: Key, b: Key): Point => {
  const [p, q] = [a.value as Point, b.value as Point];
  return [(q[0] - p[0]) / 3, (q[1] - p[1]) / 3];
};

/** As an offset in canvas pixels; nothing where the segment is no bezier. */
function tangentValue(keys: readonly Key[], index: number, side: TangentSide): Point | undefined {
  const [key, other] = [keys[index], keys[side === "out" ? index + 1 : index - 1]];
  if (other === undefined || (side === "out" ? key : other).ease !== "bezier") return undefined;
  return ((side === "out" ? key.handle_out : key.handle_in)?.value as Point | undefined) ?? third(key, other);
}

/** Of bezier segments of the motion path: they bend the way as well as the speed. */
export function pathTangents(scene: Scene): PathTangent[] {
  const { keys } = motionPath(scene, 1) ?? { keys: [] };
  const { parent } = placedIn(scene);
  const all = keys.map((k) => k.key);
  return keys.flatMap(({ time, at }, n) =>
    (["in", "out"] as const).flatMap((side) => {
      const value = tangentValue(all, n, side);
      return value === undefined ? [] : [{ time, side, from: at, at: plus(at, applyTo(parent, value)) }];
    }),
  );
}

/** The other side turns along and keeps its length, unless Alt is held. */
export function moveTangent(
  scene: Scene,
  time: number,
  side: TangentSide,
  from: Point,
  to: Point,
  mods: Pick<Modifiers, "alt">,
): Dragged {
  const field = `${base}.position_px`;
  const keys = keysOf(fieldOf(scene.clip, field)) ?? [];
  const index = keys.findIndex((k) => toFlicks(k.time) === time);
  const old = index < 0 ? undefined : tangentValue(keys, index, side);
  if (old === undefined) return { changes: [], lines: [] };
  const by = applyTo(unparented(placedIn(scene)), minus(to, from));
  const value = rounded(plus(old, by), 2);
  let key = withHandle(keys, index, side, value);
  const back: TangentSide = side === "out" ? "in" : "out";
  const mirrored = tangentValue(keys, index, back);
  const length = Math.hypot(...value);
  if (!mods.alt && mirrored !== undefined && length > 0) {
    const reach = -Math.hypot(...mirrored) / length;
    const turned = rounded([value[0] * reach, value[1] * reach], 2);
    key = withHandle(keys.with(index, key), index, back, turned);
  }
  return { changes: [{ field, value: { keyframes: keys.with(index, key) } }], lines: [] };
}

function withHandle(keys: readonly Key[], index: number, side: TangentSide, value: Point): Key {
  const key = keys[index];
  const other = keys[side === "out" ? index + 1 : index - 1];
  const name = side === "out" ? "handle_out" : "handle_in";
  const time = key[name]?.time ?? Math.round((toFlicks(other.time) - toFlicks(key.time)) / 3);
  return { ...key, [name]: { time, value } };
}
