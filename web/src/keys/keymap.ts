// From presets, and what the user changed, to a map from chords to commands.
import { commandById } from "./commands";
import { normalised, reserved } from "./chord";
import { kdenlive } from "./presets/kdenlive";
import { premiere } from "./presets/premiere";
import { resolve } from "./presets/resolve";

export const presets = { resolve, premiere, kdenlive } as const;
export type PresetId = keyof typeof presets;
export const presetIds = Object.keys(presets) as PresetId[];

export interface Conflict {
  chord: string;
  commands: string[];
}

export interface Keymap {
  byChord: ReadonlyMap<string, string>;
  byCommand: ReadonlyMap<string, readonly string[]>;
  conflicts: readonly Conflict[];
  reserved: readonly { chord: string; command: string }[];
}

/** `own` replaces the chords of the commands that it names. */
export function keymap(preset: PresetId, own: Readonly<Record<string, string[]>> = {}): Keymap {
  const all: Record<string, string[]> = { ...presets[preset], ...own };
  const users = new Map<string, string[]>();
  const byCommand = new Map<string, string[]>();
  for (const [command, chords] of Object.entries(all)) {
    if (!commandById.has(command)) continue;
    byCommand.set(command, chords.map(normalised));
    for (const chord of chords.map(normalised)) users.set(chord, [...(users.get(chord) ?? []), command]);
  }
  const conflicts = [...users]
    .filter(([, list]) => list.length > 1)
    .map(([chord, list]) => ({ chord, commands: list }));
  const kept = new Set(reserved);
  const taken = [...users].filter(([chord]) => kept.has(chord)).map(([chord, [command]]) => ({ chord, command }));
  return {
    byChord: new Map([...users].map(([chord, [first]]) => [chord, first])),
    byCommand,
    conflicts,
    reserved: taken,
  };
}
