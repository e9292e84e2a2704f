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

/** Below these sizes a panel is of no use. */
const side = { minimumWidth: 216, minimumHeight: 120 };
const wide: Partial<Record<string, { minimumWidth: number; minimumHeight: number }>> = {
  viewer: { minimumWidth: 240, minimumHeight: 150 },
  timeline: { minimumWidth: 360, minimumHeight: 150 },
  source: { minimumWidth: 240, minimumHeight: 150 },
  mixer: { minimumWidth: 216, minimumHeight: 200 },
  keyframes: { minimumWidth: 360, minimumHeight: 150 },
};

export function leastSize(id: PanelId) {
  return wide[id] ?? side;
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
    api.fromJSON(layout);
    return api.panels.length > 0 && api.panels.every((p) => (panelIds as readonly string[]).includes(p.id));
  } catch {
    api.clear();
    return false;
  }
}

const NARROW_PX = 800;
const TWO_MONITORS_PX = 1700;

type Position = Parameters<DockviewApi["addPanel"]>[0]["position"];

/** Groups of panels by place; what this build does not have is left out. */
const groupsOf: Record<WorkspaceId, Record<"left" | "right" | "beside" | "below", string[]>> = {
  edit: {
    left: ["media", "browser", "scopes"],
    right: ["inspector", "markers", "history", "jobs", "problems"],
    beside: [],
    below: ["keyframes", "mixer"],
  },
  colour: {
    left: ["browser", "media"],
    right: ["inspector", "history", "problems"],
    beside: ["scopes", "markers"],
    below: ["keyframes"],
  },
  sound: {
    left: ["media", "markers"],
    right: ["inspector", "browser", "history", "problems"],
    beside: ["mixer", "jobs"],
    below: ["keyframes"],
  },
};
const timelinePart: Record<WorkspaceId, number> = { edit: 0.45, colour: 0.34, sound: 0.6 };

function arrange(api: DockviewApi, workspace: WorkspaceId): void {
  const known = (id: string): id is PanelId => (panelIds as readonly string[]).includes(id);
  const add = (id: PanelId, position?: Position, inactive = false) =>
    api.addPanel({ id, component: id, title: id, position, inactive, ...leastSize(id) });
  const [width, height] = [api.width || 1440, api.height || 860];
  const groups = groupsOf[workspace];
  // Beside large text there is no room for three columns.
  const narrow = width / scaleOf(preferences.getState()) < NARROW_PX;
  const left = narrow ? [...groups.left, ...groups.right, ...groups.beside] : groups.left;
  const [right, beside] = narrow ? [[], []] : [groups.right, groups.beside];
  const viewer = add("viewer");
  const monitors = width / scaleOf(preferences.getState()) >= TWO_MONITORS_PX && workspace === "edit";
  add("source", { referencePanel: viewer, direction: monitors ? "left" : "within" }, !monitors);
  const timeline = add("timeline", { referencePanel: viewer, direction: "below" });
  for (const id of groups.below.filter(known)) add(id, { referencePanel: timeline, direction: "within" }, true);
  const group = (ids: string[], position: Position) => {
    const [head, ...rest] = ids.filter(known);
    if (head === undefined) return undefined;
    const panel = add(head, position);
    for (const id of rest) add(id, { referencePanel: panel, direction: "within" }, true);
    return panel;
  };
  const first = group(left, { referencePanel: viewer, direction: "left" });
  const second = group(right, { referencePanel: viewer, direction: "right" });
  const third = group(beside, { referencePanel: timeline, direction: "right" });
  timeline.group.api.setSize({ height: Math.round(height * timelinePart[workspace]) });
  first?.group.api.setSize({ width: Math.round(narrow ? width * 0.42 : Math.min(380, Math.max(250, width * 0.23))) });
  second?.group.api.setSize({ width: Math.round(Math.min(380, Math.max(270, width * 0.23))) });
  third?.group.api.setSize({ width: Math.round(Math.min(460, Math.max(216, width * 0.28))) });
  viewer.api.setActive();
}
