// One row for each parameter with keyframes, its keyframes as diamonds.
import { type PointerEvent, useRef, useState } from "react";
import { addKey, limitedBy, moveKeys, refId, refOf } from "../../edit/keyframes";
import { toFlicks } from "../../edit/time";
import { chosenRefs, keyLabel, laneName, type Model, snapped, timeAt, xOf } from "./model";

export const ROW_PX = 26;
/** Keyframes that are closer are drawn as one; the curve editor and zoom show them all. */
const LEAST_PX = 2;
const CLICK_PX = 3;

type Drag =
  | { kind: "keys"; x: number; time: number; by: number; moved: boolean; id: string; add: boolean }
  | { kind: "box"; x: number; y: number; toX: number; toY: number; moved: boolean; before: ReadonlySet<string> };

export function LaneRows({ model }: { model: Model }) {
  const { lanes, view, width, selected, text } = model;
  const area = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<Drag>();
  const latest = useRef<Drag | undefined>(undefined);
  const set = (next: Drag | undefined) => {
    latest.current = next;
    setDrag(next);
  };
  const place = (event: PointerEvent): [number, number] => {
    const box = (area.current as HTMLElement).getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  const keyDown = (event: PointerEvent<HTMLElement>, id: string) => {
    if (event.button !== 0) return;
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    const add = event.shiftKey || event.ctrlKey || event.metaKey;
    if (!selected.has(id)) model.select(add ? [...selected, id] : [id]);
    else if (add) {
      model.select([...selected].filter((one) => one !== id));
      return;
    }
    set({ kind: "keys", x: place(event)[0], time: refOf(id).time, by: 0, moved: false, id, add });
  };
  const down = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const [x, y] = place(event);
    const before: ReadonlySet<string> = event.shiftKey || event.ctrlKey ? selected : new Set();
    set({ kind: "box", x, y, toX: x, toY: y, moved: false, before });
  };
  const move = (event: PointerEvent<HTMLElement>) => {
    const now = latest.current;
    if (now === undefined) return;
    const [x, y] = place(event);
    if (!now.moved && Math.abs(x - now.x) < CLICK_PX && (now.kind === "keys" || Math.abs(y - now.y) < CLICK_PX)) return;
    if (now.kind === "keys") {
      const wanted = snapped(model, now.time + (x - now.x) * view.flicksPerPx, event.altKey) - now.time;
      const by = limitedBy(lanes, chosenRefs(model), wanted, model.length);
      set({ ...now, moved: true, by });
      return;
    }
    const [low, high] = [Math.min(x, now.x), Math.max(x, now.x)];
    const [top, bottom] = [Math.min(y, now.y), Math.max(y, now.y)];
    const inside = lanes.flatMap(({ field, keys }, n) => {
      const middle = (n + 0.5) * ROW_PX;
      if (middle < top - ROW_PX / 3 || middle > bottom + ROW_PX / 3) return [];
      return keys
        .map((k) => toFlicks(k.time))
        .filter((time) => xOf(view, time) >= low - 4 && xOf(view, time) <= high + 4)
        .map((time) => refId({ field, time }));
    });
    model.select([...now.before, ...inside]);
    set({ ...now, toX: x, toY: y, moved: true });
  };
  const up = async () => {
    const now = latest.current;
    if (now === undefined) return;
    if (now.kind === "box") {
      if (!now.moved) model.select(now.before);
      set(undefined);
      return;
    }
    if (!now.moved) {
      if (!now.add) model.select([now.id]);
      set(undefined);
      return;
    }
    const refs = chosenRefs(model);
    const done = await model.run(moveKeys(model.clip, refs, now.by));
    if (done)
      model.reselect(
        model.selected,
        refs.map(({ field, time }) => refId({ field, time: time + now.by })),
      );
    set(undefined);
  };
  const double = (event: React.MouseEvent) => {
    const box = (area.current as HTMLElement).getBoundingClientRect();
    const lane = lanes[Math.floor((event.clientY - box.top) / ROW_PX)];
    if (lane === undefined) return;
    const time = snapped(model, timeAt(view, event.clientX - box.left), event.altKey);
    if (time < 0 || time > model.length) return;
    void model.run(addKey(model.clip, lane, time, model.half));
  };

  const by = drag?.kind === "keys" && drag.moved ? drag.by : 0;
  return (
    <div
      className="kf-lanes"
      ref={area}
      data-testid="keyframe-lanes"
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={() => void up()}
      onPointerCancel={() => set(undefined)}
      onDoubleClick={double}
    >
      {lanes.map((lane) => {
        let last = -Infinity;
        return (
          <div
            key={lane.field}
            className="kf-lane"
            role="listbox"
            aria-multiselectable
            aria-orientation="horizontal"
            aria-label={laneName(text, lane)}
          >
            <Segments model={model} keys={lane.keys.map((k) => toFlicks(k.time))} />
            {lane.keys.map((key, n) => {
              const time = toFlicks(key.time);
              const id = refId({ field: lane.field, time });
              const chosen = selected.has(id);
              const x = xOf(view, time + (chosen ? by : 0));
              if (x < -20 || x > width + 20 || (x - last < LEAST_PX && !chosen)) return null;
              last = x;
              return (
                <button
                  // By place, so that the focus stays when it moves.
                  key={n}
                  type="button"
                  role="option"
                  aria-selected={chosen}
                  aria-label={keyLabel(model, lane, time)}
                  title={keyLabel(model, lane, time)}
                  className={`kf-key ease-${easeShape(key.ease)}`}
                  data-key={id}
                  style={{ left: x }}
                  onPointerDown={(e) => keyDown(e, id)}
                  onDoubleClick={(e) => {
                    e.stopPropagation();
                    model.session.seekTime(toFlicks(model.clip.start) + time);
                  }}
                />
              );
            })}
          </div>
        );
      })}
      {drag?.kind === "box" && drag.moved ? (
        <div
          className="kf-box"
          style={{
            left: Math.min(drag.x, drag.toX),
            top: Math.min(drag.y, drag.toY),
            width: Math.abs(drag.toX - drag.x),
            height: Math.abs(drag.toY - drag.y),
          }}
        />
      ) : null}
    </div>
  );
}

/** A line from the first keyframe to the last, so that it is seen where something changes. */
function Segments({ model, keys }: { model: Model; keys: readonly number[] }) {
  if (keys.length < 2) return null;
  const [from, to] = [xOf(model.view, keys[0]), xOf(model.view, keys[keys.length - 1])];
  const left = Math.max(0, from);
  return (
    <span className="kf-span" style={{ left, width: Math.max(0, Math.min(model.width, to) - left) }} aria-hidden />
  );
}

function easeShape(ease: string | undefined): string {
  if (ease === "hold") return "hold";
  return ease === undefined || ease === "linear" ? "linear" : "curve";
}
