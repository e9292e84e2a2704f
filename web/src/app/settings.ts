// What belongs to this browser: keys and layout.
import { createStore } from "zustand/vanilla";
import { presetIds, type PresetId } from "../keys/keymap";

export interface Settings {
  preset: PresetId;
  /** Chords of commands that the user changed. */
  own: Record<string, string[]>;
}

const KEY = "cutroom.keys";

function first(): Settings {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Settings>;
    const preset = presetIds.find((id) => id === kept.preset) ?? "resolve";
    return { preset, own: kept.own ?? {} };
  } catch {
    return { preset: "resolve", own: {} };
  }
}

export const settingsStore = createStore<Settings>(first);

settingsStore.subscribe((settings) => localStorage.setItem(KEY, JSON.stringify(settings)));
