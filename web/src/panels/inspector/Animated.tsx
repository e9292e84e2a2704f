// Fields that may have keyframes: they show the value at the playhead; a change there sets a
// keyframe once the field has some.
import { ChevronLeft, ChevronRight, Diamond } from "lucide-react";
import type { ReactNode } from "react";
import { useStore } from "zustand";
import type { Clip } from "../../api/types";
import { compositionRate } from "../../document/select";
import { setField, together } from "../../edit/commands";
import { type Key, keysOf, valueAt } from "../../edit/curve";
import { frameLength, toFlicks } from "../../edit/time";
import { useText } from "../../l10n/locale";
import { Field, NumberField } from "../../ui/fields";
import { IconButton } from "../../ui/parts";
import { usePlayheadTime } from "../../ui/playhead-time";
import { useComposition, useSession } from "../../ui/session-context";

type Value = number | number[];

interface Animation<T> {
  value: T;
  set(value: T, key?: string): void;
  buttons: ReactNode;
}

/** `clips`: the first is shown, a constant is set for all of them. */
export function useAnimation<T extends Value>(
  clips: readonly Clip[],
  field: string,
  raw: unknown,
  fallback: T,
  label: string,
): Animation<T> {
  const session = useSession();
  const text = useText();
  const composition = useComposition();
  const now = usePlayheadTime(session);
  const autoKey = useStore(session.canvas, (s) => s.autoKey);
  const [clip] = clips;
  const of = { clip: clip.id };
  const keys = keysOf(raw);
  const start = toFlicks(clip.start);
  const time = Math.min(toFlicks(clip.duration), Math.max(0, now - start));
  const constant = (typeof raw === "number" || Array.isArray(raw) ? raw : fallback) as T;
  const value = keys === undefined ? constant : (valueAt(keys, time) as T);
  const half = composition === undefined ? 0 : frameLength(compositionRate(composition)) / 2;
  const near = (keys ?? []).find((k) => Math.abs(toFlicks(k.time) - time) < half);
  const at = near === undefined ? time : toFlicks(near.time);
  const json = (v: Value) => v as unknown as Record<string, unknown>;
  const setKey = (v: T, key?: string) =>
    void session.run({ set_keyframe: { of, field, time: at, value: json(v) } }, field, key);
  const set = (v: T, key?: string) => {
    if (keys === undefined && autoKey && clips.length === 1) setKey(v, key);
    else if (keys === undefined)
      void session.run(together(clips.map((c) => setField({ clip: c.id }, field, v))), field, key);
    else setKey(v, key);
  };
  const toggle = () => {
    if (near === undefined) setKey(value);
    else void session.run({ remove_keyframe: { of, field, time: at } }, field);
  };
  const step = (direction: 1 | -1) => neighbour(keys ?? [], time, direction);
  const jump = (key: Key | undefined) => key !== undefined && session.seekTime(start + toFlicks(key.time));
  const buttons =
    clips.length > 1 ? null : (
      <span className={`keying ${keys === undefined ? "" : "keyed"}`}>
        {keys === undefined ? null : (
          <IconButton
            icon={ChevronLeft}
            size={12}
            label={text("previous-keyframe", { field: label })}
            disabled={step(-1) === undefined}
            onClick={() => jump(step(-1))}
          />
        )}
        <IconButton
          icon={Diamond}
          size={12}
          className={near === undefined ? "" : "here"}
          label={text(near === undefined ? "set-keyframe" : "remove-keyframe", { field: label })}
          pressed={near !== undefined}
          onClick={toggle}
        />
        {keys === undefined ? null : (
          <IconButton
            icon={ChevronRight}
            size={12}
            label={text("next-keyframe", { field: label })}
            disabled={step(1) === undefined}
            onClick={() => jump(step(1))}
          />
        )}
      </span>
    );
  return { value, set, buttons };
}

function neighbour(keys: readonly Key[], time: number, direction: 1 | -1): Key | undefined {
  return direction > 0 ? keys.find((k) => toFlicks(k.time) > time) : keys.findLast((k) => toFlicks(k.time) < time);
}

export interface NumberLook {
  label: string;
  /** What is shown is the value times this. */
  scale?: number;
  step?: number;
  min?: number;
  max?: number;
  unit?: string;
  digits?: number;
}

export function AnimatedNumber({
  clips,
  field,
  raw,
  fallback,
  label,
  scale = 1,
  step = 1,
  ...look
}: NumberLook & { clips: readonly Clip[]; field: string; raw: unknown; fallback: number }) {
  const { value, set, buttons } = useAnimation<number>(clips, field, raw, fallback, label);
  return (
    <Field label={label} action={buttons}>
      <NumberField
        label={label}
        value={value * scale}
        step={step}
        {...look}
        onChange={(v, key) => set(v / scale, key)}
      />
    </Field>
  );
}

export function AnimatedPair({
  clips,
  field,
  raw,
  fallback,
  label,
  labels,
  scale = 1,
  step = 1,
  bound = false,
  ...look
}: NumberLook & {
  clips: readonly Clip[];
  field: string;
  raw: unknown;
  fallback: [number, number];
  labels: [string, string];
  /** A change of the first changes the second in proportion. */
  bound?: boolean;
}) {
  const { value, set, buttons } = useAnimation<number[]>(clips, field, raw, fallback, label);
  const [x, y] = value;
  const first = (v: number): number[] => (bound ? [v, x === 0 ? v : (y / x) * v] : [v, y]);
  return (
    <Field label={label} action={buttons}>
      <span className="pair">
        <NumberField
          label={labels[0]}
          value={x * scale}
          step={step}
          {...look}
          onChange={(v, key) => set(first(v / scale), key)}
        />
        <NumberField
          label={labels[1]}
          value={y * scale}
          step={step}
          {...look}
          onChange={(v, key) => set([x, v / scale], key)}
        />
      </span>
    </Field>
  );
}
