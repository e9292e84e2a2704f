// Fields for numbers, texts and colours. A number can be typed, with + and − relative to what it
// is, or dragged; a drag is one step of the history.
import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { type Rate, frameAt, timeOfFrame } from "../edit/time";
import { useTimes } from "./preferences";

export function Field({ label, children, action }: { label: string; children: ReactNode; action?: ReactNode }) {
  return (
    <div className="field">
      <span className="field-label" title={label}>
        {label}
      </span>
      <div className="field-value">{children}</div>
      {action}
    </div>
  );
}

let drags = 0;

/**
 * `2.5`, `+0.5`, `-3`, `*2`; a minus alone before a number sets it where numbers may be negative.
 */
export function enteredNumber(typed: string, present: number, min: number): number | undefined {
  const trimmed = typed.trim().replace(",", ".");
  const change = /^([+*/]|--)\s*(\d*\.?\d+)$/.exec(trimmed);
  if (change !== null) {
    const by = Number(change[2]);
    if (change[1] === "+") return present + by;
    if (change[1] === "--") return present - by;
    return change[1] === "*" ? present * by : by === 0 ? undefined : present / by;
  }
  if (!/^-?\d*\.?\d+$/.test(trimmed)) return undefined;
  const value = Number(trimmed);
  // Below zero makes no sense here, so that a minus means a difference.
  return value < 0 && min >= 0 ? present + value : value;
}

export function NumberField({
  label,
  value,
  min = -Infinity,
  max = Infinity,
  step = 1,
  digits = 2,
  unit = "",
  hint,
  stepped,
  part,
  onChange,
}: {
  label: string;
  value: number;
  min?: number;
  max?: number;
  /** Change for a pixel of a drag, and for an arrow key. */
  step?: number;
  digits?: number;
  unit?: string;
  hint?: string;
  /** Another way to go through values than by equal steps. */
  stepped?(value: number, by: number): number;
  /** Where a value lies in its range, 0..=1, which is then drawn. */
  part?(value: number): number;
  /** With a key where steps belong together. */
  onChange(value: number, key?: string): void;
}) {
  const shown = format(value, digits);
  const [typed, setTyped] = useState<string>();
  const drag = useRef<{ x: number; from: number; key: string; moved: boolean } | undefined>(undefined);
  const input = useRef<HTMLInputElement>(null);
  /** Presses of arrow keys are one step as long as the field has the focus. */
  const arrows = useRef("");
  const clamp = (v: number) => Math.min(max, Math.max(min, Number(v.toFixed(6))));
  const along = stepped ?? ((from: number, by: number) => from + by * step);

  /** Blur comes before the next render, and must not take what Escape drops. */
  const dropped = useRef(false);
  const commit = () => {
    const next = typed === undefined || dropped.current ? undefined : enteredNumber(typed, value, min);
    dropped.current = false;
    setTyped(undefined);
    if (next !== undefined && clamp(next) !== value) onChange(clamp(next));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" || event.key === "Escape") {
      dropped.current = event.key === "Escape";
      input.current?.blur();
    } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault();
      const by = (event.shiftKey ? 10 : 1) * (event.key === "ArrowUp" ? 1 : -1);
      setTyped(undefined);
      onChange(clamp(along(value, by)), arrows.current);
    }
    event.stopPropagation();
  };
  const onPointerDown = (event: PointerEvent<HTMLInputElement>) => {
    if (document.activeElement === input.current || event.button !== 0) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { x: event.clientX, from: value, key: `field-${(drags += 1)}`, moved: false };
  };
  const onPointerMove = (event: PointerEvent) => {
    const now = drag.current;
    if (now === undefined) return;
    const by = event.clientX - now.x;
    if (!now.moved && Math.abs(by) < 3) return;
    now.moved = true;
    const next = clamp(along(now.from, by * (event.shiftKey ? 10 : event.altKey ? 0.1 : 1)));
    if (next !== value) onChange(next, now.key);
  };
  const onPointerUp = () => {
    const now = drag.current;
    drag.current = undefined;
    if (now !== undefined && !now.moved) input.current?.select();
  };
  return (
    <span
      className={part === undefined ? "number" : "number ranged"}
      style={part === undefined ? undefined : ({ "--part": part(value) } as React.CSSProperties)}
      title={hint}
    >
      <input
        ref={input}
        aria-label={label}
        role="spinbutton"
        aria-valuenow={value}
        aria-valuemin={Number.isFinite(min) ? min : undefined}
        aria-valuemax={Number.isFinite(max) ? max : undefined}
        inputMode="decimal"
        value={typed ?? shown}
        size={Math.max(4, shown.length)}
        onFocus={(e) => {
          arrows.current = `field-${(drags += 1)}`;
          e.currentTarget.select();
        }}
        onChange={(e) => setTyped(e.target.value)}
        onBlur={commit}
        onKeyDown={onKeyDown}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
      />
      {unit === "" ? null : <span className="unit">{unit}</span>}
    </span>
  );
}

function format(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}

export function TextField({
  label,
  value,
  placeholder,
  lines = 1,
  onChange,
}: {
  label: string;
  value: string;
  placeholder?: string;
  lines?: number;
  onChange(value: string): void;
}) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const id = useId();
  const shared = {
    id,
    "aria-label": label,
    placeholder,
    value: typed,
    onBlur: () => typed !== value && onChange(typed),
  };
  const leave = (event: KeyboardEvent<HTMLElement>) => {
    event.stopPropagation();
    if (event.key === "Escape") setTyped(value);
    if (event.key === "Enter" && (lines === 1 || event.ctrlKey || event.metaKey)) event.currentTarget.blur();
  };
  if (lines > 1)
    return (
      <textarea
        className="text"
        rows={lines}
        {...shared}
        onChange={(e) => setTyped(e.target.value)}
        onKeyDown={leave}
      />
    );
  return <input className="text" {...shared} onChange={(e) => setTyped(e.target.value)} onKeyDown={leave} />;
}

/** A time as timecode at the rate of the composition; digits and ± as on an edit controller. */
export function TimeField({
  label,
  value,
  rate,
  onChange,
  length,
}: {
  label: string;
  value: number;
  rate: Rate;
  /** A length counts frames up to its end. */
  length?: boolean;
  onChange(value: number): void;
}) {
  const frame = frameAt(rate, value);
  const times = useTimes();
  const shown = times.shown(rate, frame);
  const [typed, setTyped] = useState<string>();
  const commit = () => {
    const next = typed === undefined ? undefined : times.typed(rate, typed, frame);
    setTyped(undefined);
    if (next !== undefined && next !== frame && next >= (length ? 1 : 0)) onChange(timeOfFrame(rate, next));
  };
  return (
    <input
      className="text timecode"
      aria-label={label}
      value={typed ?? shown}
      size={12}
      onFocus={(e) => e.currentTarget.select()}
      onChange={(e) => setTyped(e.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Escape") setTyped(undefined);
        if (event.key === "Enter") event.currentTarget.blur();
      }}
    />
  );
}

export function ColorField({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange(value: string, key?: string): void;
}) {
  const key = useRef("");
  const alpha = value.length === 9 ? value.slice(7) : "";
  return (
    <span className="color">
      <span className="swatch" style={{ background: value }}>
        <input
          type="color"
          aria-label={label}
          value={value.slice(0, 7)}
          onFocus={() => (key.current = `color-${(drags += 1)}`)}
          onChange={(e) => onChange(e.target.value + alpha, key.current)}
        />
      </span>
      <code>{value}</code>
    </span>
  );
}

/** A colour of the document as `#rrggbb` or `#rrggbbaa`. */
export function hexOf(color: unknown): string | undefined {
  if (typeof color === "string") return /^#[0-9a-f]{6}([0-9a-f]{2})?$/i.test(color) ? color : undefined;
  if (!Array.isArray(color) || color.length !== 4 || color.some((c) => typeof c !== "number")) return undefined;
  const hex = (c: number) =>
    Math.round(Math.min(1, Math.max(0, c)) * 255)
      .toString(16)
      .padStart(2, "0");
  const [r, g, b, a] = color as number[];
  return `#${hex(r)}${hex(g)}${hex(b)}${a < 1 ? hex(a) : ""}`;
}
