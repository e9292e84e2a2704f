// What a user has changed of a preset: the chords of some commands, in place of the preset's.
import { normalised } from "./chord";
import { commandById } from "./commands";
import { type Keymap, type PresetId, presetIds, presets } from "./keymap";

export type Overlay = Readonly<Record<string, string[]>>;

const same = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((x, n) => x === b[n]);

/** What a command has in a preset as it comes. */
export function presetChords(preset: PresetId, command: string): string[] {
  return ((presets[preset] as Record<string, string[]>)[command] ?? []).map(normalised);
}

/** Sets the chords of a command; what is as in the preset is no change. */
export function withChords(preset: PresetId, own: Overlay, command: string, chords: readonly string[]): Overlay {
  const { [command]: _, ...rest } = own;
  const wanted = [...new Set(chords.map(normalised))];
  return same(wanted, presetChords(preset, command)) ? rest : { ...rest, [command]: wanted };
}

/** Leaves a chord to one command, and takes it from all others. */
export function takenFrom(preset: PresetId, own: Overlay, map: Keymap, chord: string, command: string): Overlay {
  let next = own;
  for (const [id, chords] of map.byCommand) {
    if (id !== command && chords.includes(chord))
      next = withChords(
        preset,
        next,
        id,
        chords.filter((c) => c !== chord),
      );
  }
  return next;
}

export const FORMAT = "cutroom-keys/1";

export function exported(preset: PresetId, own: Overlay): string {
  const keys = Object.fromEntries(Object.entries(own).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ format: FORMAT, preset, keys }, null, 2)}\n`;
}

export interface Imported {
  preset: PresetId;
  own: Overlay;
  /** Commands that this version does not have. */
  unknown: string[];
}

const modifiers = ["Ctrl", "Alt", "Shift"];

function isChord(value: unknown): value is string {
  if (typeof value !== "string") return false;
  const parts = value.split("+");
  const name = parts.pop() as string;
  return /^[A-Za-z0-9]+$/.test(name) && !modifiers.includes(name) && parts.every((p) => modifiers.includes(p));
}

/** Nothing where the text is not a file of keys. */
export function imported(text: string): Imported | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { format, preset, keys } = (value ?? {}) as { format?: unknown; preset?: unknown; keys?: unknown };
  const known = presetIds.find((id) => id === preset);
  if (format !== FORMAT || known === undefined || keys === null || typeof keys !== "object") return undefined;
  let own: Overlay = {};
  const unknown: string[] = [];
  for (const [id, chords] of Object.entries(keys as Record<string, unknown>)) {
    if (!Array.isArray(chords) || !chords.every(isChord)) return undefined;
    if (commandById.has(id)) own = withChords(known, own, id, chords);
    else unknown.push(id);
  }
  return { preset: known, own, unknown };
}
