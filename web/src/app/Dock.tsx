import {
  type DockviewApi,
  DockviewReact,
  type DockviewTheme,
  type IDockviewPanelHeaderProps,
  type SerializedDockview,
} from "dockview-react";
import { type ComponentType, type Ref, useCallback, useEffect, useImperativeHandle, useRef } from "react";
import { useStore } from "zustand";
import type { PanelId } from "../keys/commands";
import { useText } from "../l10n/locale";
import { Browser } from "../panels/browser/Browser";
import { HistoryPanel } from "../panels/History";
import { Inspector } from "../panels/inspector/Inspector";
import { JobsPanel } from "../panels/Jobs";
import { KeyframePanel } from "../panels/keyframes/Keyframes";
import { MediaBin } from "../panels/media/Media";
import { MarkersPanel } from "../panels/Markers";
import { Mixer } from "../panels/Mixer";
import { ProblemsPanel } from "../panels/Problems";
import { Scopes } from "../panels/Scopes";
import { SourceMonitor } from "../panels/Source";
import { Preview } from "../preview/Preview";
import { Timeline } from "../timeline/Timeline";
import { useSession } from "../ui/session-context";
import { applyWorkspace, leastSize, rememberLayout, resetWorkspace, workspaceStore } from "./workspaces";

export interface DockHandle {
  show(id: PanelId): void;
  reset(): void;
  /** Goes to a workspace. */
  workspace(id: string): void;
  /** What is shown now, to be saved. */
  layout(): SerializedDockview | undefined;
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
  keyframes: KeyframePanel,
  markers: MarkersPanel,
};
const components = Object.fromEntries(Object.entries(panels).map(([id, Panel]) => [id, () => <Panel />]));

const theme: DockviewTheme = { name: "cutroom", className: "dockview-theme-cutroom", gap: 6 };

export function Dock({ ref }: { ref: Ref<DockHandle> }) {
  const api = useRef<DockviewApi | undefined>(undefined);
  useImperativeHandle(ref, () => ({
    show: (id) => {
      const there = api.current?.getPanel(id);
      if (there !== undefined) there.api.setActive();
      else if (api.current !== undefined)
        api.current.addPanel({ id, component: id, title: id, ...leastSize(id), ...beside(api.current, id) });
    },
    reset: () => {
      if (api.current !== undefined) resetWorkspace(api.current);
    },
    workspace: (id) => {
      workspaceStore.setState({ current: id });
      if (api.current !== undefined) quietly(() => applyWorkspace(api.current as DockviewApi));
    },
    layout: () => api.current?.toJSON(),
  }));
  // Layouts on the way to a workspace are not its own.
  const moving = useRef(false);
  const quietly = (arrange: () => void) => {
    moving.current = true;
    arrange();
    moving.current = false;
  };
  const onReady = useCallback((event: { api: DockviewApi }) => {
    api.current = event.api;
    applyWorkspace(event.api);
    event.api.onDidLayoutChange(() => {
      if (!moving.current) rememberLayout(event.api);
    });
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
  keyframes: ["timeline"],
  scopes: ["media", "browser"],
  media: ["browser"],
  browser: ["media"],
  history: ["inspector", "jobs", "problems"],
  jobs: ["inspector", "history", "problems"],
  problems: ["inspector", "jobs", "history"],
  markers: ["inspector", "history", "jobs"],
};

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
