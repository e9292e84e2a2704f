import { Trash2 } from "lucide-react";
import { useStore } from "zustand";
import type { Clip, Mask } from "../../api/types";
import { setField } from "../../edit/commands";
import { clipOwner } from "../../edit/chain";
import { useText } from "../../l10n/locale";
import { Field } from "../../ui/fields";
import { Button, IconButton, Select, Switch } from "../../ui/parts";
import { useSession } from "../../ui/session-context";
import { AnimatedNumber } from "../../ui/animated";
import { Section } from "../../ui/section";

const modes = ["add", "subtract", "intersect", "difference"];

export function Masks({ clip }: { clip: Clip }) {
  const session = useSession();
  const text = useText();
  const chosen = useStore(session.canvas, (s) => s.mask);
  return (clip.video?.masks ?? []).map((mask: Mask, n) => {
    const base = `video.masks.${mask.id}`;
    const set = (field: string, value: unknown) =>
      void session.run(setField({ clip: clip.id }, `${base}.${field}`, value), "mask");
    const { type } = mask.shape as unknown as { type: string };
    const name = mask.name || `${text(`mask-kind-${type}`)} ${n + 1}`;
    const actions = (
      <span className="section-actions">
        <IconButton
          icon={Trash2}
          size={13}
          label={text("mask-remove-named", { name })}
          onClick={() => void session.run({ remove_mask: { clip: clip.id, mask: mask.id } }, "mask")}
        />
        <Switch label={text("enabled")} checked={mask.enabled !== false} onChange={(v) => set("enabled", v)} />
      </span>
    );
    const number = (field: "opacity" | "feather_px" | "expansion_px", label: string, fallback: number) => ({
      owners: [clipOwner(clip)],
      field: `${base}.${field}`,
      raw: mask[field],
      fallback,
      label,
    });
    return (
      <Section key={mask.id} title={name} action={actions}>
        {mask.id === chosen ? null : (
          <Button className="small" onClick={() => session.canvas.setState({ mode: "mask", mask: mask.id })}>
            {text("mask-edit")}
          </Button>
        )}
        <Field label={text("mask-mode")}>
          <Select
            label={text("mask-mode")}
            value={mask.mode ?? "add"}
            options={modes.map((id) => ({ id, name: text(`mask-mode-${id}`) }))}
            onChange={(v) => set("mode", v)}
          />
        </Field>
        <Field label={text("mask-inverted")}>
          <Switch label={text("mask-inverted")} checked={mask.inverted === true} onChange={(v) => set("inverted", v)} />
        </Field>
        <AnimatedNumber {...number("opacity", text("opacity"), 1)} scale={100} min={0} max={100} unit="%" digits={1} />
        <AnimatedNumber {...number("feather_px", text("mask-feather"), 0)} min={0} max={20000} unit="px" digits={1} />
        <AnimatedNumber
          {...number("expansion_px", text("mask-expansion"), 0)}
          min={-20000}
          max={20000}
          unit="px"
          digits={1}
        />
      </Section>
    );
  });
}
