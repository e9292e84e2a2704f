// What the page knows beside the document, by concern, so that views hear only of what they show.
import { createStore } from "zustand/vanilla";
import type { ApiError, Catalog, ExportRequest, HistoryEntry, JobReport, JobResult, TitleEntry } from "../api/types";
import type { Tool } from "../timeline/gestures/host";
import { heights, type View } from "../timeline/view";
import type { Activity, QualityMode } from "../wire/messages";
import type { LinkState } from "../wire/live";

export interface Selection {
  clips: ReadonlySet<string>;
  transition: string | undefined;
  media: string | undefined;
}

export const selectionStore = () =>
  createStore<Selection>(() => ({ clips: new Set(), transition: undefined, media: undefined }));

export interface TimelineState {
  view: View;
  /** Heights of rows that were changed. */
  rowHeights: ReadonlyMap<string, number>;
  tool: Tool;
  snapping: boolean;
  range: { from?: number; to?: number };
}

export const timelineStore = () =>
  createStore<TimelineState>(() => ({
    view: { flicksPerPx: 14_112_000, left: 0, top: 0, width: 800, height: heights.video * 4 },
    rowHeights: new Map(),
    tool: "select",
    snapping: true,
    range: {},
  }));

export interface Transport {
  composition: string | undefined;
  activity: Activity;
  speed: number;
  frames: number;
  quality: QualityMode;
  volume: number;
  muted: boolean;
  /** Why nothing is heard. */
  silent: "blocked" | "missing" | undefined;
}

export const transportStore = () =>
  createStore<Transport>(() => ({
    composition: undefined,
    activity: "paused",
    speed: 1,
    frames: 0,
    quality: "auto",
    volume: 1,
    muted: false,
    silent: undefined,
  }));

export interface Problem {
  id: number;
  at: Date;
  /** What was tried: the name of a command, or of a job. */
  source: string;
  error: ApiError;
}

export interface Job extends JobReport {
  state: "running" | "done" | "failed" | "cancelled" | "lost";
  /** When this page first heard of it, and how far it was then. */
  began: { ms: number; done: number };
  /** Of an earlier connection; its number may be another job's by now. */
  past?: boolean;
  /** What was asked for, to ask for it again. */
  request?: ExportRequest;
  result?: JobResult;
  errors?: ApiError[];
}

export interface Activities {
  problems: Problem[];
  jobs: Job[];
  /** The last message, for the live region and the corner of the window. */
  notice: { id: number; text: string; error?: ApiError } | undefined;
}

export const activityStore = () => createStore<Activities>(() => ({ problems: [], jobs: [], notice: undefined }));

export interface Link {
  state: LinkState;
  retryMs: number;
  clients: number;
}

export const linkStore = () => createStore<Link>(() => ({ state: "connecting", retryMs: 0, clients: 1 }));

export interface Lists {
  catalog: Catalog | undefined;
  titles: TitleEntry[] | undefined;
  history: HistoryEntry[];
  /** Media whose files are not there. */
  offline: ReadonlySet<string>;
  /** How often the file of a medium has changed: pictures of it are fetched again. */
  changes: ReadonlyMap<string, number>;
}

export const listStore = () =>
  createStore<Lists>(() => ({
    catalog: undefined,
    titles: undefined,
    history: [],
    offline: new Set(),
    changes: new Map(),
  }));
