// Handles over the picture: what there is to drag of the selected clip, drags with the pointer and
// with keys, and the command at their end. Knows nothing of React.
import type { Clip, Mask, Operation } from "../api/types";
import { compositionRate, findClip, sourceKind } from "../document/select";
import { type Box, boxAround, inside, type Point } from "../edit/affine";
import * as box from "../edit/box-drag";
import { applied, type Change, changesToOperation, fieldOf, keyTime, withField } from "../edit/change";
import type { Line } from "../edit/guides";
import * as masks from "../edit/masks";
import { clipUnder, contentSize, outlineOf } from "../edit/transform";
import { frameLength, toFlicks } from "../edit/time";
import type { Session } from "../session/session";
import { textSize as measureText } from "../edit/text-size";
import type { Stage } from "./stage";

/** Distances on the screen. */
const SNAP_PX = 7;
const KNOB_PX = 26;

export type HandleKind = "corner" | "edge" | "rotate" | "anchor" | "move" | "point" | "tangent" | "key" | "feather";

export interface Handle {
  id: string;
  kind: HandleKind;
  /** On the canvas. */
  at: Point;
  /** Direction in which it moves, in degrees, for the pointer's shape. */
  degrees: number;
}

export interface Keys {
  shift: boolean;
  alt: boolean;
  ctrl: boolean;
}

interface Drag {
  handle: string;
  scene: box.Scene;
  from: Point;
}

interface Result {
  changes: Change[];
  lines: Line[];
  clip: Clip;
  operation(): Operation | undefined;
}

let gestures = 0;

export class Gizmos {
  private drag: Drag | undefined;
  private result: Result | undefined;
  /** Shown until the document has it. */
  private pending: Clip | undefined;
  private pendingNumber = 0;
  /** Presses of keys on one handle are one step. */
  private pressed: { handle: string; key: string } | undefined;
  lines: Line[] = [];
  points: Point[] = [];
  private readonly listeners = new Set<() => void>();

  constructor(
    readonly session: Session,
    readonly stage: Stage,
    private readonly failed: (error: unknown) => void,
  ) {}

  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }

  get dragging(): boolean {
    return this.drag !== undefined;
  }

  /** The selected clip under the playhead, as the document has it. */
  target(): Clip | undefined {
    const { session } = this;
    const { project } = session.document.getState();
    const composition = session.composition();
    if (project === undefined || composition === undefined) return undefined;
    const now = session.now();
    for (const id of session.selection.getState().clips) {
      const found = findClip(project, id);
      if (found === undefined || found.composition.id !== composition.id || found.track.kind === "audio") continue;
      if (found.track.locked === true) continue;
      const start = toFlicks(found.clip.start);
      if (now >= start && now < start + toFlicks(found.clip.duration)) return found.clip;
    }
    return undefined;
  }

  sceneOf(clip: Clip): box.Scene | undefined {
    const { session } = this;
    const { project } = session.document.getState();
    const composition = session.composition();
    if (project === undefined || composition === undefined) return undefined;
    const content = contentSize(project, clip, composition.size, measureText);
    if (content === undefined || !(content.width > 0 && content.height > 0)) return undefined;
    const half = frameLength(compositionRate(composition)) / 2;
    return { project, composition, clip, now: session.now(), content, half };
  }

  /** As it is shown now, with what is being dragged. */
  scene(): box.Scene | undefined {
    if (this.session.playing) return undefined;
    const clip = this.target();
    return clip === undefined ? undefined : this.sceneOf(this.result?.clip ?? this.pending ?? clip);
  }

  private knob(): number {
    return KNOB_PX / this.stage.mapping.scale;
  }

  handles(): Handle[] {
    const { mode, mask, drawing, editing } = this.session.canvas.getState();
    const scene = mode === "off" || drawing || editing !== undefined ? undefined : this.scene();
    if (scene === undefined) return [];
    if (mode === "mask") return this.maskHandles(scene, mask);
    if (mode === "pin") {
      return box.pins.map((pin) => ({ id: `pin-${pin}`, kind: "point", at: box.pinAt(scene, pin), degrees: 0 }));
    }
    const placed = box.placedIn(scene);
    const outline = outlineOf(placed);
    const bounds = boxAround(outline);
    const middle: Point = [(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2];
    const prefix = mode === "crop" ? "crop" : "scale";
    const list: Handle[] = [{ id: mode === "crop" ? "crop-move" : "move", kind: "move", at: middle, degrees: 0 }];
    if (mode === "transform") {
      for (const { time, at } of box.motionPath(scene, 1)?.keys ?? [])
        list.push({ id: `key-${time}`, kind: "key", at, degrees: 0 });
      for (const { time, side, at } of box.pathTangents(scene))
        list.push({ id: `bend-${side}-${time}`, kind: "tangent", at, degrees: 0 });
    }
    for (const corner of box.corners) {
      const at = box.cornerAt(placed, corner);
      const degrees = (Math.atan2(at[1] - middle[1], at[0] - middle[0]) * 180) / Math.PI;
      list.push({ id: `${prefix}-${corner}`, kind: corner.length === 1 ? "edge" : "corner", at, degrees });
    }
    if (mode === "crop") return list;
    const top = box.cornerAt(placed, "n");
    const [dx, dy] = [top[0] - middle[0], top[1] - middle[1]];
    const length = Math.hypot(dx, dy) || 1;
    const knob: Point = [top[0] + (dx / length) * this.knob(), top[1] + (dy / length) * this.knob()];
    list.push({ id: "rotate", kind: "rotate", at: length === 1 ? [top[0], top[1] - this.knob()] : knob, degrees: 0 });
    if (placed.pose.align === undefined)
      list.push({ id: "anchor", kind: "anchor", at: box.pivotOf(placed), degrees: 0 });
    return list;
  }

  private maskHandles(scene: box.Scene, chosen: string | undefined): Handle[] {
    return (scene.clip.video?.masks ?? []).flatMap((mask) => {
      if (mask.id !== chosen)
        return [{ id: `mask:${mask.id}:move`, kind: "move" as const, at: masks.maskCentre(scene, mask), degrees: 0 }];
      const centre = masks.maskCentre(scene, mask);
      return masks.maskHandles(scene, mask, this.knob()).map(({ part, at }): Handle => {
        const degrees = (Math.atan2(at[1] - centre[1], at[0] - centre[0]) * 180) / Math.PI;
        return { id: `mask:${mask.id}:${part}`, kind: kindOfPart(part), at, degrees };
      });
    });
  }

  // ---- drags

  private modifiers(keys: Keys): box.Modifiers {
    const { snapping, safe } = this.session.canvas.getState();
    const snaps = snapping !== keys.ctrl;
    return { shift: keys.shift, alt: keys.alt, safe, snapPx: snaps ? SNAP_PX / this.stage.mapping.scale : 0 };
  }

  private dragged(scene: box.Scene, handle: string, from: Point, to: Point, mods: box.Modifiers): Result {
    const { autoKey } = this.session.canvas.getState();
    const result = (one: box.Dragged): Result => ({
      ...one,
      clip: applied(scene.clip, one.changes, autoKey),
      operation: () => changesToOperation(scene.clip, one.changes, autoKey, scene.half),
    });
    const [name, ...rest] = handle.split(/[-:]/);
    switch (name) {
      case "move":
        return result(box.move(scene, from, to, mods));
      case "scale":
        return result(box.scale(scene, rest[0] as box.Corner, from, to, mods));
      case "rotate":
        return result(box.rotate(scene, from, to, mods));
      case "anchor":
        return result(box.moveAnchor(scene, from, to));
      case "crop":
        return result(box.crop(scene, rest[0] as box.Corner | "move", from, to));
      case "key":
        return result(box.moveKey(scene, Number(rest[0]), from, to));
      case "bend":
        return result(box.moveTangent(scene, Number(rest[1]), rest[0] as box.TangentSide, from, to, mods));
      case "pin":
        return this.pinned(scene, rest[0] as box.Pin, from, to, result);
      default: {
        const [, id, ...part] = handle.split(":");
        const mask = masks.maskOf(scene.clip, id);
        const nothing = { changes: [], lines: [] };
        return result(mask === undefined ? nothing : masks.dragMask(scene, mask, part.join(":"), from, to, mods));
      }
    }
  }

  /** The first drag of a corner adds the effect. */
  private pinned(scene: box.Scene, pin: box.Pin, from: Point, to: Point, result: (one: box.Dragged) => Result): Result {
    const moved = box.movePin(scene, pin, from, to);
    if (box.pinEffect(scene.clip) !== undefined) return result(moved);
    const { clip } = scene;
    const effect = { id: "new", effect: box.PIN_EFFECT, params: moved.params };
    return {
      ...moved,
      clip: withField(clip, "video.effects", [...(clip.video?.effects ?? []), effect]),
      operation: () => ({ add_effect: { clips: [clip.id], effect: box.PIN_EFFECT, params: moved.params as never } }),
    };
  }

  begin(handle: string, from: Point): void {
    const clip = this.target();
    const scene = clip === undefined ? undefined : this.sceneOf(this.pending ?? clip);
    if (scene === undefined || this.drag !== undefined) return;
    this.drag = { handle, scene, from };
    this.pressed = undefined;
    this.failed(undefined);
    if (handle.startsWith("mask:")) this.session.canvas.setState({ mask: handle.split(":")[1] });
  }

  move(to: Point, keys: Keys): void {
    const { drag } = this;
    if (drag === undefined) return;
    this.result = this.dragged(drag.scene, drag.handle, drag.from, to, this.modifiers(keys));
    this.lines = this.result.lines;
    this.changed();
  }

  async end(): Promise<void> {
    const { result } = this;
    this.cancel();
    if (result !== undefined) await this.commit(result, undefined);
  }

  cancel(): void {
    this.drag = undefined;
    this.result = undefined;
    this.lines = [];
    this.changed();
  }

  /** An arrow key on a handle; `by` in pixels of the picture. */
  async nudge(handle: Handle, by: Point): Promise<void> {
    const clip = this.target();
    const scene = clip === undefined ? undefined : this.sceneOf(this.pending ?? clip);
    if (scene === undefined || clip === undefined) return;
    if (this.pressed?.handle !== handle.id) this.pressed = { handle: handle.id, key: `canvas-${(gestures += 1)}` };
    const mods: box.Modifiers = { shift: false, alt: false, snapPx: 0, safe: false };
    let result: Result;
    if (handle.id === "rotate") {
      // Keys turn by degrees, not along the circle of the handle.
      const field = "video.transform.rotation_degrees";
      const { pose } = box.placedIn(scene);
      const time = keyTime(fieldOf(scene.clip, field), box.timeIn(scene), scene.half);
      const changes = [{ field, value: pose.rotationDegrees + (by[0] || by[1]), time }];
      const { autoKey } = this.session.canvas.getState();
      result = {
        changes,
        lines: [],
        clip: applied(scene.clip, changes, autoKey),
        operation: () => changesToOperation(clip, changes, autoKey, scene.half),
      };
    } else {
      const to: Point = [handle.at[0] + by[0], handle.at[1] + by[1]];
      const bare = this.dragged(scene, handle.id, handle.at, to, mods);
      result = bare;
    }
    await this.commit(result, this.pressed.key);
  }

  private async commit(result: Result, key: string | undefined): Promise<void> {
    const operation = result.operation();
    if (operation === undefined) return;
    await this.send(operation, result.clip, key);
  }

  /** What is not accepted snaps back, and its error is shown on the picture. */
  async send(operation: Operation, shown?: Clip, key?: string): Promise<boolean> {
    const number = (this.pendingNumber += 1);
    this.pending = shown;
    this.changed();
    try {
      await this.session.commit(operation, key);
      this.failed(undefined);
      return true;
    } catch (error) {
      this.failed(error);
      return false;
    } finally {
      if (number === this.pendingNumber) this.pending = undefined;
      this.changed();
    }
  }

  // ---- selection

  under(point: Point): Clip | undefined {
    const { project } = this.session.document.getState();
    const composition = this.session.composition();
    if (project === undefined || composition === undefined) return undefined;
    return clipUnder(project, composition, this.session.now(), point, measureText);
  }

  /** Whether a point is on the selected clip, or inside its crop. */
  onTarget(point: Point): boolean {
    const scene = this.scene();
    return scene !== undefined && inside(outlineOf(box.placedIn(scene)), point);
  }

  // ---- masks

  async addMask(type: masks.MaskKind): Promise<void> {
    const scene = this.scene();
    if (scene === undefined) return;
    if (type === "path") {
      this.points = [];
      this.session.canvas.setState({ drawing: !this.session.canvas.getState().drawing });
      this.changed();
      return;
    }
    await this.insertMask(scene, masks.newBoxMask(scene, type));
  }

  private async insertMask(scene: box.Scene, mask: Mask): Promise<void> {
    this.session.canvas.setState({ mode: "mask", mask: mask.id });
    await this.send({ add_mask: { clip: scene.clip.id, mask } });
  }

  addPoint(point: Point): void {
    const [first] = this.points;
    const near = KNOB_PX / 2 / this.stage.mapping.scale;
    const closes = first !== undefined && Math.hypot(point[0] - first[0], point[1] - first[1]) < near;
    if (closes && this.points.length > 2) void this.finishDrawing();
    else this.points = [...this.points, point];
    this.changed();
  }

  /** Without points it makes a diamond, for those who have no pointer. */
  async finishDrawing(): Promise<void> {
    const scene = this.scene();
    const { points } = this;
    this.stopDrawing();
    if (scene === undefined) return;
    const mask = points.length === 0 ? masks.diamondMask(scene) : masks.newPathMask(scene, points);
    if (mask !== undefined) await this.insertMask(scene, mask);
  }

  stopDrawing(): void {
    this.points = [];
    this.session.canvas.setState({ drawing: false });
    this.changed();
  }

  /** Smooth or corner, another vertex, or one less. */
  async vertex(handle: string, change: "smooth" | "add" | "remove"): Promise<void> {
    const [name, id, kind, index] = handle.split(":");
    const scene = this.scene();
    const mask = scene === undefined ? undefined : masks.maskOf(scene.clip, id);
    if (name !== "mask" || scene === undefined || mask === undefined) return;
    if (kind !== "v") {
      if (change === "remove") await this.send({ remove_mask: { clip: scene.clip.id, mask: id } });
      return;
    }
    const field = `video.masks.${id}.shape.path`;
    const raw = fieldOf(scene.clip, field);
    const path = masks.pathAt(raw, box.timeIn(scene));
    const n = Number(index);
    const next =
      change === "smooth"
        ? masks.toggledSmooth(path, n)
        : change === "add"
          ? masks.withVertexAfter(path, n)
          : masks.withoutVertex(path, n);
    if (next === undefined) return;
    const changes = [{ field, value: next, time: keyTime(raw, box.timeIn(scene), scene.half) }];
    const { autoKey } = this.session.canvas.getState();
    await this.send(changesToOperation(scene.clip, changes, autoKey, scene.half) as Operation);
  }

  /** Numbers of what is being dragged. */
  readout(): string | undefined {
    const changes = this.result?.changes ?? [];
    return changes.length === 0 ? undefined : changes.map(shown).filter(Boolean).join("   ");
  }

  bounds(): Box | undefined {
    const scene = this.scene();
    return scene === undefined ? undefined : boxAround(outlineOf(box.placedIn(scene)));
  }

  textUnder(point: Point): Clip | undefined {
    const clip = this.under(point);
    return clip !== undefined && sourceKind(clip) === "text" ? clip : undefined;
  }
}

function kindOfPart(part: string): HandleKind {
  if (part.startsWith("size:")) return part.length === "size:n".length ? "edge" : "corner";
  if (part.startsWith("v:")) return "point";
  if (part === "move" || part === "rotate" || part === "feather") return part;
  return "tangent";
}

const number = (v: number) => String(Number(v.toFixed(1))).replace("-", "−");

function shown({ field, value }: Change): string {
  const name = field.slice(field.lastIndexOf(".") + 1);
  if (name === "position_px" && Array.isArray(value)) return `X ${number(value[0])}  Y ${number(value[1])}`;
  if (name === "scale" && Array.isArray(value)) {
    const [x, y] = value as Point;
    return x === y ? `${number(x * 100)} %` : `${number(x * 100)} × ${number(y * 100)} %`;
  }
  if (name === "rotation_degrees") return `${number(value as number)}°`;
  if (name === "feather_px") return `${number(value as number)} px`;
  if (name.startsWith("crop_")) return `${number((value as number) * 100)} %`;
  if (name === "anchor" && Array.isArray(value)) return `${number(value[0] * 100)} %, ${number(value[1] * 100)} %`;
  return "";
}
