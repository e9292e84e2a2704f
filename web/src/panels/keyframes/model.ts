// What the parts of the keyframe panel share.
import type { Clip, Operation } from "../../api/types";
import { type KeyRef, type Lane, type LaneKind, refId, refsOf } from "../../edit/keyframes";
import { onFrame, type Rate, timeOfFrame, frameAt, toFlicks } from "../../edit/time";
import { timecode } from "../../edit/timecode";
import type { Text } from "../../l10n/locale";
import type { Session } from "../../session/session";

export interface View {
  /** Time of the clip at the left edge. */
  left: number;
  flicksPerPx: number;
}

export interface Model {
  session: Session;
  text: Text;
  clip: Clip;
  rate: Rate;
  length: number;
  half: number;
  kinds: readonly LaneKind[];
  lanes: readonly Lane[];
  view: View;
  width: number;
  selected: ReadonlySet<string>;
  select(ids: Iterable<string>): ReadonlySet<string>;
  /** Selects once an answer is there, unless something else was selected meanwhile than `was`. */
  reselect(was: ReadonlySet<string>, ids: Iterable<string>): void;
  run(operation: Operation | undefined, key?: string): Promise<boolean>;
}

export const PAD_PX = 14;
const SNAP_PX = 7;

export function fittedView(length: number, width: number): View {
  const flicksPerPx = length / Math.max(1, width - 2 * PAD_PX);
  return { left: -PAD_PX * flicksPerPx, flicksPerPx };
}

export const xOf = ({ left, flicksPerPx }: View, time: number) => (time - left) / flicksPerPx;
export const timeAt = ({ left, flicksPerPx }: View, x: number) => left + x * flicksPerPx;

export function zoomedView(view: View, factor: number, x: number, length: number, width: number): View {
  const fit = length / Math.max(1, width - 2 * PAD_PX);
  const flicksPerPx = Math.min(fit, Math.max(fit / 2000, view.flicksPerPx / factor));
  return within({ left: timeAt(view, x) - x * flicksPerPx, flicksPerPx }, length, width);
}

export function within(view: View, length: number, width: number): View {
  const pad = PAD_PX * view.flicksPerPx;
  const most = Math.max(-pad, length + pad - width * view.flicksPerPx);
  return { ...view, left: Math.min(most, Math.max(-pad, view.left)) };
}

/** To a frame, or to the playhead, an edge of the clip or another keyframe that is near. */
export function snapped({ session, clip, rate, lanes, view, selected, length }: Model, time: number, free: boolean) {
  const start = toFlicks(clip.start);
  if (!free && session.timeline.getState().snapping) {
    const playhead = session.now() - start;
    const others = refsOf(lanes)
      .filter((r) => !selected.has(refId(r)))
      .map((r) => r.time);
    let best: number | undefined;
    let distance = SNAP_PX * view.flicksPerPx;
    for (const at of [0, length, playhead, ...others]) {
      if (Math.abs(at - time) < distance) [best, distance] = [at, Math.abs(at - time)];
    }
    if (best !== undefined) return best;
  }
  return onFrame(rate, start + time) - start;
}

export function laneName(text: Text, { name, literal, of }: LaneKind): string {
  const own = literal ?? text(`lane-${name}`);
  return of === undefined ? own : `${own} · ${of}`;
}

export function codeAt({ clip, rate }: Model, time: number): string {
  return timecode(rate, frameAt(rate, toFlicks(clip.start) + Math.round(time)));
}

export function shownValue({ scale, unit }: LaneKind, value: unknown): string {
  const one = (v: number) => String(Number((v * scale).toFixed(2))).replace("-", "−");
  if (typeof value === "number") return unit === "" ? one(value) : `${one(value)} ${unit}`;
  if (!Array.isArray(value) || !value.every((v) => typeof v === "number"))
    return typeof value === "string" ? value : "";
  return `${value.map(one).join(", ")}${unit === "" ? "" : ` ${unit}`}`;
}

export function keyLabel(model: Model, lane: Lane, time: number): string {
  const key = lane.keys.find((k) => toFlicks(k.time) === time);
  return [laneName(model.text, lane), codeAt(model, time), shownValue(lane, key?.value)].filter(Boolean).join(", ");
}

export function frameStep({ clip, rate }: Model, time: number, frames: number): number {
  const start = toFlicks(clip.start);
  return timeOfFrame(rate, frameAt(rate, start + time + 1) + frames) - start;
}

/** Those between which a segment lies that the playhead is in count as chosen, if none is. */
export function chosenRefs({ lanes, selected }: Model): KeyRef[] {
  return refsOf(lanes).filter((r) => selected.has(refId(r)));
}
