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
import { Mixer } from "../panels/mixer/Mixer";
import { ProblemsPanel } from "../panels/Problems";
import { Scopes } from "../panels/Scopes";
import { SourceMonitor } from "../panels/Source";
import { Preview } from "../preview/Preview";
import { Timeline } from "../timeline/Timeline";
import { useSession } from "../ui/session-context";
import { applyWorkspace, GAP_PX, openPanel, rememberLayout, resetWorkspace, workspaceStore } from "./workspaces";

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

const theme: DockviewTheme = { name: "cutroom", className: "dockview-theme-cutroom", gap: GAP_PX };

export function Dock({ ref }: { ref: Ref<DockHandle> }) {
  const api = useRef<DockviewApi | undefined>(undefined);
  useImperativeHandle(ref, () => ({
    show: (id) => {
      if (api.current === undefined) return;
      const there = api.current.getPanel(id);
      if (there !== undefined) there.api.setActive();
      else openPanel(api.current, id);
      // Who works without a pointer goes on in the panel.
      requestAnimationFrame(() => focusIn(id, api.current?.getPanel(id)?.view.content.element));
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

/** Where the focus goes in a panel: a cell that arrow keys start from, else the first control. */
function focusIn(id: PanelId, panel: HTMLElement | undefined): void {
  // Keys of the transport mean the source monitor once it is opened; its first control closes it.
  if (id === "source") return;
  const first =
    panel?.querySelector<HTMLElement>(`[role="gridcell"][tabindex="0"]`) ??
    panel?.querySelector<HTMLElement>(`button:not(:disabled), input, [tabindex="0"]`);
  first?.focus();
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
