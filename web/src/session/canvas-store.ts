// What the viewer shows over the picture, and how it is zoomed; and whether changes set keyframes.
import { createStore } from "zustand/vanilla";
import type { Point } from "../edit/affine";
import type { Zoom } from "../edit/viewer";

export const canvasModes = ["off", "transform", "crop", "pin", "mask"] as const;
export type CanvasMode = (typeof canvasModes)[number];

export interface CanvasState {
  mode: CanvasMode;
  /** A polygon is being drawn. */
  drawing: boolean;
  /** The mask with handles. */
  mask: string | undefined;
  safe: boolean;
  grid: boolean;
  snapping: boolean;
  zoom: Zoom;
  /** From the middle of the viewer to that of the picture, in pixels of the screen. */
  pan: Point;
  autoKey: boolean;
  /** The clip whose text is edited on the picture. */
  editing: string | undefined;
}

export const canvasStore = () =>
  createStore<CanvasState>(() => ({
    mode: "transform",
    drawing: false,
    mask: undefined,
    safe: false,
    grid: false,
    snapping: true,
    zoom: "fit",
    pan: [0, 0],
    autoKey: false,
    editing: undefined,
  }));
