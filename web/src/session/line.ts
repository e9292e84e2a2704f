// How the timeline edits: which tracks take part, whether gaps close, the edit point, and the way
// into nested compositions. The page keeps it for each project.
import { createStore, type StoreApi } from "zustand/vanilla";
import type { EditPoint } from "../edit/point";

export interface Visit {
  composition: string;
  /** Where the playhead stood. */
  frame: number;
  /** What was opened from there. */
  to: string;
}

export interface LineState {
  untargeted: ReadonlySet<string>;
  unsynced: ReadonlySet<string>;
  magnetic: boolean;
  /** Whether linked clips are taken together. */
  linked: boolean;
  point: EditPoint | undefined;
  trail: readonly Visit[];
  /** The marker that is shown in detail. */
  marker: string | undefined;
}

export type LineStore = StoreApi<LineState>;

interface Kept {
  untargeted: string[];
  unsynced: string[];
  magnetic: boolean;
  linked: boolean;
}

const key = (project: string) => `cutroom.line.${project}`;

function kept(project: string): Partial<Kept> {
  try {
    return JSON.parse(globalThis.localStorage?.getItem(key(project)) ?? "{}") as Partial<Kept>;
  } catch {
    return {};
  }
}

export function lineStore(project: string): LineStore {
  const { untargeted = [], unsynced = [], magnetic = false, linked = true } = kept(project);
  const store = createStore<LineState>(() => ({
    untargeted: new Set(untargeted),
    unsynced: new Set(unsynced),
    magnetic,
    linked,
    point: undefined,
    trail: [],
    marker: undefined,
  }));
  store.subscribe((now, before) => {
    const same =
      now.untargeted === before.untargeted &&
      now.unsynced === before.unsynced &&
      now.magnetic === before.magnetic &&
      now.linked === before.linked;
    if (same) return;
    const value: Kept = {
      untargeted: [...now.untargeted],
      unsynced: [...now.unsynced],
      magnetic: now.magnetic,
      linked: now.linked,
    };
    globalThis.localStorage?.setItem(key(project), JSON.stringify(value));
  });
  return store;
}

/** What commands need to know of it. */
export function lineOptions({ untargeted, unsynced, magnetic, linked }: LineState) {
  return { untargeted, unsynced, magnetic, ...(linked ? {} : { alone: true }) };
}

export function toggled(set: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(id)) next.add(id);
  return next;
}

/** The way from the main composition to the one that is shown. */
export function trailTo(trail: readonly Visit[], shown: string, main: string): readonly Visit[] {
  if (shown === main) return [];
  if (trail.at(-1)?.to === shown) return trail;
  return [{ composition: main, frame: 0, to: shown }];
}
