// How this browser shows things. Kept here and not in the project.
import { createStore } from "zustand/vanilla";
import { useStore } from "zustand";
import { enteredTime, type TimeDisplay, timeDisplays, timeText } from "../edit/display";
import type { Rate } from "../edit/time";
import type { QualityMode } from "../wire/messages";

export const textSizes = [100, 110, 125, 150, 175, 200] as const;
export const motions = ["system", "reduced"] as const;
export const qualities: readonly QualityMode[] = ["auto", "full", "half", "quarter"];

export interface Preferences {
  /** Per cent. */
  textSize: number;
  time: TimeDisplay;
  /** Whether a project opens with snapping on. */
  snapping: boolean;
  quality: QualityMode;
  motion: (typeof motions)[number];
}

const KEY = "cutroom.preferences";
const usual: Preferences = { textSize: 100, time: "timecode", snapping: true, quality: "auto", motion: "system" };

function first(): Preferences {
  try {
    const kept = JSON.parse(globalThis.localStorage?.getItem(KEY) ?? "{}") as Partial<Preferences>;
    return {
      textSize: Math.min(200, Math.max(100, Number(kept.textSize ?? 100) || 100)),
      time: timeDisplays.find((t) => t === kept.time) ?? usual.time,
      snapping: kept.snapping ?? usual.snapping,
      quality: qualities.find((q) => q === kept.quality) ?? usual.quality,
      motion: motions.find((m) => m === kept.motion) ?? usual.motion,
    };
  } catch {
    return usual;
  }
}

export const preferences = createStore<Preferences>(first);

export function scaleOf({ textSize }: Preferences): number {
  return textSize / 100;
}

export function startPreferences(): void {
  const apply = (now: Preferences) => {
    document.documentElement.style.setProperty("--scale", String(scaleOf(now)));
    document.documentElement.dataset.motion = now.motion;
  };
  apply(preferences.getState());
  preferences.subscribe((now) => {
    apply(now);
    localStorage.setItem(KEY, JSON.stringify(now));
  });
}

export function resetPreferences(): void {
  preferences.setState(usual);
}

/** Times as they are to be shown. */
export function useTimes() {
  const time = useStore(preferences, (s) => s.time);
  return {
    display: time,
    shown: (rate: Rate, frame: number) => timeText(time, rate, frame),
    typed: (rate: Rate, text: string, present: number) => enteredTime(time, rate, text, present),
  };
}
