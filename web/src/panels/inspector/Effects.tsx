import { ArrowDown, ArrowUp, Trash2 } from "lucide-react";
import { useStore } from "zustand";
import type { Clip, EffectInstance, ParamEntry } from "../../api/types";
import { setField } from "../../edit/commands";
import { useText } from "../../l10n/locale";
import { ColorField, Field, hexOf, NumberField } from "../../ui/fields";
import { IconButton, Select, Switch } from "../../ui/parts";
import { useSession } from "../../ui/session-context";
import { AnimatedNumber } from "./Animated";
import { Section } from "./Section";
import { keysOf } from "../../edit/curve";
import { stepOf } from "./values";

export function Effects({ clip }: { clip: Clip }) {
  const session = useSession();
  const text = useText();
  const catalog = useStore(session.lists, (s) => s.catalog);
  const effects = clip.video?.effects ?? [];
  if (effects.length === 0) {
    return (
      <Section title={text("section-effects")}>
        <p className="muted">{text("effects-empty")}</p>
      </Section>
    );
  }
  return effects.map((effect, n) => {
    const entry = catalog?.effects.find((e) => e.id === effect.effect);
    const before = n > 1 ? effects[n - 2].id : null;
    const base = `video.effects.${effect.id}`;
    const set = (field: string, value: unknown, key?: string) =>
      void session.run(setField({ clip: clip.id }, `${base}.${field}`, value), effect.effect, key);
    const actions = (
      <span className="section-actions">
        <IconButton
          icon={ArrowUp}
          size={13}
          label={text("effect-up")}
          disabled={n === 0}
          onClick={() => void session.run({ move_effect: { id: effect.id, after: before } }, "move-effect")}
        />
        <IconButton
          icon={ArrowDown}
          size={13}
          label={text("effect-down")}
          disabled={n === effects.length - 1}
          onClick={() => void session.run({ move_effect: { id: effect.id, after: effects[n + 1]?.id } }, "move-effect")}
        />
        <IconButton
          icon={Trash2}
          size={13}
          label={text("effect-remove", { name: entry?.name ?? effect.effect })}
          onClick={() => void session.run({ remove_effect: { id: effect.id } }, "remove-effect")}
        />
        <Switch
          label={text("effect-enabled", { name: entry?.name ?? effect.effect })}
          checked={effect.enabled !== false}
          onChange={(v) => set("enabled", v)}
        />
      </span>
    );
    return (
      <Section key={effect.id} title={entry?.name ?? effect.effect} action={actions}>
        {(entry?.params ?? []).map((param) => (
          <Param
            key={param.id}
            clip={clip}
            effect={effect}
            param={param}
            set={(value, key) => set(`params.${param.id}`, value, key)}
          />
        ))}
      </Section>
    );
  });
}

/** Kinds that have no field yet are shown as text, so that nothing is hidden. */
function Param({
  clip,
  effect,
  param,
  set,
}: {
  clip: Clip;
  effect: EffectInstance;
  param: ParamEntry;
  set(value: unknown, key?: string): void;
}) {
  const value: unknown = effect.params?.[param.id] ?? param.default;
  const keys = keysOf(value);
  const [min, max] = [param.min ?? undefined, param.max ?? undefined];
  const look = { label: param.name, min, max, step: stepOf(param), digits: 3, unit: param.unit };
  if (param.kind === "number" && param.animatable && (typeof value === "number" || keys !== undefined)) {
    const fallback = typeof param.default === "number" ? param.default : 0;
    return (
      <AnimatedNumber
        clips={[clip]}
        field={`video.effects.${effect.id}.params.${param.id}`}
        raw={value}
        fallback={fallback}
        {...look}
      />
    );
  }
  return (
    <Field label={param.name}>
      {param.kind === "number" && typeof value === "number" ? (
        <NumberField {...look} value={value} onChange={set} />
      ) : param.kind === "bool" ? (
        <Switch label={param.name} checked={value === true} onChange={set} />
      ) : param.kind === "choice" ? (
        <Select
          label={param.name}
          value={String(value)}
          options={(param.options ?? []).map((id) => ({ id, name: id }))}
          onChange={set}
        />
      ) : param.kind === "color" && hexOf(value) !== undefined ? (
        <ColorField label={param.name} value={hexOf(value) as string} onChange={set} />
      ) : (
        <code className="muted">{typeof value === "string" ? value : JSON.stringify(value)}</code>
      )}
    </Field>
  );
}
