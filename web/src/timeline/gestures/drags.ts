// Drags of clips: moving, trimming, slipping. Each shows the pure result of `edit/` while it runs
// and sends one command when it ends.
import type { Edge, TrimMode } from "../../api/types";
import { compositionRate } from "../../document/select";
import { move } from "../../edit/move";
import { type Drag, type Limit, still } from "../../edit/preview";
import { snapBy, type SnapTimes, snapTimes } from "../../edit/snap";
import { frameAt, onFrame } from "../../edit/time";
import { timeText } from "../../edit/display";
import { slide, stretch } from "../../edit/slide";
import { edgeOf, slip, trim } from "../../edit/trim";
import { together } from "../../document/select";
import { rowAt, timeAt, type View } from "../view";
import type { Gesture, Host, Pointer, Situation } from "./host";

export const SNAP_PX = 10;
const START_PX = 3;

/** Names of limits, for the label; the words come from the languages. */
export type LimitText = (limit: Limit) => string;

function alone(pointer: Pointer, now: Situation): boolean {
  return pointer.alt !== (now.alone === true);
}

export abstract class ClipDrag implements Gesture {
  private began = false;
  private drag: Drag | undefined;
  /** Times that edges snap to are found once, when the drag begins. */
  private times: SnapTimes | undefined;

  constructor(
    protected readonly host: Host,
    protected readonly first: Pointer,
    protected readonly situation: Situation,
    private readonly limitText: LimitText,
  ) {}

  protected abstract moving(alone: boolean): Set<string>;
  protected abstract at(pointer: Pointer, by: number, now: Situation, snap: SnapTimes | undefined): Drag;
  /** A press that did not move. */
  protected click(_pointer: Pointer): void {}

  move(pointer: Pointer): void {
    const now = this.host.situation();
    if (now === undefined) return;
    if (!this.began && Math.hypot(pointer.x - this.first.x, pointer.y - this.first.y) < START_PX) return;
    this.began = true;
    const { from, to } = now.range ?? {};
    const more = [now.now, from, to].filter((time) => time !== undefined);
    this.times ??= snapTimes(now.composition, this.moving(alone(pointer, now)), more);
    const snap = now.snapping !== pointer.shift ? this.times : undefined;
    // The view may have been scrolled since: times count, not pixels.
    const by = timeAt(now.view, pointer.x) - timeAt(this.situation.view, this.first.x);
    this.drag = this.at(pointer, by, now, snap);
    this.show(this.drag, pointer, now);
  }

  up(pointer: Pointer): void {
    this.host.overlay({ snapped: [], edges: [], label: undefined });
    if (!this.began) {
      this.click(pointer);
      return;
    }
    const command = this.drag?.command;
    if (command === undefined) {
      this.host.preview(undefined);
      return;
    }
    // What was dragged stays where it was let go until the document has it, or does not get it.
    const shown = this.drag?.preview;
    this.host
      .commit(command)
      .catch((error: unknown) => this.host.refused(error, pointer.x, pointer.y))
      .finally(() => shown !== undefined && this.host.preview(undefined));
  }

  cancel(): void {
    this.host.preview(undefined);
    this.host.overlay({ snapped: [], edges: [], label: undefined });
  }

  private show(drag: Drag, pointer: Pointer, now: Situation): void {
    const { by, limit, snapped } = drag.preview;
    this.host.preview(drag.preview);
    const rate = compositionRate(now.composition);
    const frames = Math.sign(by) * frameAt(rate, Math.abs(by));
    const text = [
      `${frames > 0 ? "+" : ""}${timeText(now.display ?? "timecode", rate, frames)}`,
      ...(drag.preview.speed === undefined ? [] : [`${Math.round(drag.preview.speed * 1000) / 10} %`]),
      ...(limit === undefined ? [] : [this.limitText(limit)]),
    ].join(" · ");
    this.host.overlay({
      snapped,
      label: { text, x: pointer.x, y: pointer.y, warn: limit !== undefined },
      edges: this.edges(drag, now),
    });
  }

  protected edges(
    _drag: Drag,
    _now: Situation,
  ): { time: number; y: number; height: number; free: boolean; side: Edge }[] {
    return [];
  }

  protected tolerance(view: View): number {
    return SNAP_PX * view.flicksPerPx;
  }
}

export class MoveDrag extends ClipDrag {
  constructor(
    host: Host,
    first: Pointer,
    situation: Situation,
    limitText: LimitText,
    private readonly clip: string,
  ) {
    super(host, first, situation, limitText);
  }

  protected override moving(alone: boolean): Set<string> {
    return together(this.situation.project, this.situation.selected, alone);
  }

  protected override at(pointer: Pointer, by: number, now: Situation, snap: SnapTimes | undefined): Drag {
    const selected = [...this.situation.selected];
    const track = rowAt(now.rows, pointer.y)?.track.id;
    return move(now.project, now.composition, {
      clip: this.clip,
      selected,
      by,
      track,
      alone: alone(pointer, now),
      snap,
      tolerance: this.tolerance(now.view),
      magnetic: now.magnetic,
    });
  }

  protected override click(pointer: Pointer): void {
    // A click without a modifier on one of many leaves only that one.
    if (!pointer.ctrl && !pointer.shift) this.host.select([this.clip]);
  }
}

export class TrimDrag extends ClipDrag {
  constructor(
    host: Host,
    first: Pointer,
    situation: Situation,
    limitText: LimitText,
    private readonly clip: string,
    private readonly edge: Edge,
    private readonly how: "edge" | "roll" | "stretch",
  ) {
    super(host, first, situation, limitText);
  }

  protected override moving(alone: boolean): Set<string> {
    return together(this.situation.project, [this.clip], alone);
  }

  protected override click(): void {
    this.host.selectPoint({ clip: this.clip, edge: this.how === "roll" ? "both" : this.edge });
  }

  protected override at(pointer: Pointer, by: number, now: Situation, snap: SnapTimes | undefined): Drag {
    const clip = now.rows.flatMap((r) => r.track.clips ?? []).find((c) => c.id === this.clip);
    if (clip === undefined) return { preview: { places: new Map(), snapped: [], by: 0 } };
    const old = edgeOf(clip, this.edge);
    const snapped = snapBy(snap, [old], by, this.tolerance(now.view));
    const to = snapped.at ?? onFrame(compositionRate(now.composition), old + by);
    const request = { clip: this.clip, edge: this.edge, to, alone: alone(pointer, now), unsynced: now.unsynced };
    const ripple = pointer.ctrl !== (now.tool === "trim");
    const mode: TrimMode = this.how === "roll" ? "roll" : ripple ? "ripple" : "plain";
    // Alt, which begins a stretch by the edge, does not mean one of the linked clips there.
    const drag =
      this.how === "stretch"
        ? stretch(now.project, now.composition, { ...request, alone: now.alone })
        : trim(now.project, now.composition, { ...request, mode });
    const reached = snapped.at !== undefined && old + drag.preview.by === snapped.at;
    return { ...drag, preview: { ...drag.preview, snapped: reached ? [snapped.at as number] : [] } };
  }

  protected override edges(drag: Drag, now: Situation) {
    const row = now.rows.find((r) => r.track.clips?.some((c) => c.id === this.clip));
    const place = drag.preview.places.get(this.clip);
    if (row === undefined || place === undefined) return [];
    const time = this.edge === "start" ? place.start : place.start + place.duration;
    return [{ time, y: row.y, height: row.height, free: drag.preview.limit !== "material", side: this.edge }];
  }
}

export class SlipDrag extends ClipDrag {
  constructor(
    host: Host,
    first: Pointer,
    situation: Situation,
    limitText: LimitText,
    private readonly clip: string,
  ) {
    super(host, first, situation, limitText);
  }

  protected override moving(): Set<string> {
    return new Set([this.clip]);
  }

  protected override at(_pointer: Pointer, by: number, now: Situation): Drag {
    // The picture follows the hand: to the right shows what is earlier.
    const whole = onFrame(compositionRate(now.composition), Math.abs(by)) * -Math.sign(by);
    return slip(now.project, now.composition, this.clip, whole);
  }

  protected override click(): void {
    this.host.select([this.clip]);
  }
}

export class SlideDrag extends ClipDrag {
  constructor(
    host: Host,
    first: Pointer,
    situation: Situation,
    limitText: LimitText,
    private readonly clip: string,
  ) {
    super(host, first, situation, limitText);
  }

  protected override moving(alone: boolean): Set<string> {
    return together(this.situation.project, [this.clip], alone);
  }

  protected override at(pointer: Pointer, by: number, now: Situation, snap: SnapTimes | undefined): Drag {
    const clip = now.rows.flatMap((r) => r.track.clips ?? []).find((c) => c.id === this.clip);
    if (clip === undefined) return still;
    const edges = [edgeOf(clip, "start"), edgeOf(clip, "end")];
    const snapped = snapBy(snap, edges, by, this.tolerance(now.view));
    const whole =
      snapped.at === undefined
        ? onFrame(compositionRate(now.composition), edges[0] + by) - edges[0]
        : Math.round(snapped.by);
    const drag = slide(now.project, now.composition, this.clip, whole, alone(pointer, now));
    const reached = snapped.at !== undefined && drag.preview.by === whole;
    return { ...drag, preview: { ...drag.preview, snapped: reached ? [snapped.at as number] : [] } };
  }

  protected override click(): void {
    this.host.select([this.clip]);
  }
}
