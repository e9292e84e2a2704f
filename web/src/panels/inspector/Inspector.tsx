import { SlidersHorizontal } from "lucide-react";
import type { ReactNode } from "react";
import { useStore } from "zustand";
import type { Clip, Composition } from "../../api/types";
import { clipName, compositionLength, compositionRate, findClip, sourceKind } from "../../document/select";
import { setField, together } from "../../edit/commands";
import { FLICKS, framesIn, fps, toFlicks } from "../../edit/time";
import { clipOwner } from "../../edit/chain";
import { useText } from "../../l10n/locale";
import { Empty, Switch } from "../../ui/parts";
import { ColorField, Field, hexOf, NumberField, TextField, TimeField } from "../../ui/fields";
import { useTimes } from "../../ui/preferences";
import { useComposition, useProject, useSession } from "../../ui/session-context";
import { PictureEffects, SoundEffects } from "./Effects";
import { TransitionInspector } from "./TransitionInspector";
import { AnimatedNumber } from "../../ui/animated";
import { Masks } from "./Masks";
import { Picture } from "./Picture";
import { Section } from "../../ui/section";
import { TextSection } from "./TextSection";

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

function ClipInspector({ clip, others, composition }: { clip: Clip; others: Clip[]; composition: Composition }) {
  const session = useSession();
  const text = useText();
  const project = useProject();
  const rate = compositionRate(composition);
  const all = [clip, ...others];
  const owners = all.map(clipOwner);
  /** Sets a field of all that are selected, as one step. */
  const set = (field: string, value: unknown, key?: string) =>
    void session.run(together(all.map((c) => setField({ clip: c.id }, field, value))), field, key);
  const kind = sourceKind(clip);
  const track = project === undefined ? undefined : findClip(project, clip.id)?.track;
  const audioTrack = track?.kind === "audio";
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
      {kind === "text" ? <TextSection clip={clip} clips={all} /> : null}
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
      {audioTrack ? null : <Picture clips={all} set={set} />}
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
          <AnimatedNumber
            owners={owners}
            field="audio.gain_db"
            raw={clip.audio?.gain_db}
            fallback={0}
            label={text("gain")}
            step={0.1}
            min={-144}
            max={60}
            unit="dB"
            digits={1}
          />
          <AnimatedNumber
            owners={owners}
            field="audio.pan"
            raw={clip.audio?.pan}
            fallback={0}
            label={text("pan")}
            step={0.01}
            min={-1}
            max={1}
          />
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
      {sounds ? <SoundEffects clips={all} track={track} /> : null}
      {audioTrack ? null : <Masks clip={clip} />}
      {audioTrack ? null : <PictureEffects clip={clip} />}
    </>
  );
}

function CompositionInspector({ composition }: { composition: Composition }) {
  const times = useTimes();
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
          <span className="timecode">{times.shown(rate, framesIn(rate, compositionLength(composition)))}</span>
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
