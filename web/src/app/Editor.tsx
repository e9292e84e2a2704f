import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useStore } from "zustand";
import { text as textNow, useText } from "../l10n/locale";
import { chordOf, isForText } from "../keys/chord";
import { commandById, type Ui } from "../keys/commands";
import { keymap } from "../keys/keymap";
import { SlowShuttle } from "../keys/shuttle";
import type { Session } from "../session/session";
import { EditorContext, type Editor as EditorValue } from "../ui/session-context";
import { setTheme, themeStore } from "../ui/theme";
import { BrowseDialog, type Browsing } from "./BrowseDialog";
import { AttributesDialog } from "./AttributesDialog";
import { CommandPalette } from "./CommandPalette";
import { Dock, type DockHandle } from "./Dock";
import { ExportDialog } from "./ExportDialog";
import { KeyboardDialog } from "./KeyboardDialog";
import { Notices } from "./Notices";
import { focusedTimecode, followMonitors } from "./monitors";
import { focusWasClicked, followClicks } from "./pressed";
import { ownOf, settingsStore } from "./settings";
import { SettingsDialog } from "./SettingsDialog";
import { TopBar } from "./TopBar";
import { WorkspacesDialog } from "./WorkspacesDialog";

type Open = "palette" | "keyboard" | "export" | Browsing | "attributes" | "settings" | "workspaces" | undefined;

export function Editor({ session, onOpen }: { session: Session; onOpen(project: string): void }) {
  const text = useText();
  const [open, setOpen] = useState<Open>();
  const dock = useRef<DockHandle>(null);
  const files = useRef<HTMLInputElement>(null);
  const settings = useStore(settingsStore);
  const map = useMemo(() => keymap(settings.preset, ownOf(settings)), [settings]);
  const name = useStore(session.document, (s) => s.project?.name);
  const failure = useStore(session.document, (s) => (s.project === undefined ? s.failure : undefined));

  const ui = useMemo<Ui>(
    () => ({
      palette: () => setOpen("palette"),
      keyboard: () => setOpen("keyboard"),
      exportFilm: () => setOpen("export"),
      importFiles: () => files.current?.click(),
      browse: (what) => setOpen(what),
      enterTimecode: () => focusedTimecode(session)?.focus(),
      panel: (id) => dock.current?.show(id),
      resetLayout: () => dock.current?.reset(),
      toggleTheme: () => setTheme(themeStore.getState().theme === "dark" ? "light" : "dark"),
      enterOffset: () => document.querySelector<HTMLElement>(".offset-entry")?.focus(),
      pasteAttributes: () => setOpen("attributes"),
      settings: () => setOpen("settings"),
      workspaces: () => setOpen("workspaces"),
      nothing: (why) => session.notice(textNow(`nothing-${why}`)),
      workspace: (id) => dock.current?.workspace(id),
      fullscreen: () => {
        if (document.fullscreenElement !== null) void document.exitFullscreen();
        else void document.querySelector(`.viewer[data-monitor="programme"]`)?.requestFullscreen();
      },
    }),
    [session],
  );
  const run = useCallback((id: string) => commandById.get(id)?.run(session, ui), [session, ui]);
  const editor = useMemo<EditorValue>(() => ({ session, ui, keymap: map, run }), [session, ui, map, run]);

  useEffect(() => {
    // For scripts in the browser's console, and for tests.
    Object.assign(globalThis, { cutroom: session });
    const slow = new SlowShuttle();
    const onKey = (event: KeyboardEvent) => {
      const chord = chordOf(event);
      if (event.defaultPrevented || document.querySelector(".dialog") !== null) return;
      if (isTyping(event) && isForText(chord)) return;
      const id = map.byChord.get(chord);
      const command = id === undefined ? undefined : commandById.get(id);
      if (command === undefined || pressesButton(event)) return;
      event.preventDefault();
      if (slow.down(command.id, event.repeat, session.monitor())) return;
      if (!event.repeat || command.repeats) command.run(session, ui);
    };
    const onKeyUp = (event: KeyboardEvent) => {
      const id = map.byChord.get(chordOf(event));
      if (id !== undefined) slow.up(id, session.monitor());
    };
    const onBlur = () => slow.reset();
    window.addEventListener("keydown", onKey);
    window.addEventListener("keyup", onKeyUp);
    window.addEventListener("blur", onBlur);
    return () => {
      window.removeEventListener("keydown", onKey);
      window.removeEventListener("keyup", onKeyUp);
      window.removeEventListener("blur", onBlur);
    };
  }, [map, session, ui]);
  useEffect(() => {
    document.title = name ? `${name} · cutroom` : "cutroom";
  }, [name]);
  useEffect(() => followMonitors(session), [session]);
  useEffect(() => followClicks(), []);
  // A file dropped beside a target must not replace the editor.
  useEffect(() => {
    const stop = (event: DragEvent) => event.preventDefault();
    window.addEventListener("dragover", stop);
    window.addEventListener("drop", stop);
    return () => {
      window.removeEventListener("dragover", stop);
      window.removeEventListener("drop", stop);
    };
  }, []);

  return (
    <EditorContext.Provider value={editor}>
      <div className="app">
        <h1 className="sr-only">{name || "cutroom"}</h1>
        <TopBar />
        {failure === undefined ? null : (
          <div className="banner danger" role="alert">
            <strong>{text("document-failed")}</strong>
            <span>{failure instanceof Error ? failure.message : String(failure)}</span>
            <button type="button" className="button" onClick={() => void session.mirror.refetch()}>
              {text("try-again")}
            </button>
          </div>
        )}
        <main className="dock">
          <Dock ref={dock} />
        </main>
        <Notices />
        <CommandPalette open={open === "palette"} onOpenChange={(v) => setOpen(v ? "palette" : undefined)} />
        <KeyboardDialog open={open === "keyboard"} onOpenChange={(v) => setOpen(v ? "keyboard" : undefined)} />
        <AttributesDialog open={open === "attributes"} onOpenChange={(v) => setOpen(v ? "attributes" : undefined)} />
        <SettingsDialog open={open === "settings"} onOpenChange={(v) => setOpen(v ? "settings" : undefined)} />
        <WorkspacesDialog
          open={open === "workspaces"}
          onOpenChange={(v) => setOpen(v ? "workspaces" : undefined)}
          layout={() => dock.current?.layout()}
        />
        <ExportDialog open={open === "export"} onOpenChange={(v) => setOpen(v ? "export" : undefined)} />
        <BrowseDialog what={open} close={() => setOpen(undefined)} onOpen={onOpen} />
        <input
          ref={files}
          type="file"
          multiple
          hidden
          aria-label={text("cmd-import")}
          data-testid="files"
          accept="video/*,audio/*,image/*,.mkv,.mxf,.mts,.m2ts"
          onChange={(e) => {
            const chosen = [...(e.target.files ?? [])];
            e.target.value = "";
            if (chosen.length > 0) void session.importFiles(chosen);
          }}
        />
      </div>
    </EditorContext.Provider>
  );
}

function isTyping(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  if (target === null) return false;
  if (target instanceof HTMLTextAreaElement || target.isContentEditable) return true;
  return (
    target instanceof HTMLInputElement &&
    !["checkbox", "radio", "button", "range", "color", "file"].includes(target.type)
  );
}

/**
 * Space and Enter press the button that has the focus, as everywhere. Menus have keys of their own.
 */
function pressesButton(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  if (target?.closest(".menu") != null) return true;
  const role = target?.getAttribute("role");
  const arrows = event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End";
  if (arrows && role !== null && role !== undefined && ["slider", "tab", "gridcell"].includes(role))
    return role !== "slider" || !target?.classList.contains("scrub");
  if (event.key !== " " && event.key !== "Enter") return false;
  return target !== null && target.matches("button, [role=switch], [role=tab], a") && !focusWasClicked();
}
