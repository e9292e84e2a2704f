import { useState } from "react";
import { useStore } from "zustand";
import type { ExportRequest } from "../api/types";
import { compositionLength, compositionRate } from "../document/select";
import { frameAt, framesIn } from "../edit/time";
import { useText } from "../l10n/locale";
import { Button, Dialog, Select, Switch } from "../ui/parts";
import { Field, NumberField, TextField } from "../ui/fields";
import { useTimes } from "../ui/preferences";
import { useComposition, useEditor, useProject } from "../ui/session-context";

const containers = ["mp4", "mov", "mkv", "webm", "m4a", "mp3", "flac", "wav", "opus"];
const soundOnly = ["m4a", "mp3", "flac", "wav", "opus"];

/** Exports are jobs: the dialog closes and the film goes on. */
export function ExportDialog({ open, onOpenChange }: { open: boolean; onOpenChange(open: boolean): void }) {
  const text = useText();
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={text("export-title")} about={text("export-about")}>
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
  const [name, setName] = useState((project?.name || "film").replaceAll(/[^\p{L}\p{N}_-]+/gu, "-"));
  const [container, setContainer] = useState("mp4");
  const [scale, setScale] = useState(100);
  const [onlyRange, setOnlyRange] = useState(false);
  const [overwrite, setOverwrite] = useState(false);
  if (composition === undefined) return null;
  const rate = compositionRate(composition);
  const hasRange = range.from !== undefined && range.to !== undefined;
  const frames =
    onlyRange && hasRange
      ? frameAt(rate, range.to as number) - frameAt(rate, range.from as number)
      : framesIn(rate, compositionLength(composition));
  const sound = soundOnly.includes(container);
  const size = `${Math.round((composition.size.width * scale) / 100)}×${Math.round((composition.size.height * scale) / 100)}`;
  const begin = async () => {
    const request: ExportRequest = {
      output: `${name.trim()}.${container}`,
      composition: composition.id,
      ...(onlyRange && hasRange
        ? { range: `${frameAt(rate, range.from as number)}f..${frameAt(rate, range.to as number)}f` }
        : {}),
      ...(scale === 100 || sound ? {} : { video: { scale: scale / 100 } }),
      ...(overwrite ? { overwrite } : {}),
    };
    close();
    const event = await session.run({ export: request }, "export");
    if (event !== undefined) ui.panel("jobs");
  };
  return (
    <>
      <Field label={text("file-name")}>
        <TextField label={text("file-name")} value={name} onChange={setName} />
      </Field>
      <Field label={text("container")}>
        <Select
          label={text("container")}
          value={container}
          options={containers.map((id) => ({ id, name: text(`container-${id}`) }))}
          onChange={setContainer}
        />
      </Field>
      {sound ? null : (
        <Field label={text("scale")}>
          <NumberField label={text("scale")} value={scale} min={5} max={400} digits={0} unit="%" onChange={setScale} />
          <span className="muted">{size}</span>
        </Field>
      )}
      <Field label={text("export-range")}>
        <Switch label={text("export-range")} checked={onlyRange && hasRange} onChange={setOnlyRange} />
        <span className="muted">{hasRange ? "" : text("export-range-none")}</span>
      </Field>
      <Field label={text("overwrite-file")}>
        <Switch label={text("overwrite-file")} checked={overwrite} onChange={setOverwrite} />
      </Field>
      <Field label={text("length")}>
        <span className="timecode">{times.shown(rate, frames)}</span>
      </Field>
      <footer>
        <Button onClick={close}>{text("cancel")}</Button>
        <Button look="primary" disabled={name.trim() === "" || frames <= 0} onClick={() => void begin()}>
          {text("export")}
        </Button>
      </footer>
    </>
  );
}
