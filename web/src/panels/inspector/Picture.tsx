import { useStore } from "zustand";
import type { Clip } from "../../api/types";
import { clipOwner } from "../../edit/chain";
import { useText } from "../../l10n/locale";
import { Field } from "../../ui/fields";
import { Select, Switch } from "../../ui/parts";
import { useSession } from "../../ui/session-context";
import { AnimatedNumber, AnimatedPair } from "../../ui/animated";
import { Section } from "../../ui/section";

const fits = ["contain", "cover", "stretch", "native"];
const percent = { scale: 100, unit: "%", digits: 1, min: 0 };

export function Picture({ clips, set }: { clips: readonly Clip[]; set(field: string, value: unknown): void }) {
  const session = useSession();
  const text = useText();
  const catalog = useStore(session.lists, (s) => s.catalog);
  const [clip] = clips;
  const owners = clips.map(clipOwner);
  const transform = clip.video?.transform;
  const place = "video.transform";
  return (
    <Section title={text("section-picture")}>
      <AnimatedNumber
        owners={owners}
        field="video.opacity"
        raw={clip.video?.opacity}
        fallback={1}
        label={text("opacity")}
        max={100}
        {...percent}
      />
      <AnimatedPair
        owners={owners}
        field={`${place}.position_px`}
        raw={transform?.position_px}
        fallback={[0, 0]}
        label={text("position")}
        labels={[text("position-x"), text("position-y")]}
        unit="px"
        digits={1}
      />
      <AnimatedPair
        owners={owners}
        field={`${place}.scale`}
        raw={transform?.scale}
        fallback={[1, 1]}
        label={text("scale")}
        labels={[text("scale"), text("scale-y")]}
        step={0.5}
        bound
        {...percent}
      />
      <AnimatedNumber
        owners={owners}
        field={`${place}.rotation_degrees`}
        raw={transform?.rotation_degrees}
        fallback={0}
        label={text("rotation")}
        step={0.5}
        unit="°"
        digits={1}
      />
      <AnimatedPair
        owners={owners}
        field={`${place}.anchor`}
        raw={transform?.anchor}
        fallback={[0.5, 0.5]}
        label={text("anchor")}
        labels={[text("anchor-x"), text("anchor-y")]}
        step={0.5}
        scale={100}
        unit="%"
        digits={1}
      />
      <Field label={text("fit")}>
        <Select
          label={text("fit")}
          value={transform?.fit ?? "contain"}
          options={fits.map((id) => ({ id, name: text(`fit-${id}`) }))}
          onChange={(v) => set(`${place}.fit`, v)}
        />
      </Field>
      {catalog === undefined ? null : (
        <Field label={text("blend")}>
          <Select
            label={text("blend")}
            value={clip.video?.blend ?? "normal"}
            options={catalog.blend_modes}
            onChange={(v) => set("video.blend", v)}
          />
        </Field>
      )}
      {(["left", "top", "right", "bottom"] as const).map((side) => (
        <AnimatedNumber
          key={side}
          owners={owners}
          field={`${place}.crop_${side}`}
          raw={transform?.[`crop_${side}`]}
          fallback={0}
          label={text(`crop-${side}`)}
          step={0.5}
          max={100}
          {...percent}
        />
      ))}
      <Field label={text("flip")}>
        <span className="pair">
          <label className="check">
            <Switch
              label={text("flip-horizontal")}
              checked={transform?.flip_horizontal === true}
              onChange={(v) => set(`${place}.flip_horizontal`, v)}
            />
            {text("flip-horizontal")}
          </label>
          <label className="check">
            <Switch
              label={text("flip-vertical")}
              checked={transform?.flip_vertical === true}
              onChange={(v) => set(`${place}.flip_vertical`, v)}
            />
            {text("flip-vertical")}
          </label>
        </span>
      </Field>
    </Section>
  );
}
