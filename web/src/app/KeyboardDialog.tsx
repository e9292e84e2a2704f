import { RotateCcw } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import { useStore } from "zustand";
import { chordOf, shown } from "../keys/chord";
import { commands, groups } from "../keys/commands";
import { keymap, presetIds, type PresetId } from "../keys/keymap";
import { useText } from "../l10n/locale";
import { Button, Dialog, IconButton, Keys, Search, Select } from "../ui/parts";
import { settingsStore } from "./settings";

/** Presets, and keys of one's own, with conflicts and keys that browsers keep. */
export function KeyboardDialog({ open, onOpenChange }: { open: boolean; onOpenChange(open: boolean): void }) {
  const text = useText();
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={text("cmd-keyboard")} about={text("keyboard-about")} wide>
      <KeyTable />
    </Dialog>
  );
}

function KeyTable() {
  const text = useText();
  const { preset, own } = useStore(settingsStore);
  const [search, setSearch] = useState("");
  const [recording, setRecording] = useState<string>();
  const map = keymap(preset, own);
  const label = (id: string) => text(`cmd-${id}`);
  const press = (event: KeyboardEvent, id: string) => {
    if (recording !== id) return;
    event.preventDefault();
    event.stopPropagation();
    if (["Control", "Shift", "Alt", "Meta"].includes(event.key)) return;
    if (event.key !== "Escape") settingsStore.setState({ own: { ...own, [id]: [chordOf(event.nativeEvent)] } });
    setRecording(undefined);
  };
  return (
    <>
      <div className="row">
        <Select
          label={text("preset")}
          value={preset}
          options={presetIds.map((id) => ({ id, name: text(`preset-${id}`) }))}
          onChange={(id) => settingsStore.setState({ preset: id as PresetId })}
        />
        <Search label={text("find-command")} value={search} onChange={setSearch} />
        <Button
          icon={RotateCcw}
          disabled={Object.keys(own).length === 0}
          onClick={() => settingsStore.setState({ own: {} })}
        >
          {text("keys-reset")}
        </Button>
      </div>
      {map.conflicts.map((c) => (
        <div key={c.chord} className="banner warn" role="alert">
          {text("keys-conflict", { chord: shown(c.chord), commands: c.commands.map(label).join(", ") })}
        </div>
      ))}
      {map.reserved.map((r) => (
        <div key={r.chord} className="banner warn" role="alert">
          {text("keys-reserved", { chord: shown(r.chord), command: label(r.command) })}
        </div>
      ))}
      <div className="key-table">
        {groups.map((group) => {
          const rows = commands.filter(
            (c) => c.group === group && label(c.id).toLowerCase().includes(search.toLowerCase()),
          );
          return rows.length === 0 ? null : (
            <section key={group} aria-label={text(`group-${group}`)}>
              <h3>{text(`group-${group}`)}</h3>
              {rows.map((c) => (
                <div key={c.id} className="key-row">
                  <span>{label(c.id)}</span>
                  <button
                    type="button"
                    className={`key-button ${recording === c.id ? "recording" : ""}`}
                    aria-label={text("keys-change", { command: label(c.id) })}
                    onClick={() => setRecording(c.id)}
                    onKeyDown={(e) => press(e, c.id)}
                    onBlur={() => setRecording(undefined)}
                  >
                    {recording === c.id
                      ? text("keys-press")
                      : (map.byCommand.get(c.id) ?? []).map((chord) => <Keys key={chord} chord={chord} />)}
                    {recording !== c.id && (map.byCommand.get(c.id) ?? []).length === 0 ? (
                      <span className="muted">—</span>
                    ) : null}
                  </button>
                  {own[c.id] === undefined ? null : (
                    <IconButton
                      icon={RotateCcw}
                      size={13}
                      label={text("keys-reset-one", { command: label(c.id) })}
                      onClick={() => {
                        const { [c.id]: _, ...rest } = own;
                        settingsStore.setState({ own: rest });
                      }}
                    />
                  )}
                </div>
              ))}
            </section>
          );
        })}
      </div>
    </>
  );
}
