// What belongs to this browser: keys, and how things are shown.
import { createStore } from "zustand/vanilla";
import { presetIds, type PresetId } from "../keys/keymap";
import type { Overlay } from "../keys/overlay";

export interface Settings {
  preset: PresetId;
  /** For each preset, chords of commands that the user changed. */
  overlays: Partial<Record<PresetId, Overlay>>;
}

const KEY = "cutroom.keys";

function first(): Settings {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Settings> & { own?: Overlay };
    const preset = presetIds.find((id) => id === kept.preset) ?? "resolve";
    // Earlier all presets shared what was changed.
    return { preset, overlays: kept.overlays ?? (kept.own === undefined ? {} : { [preset]: kept.own }) };
  } catch {
    return { preset: "resolve", overlays: {} };
  }
}

export const settingsStore = createStore<Settings>(first);

settingsStore.subscribe((settings) => localStorage.setItem(KEY, JSON.stringify(settings)));

const none: Overlay = {};

export function ownOf({ preset, overlays }: Settings): Overlay {
  return overlays[preset] ?? none;
}

export function setOwn(own: Overlay): void {
  const { preset, overlays } = settingsStore.getState();
  settingsStore.setState({ overlays: { ...overlays, [preset]: own } });
}
