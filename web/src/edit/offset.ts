// A time that is typed for what is selected: with a sign it moves by so much, without one it goes
// there.
import type { Operation } from "../api/types";
import { compositionRate, findClip } from "../document/select";
import { type Context, moveBy } from "./commands";
import { enteredTime, type TimeDisplay } from "./display";
import { type EditPoint, pointTime, trimPoint } from "./point";
import { endOf, type Limit } from "./preview";
import { slide, stretch } from "./slide";
import { frameAt, timeOfFrame, toFlicks } from "./time";
import { slip } from "./trim";

export type OffsetOf = "point" | "move" | "slip" | "slide" | "stretch" | "playhead";

export interface Offset {
  command?: Operation;
  /** Frame that the playhead goes to. */
  seek?: number;
  limit?: Limit;
}

export interface Meant {
  point?: EditPoint;
  tool: string;
}

/** What a typed time would change. */
export function offsetOf({ selected }: Context, { point, tool }: Meant): OffsetOf {
  if (point !== undefined) return "point";
  if (selected.length === 0) return "playhead";
  return tool === "slip" || tool === "slide" || tool === "stretch" ? tool : "move";
}

/** Nothing where what was typed is no time. */
export function offsetBy(
  context: Context,
  meant: Meant,
  typed: string,
  display: TimeDisplay = "timecode",
): Offset | undefined {
  const { project, composition, selected, now, alone, unsynced } = context;
  const rate = compositionRate(composition);
  const frameOf = (time: number) => frameAt(rate, time);
  const clips = selected.map((id) => findClip(project, id)?.clip).filter((c) => c !== undefined);
  const what = offsetOf(context, meant);
  const to = (present: number) => {
    const frame = enteredTime(display, rate, typed, present);
    return frame === undefined ? undefined : timeOfFrame(rate, frame);
  };
  if (what === "playhead") {
    const frame = enteredTime(display, rate, typed, frameOf(now));
    return frame === undefined ? undefined : { seek: frame };
  }
  if (what === "point") {
    const point = meant.point as EditPoint;
    const time = pointTime(composition, point);
    const target = time === undefined ? undefined : to(frameOf(time));
    if (target === undefined) return undefined;
    const ripple = meant.tool === "trim";
    const { command, preview } = trimPoint(project, composition, point, { to: target, ripple, alone, unsynced });
    return { command: command as Operation | undefined, limit: preview.limit };
  }
  const first = clips.toSorted((a, b) => toFlicks(a.start) - toFlicks(b.start))[0];
  if (first === undefined) return undefined;
  const start = toFlicks(first.start);
  if (what === "stretch") {
    const target = to(frameOf(endOf(first)));
    if (target === undefined) return undefined;
    const { command, preview } = stretch(project, composition, { clip: first.id, edge: "end", to: target, alone });
    return { command: command as Operation | undefined, limit: preview.limit };
  }
  if (what === "slip") {
    const frames = enteredTime(display, rate, typed, 0);
    if (frames === undefined) return undefined;
    const by = Math.sign(frames) * timeOfFrame(rate, Math.abs(frames));
    const { command, preview } = slip(project, composition, first.id, by);
    return { command: command as Operation | undefined, limit: preview.limit };
  }
  const target = to(frameOf(start));
  if (target === undefined) return undefined;
  if (what === "slide") {
    const { command, preview } = slide(project, composition, first.id, target - start, alone);
    return { command: command as Operation | undefined, limit: preview.limit };
  }
  return { command: moveBy(context, Math.max(0, target) - start) };
}
