// Commands of the viewer: what is over the picture, and how it is zoomed.
import { compositionRate, findClip, sourceKind } from "../document/select";
import { addKeys, kindsOf, type Lane, lanesOf, neighbourKey } from "../edit/keyframes";
import { frameLength, toFlicks } from "../edit/time";

import { scaleOf } from "../edit/viewer";
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

const zoomBy = (id: string, factor: number): CanvasCommand => ({
  id,
  repeats: true,
  run: (s) => {
    const { zoom } = s.canvas.getState();
    const element = document.querySelector<HTMLElement>(".viewer-frame");
    const size = s.composition()?.size;
    if (element === null || size === undefined) return;
    const dpr = globalThis.devicePixelRatio || 1;
    const frame = { width: element.clientWidth, height: element.clientHeight };
    const now = zoom === "fit" ? scaleOf("fit", frame, size, dpr) * dpr : zoom;
    s.canvas.setState({ zoom: Math.min(16, Math.max(0.05, now * factor)) });
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
  zoomBy("viewer-zoom-in", 1.25),
  zoomBy("viewer-zoom-out", 1 / 1.25),
];
