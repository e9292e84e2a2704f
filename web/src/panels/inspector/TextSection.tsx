import { ChevronsUpDown, Italic, Pencil, TextAlignCenter, TextAlignEnd, TextAlignStart, Underline } from "lucide-react";
import type { Clip, Shadow, Stroke, TextBackground, TextSource } from "../../api/types";
import { sourceKind } from "../../document/select";
import { setField, together } from "../../edit/commands";
import { keysOf } from "../../edit/curve";
import { clipOwner } from "../../edit/chain";
import { useText } from "../../l10n/locale";
import { ColorField, Field, hexOf, NumberField, TextField } from "../../ui/fields";
import { IconButton, Menu, Select, Switch } from "../../ui/parts";
import { useComposition, useEditor, useProject } from "../../ui/session-context";
import { AnimatedNumber } from "../../ui/animated";
import { Section } from "../../ui/section";

/** The shipped families; others may be typed. */
const families = ["Inter", "Noto Serif", "Noto Sans JP", "Noto Sans Arabic", "Noto Sans Devanagari"];
const weights = ["light", "regular", "medium", "semibold", "bold", "black"];
const aligns = { left: TextAlignStart, center: TextAlignCenter, right: TextAlignEnd } as const;

export function TextSection({ clip, clips }: { clip: Clip; clips: readonly Clip[] }) {
  const { session, run } = useEditor();
  const text = useText();
  const project = useProject();
  const canvas = useComposition()?.size ?? { width: 1920, height: 1080 };
  const texts = clips.filter((c) => sourceKind(c) === "text");
  const source = clip.source as TextSource;
  const style = source.style ?? {};
  const set = (field: string, value: unknown, key?: string) =>
    void session.run(together(texts.map((c) => setField({ clip: c.id }, `source.${field}`, value))), field, key);
  const font = Array.isArray(style.font) ? style.font.join(", ") : (style.font ?? "");
  const setFont = (typed: string) => {
    const list = typed
      .split(",")
      .map((f) => f.trim())
      .filter((f) => f !== "");
    set("style.font", list.length === 0 ? null : list.length === 1 ? list[0] : list);
  };
  const projectFonts = ((project as { fonts?: unknown[] } | undefined)?.fonts ?? []).filter(
    (f): f is string => typeof f === "string" && !/[/.]/.test(f),
  );
  return (
    <>
      <Section
        title={text("section-text")}
        action={<IconButton icon={Pencil} size={13} label={text("cmd-edit-text")} onClick={() => run("edit-text")} />}
      >
        <TextField label={text("text")} lines={3} value={source.text ?? ""} onChange={(v) => set("text", v)} />
        <Field label={text("text-font")}>
          <span className="font-field">
            <TextField label={text("text-font")} value={font} placeholder="Inter" onChange={setFont} />
            <Menu
              align="end"
              trigger={
                <button type="button" className="icon-button" aria-label={text("text-font-choose")}>
                  <ChevronsUpDown size={14} aria-hidden />
                </button>
              }
              entries={[...families, ...projectFonts].map((name) => ({
                label: name,
                checked: (font || "Inter") === name,
                run: () => setFont(name),
              }))}
            />
          </span>
        </Field>
        <Field label={text("text-size")}>
          <NumberField
            label={text("text-size")}
            value={style.size_px ?? canvas.height / 15}
            unit="px"
            step={1}
            min={1}
            max={4000}
            digits={0}
            onChange={(v, key) => set("style.size_px", v, key)}
          />
        </Field>
        <Field label={text("text-weight")}>
          <Select
            label={text("text-weight")}
            value={String(style.weight ?? "regular")}
            options={[
              ...(style.weight !== undefined && style.weight !== null && !weights.includes(String(style.weight))
                ? [{ id: String(style.weight), name: String(style.weight) }]
                : []),
              ...weights.map((id) => ({ id, name: text(`weight-${id}`) })),
            ]}
            onChange={(v) => set("style.weight", /^\d+$/.test(v) ? Number(v) : v)}
          />
        </Field>
        <Field label={text("text-style")}>
          <span className="segmented">
            <IconButton
              icon={Italic}
              size={14}
              label={text("text-italic")}
              pressed={style.italic === true}
              onClick={() => set("style.italic", style.italic !== true)}
            />
            <IconButton
              icon={Underline}
              size={14}
              label={text("text-underline")}
              pressed={style.underline === true}
              onClick={() => set("style.underline", style.underline !== true)}
            />
          </span>
        </Field>
        {keysOf(style.fill) !== undefined ||
        (typeof style.fill === "object" && !Array.isArray(style.fill) && style.fill) ? null : (
          <Field label={text("colour")}>
            <ColorField
              label={text("colour")}
              value={hexOf(style.fill) ?? "#ffffff"}
              onChange={(v, key) => set("style.fill", v, key)}
            />
          </Field>
        )}
        <Field label={text("text-align")}>
          <span className="segmented">
            {(["left", "center", "right"] as const).map((id) => (
              <IconButton
                key={id}
                icon={aligns[id]}
                size={14}
                label={text(`text-align-${id}`)}
                pressed={(source.align ?? "center") === id}
                onClick={() => set("align", id)}
              />
            ))}
          </span>
        </Field>
        <Field label={text("text-line-height")}>
          <NumberField
            label={text("text-line-height")}
            value={source.line_height ?? 1}
            step={0.01}
            min={0.1}
            max={10}
            onChange={(v, key) => set("line_height", v, key)}
          />
        </Field>
        <AnimatedNumber
          owners={texts.map(clipOwner)}
          field="source.style.tracking_px"
          raw={style.tracking_px}
          fallback={0}
          label={text("text-tracking")}
          step={0.1}
          unit="px"
          digits={1}
        />
        <Field label={text("text-width")}>
          <span className="pair">
            <Switch
              label={text("text-wrap")}
              checked={typeof source.width_px === "number"}
              onChange={(on) => set("width_px", on ? Math.round(canvas.width * 0.8) : null)}
            />
            {typeof source.width_px === "number" ? (
              <NumberField
                label={text("text-width")}
                value={source.width_px}
                unit="px"
                min={1}
                max={32_768}
                digits={0}
                onChange={(v, key) => set("width_px", v, key)}
              />
            ) : null}
          </span>
        </Field>
      </Section>
      <Outline strokes={style.strokes ?? []} set={(v, key) => set("style.strokes", v, key)} size={canvas.height} />
      <ShadowSection shadows={source.shadows ?? []} set={(v, key) => set("shadows", v, key)} size={canvas.height} />
      <Background background={source.background} set={(v, key) => set("background", v, key)} size={canvas.height} />
    </>
  );
}

type Setter = (value: unknown, key?: string) => void;
const constant = (value: unknown, fallback: number) => (typeof value === "number" ? value : fallback);

/** The first outline; others stay as they are. */
function Outline({ strokes, set, size }: { strokes: readonly Stroke[]; set: Setter; size: number }) {
  const text = useText();
  const [stroke, ...rest] = strokes;
  const fresh: Stroke = { paint: "#000000", width_px: Math.max(1, Math.round(size / 270)), position: "outside" };
  const change = (part: Partial<Stroke>, key?: string) => set([{ ...stroke, ...part }, ...rest], key);
  const positions = ["outside", "center", "inside"] as const;
  return (
    <Section
      title={text("section-outline")}
      action={
        <Switch
          label={text("section-outline")}
          checked={stroke !== undefined}
          onChange={(on) => set(on ? [fresh] : rest.length > 0 ? rest : null)}
        />
      }
    >
      {stroke === undefined ? null : (
        <>
          <Field label={text("colour")}>
            <ColorField
              label={text("outline-colour")}
              value={hexOf(stroke.paint) ?? "#000000"}
              onChange={(v, key) => change({ paint: v }, key)}
            />
          </Field>
          <Field label={text("outline-width")}>
            <NumberField
              label={text("outline-width")}
              value={constant(stroke.width_px, 1)}
              unit="px"
              step={0.1}
              digits={1}
              min={0}
              max={1000}
              onChange={(v, key) => change({ width_px: v }, key)}
            />
          </Field>
          <Field label={text("outline-position")}>
            <Select
              label={text("outline-position")}
              value={stroke.position ?? "center"}
              options={positions.map((id) => ({ id, name: text(`outline-${id}`) }))}
              onChange={(id) => change({ position: id as Stroke["position"] })}
            />
          </Field>
        </>
      )}
    </Section>
  );
}

function ShadowSection({ shadows, set, size }: { shadows: readonly Shadow[]; set: Setter; size: number }) {
  const text = useText();
  const [shadow, ...rest] = shadows;
  const step = Math.max(1, Math.round(size / 200));
  const fresh: Shadow = { color: "#000000b3", offset_px: [step, step], blur_px: step * 2 };
  const change = (part: Partial<Shadow>, key?: string) => set([{ ...shadow, ...part }, ...rest], key);
  const [x, y] = Array.isArray(shadow?.offset_px) ? shadow.offset_px : [0, 0];
  return (
    <Section
      title={text("section-shadow")}
      action={
        <Switch
          label={text("section-shadow")}
          checked={shadow !== undefined}
          onChange={(on) => set(on ? [fresh] : rest.length > 0 ? rest : null)}
        />
      }
    >
      {shadow === undefined ? null : (
        <>
          <Field label={text("colour")}>
            <ColorField
              label={text("shadow-colour")}
              value={hexOf(shadow.color) ?? "#000000"}
              onChange={(v, key) => change({ color: v }, key)}
            />
          </Field>
          <Field label={text("shadow-offset")}>
            <span className="pair">
              <NumberField
                label={text("shadow-x")}
                value={Number(x)}
                unit="px"
                digits={1}
                onChange={(v, key) => change({ offset_px: [v, Number(y)] }, key)}
              />
              <NumberField
                label={text("shadow-y")}
                value={Number(y)}
                unit="px"
                digits={1}
                onChange={(v, key) => change({ offset_px: [Number(x), v] }, key)}
              />
            </span>
          </Field>
          <Field label={text("shadow-blur")}>
            <NumberField
              label={text("shadow-blur")}
              value={constant(shadow.blur_px, 0)}
              unit="px"
              digits={1}
              min={0}
              max={1000}
              onChange={(v, key) => change({ blur_px: v }, key)}
            />
          </Field>
        </>
      )}
    </Section>
  );
}

function Background({
  background,
  set,
  size,
}: {
  background: TextBackground | null | undefined;
  set: Setter;
  size: number;
}) {
  const text = useText();
  const pad = Math.round(size / 60);
  const change = (part: Partial<TextBackground>, key?: string) => set({ ...background, ...part }, key);
  const [x, y] = background?.padding_px ?? [0, 0];
  return (
    <Section
      title={text("section-background")}
      action={
        <Switch
          label={text("section-background")}
          checked={Boolean(background)}
          onChange={(on) => set(on ? { paint: "#000000b3", padding_px: [pad, pad / 2], radius_px: pad / 2 } : null)}
        />
      }
    >
      {background ? (
        <>
          <Field label={text("colour")}>
            <ColorField
              label={text("background-colour")}
              value={hexOf(background.paint) ?? "#000000"}
              onChange={(v, key) => change({ paint: v }, key)}
            />
          </Field>
          <Field label={text("background-padding")}>
            <span className="pair">
              <NumberField
                label={text("background-padding-x")}
                value={x}
                unit="px"
                digits={1}
                min={0}
                onChange={(v, key) => change({ padding_px: [v, y] }, key)}
              />
              <NumberField
                label={text("background-padding-y")}
                value={y}
                unit="px"
                digits={1}
                min={0}
                onChange={(v, key) => change({ padding_px: [x, v] }, key)}
              />
            </span>
          </Field>
          <Field label={text("background-radius")}>
            <NumberField
              label={text("background-radius")}
              value={background.radius_px ?? 0}
              unit="px"
              digits={1}
              min={0}
              onChange={(v, key) => change({ radius_px: v }, key)}
            />
          </Field>
          <Field label={text("background-per-line")}>
            <Switch
              label={text("background-per-line")}
              checked={background.per_line === true}
              onChange={(v) => change({ per_line: v })}
            />
          </Field>
        </>
      ) : null}
    </Section>
  );
}
