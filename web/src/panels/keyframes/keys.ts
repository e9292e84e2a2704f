// Keys in the keyframe panel: focus and selection by arrows, moves by frames, clipboard.
import type { KeyboardEvent } from "react";
import {
  type CopiedKey,
  copyKeys,
  dragKey,
  limitedBy,
  moveKeys,
  pasteKeys,
  refId,
  refOf,
  refsOf,
  removeKeys,
  valueRange,
} from "../../edit/keyframes";
import { toFlicks } from "../../edit/time";
import { chosenRefs, frameStep, type Model } from "./model";

let copies: CopiedKey[] = [];
let presses = 0;
/** A move is under way; what is pressed meanwhile would name times that are gone. */
let moving = false;
let pressed: { ids: string; key: string } | undefined;

/** Presses that move the same keyframes are one step. */
function keyFor(ids: string): string {
  if (pressed?.ids !== ids) pressed = { ids, key: `keyframes-${(presses += 1)}` };
  return pressed.key;
}

export function panelKeys(event: KeyboardEvent<HTMLElement>, model: Model, curves: boolean): void {
  const target = event.target as HTMLElement;
  const own = target.dataset.key;
  if (target.closest("[role=combobox], .menu, input") !== null) return;
  const ctrl = event.ctrlKey || event.metaKey;
  if (act(event, model, own, target, ctrl, curves)) {
    event.preventDefault();
    event.stopPropagation();
  }
}

function act(
  event: KeyboardEvent<HTMLElement>,
  model: Model,
  own: string | undefined,
  target: HTMLElement,
  ctrl: boolean,
  curves: boolean,
): boolean {
  const { clip, lanes, length, session } = model;
  const chosen = chosenRefs(model);
  // The keyframe with the focus is meant where none is chosen, and never the clip.
  const refs = chosen.length === 0 && own !== undefined ? [refOf(own)] : chosen;
  switch (event.key) {
    case "Delete":
    case "Backspace":
      void model.run(removeKeys(clip, refs));
      return refs.length > 0;
    case "Escape":
      if (refs.length === 0) return false;
      model.select([]);
      return true;
    case "a":
      if (!ctrl || event.shiftKey) return false;
      model.select(refsOf(lanes).map(refId));
      return true;
    case "c":
    case "x":
      if (!ctrl || refs.length === 0) return false;
      copies = copyKeys(lanes, refs);
      if (event.key === "x") void model.run(removeKeys(clip, refs));
      return true;
    case "v": {
      if (!ctrl || copies.length === 0) return false;
      const at = Math.min(length, Math.max(0, session.now() - toFlicks(clip.start)));
      const pasted = pasteKeys(clip, model.kinds, copies, at);
      const was = model.selected;
      void model.run(pasted.operation).then((done) => done && model.reselect(was, pasted.refs.map(refId)));
      return true;
    }
    case ",":
    case ".":
    case "<":
    case ">": {
      if (ctrl || refs.length === 0) return false;
      const frames = (event.key === "," || event.key === "<" ? -1 : 1) * (event.shiftKey ? 10 : 1);
      const [first] = refs;
      const wanted = frameStep(model, first.time, frames) - first.time;
      const by = limitedBy(lanes, refs, wanted, length);
      if (moving) return true;
      const next = refs.map(({ field, time }) => refId({ field, time: time + by }));
      const focused = own === undefined ? undefined : refOf(own);
      // Both, until the document has the new times.
      const both = model.select([...refs.map(refId), ...next]);
      moving = true;
      void model.run(moveKeys(clip, refs, by)).then((done) => {
        moving = false;
        model.reselect(both, done ? next : refs.map(refId));
        if (done && focused !== undefined) refocus(target, refId({ ...focused, time: focused.time + by }));
      });
      return true;
    }
    case "Enter":
      if (own === undefined) return false;
      if (ctrl || event.shiftKey) model.select([...model.selected, own]);
      else session.seekTime(toFlicks(clip.start) + refOf(own).time);
      return true;
    case "ArrowLeft":
    case "ArrowRight":
    case "ArrowUp":
    case "ArrowDown":
      if (own === undefined || ctrl || event.altKey) return false;
      if (curves && event.key.startsWith("ArrowU")) return changeValue(model, target, 1, event.shiftKey);
      if (curves && event.key.startsWith("ArrowD")) return changeValue(model, target, -1, event.shiftKey);
      return moveFocus(event.key, model, own, target, event.shiftKey);
    default:
      return false;
  }
}

function changeValue(model: Model, target: HTMLElement, direction: 1 | -1, more: boolean): boolean {
  const { field, time } = refOf(target.dataset.key as string);
  const lane = model.lanes.find((l) => l.field === field);
  if (lane === undefined) return false;
  const [low, high] = valueRange([lane], 0, model.length);
  const step = 10 ** Math.floor(Math.log10(Math.max(1e-6, high - low) / 20)) * (more ? 10 : 1);
  const part = Number(target.dataset.part ?? 0);
  const operation = dragKey(model.clip, lane, time, part, { time: 0, value: direction * step });
  void model.run(operation, keyFor(`${target.dataset.key} ${part}`));
  return true;
}

function moveFocus(arrow: string, model: Model, own: string, target: HTMLElement, extend: boolean): boolean {
  const { field, time } = refOf(own);
  const at = model.lanes.findIndex((l) => l.field === field);
  let next: string | undefined;
  if (arrow === "ArrowLeft" || arrow === "ArrowRight") {
    const times = model.lanes[at]?.keys.map((k) => toFlicks(k.time)) ?? [];
    const to = arrow === "ArrowLeft" ? times.findLast((x) => x < time) : times.find((x) => x > time);
    next = to === undefined ? undefined : refId({ field, time: to });
  } else {
    const lane = model.lanes[at + (arrow === "ArrowUp" ? -1 : 1)];
    const times = lane?.keys.map((k) => toFlicks(k.time)) ?? [];
    if (lane !== undefined && times.length > 0) {
      const nearest = times.reduce((a, b) => (Math.abs(b - time) < Math.abs(a - time) ? b : a));
      next = refId({ field: lane.field, time: nearest });
    }
  }
  if (next === undefined) return true;
  model.select(extend ? [...model.selected, next] : [next]);
  refocus(target, next);
  return true;
}

/** The focus goes along with a keyframe, unless it has gone elsewhere meanwhile. */
function refocus(from: HTMLElement, id: string): void {
  const panel = from.closest(".keyframes") ?? document.querySelector(".keyframes");
  const stays = () => [from, document.body, null].includes(document.activeElement as HTMLElement | null);
  if (!stays()) return;
  requestAnimationFrame(() => {
    if (stays()) panel?.querySelector<HTMLElement>(`[data-key="${CSS.escape(id)}"]`)?.focus({ preventScroll: true });
  });
}
