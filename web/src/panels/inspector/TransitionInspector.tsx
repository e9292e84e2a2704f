import { Trash2 } from "lucide-react";
import { useStore } from "zustand";
import type { Transition } from "../../api/types";
import { compositionRate } from "../../document/select";
import { setField } from "../../edit/commands";
import { toFlicks } from "../../edit/time";
import { useText } from "../../l10n/locale";
import { Field, TimeField } from "../../ui/fields";
import { Button, Select, Switch } from "../../ui/parts";
import { useComposition, useSession } from "../../ui/session-context";
import { Section } from "../../ui/section";

export function TransitionInspector({ id }: { id: string }) {
  const session = useSession();
  const text = useText();
  const composition = useComposition();
  const catalog = useStore(session.lists, (s) => s.catalog);
  const transition = (composition?.tracks ?? [])
    .flatMap((t): Transition[] => t.transitions ?? [])
    .find((x) => x.id === id);
  if (transition === undefined || composition === undefined) return null;
  const set = (field: string, value: unknown) =>
    void session.run(setField({ transition: id }, field, value), "transition");
  const kinds = catalog?.transitions ?? [];
  const name = kinds.find((k) => k.id === transition.kind)?.name ?? transition.kind;
  return (
    <>
      <div className="inspector-head">
        <h2>{name}</h2>
        <span className="muted">{text("transition")}</span>
      </div>
      <Section title={text("transition")}>
        <Field label={text("kind")}>
          <Select label={text("kind")} value={transition.kind} options={kinds} onChange={(v) => set("kind", v)} />
        </Field>
        <Field label={text("length")}>
          <TimeField
            label={text("length")}
            length
            rate={compositionRate(composition)}
            value={toFlicks(transition.duration)}
            onChange={(v) => set("duration", v)}
          />
        </Field>
        {transition.from && transition.to ? (
          <Field label={text("alignment")}>
            <Select
              label={text("alignment")}
              value={transition.alignment ?? "centre"}
              options={["centre", "start", "end"].map((one) => ({ id: one, name: text(`alignment-${one}`) }))}
              onChange={(v) => set("alignment", v)}
            />
          </Field>
        ) : null}
        <Field label={text("audio-crossfade")}>
          <Switch
            label={text("audio-crossfade")}
            checked={transition.audio_crossfade !== false}
            onChange={(v) => set("audio_crossfade", v)}
          />
        </Field>
        <Button
          look="danger"
          icon={Trash2}
          onClick={() => void session.run({ remove_transition: { ids: [id] } }, "remove-transition")}
        >
          {text("transition-remove")}
        </Button>
      </Section>
    </>
  );
}
