import { Diamond, SlidersHorizontal } from "lucide-react";
import { type ReactNode, useState } from "react";
import { ChevronDown } from "lucide-react";
import { useStore } from "zustand";
import type { Clip, Composition } from "../../api/types";
import { clipName, compositionLength, compositionRate, findClip, sourceKind } from "../../document/select";
import { setField, together } from "../../edit/commands";
import { FLICKS, framesIn, fps, toFlicks } from "../../edit/time";
import { timecode } from "../../edit/timecode";
import { useText } from "../../l10n/locale";
import { Empty, Select, Switch, Tip } from "../../ui/parts";
import { ColorField, Field, hexOf, NumberField, TextField, TimeField } from "../../ui/fields";
import { useComposition, useProject, useSession } from "../../ui/session-context";
import { Effects } from "./Effects";
import { TransitionInspector } from "./TransitionInspector";
import { animated, animatedPart, at, keyframesOf, pair, type Shown } from "./values";

export function Inspector() {
  const session = useSession();
  const project = useProject();
  const composition = useComposition();
  const selected = useStore(session.selection, (s) => s.clips);
  const transition = useStore(session.selection, (s) => s.transition);
  if (project === undefined || composition === undefined) return <div className="panel" />;
  const clips = [...selected].map((id) => findClip(project, id)?.clip).filter((c) => c !== undefined);
  let body: ReactNode;
  if (transition !== undefined) body = <TransitionInspector id={transition} />;
  else if (clips.length === 0) body = <CompositionInspector composition={composition} />;
  else body = <ClipInspector clip={clips[0]} others={clips.slice(1)} composition={composition} />;
  return (
    <div className="panel inspector">
      <div className="scroll">{body}</div>
    </div>
  );
}

export function Section({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  const [open, setOpen] = useState(true);
  return (
    <div className="section">
      <div className="section-head">
        <button type="button" className="section-title" aria-expanded={open} onClick={() => setOpen(!open)}>
          <ChevronDown size={13} aria-hidden className={open ? "" : "turned"} />
          {title}
        </button>
        {action}
      </div>
      {open ? <div className="section-body">{children}</div> : null}
    </div>
  );
}

/** A value that has keyframes is shown as such; the curve itself stays untouched. */
export function Animated({
  shown,
  children,
  onClear,
}: {
  shown: Shown;
  children: (value: number) => ReactNode;
  onClear(): void;
}) {
  const text = useText();
  if ("constant" in shown) return children(shown.constant);
  return (
    <Tip label={text("clear-keyframes")}>
      <button type="button" className="keyframes" onClick={onClear}>
        <Diamond size={11} aria-hidden />
        {text("keyframes", { count: shown.keyframes })}
      </button>
    </Tip>
  );
}

function ClipInspector({ clip, others, composition }: { clip: Clip; others: Clip[]; composition: Composition }) {
  const session = useSession();
  const text = useText();
  const project = useProject();
  const rate = compositionRate(composition);
  const all = [clip, ...others];
  /** Sets a field of all that are selected, as one step. */
  const set = (field: string, value: unknown, key?: string) =>
    void session.run(together(all.map((c) => setField({ clip: c.id }, field, value))), field, key);
  const kind = sourceKind(clip);
  const number = (
    field: string,
    shown: Shown,
    more: {
      label: string;
      scale?: number;
      step?: number;
      min?: number;
      max?: number;
      unit?: string;
      digits?: number;
      fallback: number;
    },
  ) => (
    <Field label={more.label}>
      <Animated shown={shown} onClear={() => set(field, more.fallback)}>
        {(value) => (
          <NumberField
            label={more.label}
            value={value * (more.scale ?? 1)}
            step={more.step ?? 1}
            min={more.min}
            max={more.max}
            unit={more.unit}
            digits={more.digits}
            onChange={(next, key) => set(field, next / (more.scale ?? 1), key)}
          />
        )}
      </Animated>
    </Field>
  );
  const audioTrack = project !== undefined && findClip(project, clip.id)?.track.kind === "audio";
  const sounds = kind === "media" || kind === "composition";
  return (
    <>
      <div className="inspector-head">
        <h2>
          {all.length === 1 && project !== undefined
            ? clipName(project, clip)
            : text("clips-selected", { count: all.length })}
        </h2>
        <span className="muted">{text(`source-${kind}`)}</span>
      </div>
      <Section
        title={text("section-clip")}
        action={<Switch label={text("enabled")} checked={clip.enabled !== false} onChange={(v) => set("enabled", v)} />}
      >
        {all.length === 1 ? (
          <>
            <Field label={text("name")}>
              <TextField
                label={text("name")}
                value={clip.name ?? ""}
                placeholder={project === undefined ? "" : clipName(project, clip)}
                onChange={(v) => set("name", v)}
              />
            </Field>
            <Field label={text("start")}>
              <TimeField
                label={text("start")}
                rate={rate}
                value={toFlicks(clip.start)}
                onChange={(v) =>
                  void session.run({ move: { clips: [clip.id], by: v - toFlicks(clip.start) } }, "start")
                }
              />
            </Field>
            <Field label={text("length")}>
              <TimeField
                label={text("length")}
                length
                rate={rate}
                value={toFlicks(clip.duration)}
                onChange={(v) =>
                  void session.run({ trim: { clip: clip.id, edge: "end", to: toFlicks(clip.start) + v } }, "length")
                }
              />
            </Field>
            {sounds ? (
              <Field label={text("source-in")}>
                <TimeField
                  label={text("source-in")}
                  rate={rate}
                  value={toFlicks(clip.source_in)}
                  onChange={(v) =>
                    void session.run({ slip: { clips: [clip.id], by: v - toFlicks(clip.source_in) } }, "source-in")
                  }
                />
              </Field>
            ) : null}
          </>
        ) : null}
        {sounds && !clip.time_map ? (
          <Field label={text("speed")}>
            <NumberField
              label={text("speed")}
              value={(clip.speed ?? 1) * 100}
              unit="%"
              step={1}
              digits={1}
              min={-10000}
              max={10000}
              onChange={(v, key) =>
                v !== 0 &&
                void session.run({ speed: { clips: all.map((c) => c.id), speed: v / 100, ripple: true } }, "speed", key)
              }
            />
          </Field>
        ) : null}
      </Section>
      {kind === "text" ? <TextSection clip={clip} set={set} /> : null}
      {kind === "solid" ? (
        <Section title={text("section-solid")}>
          <Field label={text("colour")}>
            <ColorField
              label={text("colour")}
              value={hexOf((clip.source as { color?: unknown }).color) ?? "#000000"}
              onChange={(v, key) => set("source.color", v, key)}
            />
          </Field>
        </Section>
      ) : null}
      {audioTrack ? null : <Picture clip={clip} number={number} set={set} />}
      {sounds ? (
        <Section
          title={text("section-audio")}
          action={
            <Switch
              label={text("audio-enabled")}
              checked={clip.audio?.enabled !== false}
              onChange={(v) => set("audio.enabled", v)}
            />
          }
        >
          {number("audio.gain_db", animated(clip.audio?.gain_db, 0), {
            label: text("gain"),
            step: 0.1,
            min: -144,
            max: 60,
            unit: "dB",
            digits: 1,
            fallback: 0,
          })}
          {number("audio.pan", animated(clip.audio?.pan, 0), {
            label: text("pan"),
            step: 0.01,
            min: -1,
            max: 1,
            fallback: 0,
          })}
          <Field label={text("fade-in")}>
            <NumberField
              label={text("fade-in")}
              value={toFlicks(clip.audio?.fade_in) / FLICKS}
              unit="s"
              step={0.02}
              min={0}
              onChange={(v, key) => set("audio.fade_in", Math.round(v * FLICKS), key)}
            />
          </Field>
          <Field label={text("fade-out")}>
            <NumberField
              label={text("fade-out")}
              value={toFlicks(clip.audio?.fade_out) / FLICKS}
              unit="s"
              step={0.02}
              min={0}
              onChange={(v, key) => set("audio.fade_out", Math.round(v * FLICKS), key)}
            />
          </Field>
        </Section>
      ) : null}
      {audioTrack ? null : <Effects clip={clip} />}
    </>
  );
}

type SetField = (field: string, value: unknown, key?: string) => void;
type NumberRow = (
  field: string,
  shown: Shown,
  more: {
    label: string;
    scale?: number;
    step?: number;
    min?: number;
    max?: number;
    unit?: string;
    digits?: number;
    fallback: number;
  },
) => ReactNode;

function Picture({ clip, number, set }: { clip: Clip; number: NumberRow; set: SetField }) {
  const session = useSession();
  const text = useText();
  const catalog = useStore(session.lists, (s) => s.catalog);
  const transform = clip.video?.transform;
  const pairRow = (
    field: string,
    label: string,
    fallback: [number, number],
    scale: number,
    step: number,
    unit: string,
  ) => {
    const value = at(clip, field);
    const [x, y] = pair(value, fallback);
    return (
      <Field label={label}>
        <Animated shown={animatedPart(value, 0, fallback[0])} onClear={() => set(field, fallback)}>
          {() => (
            <span className="pair">
              <NumberField
                label={`${label} X`}
                value={x * scale}
                step={step}
                unit={unit}
                digits={1}
                onChange={(v, key) => set(field, [v / scale, y], key)}
              />
              <NumberField
                label={`${label} Y`}
                value={y * scale}
                step={step}
                unit={unit}
                digits={1}
                onChange={(v, key) => set(field, [x, v / scale], key)}
              />
            </span>
          )}
        </Animated>
      </Field>
    );
  };
  const fits = ["contain", "cover", "stretch", "native"];
  return (
    <Section title={text("section-picture")}>
      {number("video.opacity", animated(clip.video?.opacity, 1), {
        label: text("opacity"),
        scale: 100,
        step: 1,
        min: 0,
        max: 100,
        unit: "%",
        digits: 1,
        fallback: 1,
      })}
      {pairRow("video.transform.position_px", text("position"), [0, 0], 1, 1, "px")}
      <Scale clip={clip} set={set} />
      {number("video.transform.rotation_degrees", animated(transform?.rotation_degrees, 0), {
        label: text("rotation"),
        step: 0.5,
        unit: "°",
        digits: 1,
        fallback: 0,
      })}
      <Field label={text("fit")}>
        <Select
          label={text("fit")}
          value={transform?.fit ?? "contain"}
          options={fits.map((id) => ({ id, name: text(`fit-${id}`) }))}
          onChange={(v) => set("video.transform.fit", v)}
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
        <div key={side}>
          {number(`video.transform.crop_${side}`, animated(transform?.[`crop_${side}`], 0), {
            label: text(`crop-${side}`),
            scale: 100,
            step: 0.5,
            min: 0,
            max: 100,
            unit: "%",
            digits: 1,
            fallback: 0,
          })}
        </div>
      ))}
      <Field label={text("flip")}>
        <span className="pair">
          <label className="check">
            <Switch
              label={text("flip-horizontal")}
              checked={transform?.flip_horizontal === true}
              onChange={(v) => set("video.transform.flip_horizontal", v)}
            />
            {text("flip-horizontal")}
          </label>
          <label className="check">
            <Switch
              label={text("flip-vertical")}
              checked={transform?.flip_vertical === true}
              onChange={(v) => set("video.transform.flip_vertical", v)}
            />
            {text("flip-vertical")}
          </label>
        </span>
      </Field>
    </Section>
  );
}

function Scale({ clip, set }: { clip: Clip; set: SetField }) {
  const text = useText();
  const value = at(clip, "video.transform.scale");
  const [x, y] = pair(value, [1, 1]);
  const field = "video.transform.scale";
  return (
    <Field label={text("scale")}>
      <Animated shown={animatedPart(value, 0, 1)} onClear={() => set(field, [1, 1])}>
        {() => (
          <span className="pair">
            <NumberField
              label={text("scale")}
              value={x * 100}
              step={0.5}
              unit="%"
              digits={1}
              min={0}
              onChange={(v, key) => set(field, x === 0 ? [v / 100, v / 100] : [v / 100, (y / x) * (v / 100)], key)}
            />
            <NumberField
              label={text("scale-y")}
              value={y * 100}
              step={0.5}
              unit="%"
              digits={1}
              min={0}
              onChange={(v, key) => set(field, [x, v / 100], key)}
            />
          </span>
        )}
      </Animated>
    </Field>
  );
}

function TextSection({ clip, set }: { clip: Clip; set: SetField }) {
  const text = useText();
  const source = clip.source as {
    text?: string;
    style?: { size_px?: number | null; fill?: unknown; weight?: unknown };
  };
  const fill = source.style?.fill;
  return (
    <Section title={text("section-text")}>
      <TextField label={text("text")} lines={3} value={source.text ?? ""} onChange={(v) => set("source.text", v)} />
      <Field label={text("text-size")}>
        <NumberField
          label={text("text-size")}
          value={source.style?.size_px ?? 64}
          unit="px"
          step={1}
          min={1}
          max={4000}
          digits={0}
          onChange={(v, key) => set("source.style.size_px", v, key)}
        />
      </Field>
      <Field label={text("text-weight")}>
        <Select
          label={text("text-weight")}
          value={String(source.style?.weight ?? "regular")}
          options={["light", "regular", "medium", "semibold", "bold", "black"].map((id) => ({
            id,
            name: text(`weight-${id}`),
          }))}
          onChange={(v) => set("source.style.weight", v)}
        />
      </Field>
      {keyframesOf(fill) === undefined ? (
        <Field label={text("colour")}>
          <ColorField
            label={text("colour")}
            value={hexOf(fill) ?? "#ffffff"}
            onChange={(v, key) => set("source.style.fill", v, key)}
          />
        </Field>
      ) : null}
    </Section>
  );
}

function CompositionInspector({ composition }: { composition: Composition }) {
  const session = useSession();
  const text = useText();
  const project = useProject();
  const rate = compositionRate(composition);
  const set = (field: string, value: unknown, key?: string) =>
    void session.run(setField({ composition: composition.id }, field, value), field, key);
  const clips = (composition.tracks ?? []).reduce((sum, t) => sum + (t.clips?.length ?? 0), 0);
  return (
    <>
      <div className="inspector-head">
        <h2>{composition.name || project?.name || composition.id}</h2>
        <span className="muted">{text("composition-facts", { tracks: (composition.tracks ?? []).length, clips })}</span>
      </div>
      <Section title={text("section-composition")}>
        <Field label={text("name")}>
          <TextField
            label={text("name")}
            value={composition.name ?? ""}
            placeholder={composition.id}
            onChange={(v) => set("name", v)}
          />
        </Field>
        <Field label={text("frame-size")}>
          <span className="pair">
            <NumberField
              label={text("width")}
              value={composition.size.width}
              digits={0}
              min={1}
              max={16384}
              onChange={(v) => set("size", { ...composition.size, width: Math.round(v) })}
            />
            <NumberField
              label={text("height")}
              value={composition.size.height}
              digits={0}
              min={1}
              max={16384}
              onChange={(v) => set("size", { ...composition.size, height: Math.round(v) })}
            />
          </span>
        </Field>
        <Field label={text("frame-rate")}>
          <span>{Number(fps(rate).toFixed(3))} fps</span>
        </Field>
        <Field label={text("length")}>
          <span className="timecode">{timecode(rate, framesIn(rate, compositionLength(composition)))}</span>
        </Field>
        <Field label={text("background")}>
          <ColorField
            label={text("background")}
            value={hexOf(composition.background) ?? "#000000"}
            onChange={(v, key) => set("background", v, key)}
          />
        </Field>
      </Section>
      <Empty icon={SlidersHorizontal} title={text("inspector-empty")} />
    </>
  );
}
