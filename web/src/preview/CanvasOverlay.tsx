// What lies over the picture: lines on a canvas, and handles that are buttons, so that pointer,
// keys and readers find the same things. Their places are set directly, without a render.
import { type KeyboardEvent, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useStore } from "zustand";
import type { Point } from "../edit/affine";
import { type Text, useText } from "../l10n/locale";
import { useEditor } from "../ui/session-context";
import { together } from "../document/select";
import type { Gizmos, Handle } from "./gizmos";
import { handleName } from "./names";
import { paintOverlay } from "./paint";
import { usePointers } from "./pointers";
import type { Stage } from "./stage";
import { TextOverlay } from "./TextOverlay";

const arrows: Record<string, Point> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const cursors = ["ew-resize", "nwse-resize", "ns-resize", "nesw-resize"];

function cursorOf({ kind, degrees }: Handle): string {
  if (kind === "rotate") return "grab";
  if (kind !== "corner" && kind !== "edge") return "move";
  return cursors[((Math.round(degrees / 45) % 4) + 4) % 4];
}

export function labelOf(text: Text, id: string): string {
  const { name, number } = handleName(id);
  return text(`handle-${name}`, { number });
}

export function CanvasOverlay({ stage, gizmos, error }: { stage: Stage; gizmos: Gizmos; error?: string }) {
  const { session, run } = useEditor();
  const text = useText();
  const root = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const readout = useRef<HTMLOutputElement>(null);
  const [handles, setHandles] = useState<Handle[]>([]);
  const shown = useRef<Handle[]>([]);
  const state = useStore(session.canvas, (s) => s);

  const paint = useCallback(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (element === null || !context) return;
    const [width, height] = [stage.frame.width * stage.dpr, stage.frame.height * stage.dpr].map(Math.round);
    if (element.width !== width || element.height !== height) [element.width, element.height] = [width, height];
    paintOverlay(context, stage, gizmos);
    const list = gizmos.handles();
    const same = list.length === shown.current.length && list.every((h, n) => h.id === shown.current[n].id);
    shown.current = list;
    if (!same) setHandles(list);
    for (const handle of list) {
      const [x, y] = stage.toScreen(handle.at);
      for (const button of root.current?.querySelectorAll<HTMLElement>(`[data-handle="${handle.id}"]`) ?? []) {
        const outer = button.classList.contains("rotate-zone") ? 16 : 0;
        const radians = (handle.degrees * Math.PI) / 180;
        button.style.translate = `${x + Math.cos(radians) * outer}px ${y + Math.sin(radians) * outer}px`;
        if (outer === 0) button.style.cursor = cursorOf(handle);
      }
    }
    const said = gizmos.readout() ?? "";
    if (readout.current !== null && readout.current.textContent !== said) readout.current.textContent = said;
  }, [stage, gizmos]);

  useEffect(() => {
    let frame = 0;
    const later = () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(paint);
    };
    const stops = [
      stage.listen(later),
      gizmos.listen(later),
      // While the film plays there is nothing that follows the picture.
      session.playhead.follow(() => session.playing || later()),
      session.document.subscribe(later),
      session.selection.subscribe(later),
      session.canvas.subscribe(later),
      session.transport.subscribe(later),
    ];
    later();
    return () => {
      cancelAnimationFrame(frame);
      for (const stop of stops) stop();
    };
  }, [paint, session, stage, gizmos]);
  // After a press on the picture keys move the clip; its handle may be yet to come.
  const wantsFocus = useRef(false);
  const focusMove = () => {
    const first = root.current?.querySelector<HTMLElement>(".handle.move");
    wantsFocus.current = first === null || first === undefined;
    (first ?? root.current)?.focus({ preventScroll: true });
  };
  // New buttons have no place yet. Before the next key is pressed, so that it finds its handle.
  useLayoutEffect(() => {
    paint();
    // Whoever took the focus meanwhile keeps it.
    if (document.activeElement !== root.current) wantsFocus.current = false;
    if (wantsFocus.current && handles.length > 0) focusMove();
  }, [handles, paint]);

  const pointers = usePointers({
    stage,
    gizmos,
    toggle: () => run("play-pause"),
    select: (clip) => {
      const { project } = session.document.getState();
      session.select(clip === undefined || project === undefined ? [] : together(project, [clip.id]));
    },
    focus: focusMove,
    fullscreen: () => run("fullscreen"),
  });

  const onKeyDown = (event: KeyboardEvent, handle: Handle) => {
    const by = arrows[event.key];
    const done = () => {
      event.preventDefault();
      event.stopPropagation();
    };
    if (by !== undefined && !event.ctrlKey && !event.altKey && !event.metaKey) {
      done();
      const step = event.shiftKey ? 10 : 1;
      const now = shown.current.find((h) => h.id === handle.id) ?? handle;
      void gizmos.nudge(now, [by[0] * step, by[1] * step]);
    } else if (event.key === "Enter" && handle.id === "move") {
      done();
      run("edit-text");
    } else if (event.key === " ") {
      // Film editors play with space, wherever the focus is.
      done();
      run("play-pause");
    } else if (handle.id.startsWith("mask:")) {
      const change =
        event.key === "Delete" || event.key === "Backspace"
          ? "remove"
          : event.key === "Enter"
            ? "smooth"
            : event.key === "Insert" || event.key === "+"
              ? "add"
              : undefined;
      if (change === undefined) return;
      done();
      void gizmos.vertex(handle.id, change);
    }
  };
  const onRootKey = (event: KeyboardEvent) => {
    if (!state.drawing || (event.key !== "Enter" && event.key !== "Escape")) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Enter") void gizmos.finishDrawing();
    else gizmos.stopDrawing();
  };
  useEffect(() => {
    if (state.drawing) root.current?.focus({ preventScroll: true });
  }, [state.drawing]);

  return (
    <div
      ref={root}
      className={`canvas-overlay mode-${state.mode} ${state.drawing ? "drawing" : ""}`}
      data-testid="canvas-overlay"
      role="group"
      aria-label={text("canvas-overlay")}
      tabIndex={state.drawing ? 0 : -1}
      onKeyDown={onRootKey}
      {...pointers.root}
    >
      <canvas ref={canvas} className="canvas-lines" aria-hidden />
      <span id="handle-hint" className="sr-only">
        {text("handle-hint")}
      </span>
      {handles.map((handle) => (
        <span key={handle.id} className="handle-place">
          {handle.kind === "corner" && state.mode === "transform" ? (
            <span
              aria-hidden
              className="rotate-zone"
              data-handle={handle.id}
              {...pointers.handle({ ...handle, id: "rotate" })}
            />
          ) : null}
          <button
            type="button"
            className={`handle ${handle.kind}`}
            data-handle={handle.id}
            data-testid={`handle-${handle.id}`}
            aria-label={labelOf(text, handle.id)}
            aria-describedby="handle-hint"
            onKeyDown={(e) => onKeyDown(e, handle)}
            onDoubleClick={(e) => {
              if (!handle.id.startsWith("mask:")) return;
              e.stopPropagation();
              void gizmos.vertex(handle.id, "smooth");
            }}
            {...pointers.handle(handle)}
          />
        </span>
      ))}
      <output ref={readout} className="canvas-readout timecode" aria-live="polite" />
      {state.editing === undefined ? null : (
        <div className="canvas-hint" id="text-overlay-hint">
          {text("text-overlay-hint")}
        </div>
      )}
      <TextOverlay stage={stage} gizmos={gizmos} />
      {state.drawing ? <div className="canvas-hint">{text("mask-draw-hint")}</div> : null}
      {error === undefined ? null : (
        <div className="canvas-error" role="alert">
          {error}
        </div>
      )}
    </div>
  );
}
