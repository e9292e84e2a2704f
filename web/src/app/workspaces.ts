// Arrangements of panels: three that come with the editor, and those that people save. Each keeps
// what is changed in it until it is reset.
import type { DockviewApi, SerializedDockview } from "dockview-react";
import { createStore } from "zustand/vanilla";
import { preferences, scaleOf } from "../ui/preferences";
import { type PanelId, panelIds, type WorkspaceId, workspaceIds } from "../keys/commands";

export interface OwnWorkspace {
  id: string;
  name: string;
  /** As it was saved. */
  layout: SerializedDockview;
}

export interface Workspaces {
  current: string;
  own: OwnWorkspace[];
  /** As each was left. */
  layouts: Record<string, SerializedDockview>;
}

const KEY = "cutroom.workspaces.1";

function first(): Workspaces {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Workspaces>;
    const own = kept.own ?? [];
    const known = [...workspaceIds, ...own.map((w) => w.id)] as string[];
    return { current: known.find((id) => id === kept.current) ?? "edit", own, layouts: kept.layouts ?? {} };
  } catch {
    return { current: "edit", own: [], layouts: {} };
  }
}

export const workspaceStore = createStore<Workspaces>(first);

workspaceStore.subscribe((now) => localStorage.setItem(KEY, JSON.stringify(now)));

export function isBuiltIn(id: string): id is WorkspaceId {
  return (workspaceIds as readonly string[]).includes(id);
}

/** Between panels. */
export const GAP_PX = 6;

/** Below these sizes a panel is of no use. */
const side = { minimumWidth: 216, minimumHeight: 120 };
const least: Partial<Record<string, { minimumWidth: number; minimumHeight: number }>> = {
  viewer: { minimumWidth: 240, minimumHeight: 150 },
  source: { minimumWidth: 240, minimumHeight: 150 },
  timeline: { minimumWidth: 360, minimumHeight: 150 },
  mixer: { minimumWidth: 216, minimumHeight: 200 },
  keyframes: { minimumWidth: 360, minimumHeight: 150 },
};

export function leastSize(id: PanelId) {
  return least[id] ?? side;
}

/** Shows the present workspace as it was left. */
export function applyWorkspace(api: DockviewApi): void {
  const { current, layouts } = workspaceStore.getState();
  const left = layouts[current];
  if (left === undefined || !restored(api, left)) resetWorkspace(api);
}

/** Shows the present workspace as it came, or as it was saved. */
export function resetWorkspace(api: DockviewApi): void {
  const { current, own } = workspaceStore.getState();
  const saved = own.find((w) => w.id === current);
  if (saved !== undefined && restored(api, saved.layout)) return;
  api.clear();
  arrange(api, isBuiltIn(current) ? current : "edit");
}

export function rememberLayout(api: DockviewApi): void {
  const { current, layouts } = workspaceStore.getState();
  workspaceStore.setState({ layouts: { ...layouts, [current]: api.toJSON() } });
}

export function saveWorkspace(name: string, layout: SerializedDockview): void {
  const { own } = workspaceStore.getState();
  let n = own.length + 1;
  while (own.some((w) => w.id === `own-${n}`)) n += 1;
  workspaceStore.setState({ own: [...own, { id: `own-${n}`, name, layout }], current: `own-${n}` });
}

export function renameWorkspace(id: string, name: string): void {
  const { own } = workspaceStore.getState();
  workspaceStore.setState({ own: own.map((w) => (w.id === id ? { ...w, name } : w)) });
}

export function removeWorkspace(id: string): void {
  const { own, layouts, current } = workspaceStore.getState();
  const { [id]: _, ...rest } = layouts;
  const next = current === id ? "edit" : current;
  workspaceStore.setState({ own: own.filter((w) => w.id !== id), layouts: rest, current: next });
}

function restored(api: DockviewApi, layout: SerializedDockview): boolean {
  try {
    api.fromJSON({ ...layout, grid: { ...layout.grid, root: withGaps(layout.grid.root) } });
    return api.panels.length > 0 && api.panels.every((p) => (panelIds as readonly string[]).includes(p.id));
  } catch {
    api.clear();
    return false;
  }
}

type Node = SerializedDockview["grid"]["root"];

/**
 * The dock says sizes without the gaps between panels and takes them with, so that panels would be
 * smaller each time.
 */
function withGaps(node: Node): Node {
  if (!Array.isArray(node.data)) return node;
  const share = (GAP_PX * (node.data.length - 1)) / Math.max(1, node.data.length);
  const data = node.data.map((child) => {
    const inside = withGaps(child);
    return inside.size === undefined ? inside : { ...inside, size: inside.size + share };
  });
  return { ...node, data };
}

const NARROW_PX = 800;
const TWO_MONITORS_PX = 1700;

type Position = Parameters<DockviewApi["addPanel"]>[0]["position"];

type Place = "viewer" | "timeline" | "left" | "right" | "beside";

/** Groups of panels by place, the one in front first; what this build does not have is left out. */
const groupsOf: Record<WorkspaceId, Record<Place, string[]>> = {
  edit: {
    viewer: ["viewer", "source"],
    timeline: ["timeline", "keyframes", "mixer"],
    left: ["media", "browser", "scopes"],
    right: ["inspector", "markers", "history", "jobs", "problems"],
    beside: [],
  },
  colour: {
    viewer: ["viewer", "source"],
    timeline: ["timeline", "keyframes", "mixer"],
    left: ["browser", "media", "markers"],
    right: ["inspector", "history", "jobs", "problems"],
    beside: ["scopes"],
  },
  sound: {
    viewer: ["viewer", "source"],
    timeline: ["timeline", "keyframes"],
    left: ["media", "browser", "scopes"],
    right: ["inspector", "markers", "history", "jobs", "problems"],
    beside: ["mixer"],
  },
};
const timelinePart: Record<WorkspaceId, number> = { edit: 0.45, colour: 0.34, sound: 0.6 };

const known = (id: string): id is PanelId => (panelIds as readonly string[]).includes(id);

/** Opens a panel that is closed, beside those that it is with in the workspace. */
export function openPanel(api: DockviewApi, id: PanelId): void {
  const { current } = workspaceStore.getState();
  const groups = Object.values(groupsOf[isBuiltIn(current) ? current : "edit"]);
  const near = groups.find((ids) => ids.includes(id))?.find((other) => api.getPanel(other) !== undefined);
  const position: Position = near === undefined ? undefined : { referencePanel: near, direction: "within" };
  api.addPanel({ id, component: id, title: id, position, ...leastSize(id) });
}

function arrange(api: DockviewApi, workspace: WorkspaceId): void {
  const [width, height] = [api.width || 1440, api.height || 860];
  const groups = groupsOf[workspace];
  // Beside large text there is no room for three columns.
  const narrow = width / scaleOf(preferences.getState()) < NARROW_PX;
  const left = narrow ? [...groups.left, ...groups.right, ...groups.beside] : groups.left;
  const [right, beside] = narrow ? [[], []] : [groups.right, groups.beside];
  const group = (ids: string[], position?: Position) => {
    const [head, ...rest] = ids.filter(known);
    if (head === undefined) return undefined;
    const panel = api.addPanel({ id: head, component: head, title: head, position, ...leastSize(head) });
    for (const id of rest) {
      const within: Position = { referencePanel: panel, direction: "within" };
      api.addPanel({ id, component: id, title: id, position: within, inactive: true, ...leastSize(id) });
    }
    return panel;
  };
  const wide = workspace === "edit" && width / scaleOf(preferences.getState()) >= TWO_MONITORS_PX;
  const [front, ...others] = groups.viewer;
  const viewer = group(wide ? [front] : groups.viewer);
  if (viewer === undefined) return;
  if (wide) group(others, { referencePanel: viewer, direction: "left" });
  const timeline = group(groups.timeline, { referencePanel: viewer, direction: "below" });
  const first = group(left, { referencePanel: viewer, direction: "left" });
  const second = group(right, { referencePanel: viewer, direction: "right" });
  const third = timeline === undefined ? undefined : group(beside, { referencePanel: timeline, direction: "right" });
  timeline?.group.api.setSize({ height: Math.round(height * timelinePart[workspace]) });
  const usual = Math.min(380, Math.max(250, width * 0.23));
  first?.group.api.setSize({ width: Math.round(narrow ? width * 0.42 : usual) });
  second?.group.api.setSize({ width: Math.round(Math.max(270, usual)) });
  third?.group.api.setSize({ width: Math.round(Math.min(620, Math.max(216, width * 0.36))) });
  viewer.api.setActive();
}
