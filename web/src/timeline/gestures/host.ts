// What gestures need to know and may do. The timeline's view is one implementation, tests another.
import type { Composition, Project } from "../../api/types";
import type { TimeDisplay } from "../../edit/display";
import type { EditPoint } from "../../edit/point";
import type { Preview } from "../../edit/preview";
import type { Command } from "../../wire/messages";
import type { Overlay } from "../painter/overlay";
import type { Row, View } from "../view";

export const tools = ["select", "trim", "blade", "slip", "slide", "stretch"] as const;
export type Tool = (typeof tools)[number];

export interface Situation {
  project: Project;
  composition: Composition;
  view: View;
  rows: readonly Row[];
  selected: ReadonlySet<string>;
  tool: Tool;
  snapping: boolean;
  /** Time of the playhead. */
  now: number;
  display?: TimeDisplay;
  range?: { from?: number; to?: number };
  unsynced?: ReadonlySet<string>;
  magnetic?: boolean;
  /** Linked clips are taken one by one, as with Alt. */
  alone?: boolean;
}

export interface Host {
  situation(): Situation | undefined;
  select(ids: Iterable<string>): void;
  selectTransition(id: string): void;
  selectPoint(point: EditPoint): void;
  preview(preview: Preview | undefined): void;
  overlay(change: Partial<Overlay>): void;
  view(view: View): void;
  cursor(cursor: string): void;
  /** Resolves when the document has the change; rejects when it was refused. */
  commit(command: Command): Promise<void>;
  refused(error: unknown, x: number, y: number): void;
}

export interface Pointer {
  x: number;
  y: number;
  button: number;
  /** Trims ripple; clicks add to the selection. */
  ctrl: boolean;
  /** Inverts snapping; clicks add to the selection; the blade cuts all tracks. */
  shift: boolean;
  /** Leaves linked clips alone. */
  alt: boolean;
}

export interface Gesture {
  move(pointer: Pointer): void;
  /** What the release does. */
  up(pointer: Pointer): void;
  cancel(): void;
}
