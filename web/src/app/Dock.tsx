import { type DockviewApi, DockviewReact, type DockviewTheme, type IDockviewPanelHeaderProps } from "dockview-react";
import { type ComponentType, type Ref, useCallback, useEffect, useImperativeHandle, useRef } from "react";
import { useStore } from "zustand";
import { type PanelId, panelIds } from "../keys/commands";
import { useText } from "../l10n/locale";
import { Browser } from "../panels/browser/Browser";
import { HistoryPanel } from "../panels/History";
import { Inspector } from "../panels/inspector/Inspector";
import { JobsPanel } from "../panels/Jobs";
import { MediaBin } from "../panels/media/Media";
import { ProblemsPanel } from "../panels/Problems";
import { Mixer } from "../panels/Mixer";
import { Scopes } from "../panels/Scopes";
import { SourceMonitor } from "../panels/Source";
import { Preview } from "../preview/Preview";
import { Timeline } from "../timeline/Timeline";
import { useSession } from "../ui/session-context";

export interface DockHandle {
  show(id: PanelId): void;
  reset(): void;
}

const panels: Record<PanelId, ComponentType> = {
  viewer: Preview,
  timeline: Timeline,
  media: MediaBin,
  inspector: Inspector,
  browser: Browser,
  history: HistoryPanel,
  jobs: JobsPanel,
  problems: ProblemsPanel,
  source: SourceMonitor,
  mixer: Mixer,
  scopes: Scopes,
};
const components = Object.fromEntries(Object.entries(panels).map(([id, Panel]) => [id, () => <Panel />]));

const theme: DockviewTheme = { name: "cutroom", className: "dockview-theme-cutroom", gap: 6 };

/** Below these sizes a panel is of no use. */
const side = { minimumWidth: 216, minimumHeight: 120 };
const least: Record<PanelId, { minimumWidth: number; minimumHeight: number }> = {
  viewer: { minimumWidth: 240, minimumHeight: 150 },
  timeline: { minimumWidth: 360, minimumHeight: 150 },
  media: side,
  browser: side,
  inspector: side,
  history: side,
  jobs: side,
  problems: side,
  source: { minimumWidth: 240, minimumHeight: 150 },
  mixer: { minimumWidth: 216, minimumHeight: 200 },
  scopes: side,
};

const KEY = "cutroom.layout.1";

export function Dock({ ref }: { ref: Ref<DockHandle> }) {
  const api = useRef<DockviewApi | undefined>(undefined);
  useImperativeHandle(ref, () => ({
    show: (id) => {
      const there = api.current?.getPanel(id);
      if (there !== undefined) there.api.setActive();
      else if (api.current !== undefined)
        api.current.addPanel({ id, component: id, title: id, ...least[id], ...beside(api.current, id) });
    },
    reset: () => {
      api.current?.clear();
      if (api.current !== undefined) arrange(api.current);
    },
  }));
  const onReady = useCallback((event: { api: DockviewApi }) => {
    api.current = event.api;
    if (!restored(event.api)) arrange(event.api);
    event.api.onDidLayoutChange(() => localStorage.setItem(KEY, JSON.stringify(event.api.toJSON())));
  }, []);
  return (
    <DockviewReact
      components={components}
      defaultTabComponent={Tab}
      onReady={onReady}
      theme={theme}
      disableFloatingGroups
      singleTabMode="default"
    />
  );
}

/** Where a panel belongs that the kept layout does not have. */
function beside(api: DockviewApi, id: PanelId): { position?: { referencePanel: string } } {
  const near = homes[id]?.find((other) => api.getPanel(other) !== undefined);
  return near === undefined ? {} : { position: { referencePanel: near } };
}

const homes: Partial<Record<PanelId, readonly PanelId[]>> = {
  source: ["viewer"],
  mixer: ["timeline"],
  scopes: ["media", "browser"],
  media: ["browser"],
  browser: ["media"],
  history: ["inspector", "jobs", "problems"],
  jobs: ["inspector", "history", "problems"],
  problems: ["inspector", "jobs", "history"],
};

function restored(api: DockviewApi): boolean {
  const kept = localStorage.getItem(KEY);
  if (kept === null) return false;
  try {
    api.fromJSON(JSON.parse(kept));
    return api.panels.length > 0 && api.panels.every((p) => (panelIds as readonly string[]).includes(p.id));
  } catch {
    api.clear();
    return false;
  }
}

/** Bin and browser at the left, picture in the middle, inspector at the right, timeline below. */
function arrange(api: DockviewApi): void {
  const add = (id: PanelId, position?: Parameters<DockviewApi["addPanel"]>[0]["position"], inactive = false) =>
    api.addPanel({ id, component: id, title: id, position, inactive, ...least[id] });
  const [width, height] = [api.width || 1440, api.height || 860];
  const viewer = add("viewer");
  const wide = width >= 1700;
  add("source", { referencePanel: viewer, direction: wide ? "left" : "within" }, !wide);
  const timeline = add("timeline", { referencePanel: viewer, direction: "below" });
  add("mixer", { referencePanel: timeline, direction: "within" }, true);
  const media = add("media", { referencePanel: viewer, direction: "left" });
  add("browser", { referencePanel: media, direction: "within" }, true);
  add("scopes", { referencePanel: media, direction: "within" }, true);
  const inspector = add("inspector", { referencePanel: viewer, direction: "right" });
  for (const id of ["history", "jobs", "problems"] as const)
    add(id, { referencePanel: inspector, direction: "within" }, true);
  timeline.group.api.setSize({ height: Math.round(height * 0.45) });
  media.group.api.setSize({ width: Math.round(Math.min(380, Math.max(250, width * 0.23))) });
  inspector.group.api.setSize({ width: Math.round(Math.min(380, Math.max(270, width * 0.23))) });
}

function Tab({ api }: IDockviewPanelHeaderProps) {
  const text = useText();
  const title = text(`panel-${api.id}`);
  // The dock names its tabs and panels for readers by this.
  useEffect(() => api.setTitle(title), [api, title]);
  return (
    <span className="dock-tab">
      {title}
      {api.id === "problems" ? <Count of="problems" /> : api.id === "jobs" ? <Count of="jobs" /> : null}
    </span>
  );
}

function Count({ of }: { of: "problems" | "jobs" }) {
  const session = useSession();
  const count = useStore(session.activity, (s) =>
    of === "problems" ? s.problems.length : s.jobs.filter((j) => j.state === "running").length,
  );
  return count === 0 ? null : <span className={`count ${of}`}>{count}</span>;
}
