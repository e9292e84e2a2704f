// From pointer events to gestures. Knows nothing of React or of the DOM.
import { compositionRate, findClip, together } from "../../document/select";
import { within } from "../../edit/move";
import { handles } from "../../edit/material";
import { snapBy, snapTimes } from "../../edit/snap";
import { frameAt, timeOfFrame } from "../../edit/time";
import { edgeOf } from "../../edit/trim";
import { cursorOf, type Hit, hitTest, zoneOf } from "../hit";
import { scrolledTo, timeAt } from "../view";
import { compositionLength } from "../../document/select";
import { type LimitText, MoveDrag, SlideDrag, SlipDrag, SNAP_PX, TrimDrag } from "./drags";
import type { Gesture, Host, Pointer, Situation, Tool } from "./host";

/** Distance from the left and right edge at which a drag scrolls. */
const EDGE_PX = 28;
/** Tools that take edges. */
const trimming: ReadonlySet<Tool> = new Set<Tool>(["select", "trim", "stretch"]);

export class Gestures {
  private gesture: Gesture | undefined;
  private last: Pointer | undefined;

  constructor(
    private readonly host: Host,
    private readonly limitText: LimitText,
  ) {}

  get active(): boolean {
    return this.gesture !== undefined;
  }

  down(pointer: Pointer): void {
    const now = this.host.situation();
    if (now === undefined || this.gesture !== undefined) return;
    this.last = pointer;
    this.host.overlay({ edges: [], blade: undefined });
    if (pointer.button === 1) {
      this.gesture = new Pan(this.host, pointer, now);
      return;
    }
    if (pointer.button !== 0) return;
    const hit = hitTest(now.rows, now.view, pointer.x, pointer.y);
    if (now.tool === "blade") this.cut(hit, pointer, now);
    else this.gesture = this.begin(hit, pointer, now);
  }

  move(pointer: Pointer): void {
    this.last = pointer;
    if (this.gesture !== undefined) this.gesture.move(pointer);
    else this.hover(pointer);
  }

  up(pointer: Pointer): void {
    this.gesture?.up(pointer);
    this.gesture = undefined;
  }

  cancel(): void {
    this.gesture?.cancel();
    this.gesture = undefined;
    this.leave();
  }

  /** A modifier was pressed or released. */
  modifiers(change: Pick<Pointer, "ctrl" | "shift" | "alt">): void {
    if (this.last !== undefined) this.move({ ...this.last, ...change });
  }

  /** Each frame of the screen while something is dragged: scrolls at the edges. */
  tick(): void {
    const now = this.host.situation();
    if (now === undefined || this.last === undefined || this.gesture === undefined || this.gesture instanceof Pan)
      return;
    const { x } = this.last;
    const past = x < EDGE_PX ? x - EDGE_PX : x > now.view.width - EDGE_PX ? x - now.view.width + EDGE_PX : 0;
    if (past === 0) return;
    const speed = Math.max(-EDGE_PX, Math.min(EDGE_PX, past)) * 0.6 * now.view.flicksPerPx;
    const view = scrolledTo(now.view, now.view.left + speed, compositionLength(now.composition) * 1.2);
    if (view.left === now.view.left) return;
    this.host.view(view);
    this.gesture.move(this.last);
  }

  leave(): void {
    this.host.overlay({ edges: [], blade: undefined, snapped: [], label: undefined, box: undefined });
  }

  private begin(hit: Hit, pointer: Pointer, now: Situation): Gesture {
    switch (hit.kind) {
      case "clip":
      case "edge":
      case "cut":
        break;
      case "transition":
        this.host.selectTransition(hit.id);
        return { move() {}, up() {}, cancel() {} };
      default:
        return new Box(this.host, pointer, now);
    }
    const { tool } = now;
    if (hit.kind !== "clip" && hit.row.track.locked !== true && trimming.has(tool)) {
      const edge = hit.kind === "edge" ? hit.edge : "start";
      const stretches = tool === "stretch" || (pointer.ctrl && pointer.alt);
      const roll = hit.kind === "cut" && !pointer.ctrl;
      const how = stretches ? "stretch" : roll ? "roll" : "edge";
      if (!now.selected.has(hit.clip.id)) this.host.select([hit.clip.id]);
      return new TrimDrag(this.host, pointer, now, this.limitText, hit.clip.id, edge, how);
    }
    const selected = this.press(hit.clip.id, pointer, now);
    const { id } = hit.clip;
    switch (zoneOf(hit, tool, pointer.y, now.view.scale)) {
      case "slip":
        return new SlipDrag(this.host, pointer, now, this.limitText, id);
      case "slide":
        return new SlideDrag(this.host, pointer, now, this.limitText, id);
      case "stretch": {
        // Inside of a clip the tool takes the edge that is closer.
        const middle = edgeOf(hit.clip, "start") + (edgeOf(hit.clip, "end") - edgeOf(hit.clip, "start")) / 2;
        const edge = timeAt(now.view, pointer.x) < middle ? "start" : "end";
        return new TrimDrag(this.host, pointer, now, this.limitText, id, edge, "stretch");
      }
      default:
        break;
    }
    if (!selected.has(id)) return { move() {}, up() {}, cancel() {} };
    return new MoveDrag(this.host, pointer, { ...now, selected }, this.limitText, id);
  }

  /** Selects on the press, so that a drag takes the clip along. */
  private press(id: string, pointer: Pointer, now: Situation): ReadonlySet<string> {
    const along = together(now.project, [id], pointer.alt !== (now.alone === true));
    const selected = new Set(now.selected);
    if (pointer.ctrl || pointer.shift) {
      if (selected.has(id)) for (const one of along) selected.delete(one);
      else for (const one of along) selected.add(one);
    } else if (selected.has(id)) {
      return selected;
    } else {
      selected.clear();
      selected.add(id);
    }
    this.host.select(selected);
    return selected;
  }

  private bladeTime(pointer: Pointer, now: Situation): number {
    const rate = compositionRate(now.composition);
    const time = timeAt(now.view, pointer.x);
    const snap = now.snapping ? snapTimes(now.composition, new Set(), [now.now]) : undefined;
    const snapped = snapBy(snap, [time], 0, SNAP_PX * 0.6 * now.view.flicksPerPx);
    return snapped.at ?? timeOfFrame(rate, frameAt(rate, Math.max(0, Math.round(time))));
  }

  private cut(hit: Hit, pointer: Pointer, now: Situation): void {
    if (hit.kind !== "clip" && hit.kind !== "edge" && hit.kind !== "cut") return;
    const at = this.bladeTime(pointer, now);
    const tracks = now.rows.filter((r) => r.track.locked !== true).map((r) => r.track.id);
    const which = pointer.shift
      ? { tracks }
      : { clips: [hit.clip.id], ...(pointer.alt !== (now.alone === true) ? { alone: true } : {}) };
    this.host
      .commit({ split: { ...which, at } })
      .catch((error: unknown) => this.host.refused(error, pointer.x, pointer.y));
  }

  private hover(pointer: Pointer): void {
    const now = this.host.situation();
    if (now === undefined) return;
    const hit = hitTest(now.rows, now.view, pointer.x, pointer.y);
    this.host.cursor(cursorOf(hit, now.tool, pointer.ctrl, pointer.y, now.view.scale));
    if (now.tool === "blade") {
      const over = hit.kind === "clip" || hit.kind === "edge" || hit.kind === "cut";
      const row = over ? hit.row : undefined;
      const [y, height] = pointer.shift ? [0, now.view.height] : [row?.y ?? 0, row?.height ?? 0];
      this.host.overlay({ edges: [], blade: over ? { time: this.bladeTime(pointer, now), y, height } : undefined });
      return;
    }
    if (!trimming.has(now.tool) || (hit.kind !== "edge" && hit.kind !== "cut")) {
      this.host.overlay({ edges: [], blade: undefined });
      return;
    }
    this.host.overlay({ edges: edgesOf(hit, now), blade: undefined });
  }
}

/** Green where there is material to go on, red where there is none. */
function edgesOf(hit: Extract<Hit, { kind: "edge" | "cut" }>, now: Situation) {
  const of = (id: string, edge: "start" | "end") => {
    const found = findClip(now.project, id);
    if (found === undefined) return [];
    const { before, after } = handles(now.project, found.clip);
    const free = (edge === "start" ? before : after) > 0;
    return [{ time: edgeOf(found.clip, edge), y: hit.row.y, height: hit.row.height, free, side: edge }];
  };
  if (hit.kind === "edge") return of(hit.clip.id, hit.edge);
  return [...of(hit.before.id, "end"), ...of(hit.clip.id, "start")];
}

class Pan implements Gesture {
  constructor(
    private readonly host: Host,
    private readonly first: Pointer,
    private readonly situation: Situation,
  ) {}

  move(pointer: Pointer): void {
    const { view, composition } = this.situation;
    const left = view.left - (pointer.x - this.first.x) * view.flicksPerPx;
    const top = Math.max(0, view.top - (pointer.y - this.first.y));
    this.host.view({ ...scrolledTo(view, left, compositionLength(composition)), top });
  }

  up(): void {}

  cancel(): void {
    this.host.view(this.situation.view);
  }
}

class Box implements Gesture {
  private moved = false;

  constructor(
    private readonly host: Host,
    private readonly first: Pointer,
    private readonly situation: Situation,
  ) {}

  move(pointer: Pointer): void {
    const now = this.host.situation();
    if (now === undefined) return;
    const from = (timeAt(this.situation.view, this.first.x) - now.view.left) / now.view.flicksPerPx;
    const [x, y] = [Math.min(from, pointer.x), Math.min(this.first.y, pointer.y)];
    const [width, height] = [Math.abs(pointer.x - from), Math.abs(pointer.y - this.first.y)];
    this.moved ||= width + height > 4;
    if (!this.moved) return;
    this.host.overlay({ box: { x, y, width, height } });
    const tracks = new Set(now.rows.filter((r) => r.y < y + height && r.y + r.height > y).map((r) => r.track.id));
    const found = within(now.composition, tracks, timeAt(now.view, x), timeAt(now.view, x + width));
    const kept = pointer.ctrl || pointer.shift ? this.situation.selected : [];
    this.host.select(new Set([...kept, ...found]));
  }

  up(pointer: Pointer): void {
    this.host.overlay({ box: undefined });
    if (!this.moved && !pointer.ctrl && !pointer.shift) this.host.select([]);
  }

  cancel(): void {
    this.host.overlay({ box: undefined });
    this.host.select(this.situation.selected);
  }
}
