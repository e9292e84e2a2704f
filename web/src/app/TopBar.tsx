import { Clapperboard, Moon, Redo2, Save, Search, Settings, Share, Sun, Undo2, Users } from "lucide-react";
import { useStore } from "zustand";
import { commands, panelIds, workspaceIds } from "../keys/commands";
import { type Locale, locales, localeStore, setLocale, useText } from "../l10n/locale";
import { Button, CommandButton, IconButton, Keys, Menu, type MenuEntry, Select } from "../ui/parts";
import { useComposition, useEditor, useProject } from "../ui/session-context";
import { themeStore } from "../ui/theme";
import { workspaceStore } from "./workspaces";

const fileMenu: MenuEntry[] = [
  { command: "open-project" },
  "line",
  { command: "import" },
  { command: "browse" },
  { command: "relink" },
  "line",
  { command: "export" },
  "line",
  { command: "save" },
];
const editMenu: MenuEntry[] = [
  { command: "undo" },
  { command: "redo" },
  "line",
  { command: "cut" },
  { command: "copy" },
  { command: "paste" },
  { command: "paste-attributes" },
  { command: "duplicate" },
  { command: "delete" },
  { command: "ripple-delete" },
  "line",
  { command: "select-all" },
  { command: "select-none" },
  { command: "select-at-playhead" },
  { command: "select-in-range" },
  { command: "select-forward" },
  { command: "select-backward" },
  { command: "select-forward-track" },
  { command: "select-backward-track" },
  "line",
  { command: "lift" },
  { command: "extract" },
  { command: "close-gap" },
  { command: "close-all-gaps" },
];
const trimMenu: MenuEntry[] = ["tools", "trim"].flatMap((group, n): MenuEntry[] => [
  ...(n === 0 ? [] : (["line"] as const)),
  ...commands.filter((c) => c.group === group).map((c) => ({ command: c.id })),
]);
const trackMenu: MenuEntry[] = [
  { command: "add-video-track" },
  { command: "add-audio-track" },
  "line",
  ...commands.filter((c) => c.group === "track").map((c) => ({ command: c.id })),
];
const clipMenu: MenuEntry[] = [
  { command: "split" },
  { command: "split-all" },
  { command: "ripple-trim-start" },
  { command: "ripple-trim-end" },
  { command: "trim-start" },
  { command: "trim-end" },
  "line",
  ...commands.filter((c) => c.group === "clip").map((c) => ({ command: c.id })),
];
const markMenu: MenuEntry[] = commands.filter((c) => c.group === "mark").map((c) => ({ command: c.id }));

export function TopBar() {
  const { session, ui, keymap } = useEditor();
  const text = useText();
  const theme = useStore(themeStore, (s) => s.theme);
  const locale = useStore(localeStore, (s) => s.locale);
  const { current, own } = useStore(workspaceStore);
  const unsaved = useStore(session.document, (s) => s.unsaved);
  const project = useProject();
  const composition = useComposition();
  const viewMenu: MenuEntry[] = [
    ...panelIds.map((id) => ({ command: `panel-${id}` })),
    "line",
    { command: "zoom-in" },
    { command: "zoom-out" },
    { command: "zoom-fit" },
    { command: "fullscreen" },
    "line",
    { command: "toggle-theme" },
    ...(Object.entries(locales) as [Locale, string][]).map(([id, label]) => ({
      label,
      checked: id === locale,
      run: () => setLocale(id),
    })),
    "line",
    { command: "settings" },
    { command: "keyboard" },
  ];
  const workspaceMenu: MenuEntry[] = [
    ...workspaceIds.map((id) => ({ command: `workspace-${id}`, checked: current === id })),
    ...(own.length === 0 ? [] : (["line"] as const)),
    ...own.map((w) => ({ label: w.name, checked: current === w.id, run: () => ui.workspace(w.id) })),
    "line",
    { command: "workspaces" },
    { command: "reset-layout" },
  ];
  const chord = keymap.byCommand.get("palette")?.[0];
  const menu = (id: string, entries: MenuEntry[]) => (
    <Menu
      trigger={
        <button type="button" className="menu-button">
          {text(`menu-${id}`)}
        </button>
      }
      entries={entries}
    />
  );
  const compositions = (project?.compositions ?? []).map((c) => ({ id: c.id, name: c.name || c.id }));
  return (
    <header className="topbar">
      <span className="logo" aria-hidden>
        <Clapperboard size={17} />
      </span>
      <nav className="menus" aria-label={text("menus")}>
        {menu("file", fileMenu)}
        {menu("edit", editMenu)}
        {menu("clip", clipMenu)}
        {menu("trim", trimMenu)}
        {menu("track", trackMenu)}
        {menu("mark", markMenu)}
        {menu("view", viewMenu)}
        {menu("workspace", workspaceMenu)}
      </nav>
      <div className="title">
        <span className="title-name">{project?.name || text("untitled")}</span>
        {compositions.length > 1 && composition !== undefined ? (
          <Select
            compact
            label={text("composition")}
            value={composition.id}
            options={compositions}
            onChange={(id) => session.show(id)}
          />
        ) : null}
        <span className={`saved ${unsaved ? "unsaved" : ""}`}>{text(unsaved ? "not-saved" : "all-saved")}</span>
      </div>
      <div className="topbar-end">
        <LinkState />
        <button type="button" className="palette-button" onClick={() => ui.palette()}>
          <Search size={13} aria-hidden />
          <span>{text("find-command")}</span>
          {chord === undefined ? null : <Keys chord={chord} />}
        </button>
        <CommandButton id="undo" icon={Undo2} />
        <CommandButton id="redo" icon={Redo2} />
        <CommandButton id="save" icon={Save} />
        <IconButton
          icon={theme === "dark" ? Sun : Moon}
          label={text("cmd-toggle-theme")}
          chord={keymap.byCommand.get("toggle-theme")?.[0]}
          onClick={() => ui.toggleTheme()}
        />
        <CommandButton id="settings" icon={Settings} />
        <Button look="primary" icon={Share} onClick={() => ui.exportFilm()}>
          {text("export")}
        </Button>
      </div>
    </header>
  );
}

function LinkState() {
  const { session } = useEditor();
  const text = useText();
  const { state, clients } = useStore(session.link, (s) => s);
  if (state === "open") {
    return clients > 1 ? (
      <span className="link" role="status">
        <Users size={14} aria-hidden /> {text("clients", { count: clients })}
      </span>
    ) : null;
  }
  return (
    <span className="link lost" role="status">
      <span className="dot" aria-hidden />
      {text(state === "lost" ? "link-lost" : "link-connecting")}
      {state === "lost" ? (
        <button type="button" className="button small" onClick={() => session.reconnect()}>
          {text("try-again")}
        </button>
      ) : null}
    </span>
  );
}
