import { Keyboard, RotateCcw } from "lucide-react";
import type { ReactNode } from "react";
import { useStore } from "zustand";
import { type TimeDisplay, timeDisplays } from "../edit/display";
import { presetIds, type PresetId } from "../keys/keymap";
import { type Locale, locales, localeStore, setLocale, useText } from "../l10n/locale";
import { motions, type Preferences, preferences, qualities, resetPreferences, textSizes } from "../ui/preferences";
import { Button, Dialog, Select, Slider, Switch } from "../ui/parts";
import { useEditor } from "../ui/session-context";
import { setTheme, themeChoices, type ThemeChoice, themeStore } from "../ui/theme";
import { settingsStore } from "./settings";

/** How this browser shows the editor; a project knows nothing of it. */
export function SettingsDialog({ open, onOpenChange }: { open: boolean; onOpenChange(open: boolean): void }) {
  const text = useText();
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={text("cmd-settings")} about={text("settings-about")}>
      <Form close={() => onOpenChange(false)} />
    </Dialog>
  );
}

function Row({ label, about, children }: { label: string; about?: string; children: ReactNode }) {
  return (
    <div className="setting">
      <span className="setting-label">
        <span>{label}</span>
        {about === undefined ? null : <span className="muted">{about}</span>}
      </span>
      <span className="setting-value">{children}</span>
    </div>
  );
}

function Form({ close }: { close(): void }) {
  const text = useText();
  const { ui, session } = useEditor();
  const locale = useStore(localeStore, (s) => s.locale);
  const theme = useStore(themeStore, (s) => s.choice);
  const preset = useStore(settingsStore, (s) => s.preset);
  const chosen = useStore(preferences);
  const set = (change: Partial<Preferences>) => preferences.setState(change);
  return (
    <>
      <div className="settings">
        <section aria-label={text("settings-look")}>
          <h3>{text("settings-look")}</h3>
          <Row label={text("settings-language")}>
            <Select
              label={text("settings-language")}
              value={locale}
              options={Object.entries(locales).map(([id, name]) => ({ id, name }))}
              onChange={(id) => setLocale(id as Locale)}
            />
          </Row>
          <Row label={text("settings-theme")}>
            <Select
              label={text("settings-theme")}
              value={theme}
              options={themeChoices.map((id) => ({ id, name: text(`theme-${id}`) }))}
              onChange={(id) => setTheme(id as ThemeChoice)}
            />
          </Row>
          <Row label={text("settings-text-size")}>
            <Slider
              label={text("settings-text-size")}
              min={100}
              max={200}
              step={5}
              value={chosen.textSize}
              onChange={(textSize) => set({ textSize })}
            />
            <Select
              compact
              label={text("settings-text-size-steps")}
              value={String(chosen.textSize)}
              options={[...new Set([...textSizes, chosen.textSize])]
                .sort((a, b) => a - b)
                .map((n) => ({ id: String(n), name: `${n} %` }))}
              onChange={(n) => set({ textSize: Number(n) })}
            />
          </Row>
          <Row label={text("settings-motion")}>
            <Select
              label={text("settings-motion")}
              value={chosen.motion}
              options={motions.map((id) => ({ id, name: text(`motion-${id}`) }))}
              onChange={(id) => set({ motion: id as Preferences["motion"] })}
            />
          </Row>
        </section>
        <section aria-label={text("settings-editing")}>
          <h3>{text("settings-editing")}</h3>
          <Row label={text("settings-keys")}>
            <Select
              label={text("settings-keys")}
              value={preset}
              options={presetIds.map((id) => ({ id, name: text(`preset-${id}`) }))}
              onChange={(id) => settingsStore.setState({ preset: id as PresetId })}
            />
            <Button icon={Keyboard} onClick={() => ui.keyboard()}>
              {text("settings-keys-change")}
            </Button>
          </Row>
          <Row label={text("settings-time")}>
            <Select
              label={text("settings-time")}
              value={chosen.time}
              options={timeDisplays.map((id) => ({ id, name: text(`time-display-${id}`) }))}
              onChange={(id) => set({ time: id as TimeDisplay })}
            />
          </Row>
          <Row label={text("settings-snapping")} about={text("settings-snapping-about")}>
            <Switch
              label={text("settings-snapping")}
              checked={chosen.snapping}
              onChange={(snapping) => {
                set({ snapping });
                session.timeline.setState({ snapping });
              }}
            />
          </Row>
          <Row label={text("quality")} about={text("settings-quality-about")}>
            <Select
              label={text("quality")}
              value={chosen.quality}
              options={qualities.map((id) => ({ id, name: text(`quality-${id}`) }))}
              onChange={(id) => {
                const quality = id as Preferences["quality"];
                set({ quality });
                session.quality(quality);
              }}
            />
          </Row>
        </section>
      </div>
      <footer className="spread">
        <Button icon={RotateCcw} onClick={resetPreferences}>
          {text("settings-reset")}
        </Button>
        <span className="spring" />
        <Button look="primary" onClick={close}>
          {text("close")}
        </Button>
      </footer>
    </>
  );
}
