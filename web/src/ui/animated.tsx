// Fields that may have keyframes: they show the value at the playhead; a change there sets a
// keyframe once the field has some.
import { ChevronLeft, ChevronRight, Diamond } from "lucide-react";
import type { ReactNode } from "react";
import { useStore } from "zustand";
import { compositionRate } from "../document/select";
import type { Owner } from "../edit/chain";
import { setField, together } from "../edit/commands";
import { type Key, keysOf, valueAt } from "../edit/curve";
import { frameLength, toFlicks } from "../edit/time";
import { useText } from "../l10n/locale";
import { Field, NumberField } from "./fields";
import { IconButton, Switch } from "./parts";
import { usePlayheadTime } from "./playhead-time";
import { useComposition, useSession } from "./session-context";

type Value = number | number[] | boolean;

interface Animation<T> {
  value: T;
  set(value: T, key?: string): void;
  buttons: ReactNode;
}

/** Of several owners the first is shown, and a constant is set for all. */
export function useAnimation<T extends Value>(
  owners: readonly Owner[],
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
  const [{ of, start, length }] = owners;
  const keys = keysOf(raw);
  const time = Math.min(length, Math.max(0, now - start));
  const constant = (typeof raw === typeof fallback || Array.isArray(raw) ? raw : fallback) as T;
  const value = keys === undefined ? constant : (valueOf(keys, time) as T);
  const half = composition === undefined ? 0 : frameLength(compositionRate(composition)) / 2;
  const near = (keys ?? []).find((k) => Math.abs(toFlicks(k.time) - time) < half);
  const at = near === undefined ? time : toFlicks(near.time);
  const json = (v: Value) => v as unknown as Record<string, unknown>;
  const setKey = (v: T, key?: string) =>
    void session.run({ set_keyframe: { of, field, time: at, value: json(v) } }, field, key);
  const set = (v: T, key?: string) => {
    if (keys === undefined && autoKey && owners.length === 1) setKey(v, key);
    else if (keys === undefined) void session.run(together(owners.map((o) => setField(o.of, field, v))), field, key);
    else setKey(v, key);
  };
  const toggle = () => {
    if (near === undefined) setKey(value);
    else void session.run({ remove_keyframe: { of, field, time: at } }, field);
  };
  const step = (direction: 1 | -1) => neighbour(keys ?? [], time, direction);
  const jump = (key: Key | undefined) => key !== undefined && session.seekTime(start + toFlicks(key.time));
  const buttons =
    owners.length > 1 ? null : (
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

/** A switch has what the keyframe before says. */
function valueOf(keys: readonly Key[], time: number): Value {
  if (typeof (keys[0].value as Value) !== "boolean") return valueAt(keys, time);
  return (keys.findLast((k) => toFlicks(k.time) <= time) ?? keys[0]).value;
}

function neighbour(keys: readonly Key[], time: number, direction: 1 | -1): Key | undefined {
  return direction > 0 ? keys.find((k) => toFlicks(k.time) > time) : keys.findLast((k) => toFlicks(k.time) < time);
}

export interface NumberLook {
  label: string;
  /** What stands before the buttons of keyframes. */
  action?: ReactNode;
  /** Another way to step through values than by `step`. */
  stepped?(value: number, by: number): number;
  /** Where a value lies in its range, 0..=1, which is then shown. */
  part?(value: number): number;
  hint?: string;
  /** What is shown is the value times this. */
  scale?: number;
  step?: number;
  min?: number;
  max?: number;
  unit?: string;
  digits?: number;
}

export function AnimatedNumber({
  owners,
  field,
  raw,
  fallback,
  label,
  action,
  scale = 1,
  step = 1,
  ...look
}: NumberLook & { owners: readonly Owner[]; field: string; raw: unknown; fallback: number }) {
  const { value, set, buttons } = useAnimation<number>(owners, field, raw, fallback, label);
  return (
    <Field label={label} action={beside(action, buttons)}>
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

const beside = (action: ReactNode, buttons: ReactNode) =>
  action === undefined ? (
    buttons
  ) : (
    <span className="field-actions">
      {action}
      {buttons}
    </span>
  );

export function AnimatedSwitch({
  owners,
  field,
  raw,
  fallback,
  label,
  action,
}: {
  owners: readonly Owner[];
  field: string;
  raw: unknown;
  fallback: boolean;
  label: string;
  action?: ReactNode;
}) {
  const { value, set, buttons } = useAnimation<boolean>(owners, field, raw, fallback, label);
  return (
    <Field label={label} action={beside(action, buttons)}>
      <Switch label={label} checked={value} onChange={(v) => set(v)} />
    </Field>
  );
}

export function AnimatedPair({
  owners,
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
  owners: readonly Owner[];
  field: string;
  raw: unknown;
  fallback: [number, number];
  labels: [string, string];
  /** A change of the first changes the second in proportion. */
  bound?: boolean;
}) {
  const { value, set, buttons } = useAnimation<number[]>(owners, field, raw, fallback, label);
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
