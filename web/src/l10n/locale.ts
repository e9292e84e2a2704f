// Texts of the interface, from Fluent files. A text that is missing shows its id, and fails a test.
import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import en from "./en/editor.ftl?raw";
import enCommands from "./en/commands.ftl?raw";
import enPanels from "./en/panels.ftl?raw";
import ja from "./ja/editor.ftl?raw";
import jaCommands from "./ja/commands.ftl?raw";
import jaPanels from "./ja/panels.ftl?raw";
import enCanvas from "./en/canvas.ftl?raw";
import jaCanvas from "./ja/canvas.ftl?raw";
import enLine from "./en/line.ftl?raw";
import jaLine from "./ja/line.ftl?raw";
import enMixer from "./en/mixer.ftl?raw";
import jaMixer from "./ja/mixer.ftl?raw";
import enSteps from "./en/steps.ftl?raw";
import jaSteps from "./ja/steps.ftl?raw";

export const locales = { en: "English", ja: "日本語" } as const;
export type Locale = keyof typeof locales;

const sources: Record<Locale, string[]> = {
  en: [en, enCommands, enPanels, enCanvas, enLine, enMixer, enSteps],
  ja: [ja, jaCommands, jaPanels, jaCanvas, jaLine, jaMixer, jaSteps],
};

function bundle(locale: Locale): FluentBundle {
  const made = new FluentBundle(locale, { useIsolating: false });
  for (const source of sources[locale]) made.addResource(new FluentResource(source));
  return made;
}

const bundles: Partial<Record<Locale, FluentBundle>> = {};

export type Text = (id: string, args?: Record<string, FluentVariable>) => string;

export function textIn(locale: Locale): Text {
  const own = (bundles[locale] ??= bundle(locale));
  return (id, args) => {
    const message = own.getMessage(id);
    if (message?.value == null) return id;
    return own.formatPattern(message.value, args ?? null, []);
  };
}

const KEY = "cutroom.locale";

function first(): Locale {
  const kept = globalThis.localStorage?.getItem(KEY);
  if (kept !== null && kept !== undefined && kept in locales) return kept as Locale;
  return globalThis.navigator?.language?.startsWith("ja") ? "ja" : "en";
}

export const localeStore = createStore<{ locale: Locale }>(() => ({ locale: "en" }));

export function startLocale(): void {
  setLocale(first());
}

export function setLocale(locale: Locale): void {
  localeStore.setState({ locale });
  globalThis.localStorage?.setItem(KEY, locale);
  if (globalThis.document !== undefined) document.documentElement.lang = locale;
}

/** Outside of views. */
export const text: Text = (id, args) => textIn(localeStore.getState().locale)(id, args);

export function useText(): Text {
  return textIn(useStore(localeStore, (s) => s.locale));
}
