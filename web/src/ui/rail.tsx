// A fader or a balance: dragged relative to where it was taken, stepped by keys, reset by a
// double-click. What is dragged is heard at once, and is one step of the history.
import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from "react";

interface RailProps {
  label: string;
  value: number;
  /** How the value is read out. */
  shown: string;
  /** Between the ends of the rail, 0..=1. */
  part(value: number): number;
  valueAt(part: number): number;
  step(value: number, by: number): number;
  reset: number;
  vertical?: boolean;
  className?: string;
  min: number;
  max: number;
  onChange(value: number, key: string): void;
  /** The mark of the value that a double-click sets. */
  marks?: readonly { value: number; text: string }[];
}

let rails = 0;

export function Rail(props: RailProps) {
  const { label, value, shown, part, vertical = false, min, max, onChange } = props;
  const rail = useRef<HTMLDivElement>(null);
  const drag = useRef<{ at: number; part: number; from: number; key: string } | undefined>(undefined);
  const keys = useRef("");
  const [held, setHeld] = useState<number>();
  const present = held ?? value;

  // What was set stays until the document has it, or it was refused.
  useEffect(() => {
    if (drag.current === undefined) setHeld(undefined);
  }, [value]);
  useEffect(() => {
    if (held === undefined || drag.current !== undefined) return undefined;
    const timer = setTimeout(() => setHeld(undefined), 800);
    return () => clearTimeout(timer);
  }, [held]);

  const set = (next: number, key: string) => {
    const bounded = Math.min(max, Math.max(min, next));
    if (bounded === present) return;
    setHeld(bounded);
    onChange(bounded, key);
  };
  const along = (event: PointerEvent) => (vertical ? -event.clientY : event.clientX);
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    event.currentTarget.focus();
    drag.current = { at: along(event), part: part(present), from: present, key: `rail-${(rails += 1)}` };
    event.preventDefault();
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    const now = drag.current;
    const box = rail.current?.getBoundingClientRect();
    if (now === undefined || box === undefined) return;
    const by = ((along(event) - now.at) / (vertical ? box.height : box.width)) * (event.shiftKey ? 0.2 : 1);
    set(props.valueAt(Math.min(1, Math.max(0, now.part + by))), now.key);
  };
  const end = () => {
    drag.current = undefined;
    // Snaps back by itself if the document does not follow.
    setHeld((v) => (v === value ? undefined : v));
  };
  const cancel = () => {
    const now = drag.current;
    drag.current = undefined;
    if (now !== undefined) set(now.from, now.key);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const size = event.shiftKey ? 0.2 : event.key.startsWith("Page") ? 6 : 1;
    const up = ["ArrowUp", "ArrowRight", "PageUp"].includes(event.key);
    const down = ["ArrowDown", "ArrowLeft", "PageDown"].includes(event.key);
    if (up || down) set(props.step(present, up ? size : -size), keys.current);
    else if (event.key === "Home") set(min, keys.current);
    else if (event.key === "End") set(max, keys.current);
    else if (event.key === "0") set(props.reset, keys.current);
    else if (event.key === "Escape" && drag.current !== undefined) cancel();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={rail}
      className={`rail ${vertical ? "vertical" : ""} ${props.className ?? ""}`}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-orientation={vertical ? "vertical" : "horizontal"}
      aria-valuemin={min}
      aria-valuemax={max}
      aria-valuenow={present}
      aria-valuetext={shown}
      style={{ "--part": part(present), "--reset": part(props.reset) } as React.CSSProperties}
      onFocus={() => (keys.current = `rail-${(rails += 1)}`)}
      onKeyDown={onKeyDown}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={end}
      onPointerCancel={cancel}
      onDoubleClick={() => set(props.reset, `rail-${(rails += 1)}`)}
    >
      <span className="rail-line" />
      {(props.marks ?? []).map((m) => (
        <span key={m.text} className="rail-mark" style={{ "--at": part(m.value) } as React.CSSProperties} aria-hidden>
          {m.text}
        </span>
      ))}
      <span className="rail-cap" />
    </div>
  );
}
