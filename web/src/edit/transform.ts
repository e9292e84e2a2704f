// Where the picture of a clip lies, as the program draws it: crop, fit, flip, scale and rotation
// about the anchor, translation, then the null objects that are its parents.
import type { Clip, Composition, Project, Transform } from "../api/types";
import { findComposition, findMedia, mediaIdOf, nestedIdOf, sourceKind } from "../document/select";
import {
  type Affine,
  apply,
  type Box,
  boxAround,
  composed,
  cornersOf,
  identity,
  inside,
  type Point,
  rotation,
  scaling,
  type Size,
  translation,
} from "./affine";
import { keysOf, valueAt } from "./curve";
import { toFlicks } from "./time";

export interface Pose {
  fit: "contain" | "cover" | "stretch" | "native";
  /** −1, 0 or 1 along both axes, and the distance from the sides. */
  align: { sides: Point; marginPx: Point } | undefined;
  positionPx: Point;
  scale: Point;
  rotationDegrees: number;
  anchor: Point;
  crop: Box;
  flip: [boolean, boolean];
}

export function numberAt(raw: unknown, fallback: number, time: number): number {
  const keys = keysOf(raw);
  if (keys !== undefined) return valueAt(keys, time) as number;
  return typeof raw === "number" ? raw : fallback;
}

export function pairAt(raw: unknown, fallback: Point, time: number): Point {
  const keys = keysOf(raw);
  const value = keys === undefined ? raw : valueAt(keys, time);
  return Array.isArray(value) ? [Number(value[0]), Number(value[1])] : fallback;
}

function marginPx(margin: unknown, canvas: Size): Point {
  const one = (m: unknown): number =>
    typeof m === "string" ? (Number.parseFloat(m) / 100) * Math.min(canvas.width, canvas.height) : Number(m ?? 0);
  return Array.isArray(margin) ? [one(margin[0]), one(margin[1])] : [one(margin), one(margin)];
}

/** `time` counts from the clip's start. */
export function poseAt(transform: Transform | undefined, time: number, canvas: Size): Pose {
  const t = transform ?? {};
  const { align } = t;
  const x = align?.includes("left") ? -1 : align?.includes("right") ? 1 : 0;
  const y = align?.startsWith("top") ? -1 : align?.startsWith("bottom") ? 1 : 0;
  const crop = (["left", "top", "right", "bottom"] as const).map((side) =>
    Math.min(1, Math.max(0, numberAt(t[`crop_${side}`], 0, time))),
  );
  return {
    fit: t.fit ?? "contain",
    align: align ? { sides: [x, y], marginPx: marginPx(t.margin, canvas) } : undefined,
    positionPx: pairAt(t.position_px, [0, 0], time),
    scale: pairAt(t.scale, [1, 1], time),
    rotationDegrees: numberAt(t.rotation_degrees, 0, time),
    anchor: pairAt(t.anchor, [0.5, 0.5], time),
    crop: crop as Box,
    flip: [t.flip_horizontal === true, t.flip_vertical === true],
  };
}

export function fitOf(fit: Pose["fit"], content: Size, canvas: Size): Point {
  const [x, y] = [canvas.width / content.width, canvas.height / content.height];
  if (fit === "native") return [1, 1];
  if (fit === "stretch") return [x, y];
  const both = fit === "contain" ? Math.min(x, y) : Math.max(x, y);
  return [both, both];
}

/** What the crop leaves, in pixels of the content. */
export function croppedTo([l, t, r, b]: Box, { width, height }: Size): Box {
  return [l * width, t * height, (1 - r) * width, (1 - b) * height];
}

/**
 * By how much content in its own size is moved onto whole pixels: half a pixel goes to the top
 * left.
 */
function home(content: Size, anchor: Point, canvas: Size, degrees: number): Point {
  const near: Point = [-anchor[0] * content.width, -anchor[1] * content.height];
  const far: Point = [near[0] + content.width, near[1] + content.height];
  const turned = ((degrees % 360) + 360) % 360;
  const [x, y] =
    turned === 90
      ? [-far[1], near[0]]
      : turned === 180
        ? [-far[0], -far[1]]
        : turned === 270
          ? [near[1], -far[0]]
          : near;
  const toWhole = (edge: number) => (Math.abs(edge % 1) === 0.5 ? Math.trunc(edge) : Math.round(edge)) - edge;
  return [toWhole(x + canvas.width / 2), toWhole(y + canvas.height / 2)];
}

export interface Placed {
  /** From pixels of the content to those of the canvas, without parents. */
  own: Affine;
  parent: Affine;
  /** Both. */
  map: Affine;
  content: Size;
  /** What the crop leaves of the content, in its pixels. */
  window: Box;
  /** Canvas pixels for each pixel of the content, before the clip's own scale. */
  fit: Point;
  pose: Pose;
}

export function place(pose: Pose, content: Size, canvas: Size, parent: Affine = identity): Placed {
  const { width: cw, height: ch } = content;
  const fit = fitOf(pose.fit, content, canvas);
  const flip: Point = [pose.flip[0] ? -1 : 1, pose.flip[1] ? -1 : 1];
  const fitted = composed(scaling(fit[0] * flip[0], fit[1] * flip[1]), translation(-cw / 2, -ch / 2));
  const turned = composed(rotation(pose.rotationDegrees), scaling(...pose.scale));
  const [px, py] = pose.positionPx;
  const homeOf = (anchor: Point): Point =>
    fit[0] === 1 && fit[1] === 1 ? home(content, anchor, canvas, pose.rotationDegrees) : [0, 0];
  const window = croppedTo(pose.crop, content);
  let own: Affine;
  if (pose.align === undefined) {
    const [ax, ay] = pose.anchor;
    const [hx, hy] = homeOf(pose.anchor);
    const anchor = translation(-(ax - 0.5) * cw * fit[0], -(ay - 0.5) * ch * fit[1]);
    own = composed(translation(canvas.width / 2 + px + hx, canvas.height / 2 + py + hy), turned, anchor, fitted);
  } else {
    const map = composed(turned, fitted);
    const middle = apply(fitted, [(window[0] + window[2]) / 2, (window[1] + window[3]) / 2]);
    const at = homeOf([middle[0] / (cw * fit[0]) + 0.5, middle[1] / (ch * fit[1]) + 0.5]);
    const [x0, y0, x1, y1] = boxAround(cornersOf(window).map((c) => apply(map, c)));
    const { sides, marginPx: margin } = pose.align;
    const along = (axis: 0 | 1, from: number, to: number, length: number) =>
      sides[axis] < 0
        ? margin[axis] - from
        : sides[axis] > 0
          ? length - margin[axis] - to
          : (length - from - to) / 2 + at[axis];
    own = composed(translation(along(0, x0, x1, canvas.width) + px, along(1, y0, y1, canvas.height) + py), map);
  }
  return { own, parent, map: composed(parent, own), content, window, fit, pose };
}

/** What a null object does to the clips whose parent it is. */
export function nullMap(pose: Pose, canvas: Size): Affine {
  const [ax, ay] = pose.anchor;
  return composed(
    translation(canvas.width / 2 + pose.positionPx[0], canvas.height / 2 + pose.positionPx[1]),
    rotation(pose.rotationDegrees),
    scaling(...pose.scale),
    translation(-ax * canvas.width, -ay * canvas.height),
  );
}

/** `now` is a time of the composition. */
export function parentMap(composition: Composition, clip: Clip, now: number): Affine {
  let map = identity;
  let next = clip.video?.parent;
  const nulls = (composition.tracks ?? []).flatMap((t) => (t.clips ?? []).filter((c) => sourceKind(c) === "null"));
  for (let n = 0; n <= nulls.length && next; n += 1) {
    const parent = nulls.find((c) => c.id === next);
    if (parent === undefined) break;
    const pose = poseAt(parent.video?.transform, now - toFlicks(parent.start), composition.size);
    map = composed(nullMap(pose, composition.size), map);
    next = parent.video?.parent;
  }
  return map;
}

export type Measure = (clip: Clip, canvas: Size) => Size;

/**
 * The upright size of what a clip shows; nothing where it shows nothing of its own. The size of a
 * text without a box depends on its letters: `measure` says it.
 */
export function contentSize(project: Project, clip: Clip, canvas: Size, measure: Measure): Size | undefined {
  switch (sourceKind(clip)) {
    case "media": {
      const size = findMedia(project, mediaIdOf(clip) ?? "")?.facts?.size;
      return size ?? undefined;
    }
    case "composition":
      return findComposition(project, nestedIdOf(clip) ?? "")?.size;
    case "solid":
    case "subtitles":
      return canvas;
    case "shape": {
      const size = (clip.source as { size_px?: Point | null }).size_px;
      return size ? { width: size[0], height: size[1] } : canvas;
    }
    case "text":
      return measure(clip, canvas);
    default:
      return undefined;
  }
}

const ownSize = new Set(["text", "shape", "subtitles"]);

export function placedAt(composition: Composition, clip: Clip, content: Size, now: number): Placed {
  const canvas = composition.size;
  const pose = poseAt(clip.video?.transform, now - toFlicks(clip.start), canvas);
  if (ownSize.has(sourceKind(clip))) pose.fit = "native";
  return place(pose, content, canvas, parentMap(composition, clip, now));
}

export function outlineOf(placed: Placed): Point[] {
  return cornersOf(placed.window).map((c) => apply(placed.map, c));
}

/** The topmost clip with a picture under a point of the canvas. */
export function clipUnder(
  project: Project,
  composition: Composition,
  now: number,
  point: Point,
  measure: Measure,
): Clip | undefined {
  for (const track of (composition.tracks ?? []).toReversed()) {
    if (track.kind === "audio" || track.enabled === false || track.locked === true) continue;
    const clip = (track.clips ?? []).find(
      (c) => toFlicks(c.start) <= now && now < toFlicks(c.start) + toFlicks(c.duration) && c.enabled !== false,
    );
    if (clip === undefined || sourceKind(clip) === "subtitles") continue;
    const content = contentSize(project, clip, composition.size, measure);
    if (content === undefined) continue;
    if (inside(outlineOf(placedAt(composition, clip, content, now)), point)) return clip;
  }
  return undefined;
}
