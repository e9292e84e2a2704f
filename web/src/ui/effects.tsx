// Effects and their parameters, of pictures and of sound, wherever a list of them is.
import { ArrowDown, ArrowUp, RotateCcw, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { useStore } from "zustand";
import type { EffectInstance, ParamEntry } from "../api/types";
import { type Chain, elementName, moveEffect } from "../edit/chain";
import { setField } from "../edit/commands";
import { keysOf } from "../edit/curve";
import { followable, sourceName } from "../edit/mixer";
import { useText } from "../l10n/locale";
import { AnimatedNumber, AnimatedSwitch } from "./animated";
import { ColorField, Field, hexOf, NumberField, TextField } from "./fields";
import { IconButton, Select, Switch } from "./parts";
import { Section } from "./section";
import { useComposition, useSession } from "./session-context";
import { partOfRange, rangeShown, readable, signOf, steppedIn, stepOf } from "./values";

/** What the catalogue says of an effect of a list. */
export function useEntry(chain: Chain, effect: string): { name: string; params: ParamEntry[] } | undefined {
  const session = useSession();
  const catalog = useStore(session.lists, (s) => s.catalog);
  const entries = chain.sound === undefined ? catalog?.effects : catalog?.sound_effects;
  return entries?.find((e) => e.id === effect);
}

export function EffectList({ chain }: { chain: Chain }) {
  return chain.effects.map((effect) => <EffectSection key={effect.id} chain={chain} effect={effect} />);
}

/** One effect: its place in the list, whether it is on, and its parameters. */
export function EffectSection({ chain, effect }: { chain: Chain; effect: EffectInstance }) {
  const session = useSession();
  const text = useText();
  const entry = useEntry(chain, effect.effect);
  const { effects, field, owner } = chain;
  const at = effects.findIndex((e) => e.id === effect.id);
  const name = entry?.name ?? effect.effect;
  const base = `${field}.${elementName(effect, at)}`;
  const set = (part: string, value: unknown, key?: string) =>
    void session.run(setField(owner.of, `${base}.${part}`, value), effect.effect, key);
  const move = (to: number) => void session.run(moveEffect(effects, effect.id, to), "move-effect");
  const actions = (
    <span className="section-actions">
      <IconButton
        icon={RotateCcw}
        size={12}
        className="reset"
        label={text("effect-reset-all", { name })}
        disabled={Object.keys(effect.params ?? {}).length === 0}
        onClick={() => set("params", null)}
      />
      <IconButton icon={ArrowUp} size={13} label={text("effect-up")} disabled={at <= 0} onClick={() => move(at - 1)} />
      <IconButton
        icon={ArrowDown}
        size={13}
        label={text("effect-down")}
        disabled={at === effects.length - 1}
        onClick={() => move(at + 1)}
      />
      <IconButton
        icon={Trash2}
        size={13}
        label={text("effect-remove", { name })}
        onClick={() => void session.run({ remove_effect: { id: effect.id } }, "remove-effect")}
      />
      <Switch
        label={text("effect-enabled", { name })}
        checked={effect.enabled !== false}
        onChange={(v) => set("enabled", v)}
      />
    </span>
  );
  return (
    <Section title={name} action={actions}>
      {(entry?.params ?? []).map((param) => (
        <Param
          key={param.id}
          chain={chain}
          effect={effect}
          param={param}
          base={base}
          set={(value, key) => set(`params.${param.id}`, value, key)}
        />
      ))}
    </Section>
  );
}

interface ParamProps {
  chain: Chain;
  effect: EffectInstance;
  param: ParamEntry;
  /** The field that the effect is. */
  base: string;
  set(value: unknown, key?: string): void;
}

function Param({ chain, effect, param, base, set }: ParamProps) {
  const text = useText();
  const own: unknown = effect.params?.[param.id];
  const value: unknown = own ?? param.default;
  const { name: label } = param;
  const isKeyed = keysOf(value) !== undefined;
  const reset = (
    <IconButton
      icon={RotateCcw}
      size={11}
      className="reset"
      label={text("effect-reset", { field: label })}
      disabled={own === undefined || own === null || JSON.stringify(own) === JSON.stringify(param.default)}
      onClick={() => set(null)}
    />
  );
  const animated = {
    owners: [chain.owner],
    field: `${base}.params.${param.id}`,
    raw: value,
    label,
    action: reset,
  };
  const look = {
    min: param.min ?? undefined,
    max: param.max ?? undefined,
    step: stepOf(param),
    stepped: steppedIn(param),
    part: partOfRange(param),
    hint: rangeShown(param),
    digits: 3,
    unit: signOf(param.unit),
  };
  if (param.kind === "number" && param.animatable && (typeof value === "number" || isKeyed)) {
    const fallback = typeof param.default === "number" ? param.default : 0;
    return <AnimatedNumber {...animated} {...look} fallback={fallback} />;
  }
  if (param.kind === "bool" && param.animatable && chain.sound !== undefined)
    return <AnimatedSwitch {...animated} fallback={(param.default as unknown) === true} />;
  const control =
    param.kind === "number" && typeof value === "number" ? (
      <NumberField label={label} {...look} value={value} onChange={set} />
    ) : (
      <Control chain={chain} param={param} value={value} set={set} />
    );
  return (
    <Field label={label} action={reset}>
      {control}
    </Field>
  );
}

/** Kinds that have no field yet are shown as text, so that nothing is hidden. */
function Control({ chain, param, value, set }: Omit<ParamProps, "effect" | "base"> & { value: unknown }): ReactNode {
  const { kind, name: label, options = [] } = param;
  if (kind === "bool") return <Switch label={label} checked={value === true} onChange={set} />;
  if (kind === "choice" && typeof value === "string")
    return (
      <Select label={label} value={value} options={options.map((id) => ({ id, name: readable(id) }))} onChange={set} />
    );
  if (kind === "color" && hexOf(value) !== undefined)
    return <ColorField label={label} value={hexOf(value) as string} onChange={set} />;
  if (kind === "file" && typeof value === "string")
    return <TextField label={label} value={value} placeholder={options.map((e) => `.${e}`).join(" ")} onChange={set} />;
  if (kind === "key" && typeof value === "string")
    return <KeySelect chain={chain} label={label} value={value} onChange={set} />;
  return <code className="muted">{typeof value === "string" ? value : JSON.stringify(value)}</code>;
}

/** A select has no empty value, and no id begins like this. */
const NONE = "\u0000";

/** The track or bus whose sound an effect follows. */
function KeySelect({
  chain,
  label,
  value,
  onChange,
}: {
  chain: Chain;
  label: string;
  value: string;
  onChange(value: string | null): void;
}) {
  const text = useText();
  const composition = useComposition();
  if (composition === undefined) return null;
  const ids = followable(composition, chain.strip);
  const all = value === "" || ids.includes(value) ? ids : [...ids, value];
  return (
    <Select
      label={label}
      value={value === "" ? NONE : value}
      options={[
        { id: NONE, name: text("effect-key-own") },
        ...all.map((id) => ({ id, name: sourceName(composition, id) })),
      ]}
      onChange={(id) => onChange(id === NONE ? null : id)}
    />
  );
}
