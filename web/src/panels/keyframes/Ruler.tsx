import { type PointerEvent, useRef } from "react";
import { frameLength, onFrame, toFlicks } from "../../edit/time";
import { codeAt, type Model, timeAt, xOf } from "./model";

const LEAST_PX = 96;
const STEPS_FRAMES = [1, 2, 5, 10, 25, 50, 125, 250, 750, 1500, 7500, 45_000];

/** Timecode of the composition over the clip; a press or a drag moves the playhead. */
export function Ruler({ model }: { model: Model }) {
  const { session, clip, rate, view, width, length } = model;
  const area = useRef<HTMLDivElement>(null);
  const frame = frameLength(rate);
  const step =
    frame * (STEPS_FRAMES.find((n) => (n * frame) / view.flicksPerPx >= LEAST_PX) ?? STEPS_FRAMES.at(-1) ?? 1);
  const start = toFlicks(clip.start);
  const ticks: number[] = [];
  const from = Math.max(0, Math.ceil(timeAt(view, 0) / step));
  for (let n = from; n * step <= Math.min(length, timeAt(view, width)); n += 1)
    ticks.push(onFrame(rate, start + n * step) - start);
  const seek = (event: PointerEvent, dragging: boolean) => {
    const box = (area.current as HTMLElement).getBoundingClientRect();
    const time = Math.min(length - 1, Math.max(0, timeAt(view, event.clientX - box.left)));
    session.seekTime(start + time, dragging);
  };
  return (
    <div
      ref={area}
      className="kf-ruler"
      data-testid="keyframe-ruler"
      onPointerDown={(e) => {
        e.currentTarget.setPointerCapture(e.pointerId);
        seek(e, true);
      }}
      onPointerMove={(e) => e.currentTarget.hasPointerCapture(e.pointerId) && seek(e, true)}
      onPointerUp={(e) => seek(e, false)}
    >
      <span className="kf-clip" style={{ left: xOf(view, 0), width: length / view.flicksPerPx }} />
      {ticks.map((time) => (
        <span key={time} className="kf-time timecode" style={{ left: xOf(view, time) }}>
          {codeAt(model, time)}
        </span>
      ))}
    </div>
  );
}
