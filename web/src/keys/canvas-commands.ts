// Commands of the viewer: what is over the picture, and how it is zoomed.
import { compositionRate, findClip, sourceKind } from "../document/select";
import { addKeys, kindsOf, type Lane, lanesOf, neighbourKey } from "../edit/keyframes";
import { frameLength, toFlicks } from "../edit/time";

import { panWithin, scaleOf } from "../edit/viewer";
import { canvasModes, type CanvasState } from "../session/canvas-store";
import type { Session } from "../session/session";

interface CanvasCommand {
  id: string;
  run(session: Session): void;
  repeats?: boolean;
}

const set = (id: string, change: (now: CanvasState) => Partial<CanvasState>): CanvasCommand => ({
  id,
  run: (s) => s.canvas.setState(change(s.canvas.getState())),
});

function viewer(session: Session) {
  const element = document.querySelector<HTMLElement>(".viewer-frame");
  const canvas = session.composition()?.size;
  if (element === null || canvas === undefined) return undefined;
  const { zoom, pan } = session.canvas.getState();
  const frame = { width: element.clientWidth, height: element.clientHeight };
  const dpr = globalThis.devicePixelRatio || 1;
  return { frame, canvas, zoom, pan, dpr, scale: scaleOf(zoom, frame, canvas, dpr) };
}

const panBy = (id: string, x: number, y: number): CanvasCommand => ({
  id,
  repeats: true,
  run: (session) => {
    const now = viewer(session);
    if (now === undefined || now.zoom === "fit") return;
    const pan = panWithin([now.pan[0] + x, now.pan[1] + y], now.scale, now.frame, now.canvas);
    session.canvas.setState({ pan });
  },
});

const zoomBy = (id: string, factor: number): CanvasCommand => ({
  id,
  repeats: true,
  run: (session) => {
    const now = viewer(session);
    if (now === undefined) return;
    session.canvas.setState({ zoom: Math.min(16, Math.max(0.05, now.scale * now.dpr * factor)) });
  },
});

/** The first clip that is selected, and what is animated of it. */
function animated(session: Session) {
  const context = session.context();
  const found = context === undefined ? undefined : findClip(context.project, context.selected[0] ?? "");
  if (context === undefined || found === undefined) return undefined;
  const { catalog } = session.lists.getState();
  const lanes: Lane[] = lanesOf(found.clip, kindsOf(found.clip, found.track.kind === "audio", catalog));
  const start = toFlicks(found.clip.start);
  return { clip: found.clip, lanes, start, time: context.now - start, context };
}

const jump = (id: string, direction: -1 | 1): CanvasCommand => ({
  id,
  repeats: true,
  run: (session) => {
    const now = animated(session);
    const to = now === undefined ? undefined : neighbourKey(now.lanes, now.time, direction);
    if (now !== undefined && to !== undefined) session.seekTime(now.start + to);
  },
});

const setKeyframes: CanvasCommand = {
  id: "set-keyframes",
  run: (session) => {
    const now = animated(session);
    if (now === undefined || now.time < 0 || now.time > toFlicks(now.clip.duration)) return;
    const half = frameLength(compositionRate(now.context.composition)) / 2;
    void session.run(addKeys(now.clip, now.lanes, now.time, half), "set-keyframes");
  },
};

const editText: CanvasCommand = {
  id: "edit-text",
  run: (session) => {
    const context = session.context();
    const found = context === undefined ? undefined : findClip(context.project, context.selected[0] ?? "");
    if (context === undefined || found === undefined || sourceKind(found.clip) !== "text") return;
    const start = toFlicks(found.clip.start);
    if (context.now < start || context.now >= start + toFlicks(found.clip.duration)) session.seekTime(start);
    session.canvas.setState({ editing: found.clip.id });
  },
};

export const canvasCommands: readonly CanvasCommand[] = [
  ...canvasModes.map((mode) => set(`canvas-${mode}`, () => ({ mode, drawing: false }))),
  set("toggle-safe-areas", ({ safe }) => ({ safe: !safe })),
  set("toggle-grid", ({ grid }) => ({ grid: !grid })),
  set("toggle-canvas-snapping", ({ snapping }) => ({ snapping: !snapping })),
  set("toggle-auto-key", ({ autoKey }) => ({ autoKey: !autoKey })),
  jump("previous-keyframe", -1),
  jump("next-keyframe", 1),
  setKeyframes,
  editText,
  set("viewer-fit", () => ({ zoom: "fit", pan: [0, 0] })),
  set("viewer-50", () => ({ zoom: 0.5 })),
  set("viewer-100", () => ({ zoom: 1 })),
  set("viewer-200", () => ({ zoom: 2 })),
  panBy("viewer-left", 60, 0),
  panBy("viewer-right", -60, 0),
  panBy("viewer-up", 0, 60),
  panBy("viewer-down", 0, -60),
  zoomBy("viewer-zoom-in", 1.25),
  zoomBy("viewer-zoom-out", 1 / 1.25),
];
