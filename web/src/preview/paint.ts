// Lines over the picture: grid, safe areas, outlines, the motion path, masks, snap lines. Colours
// are those of the picture's surroundings and not of the theme: they must show on any picture.
import { boxAround, type Point } from "../edit/affine";
import * as box from "../edit/box-drag";
import { safeAreas, safeBox } from "../edit/guides";
import { featherPx, maskOutline } from "../edit/masks";
import { outlineOf } from "../edit/transform";
import type { Gizmos } from "./gizmos";
import type { Stage } from "./stage";

const colours = {
  line: "#ffb648",
  dark: "#000000a8",
  grid: "#ffffff40",
  safe: "#ffffff9c",
  snap: "#ff5fa2",
  mask: "#62d0ff",
  other: "#62d0ff80",
  feather: "#62d0ff30",
  path: "#ffb648",
};

export function paintOverlay(context: CanvasRenderingContext2D, stage: Stage, gizmos: Gizmos): void {
  const { frame, dpr } = stage;
  context.setTransform(dpr, 0, 0, dpr, 0, 0);
  context.clearRect(0, 0, frame.width, frame.height);
  const state = gizmos.session.canvas.getState();
  const brush = new Brush(context, stage);
  if (state.grid) brush.grid();
  if (state.safe) brush.safeAreas();
  const scene = state.mode === "off" || state.editing !== undefined ? undefined : gizmos.scene();
  if (scene !== undefined) {
    const placed = box.placedIn(scene);
    const outline = outlineOf(placed);
    if (state.mode === "mask") {
      brush.closed(outline, "#ffffff66", 1, [4, 4]);
      for (const mask of scene.clip.video?.masks ?? []) {
        const line = maskOutline(scene, mask);
        const chosen = mask.id === state.mask;
        const feather = featherPx(scene, mask) * stage.mapping.scale;
        if (chosen && feather > 1) brush.closed(line, colours.feather, feather);
        brush.closed(line, chosen ? colours.mask : colours.other, 1.5);
      }
    } else if (state.mode === "pin") {
      brush.closed(
        box.pins.map((pin) => box.pinAt(scene, pin)),
        colours.line,
        1.5,
      );
    } else {
      brush.closed(outline, colours.line, 1.5);
      if (state.mode === "crop") brush.thirds(placed);
    }
    if (state.mode === "transform") {
      const path = box.motionPath(scene);
      if (path !== undefined) brush.open(path.line, colours.path, 1.5, [1, 4]);
      for (const { from, at } of box.pathTangents(scene)) brush.open([from, at], colours.path, 1);
      const top = gizmos.handles().find((h) => h.id === "rotate");
      if (top !== undefined) brush.open([box.cornerAt(placed, "n"), top.at], colours.line, 1);
    }
    if (state.mode === "mask") {
      const handles = gizmos.handles();
      for (const { id, at } of handles) {
        const vertex = /^(.*):(?:in|out):(\d+)$/.exec(id);
        const owner = vertex === null ? undefined : handles.find((h) => h.id === `${vertex[1]}:v:${vertex[2]}`);
        if (owner !== undefined) brush.open([owner.at, at], colours.mask, 1);
      }
    }
  }
  if (gizmos.points.length > 0) {
    brush.open(gizmos.points, colours.mask, 1.5);
    for (const point of gizmos.points) brush.dot(point, colours.mask);
  }
  for (const { axis, at } of gizmos.lines) brush.guide(axis, at, colours.snap);
}

class Brush {
  constructor(
    private readonly context: CanvasRenderingContext2D,
    private readonly stage: Stage,
  ) {}

  private trace(points: readonly Point[], close: boolean): void {
    this.context.beginPath();
    for (const point of points) this.context.lineTo(...this.stage.toScreen(point));
    if (close) this.context.closePath();
  }

  /** With a dark line below, so that it shows on white as well. */
  private stroke(colour: string, width: number, dash: number[] = []): void {
    const { context } = this;
    context.lineJoin = "round";
    context.setLineDash(dash);
    if (width <= 2) {
      context.strokeStyle = colours.dark;
      context.lineWidth = width + 1.5;
      context.stroke();
    }
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
    context.setLineDash([]);
  }

  closed(points: readonly Point[], colour: string, width: number, dash?: number[]): void {
    this.trace(points, true);
    this.stroke(colour, width, dash);
  }

  open(points: readonly Point[], colour: string, width: number, dash?: number[]): void {
    this.trace(points, false);
    this.stroke(colour, width, dash);
  }

  dot(point: Point, colour: string): void {
    const [x, y] = this.stage.toScreen(point);
    this.context.fillStyle = colour;
    this.context.fillRect(x - 3, y - 3, 6, 6);
  }

  guide(axis: 0 | 1, at: number, colour: string): void {
    const { width, height } = this.stage.canvas;
    const ends: Point[] =
      axis === 0
        ? [
            [at, 0],
            [at, height],
          ]
        : [
            [0, at],
            [width, at],
          ];
    this.trace(ends, false);
    this.context.strokeStyle = colour;
    this.context.lineWidth = 1;
    this.context.stroke();
  }

  grid(): void {
    const { width, height } = this.stage.canvas;
    const step = height / 12;
    for (let x = (width / 2) % step; x < width; x += step) this.guide(0, x, colours.grid);
    for (let y = step; y < height; y += step) this.guide(1, y, colours.grid);
  }

  safeAreas(): void {
    const { canvas } = this.stage;
    for (const part of Object.values(safeAreas)) {
      const [l, t, r, b] = safeBox(canvas, part);
      const corners: Point[] = [
        [l, t],
        [r, t],
        [r, b],
        [l, b],
      ];
      this.closed(corners, colours.safe, 1);
    }
    const [x, y] = [canvas.width / 2, canvas.height / 2];
    const arm = canvas.height / 30;
    const cross: [Point, Point][] = [
      [
        [x - arm, y],
        [x + arm, y],
      ],
      [
        [x, y - arm],
        [x, y + arm],
      ],
    ];
    for (const line of cross) this.open(line, colours.safe, 1);
  }

  /** Thirds of what the crop leaves. */
  thirds(placed: ReturnType<typeof box.placedIn>): void {
    const outline = outlineOf(placed);
    const [a, b, c, d] = outline;
    if (boxAround(outline).some((v) => !Number.isFinite(v))) return;
    const mix = (p: Point, q: Point, t: number): Point => [p[0] + (q[0] - p[0]) * t, p[1] + (q[1] - p[1]) * t];
    for (const t of [1 / 3, 2 / 3]) {
      this.trace([mix(a, b, t), mix(d, c, t)], false);
      this.context.strokeStyle = colours.grid;
      this.context.lineWidth = 1;
      this.context.stroke();
      this.trace([mix(a, d, t), mix(b, c, t)], false);
      this.context.stroke();
    }
  }
}
