import { Download, Keyboard, Plus, RotateCcw, TriangleAlert, Upload, X } from "lucide-react";
import { type ChangeEvent, type KeyboardEvent, useMemo, useRef, useState } from "react";
import { useStore } from "zustand";
import { chordOf, reserved, shown } from "../keys/chord";
import { commands, groups } from "../keys/commands";
import { keymap, type PresetId, presetIds } from "../keys/keymap";
import { exported, imported, takenFrom, withChords } from "../keys/overlay";
import { useText } from "../l10n/locale";
import { Button, Dialog, IconButton, Keys, Search, Select } from "../ui/parts";
import { ownOf, setOwn, settingsStore } from "./settings";

/** Presets, and keys of one's own, with conflicts and keys that browsers keep. */
export function KeyboardDialog({ open, onOpenChange }: { open: boolean; onOpenChange(open: boolean): void }) {
  const text = useText();
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={text("cmd-keyboard")} about={text("keyboard-about")} wide>
      <KeyTable />
    </Dialog>
  );
}

const filters = ["all", "changed", "conflicts", "without"] as const;
type Filter = (typeof filters)[number];

/** A press that is a chord; modifiers alone are not, and Escape ends the recording. */
function pressed(event: KeyboardEvent): string | undefined | "none" {
  event.preventDefault();
  event.stopPropagation();
  if (["Control", "Shift", "Alt", "Meta"].includes(event.key)) return "none";
  return event.key === "Escape" ? undefined : chordOf(event.nativeEvent);
}

function KeyTable() {
  const text = useText();
  const settings = useStore(settingsStore);
  const { preset } = settings;
  const own = ownOf(settings);
  const [search, setSearch] = useState("");
  const [chord, setChord] = useState<string>();
  const [filter, setFilter] = useState<Filter>("all");
  const map = useMemo(() => keymap(preset, own), [preset, own]);
  const label = (id: string) => text(`cmd-${id}`);
  const conflicted = new Set(map.conflicts.flatMap((c) => c.commands));
  const fits = (id: string) => {
    const chords = map.byCommand.get(id) ?? [];
    if (filter === "changed" && own[id] === undefined) return false;
    if (filter === "conflicts" && !conflicted.has(id)) return false;
    if (filter === "without" && chords.length > 0) return false;
    if (chord !== undefined && !chords.includes(chord)) return false;
    return label(id).toLowerCase().includes(search.trim().toLowerCase());
  };
  const found = commands.filter((c) => fits(c.id));
  return (
    <>
      <div className="row wrap">
        <Select
          label={text("preset")}
          value={preset}
          options={presetIds.map((id) => ({ id, name: text(`preset-${id}`) }))}
          onChange={(id) => settingsStore.setState({ preset: id as PresetId })}
        />
        <Search label={text("find-command")} value={search} onChange={setSearch} />
        <KeySearch chord={chord} onChange={setChord} />
        <Select
          label={text("keys-filter")}
          value={filter}
          options={filters.map((id) => ({ id, name: text(`keys-filter-${id}`) }))}
          onChange={(id) => setFilter(id as Filter)}
        />
      </div>
      {map.conflicts.length === 0 ? null : (
        <div className="banner warn" role="alert">
          <TriangleAlert size={15} aria-hidden />
          <span>{text("keys-conflicts", { count: map.conflicts.length })}</span>
          <Button className="small" onClick={() => setFilter("conflicts")}>
            {text("keys-show")}
          </Button>
        </div>
      )}
      <div className="key-table">
        {groups.map((group) => {
          const rows = found.filter((c) => c.group === group);
          return rows.length === 0 ? null : (
            <section key={group} aria-label={text(`group-${group}`)}>
              <h3>{text(`group-${group}`)}</h3>
              {rows.map((c) => (
                <Row key={c.id} id={c.id} map={map} />
              ))}
            </section>
          );
        })}
        {found.length === 0 ? <p className="muted none">{text("nothing-found")}</p> : null}
      </div>
      <Exchange />
    </>
  );
}

/** Finds the command of a chord that is pressed. */
function KeySearch({ chord, onChange }: { chord: string | undefined; onChange(chord: string | undefined): void }) {
  const text = useText();
  const [recording, setRecording] = useState(false);
  return (
    <span className="key-search">
      <button
        type="button"
        className={`button ${recording ? "recording" : ""}`}
        onClick={() => setRecording(true)}
        onBlur={() => setRecording(false)}
        onKeyDown={(event) => {
          if (!recording) return;
          const found = pressed(event);
          if (found === "none") return;
          setRecording(false);
          if (found !== undefined) onChange(found);
        }}
      >
        <Keyboard size={15} aria-hidden />
        {recording ? text("keys-press") : chord === undefined ? text("keys-find") : <Keys chord={chord} />}
      </button>
      {chord === undefined ? null : (
        <IconButton icon={X} size={13} label={text("keys-find-clear")} onClick={() => onChange(undefined)} />
      )}
    </span>
  );
}

function Row({ id, map }: { id: string; map: ReturnType<typeof keymap> }) {
  const text = useText();
  const settings = useStore(settingsStore);
  const { preset } = settings;
  const own = ownOf(settings);
  const [recording, setRecording] = useState(false);
  const command = text(`cmd-${id}`);
  const chords = map.byCommand.get(id) ?? [];
  const others = map.conflicts.filter((c) => c.commands.includes(id));
  const kept = chords.filter((c) => reserved.includes(c));
  const set = (next: readonly string[]) => setOwn(withChords(preset, own, id, next));
  const onKey = (event: KeyboardEvent) => {
    if (!recording) return;
    const found = pressed(event);
    if (found === "none") return;
    setRecording(false);
    if (found !== undefined) set([...chords, found]);
  };
  return (
    <div className={`key-item ${own[id] === undefined ? "" : "changed"}`}>
      <div className="key-row">
        <span className="key-name">{command}</span>
        <span className="key-chords">
          {chords.map((c) => (
            <span key={c} className={`key-chip ${others.some((o) => o.chord === c) ? "taken" : ""}`}>
              <Keys chord={c} />
              <button
                type="button"
                className="key-remove"
                aria-label={text("keys-remove", { chord: shown(c), command })}
                onClick={() => set(chords.filter((x) => x !== c))}
              >
                <X size={11} aria-hidden />
              </button>
            </span>
          ))}
          <button
            type="button"
            className={`key-button ${recording ? "recording" : ""}`}
            aria-label={text("keys-change", { command })}
            onClick={() => setRecording(true)}
            onKeyDown={onKey}
            onBlur={() => setRecording(false)}
          >
            {recording ? text("keys-press") : <Plus size={13} aria-hidden />}
          </button>
          <IconButton
            className={own[id] === undefined ? "unseen" : ""}
            icon={RotateCcw}
            size={13}
            disabled={own[id] === undefined}
            label={text("keys-reset-one", { command })}
            onClick={() => {
              const { [id]: _, ...rest } = own;
              setOwn(rest);
            }}
          />
        </span>
      </div>
      {others.map((c) => (
        <div key={c.chord} className="key-note" role="status">
          <TriangleAlert size={13} aria-hidden />
          <span>
            {text("keys-taken", {
              chord: shown(c.chord),
              commands: c.commands
                .filter((other) => other !== id)
                .map((other) => text(`cmd-${other}`))
                .join(", "),
            })}
          </span>
          <Button className="small" onClick={() => setOwn(takenFrom(preset, own, map, c.chord, id))}>
            {text("keys-take")}
          </Button>
        </div>
      ))}
      {kept.map((c) => (
        <div key={c} className="key-note" role="status">
          <TriangleAlert size={13} aria-hidden />
          <span>{text("keys-reserved", { chord: shown(c), command })}</span>
        </div>
      ))}
    </div>
  );
}

/** Keys as a file, and back. */
function Exchange() {
  const text = useText();
  const settings = useStore(settingsStore);
  const own = ownOf(settings);
  const files = useRef<HTMLInputElement>(null);
  const [said, setSaid] = useState<{ text: string; wrong: boolean }>();
  const save = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([exported(settings.preset, own)], { type: "application/json" }));
    link.download = `cutroom-keys-${settings.preset}.json`;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  const load = async (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    event.target.value = "";
    const found = file === undefined ? undefined : imported(await file.text());
    if (found === undefined) {
      setSaid({ text: text("keys-import-wrong"), wrong: true });
      return;
    }
    settingsStore.setState({
      preset: found.preset,
      overlays: { ...settings.overlays, [found.preset]: found.own },
    });
    const count = Object.keys(found.own).length;
    setSaid({ text: text("keys-imported", { count, unknown: found.unknown.length }), wrong: false });
  };
  return (
    <footer className="spread">
      <Button icon={Upload} onClick={() => files.current?.click()}>
        {text("keys-import")}
      </Button>
      <Button icon={Download} onClick={save}>
        {text("keys-export")}
      </Button>
      <span role="status" className={said?.wrong ? "wrong-text" : "muted"}>
        {said?.text}
      </span>
      <span className="spring" />
      <Button icon={RotateCcw} disabled={Object.keys(own).length === 0} onClick={() => setOwn({})}>
        {text("keys-reset")}
      </Button>
      <input
        ref={files}
        type="file"
        hidden
        accept="application/json,.json"
        aria-label={text("keys-import")}
        data-testid="keys-file"
        onChange={(e) => void load(e)}
      />
    </footer>
  );
}
