// The curves of parameters over time: keyframes are dragged in time and value, tangents shape
// bezier segments.
import { type PointerEvent, useEffect, useRef, useState } from "react";
import { type Key, valueAt } from "../../edit/curve";
import {
  dragKey,
  draggedKeys,
  type Lane,
  limitedBy,
  partOf,
  refId,
  setCurveOf,
  type Side,
  tangentOf,
  valueRange,
  valueTicks,
  withTangent,
} from "../../edit/keyframes";
import { toFlicks } from "../../edit/time";
import { keyLabel, laneName, type Model, shownValue, snapped, timeAt, xOf } from "./model";

const colours = ["var(--curve-a)", "var(--curve-b)", "var(--curve-c)", "var(--curve-d)"];
const STEP_PX = 3;

interface Drag {
  lane: Lane;
  part: number;
  time: number;
  index: number;
  side: Side | undefined;
  x: number;
  y: number;
  keys: readonly Key[];
  by: { time: number; value: number };
  moved: boolean;
}

export function CurveArea({
  model,
  lanes,
  height,
  range,
  setRange,
}: {
  model: Model;
  lanes: readonly Lane[];
  height: number;
  /** Absent: what the curves need. */
  range: [number, number] | undefined;
  setRange(range: [number, number] | undefined): void;
}) {
  const { view, width, selected, text, clip } = model;
  const area = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<Drag>();
  const latest = useRef<Drag | undefined>(undefined);
  const set = (next: Drag | undefined) => {
    latest.current = next;
    setDrag(next);
  };
  // While it is dragged the scale stays as it is.
  const kept = useRef<[number, number]>([0, 1]);
  if (drag === undefined) kept.current = range ?? valueRange(lanes, timeAt(view, 0), timeAt(view, width));
  const [low, high] = kept.current;
  const yOf = (value: number) => ((high - value) / (high - low)) * height;
  const perPx = (high - low) / Math.max(1, height);
  const [lead] = lanes;

  useEffect(() => {
    const element = area.current;
    if (element === null) return undefined;
    const wheel = (event: WheelEvent) => {
      if (!event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      const [from, to] = kept.current;
      const box = element.getBoundingClientRect();
      const about = to - ((event.clientY - box.top) / Math.max(1, box.height)) * (to - from);
      const factor = Math.exp((event.deltaY || event.deltaX) * 0.002);
      setRange([about - (about - from) * factor, about + (to - about) * factor]);
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  }, [setRange]);

  const shownKeys = (lane: Lane) => (drag?.lane.field === lane.field && drag.moved ? drag.keys : lane.keys);
  const path = (lane: Lane, part: number) => {
    const keys = shownKeys(lane);
    let d = "";
    for (let x = 0; x <= width; x += STEP_PX) {
      const value = partOf(valueAt(keys, timeAt(view, x)), part);
      d += `${x === 0 ? "M" : "L"}${x} ${yOf(value).toFixed(1)}`;
    }
    return d;
  };
  const partsOf = (lane: Lane) => (typeof lane.keys[0].value === "number" ? [0] : lane.keys[0].value.map((_, n) => n));
  const colour = (lane: Lane, part: number) => colours[(lanes.indexOf(lane) + part) % colours.length];

  const begin = (event: PointerEvent<HTMLElement>, lane: Lane, part: number, index: number, side?: Side) => {
    if (event.button !== 0) return;
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    const time = toFlicks(lane.keys[index].time);
    const id = refId({ field: lane.field, time });
    if (!selected.has(id)) model.select(event.shiftKey ? [...selected, id] : [id]);
    const by = { time: 0, value: 0 };
    set({ lane, part, time, index, side, x: event.clientX, y: event.clientY, keys: lane.keys, by, moved: false });
  };
  const move = (event: PointerEvent<HTMLElement>) => {
    const now = latest.current;
    if (now === undefined) return;
    let [dx, dy] = [event.clientX - now.x, event.clientY - now.y];
    if (!now.moved && Math.hypot(dx, dy) < 3) return;
    if (event.shiftKey) [dx, dy] = Math.abs(dx) > Math.abs(dy) ? [dx, 0] : [0, dy];
    if (now.side !== undefined) {
      const end = tangentOf(now.lane.keys, now.index, now.part, now.side);
      if (end === undefined) return;
      const next = { time: end.time + dx * view.flicksPerPx, value: end.value - dy * perPx };
      const keys = withTangent(now.lane.keys, now.index, now.part, now.side, next, event.altKey);
      set({ ...now, keys, moved: true });
      return;
    }
    const wanted = dx === 0 ? 0 : snapped(model, now.time + dx * view.flicksPerPx, event.altKey) - now.time;
    const ref = { field: now.lane.field, time: now.time };
    const by = { time: limitedBy(lanes, [ref], wanted, model.length), value: -dy * perPx };
    set({ ...now, by, keys: draggedKeys(now.lane, now.time, now.part, by), moved: true });
  };
  const up = async () => {
    const now = latest.current;
    if (now === undefined) return;
    if (now.moved) {
      const operation =
        now.side === undefined
          ? dragKey(clip, now.lane, now.time, now.part, now.by)
          : setCurveOf(clip, now.lane, now.keys);
      const done = await model.run(operation);
      if (done && now.side === undefined)
        model.reselect(model.selected, [refId({ field: now.lane.field, time: now.time + now.by.time })]);
    }
    set(undefined);
  };

  return (
    <div
      className="kf-curves"
      ref={area}
      data-testid="curve-area"
      style={{ height }}
      onPointerDown={(e) => e.button === 0 && model.select([])}
      onPointerMove={move}
      onPointerUp={() => void up()}
      onPointerCancel={() => set(undefined)}
    >
      <svg width={width} height={height} aria-hidden>
        {valueTicks([low, high], height).map((tick) => (
          <g key={tick}>
            <line x1={0} x2={width} y1={yOf(tick)} y2={yOf(tick)} className="kf-grid" />
            <text x={6} y={yOf(tick) - 3} className="kf-tick">
              {lead === undefined ? "" : shownValue(lead, tick)}
            </text>
          </g>
        ))}
        {lanes.flatMap((lane) =>
          partsOf(lane).map((part) => (
            <path key={`${lane.field}${part}`} d={path(lane, part)} className="kf-curve" stroke={colour(lane, part)} />
          )),
        )}
        {lanes.flatMap((lane) =>
          partsOf(lane).flatMap((part) =>
            tangents(model, lane, shownKeys(lane), part).map(({ index, side, end, from }) => (
              <line
                key={`${lane.field}${part}${index}${side}`}
                className="kf-tangent-line"
                x1={xOf(view, from.time)}
                y1={yOf(from.value)}
                x2={xOf(view, end.time)}
                y2={yOf(end.value)}
              />
            )),
          ),
        )}
      </svg>
      {lanes.flatMap((lane) =>
        partsOf(lane).flatMap((part) => [
          ...shownKeys(lane).map((key, index) => {
            const time = toFlicks(key.time);
            const dragged = drag?.moved === true && drag.lane.field === lane.field && drag.side === undefined;
            const original = dragged && time === drag.time + drag.by.time ? drag.time : time;
            const id = refId({ field: lane.field, time: original });
            return (
              <button
                key={`${lane.field} ${part} ${lane.keys.findIndex((k) => toFlicks(k.time) === original)}`}
                type="button"
                className="kf-point"
                aria-pressed={selected.has(id)}
                aria-label={`${keyLabel(model, lane, original)}${partsOf(lane).length > 1 ? ` (${part + 1})` : ""}`}
                data-key={id}
                data-part={part}
                style={{
                  left: xOf(view, time),
                  top: yOf(partOf(key.value, part)),
                  borderColor: colour(lane, part),
                }}
                onPointerDown={(e) =>
                  begin(
                    e,
                    lane,
                    part,
                    lane.keys.findIndex((k) => toFlicks(k.time) === original),
                  )
                }
                data-index={index}
              />
            );
          }),
          ...tangents(model, lane, shownKeys(lane), part).map(({ index, side, end }) => (
            <button
              key={`${lane.field} ${part} ${index} ${side}`}
              type="button"
              className="kf-tangent"
              aria-label={text(side === "in" ? "tangent-in" : "tangent-out", { name: laneName(text, lane) })}
              data-tangent={`${side}:${lane.field}:${part}:${index}`}
              style={{ left: xOf(view, end.time), top: yOf(end.value) }}
              onPointerDown={(e) => begin(e, lane, part, index, side)}
              onKeyDown={(e) => {
                const by = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[e.key];
                if (by === undefined) return;
                e.preventDefault();
                e.stopPropagation();
                const step = e.shiftKey ? 10 : 2;
                const next = {
                  time: end.time + by[0] * step * view.flicksPerPx,
                  value: end.value + by[1] * step * perPx,
                };
                void model.run(
                  setCurveOf(clip, lane, withTangent(lane.keys, index, part, side, next, e.altKey)),
                  `tangent-${lane.field}-${index}-${side}`,
                );
              }}
            />
          )),
        ]),
      )}
    </div>
  );
}

/** Of keyframes that are selected, and of their neighbours towards them. */
function tangents(model: Model, lane: Lane, keys: readonly Key[], part: number) {
  const chosen = (n: number) =>
    lane.keys[n] !== undefined && model.selected.has(refId({ field: lane.field, time: toFlicks(lane.keys[n].time) }));
  return keys.flatMap((key, index) =>
    (["in", "out"] as const).flatMap((side) => {
      const end = tangentOf(keys, index, part, side);
      if (end === undefined || !(chosen(index) || chosen(side === "out" ? index + 1 : index - 1))) return [];
      return [{ index, side, end, from: { time: toFlicks(key.time), value: partOf(key.value, part) } }];
    }),
  );
}
