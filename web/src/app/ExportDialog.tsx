import { AudioLines, Film } from "lucide-react";
import { useEffect, useState } from "react";
import { useStore } from "zustand";
import type { ApiError, DoctorReport } from "../api/types";
import { compositionLength, compositionRate } from "../document/select";
import {
  canWrite,
  type ExportChoice,
  exportPresets,
  exportRequest,
  fileStem,
  markedFrames,
  nextName,
  usualChoice,
} from "../edit/export";
import { framesIn } from "../edit/time";
import { useText } from "../l10n/locale";
import { Field, NumberField } from "../ui/fields";
import { Button, Dialog, Select, Switch } from "../ui/parts";
import { useTimes } from "../ui/preferences";
import { useComposition, useEditor, useProject } from "../ui/session-context";

const loudnesses = [undefined, -14, -16, -23] as const;

/** Exports are jobs: they wait for each other, and the film goes on. */
export function ExportDialog({ open, onOpenChange }: { open: boolean; onOpenChange(open: boolean): void }) {
  const text = useText();
  return (
    <Dialog wide open={open} onOpenChange={onOpenChange} title={text("export-title")} about={text("export-about")}>
      <Form close={() => onOpenChange(false)} />
    </Dialog>
  );
}

function Form({ close }: { close(): void }) {
  const { session, ui } = useEditor();
  const text = useText();
  const project = useProject();
  const composition = useComposition();
  const times = useTimes();
  const range = useStore(session.timeline, (s) => s.range);
  const waiting = useStore(
    session.activity,
    (s) => s.jobs.filter((j) => j.kind === "export" && j.state === "running").length,
  );
  const [choice, setChoice] = useState<ExportChoice>(() =>
    usualChoice(exportPresets[0], fileStem(project?.name || "film")),
  );
  const [formats, setFormats] = useState<DoctorReport["formats"]>();
  const [error, setError] = useState<ApiError>();
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    session.http.formats().then(setFormats, () => undefined);
  }, [session]);
  if (composition === undefined) return null;
  // The program's own names a field of the request.
  const hint = error?.code === "usage.exists" ? text("export-exists-hint") : error?.hint;
  const rate = compositionRate(composition);
  const marked = markedFrames(composition, range);
  const frames =
    choice.onlyMarked && marked !== undefined ? marked[1] - marked[0] : framesIn(rate, compositionLength(composition));
  const { preset } = choice;
  const size = [composition.size.width, composition.size.height].map((v) => Math.round((v * choice.scale) / 100));
  const change = (next: Partial<ExportChoice>) => {
    setError(undefined);
    setChoice({ ...choice, ...next });
  };
  const begin = async (stay: boolean) => {
    setBusy(true);
    const failure = await session.exportFilm(exportRequest(choice, composition, range));
    setBusy(false);
    setError(failure);
    if (failure !== undefined) return;
    if (stay) {
      change({ name: nextName(choice.name) });
      return;
    }
    close();
    ui.panel("jobs");
  };
  const ready = choice.name.trim() !== "" && frames > 0 && !busy;
  return (
    <>
      <div className="export">
        <div className="export-presets" role="radiogroup" aria-label={text("export-presets")}>
          {exportPresets.map((p, n) => {
            const works = canWrite(p, formats);
            const Icon = p.video === undefined ? AudioLines : Film;
            const next = (by: number) => {
              for (let k = 1; k <= exportPresets.length; k += 1) {
                const other = exportPresets[(n + by * k + exportPresets.length * k) % exportPresets.length];
                if (canWrite(other, formats)) return other;
              }
              return p;
            };
            return (
              <button
                key={p.id}
                type="button"
                role="radio"
                className="export-preset"
                aria-checked={p.id === preset.id}
                tabIndex={p.id === preset.id ? 0 : -1}
                disabled={!works}
                title={works ? undefined : text("export-missing")}
                onClick={() => setChoice({ ...usualChoice(p, choice.name), onlyMarked: choice.onlyMarked })}
                onKeyDown={(event) => {
                  const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
                  if (by === undefined) return;
                  event.preventDefault();
                  const other = next(by);
                  setChoice({ ...usualChoice(other, choice.name), onlyMarked: choice.onlyMarked });
                  const buttons = event.currentTarget.parentElement?.children;
                  (buttons?.[exportPresets.indexOf(other)] as HTMLElement | undefined)?.focus();
                }}
              >
                <Icon size={15} aria-hidden />
                <span className="entry-text">
                  <span>{text(`export-preset-${p.id}`)}</span>
                  <span className="muted">{text(`export-preset-${p.id}-about`)}</span>
                </span>
              </button>
            );
          })}
        </div>
        <div className="export-fields">
          <Field label={text("file-name")}>
            <input
              className="text"
              aria-label={text("file-name")}
              value={choice.name}
              onChange={(e) => change({ name: e.target.value })}
              onKeyDown={(e) => e.key === "Enter" && ready && void begin(false)}
            />
            <span className="muted">.{preset.container}</span>
          </Field>
          <Field label={text("export-range")}>
            <Select
              label={text("export-range")}
              value={choice.onlyMarked && marked !== undefined ? "marked" : "all"}
              options={[
                { id: "all", name: text("export-range-all") },
                ...(marked === undefined ? [] : [{ id: "marked", name: text("export-range-marked") }]),
              ]}
              onChange={(id) => change({ onlyMarked: id === "marked" })}
            />
          </Field>
          <Field label={text("length")}>
            <span className="timecode">{times.shown(rate, frames)}</span>
          </Field>
          {preset.video === undefined ? null : (
            <Field label={text("frame-size")}>
              <NumberField
                label={text("scale")}
                value={choice.scale}
                min={5}
                max={400}
                digits={0}
                unit="%"
                onChange={(scale) => change({ scale })}
              />
              <span className="muted">{size.join("×")}</span>
            </Field>
          )}
          {choice.crf === undefined ? null : (
            <Field label={text("export-quality")}>
              <NumberField
                label={text("export-quality")}
                value={choice.crf}
                min={0}
                max={63}
                digits={0}
                unit="CRF"
                onChange={(crf) => change({ crf })}
              />
              <span className="muted">{text("export-quality-about")}</span>
            </Field>
          )}
          <Field label={text("export-loudness")}>
            <Select
              label={text("export-loudness")}
              value={String(choice.loudness ?? "none")}
              options={loudnesses.map((l) => ({
                id: String(l ?? "none"),
                name: l === undefined ? text("export-loudness-none") : text("export-loudness-lufs", { value: `${l}` }),
              }))}
              onChange={(id) => change({ loudness: id === "none" ? undefined : Number(id) })}
            />
          </Field>
          <Field label={text("overwrite-file")}>
            <Switch
              label={text("overwrite-file")}
              checked={choice.overwrite}
              onChange={(overwrite) => change({ overwrite })}
            />
          </Field>
          {error === undefined ? null : (
            <div className="banner danger" role="alert">
              <span>
                <strong>{error.message}</strong>
                {hint ? <span className="export-hint">{hint}</span> : null}
              </span>
            </div>
          )}
        </div>
      </div>
      <footer>
        <span className="muted" role="status">
          {waiting === 0 ? "" : text("export-waiting", { count: waiting })}
        </span>
        <span className="spring" />
        <Button onClick={close}>{text("cancel")}</Button>
        <Button disabled={!ready} onClick={() => void begin(true)}>
          {text("export-queue")}
        </Button>
        <Button look="primary" disabled={!ready} onClick={() => void begin(false)}>
          {text("export")}
        </Button>
      </footer>
    </>
  );
}
