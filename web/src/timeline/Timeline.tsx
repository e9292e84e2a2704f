import { Clapperboard } from "lucide-react";
import { type DragEvent, type PointerEvent, useEffect, useRef, useState } from "react";
import { useStore } from "zustand";
import type { ApiError } from "../api/types";
import { text, useText } from "../l10n/locale";
import { Context, Empty } from "../ui/parts";
import { useComposition, useEditor, useProject } from "../ui/session-context";
import { themeStore } from "../ui/theme";
import { drop, dropOverlay, dropped, kindOf } from "./drop";
import { nestedIdOf } from "../document/select";
import { draggedMedia } from "../ui/dragged";
import { hitTest, markerAt } from "./hit";
import { ClipGrid } from "./ClipGrid";
import { MarkerDrag } from "./gestures/marker";
import { areaEntries, rulerEntries } from "./menus";
import { RULER_HEIGHT } from "./painter/ruler";
import { Scrollbars } from "./Scrollbars";
import { Surface } from "./surface";
import { Toolbar } from "./Toolbar";
import { TrackHeaders } from "./TrackHeaders";
import { timeAt } from "./view";

export function Timeline() {
  const { session, ui } = useEditor();
  const label = useText();
  const composition = useComposition();
  const project = useProject();
  const theme = useStore(themeStore, (s) => s.theme);
  const ruler = useRef<HTMLCanvasElement>(null);
  const clips = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const playhead = useRef<HTMLDivElement>(null);
  const area = useRef<HTMLDivElement>(null);
  const surface = useRef<Surface | undefined>(undefined);
  const [painted, setPainted] = useState(false);
  const [refusal, setRefusal] = useState<{ error: ApiError; x: number; y: number }>();
  const markerDrag = useRef<MarkerDrag | undefined>(undefined);
  const pressed = useRef<{ x: number; y: number }>({ x: 0, y: 0 });
  const there = composition !== undefined;

  useEffect(() => {
    if (!there) return undefined;
    const made = new Surface(
      {
        ruler: ruler.current as HTMLCanvasElement,
        clips: clips.current as HTMLCanvasElement,
        overlay: overlay.current as HTMLCanvasElement,
        playhead: playhead.current as HTMLElement,
        area: area.current as HTMLElement,
      },
      session,
      { refused: (error, x, y) => setRefusal({ error, x, y }) },
      (limit) => text(`limit-${limit}`),
    );
    surface.current = made;
    // Clips are painted before headers and cells, of which there may be hundreds, are made.
    const later = requestAnimationFrame(() => setTimeout(() => setPainted(true)));
    const element = area.current as HTMLElement;
    // React's own wheel listeners are passive.
    const wheel = (event: WheelEvent) => made.wheel(event, event.clientX - element.getBoundingClientRect().left);
    const whole = element.parentElement as HTMLElement;
    whole.addEventListener("wheel", wheel, { passive: false });
    return () => {
      cancelAnimationFrame(later);
      whole.removeEventListener("wheel", wheel);
      made.stop();
      surface.current = undefined;
    };
  }, [session, there]);
  useEffect(() => surface.current?.themeChanged(), [theme]);
  useEffect(() => {
    // The pointer drags wherever the focus is.
    const onKey = (event: KeyboardEvent) => {
      const gestures = surface.current?.gestures;
      if (gestures === undefined) return;
      if (event.key === "Escape" && gestures.active) {
        gestures.cancel();
        event.preventDefault();
      } else if (event.key === "Control" || event.key === "Shift" || event.key === "Alt") {
        gestures.modifiers({ ctrl: event.ctrlKey || event.metaKey, shift: event.shiftKey, alt: event.altKey });
      }
    };
    window.addEventListener("keydown", onKey, true);
    window.addEventListener("keyup", onKey, true);
    return () => {
      window.removeEventListener("keydown", onKey, true);
      window.removeEventListener("keyup", onKey, true);
    };
  }, []);
  useEffect(() => {
    if (refusal === undefined) return undefined;
    const timer = setTimeout(() => setRefusal(undefined), 7000);
    return () => clearTimeout(timer);
  }, [refusal]);

  const menu = () => {
    const now = surface.current?.situation();
    return now === undefined ? [] : areaEntries(session, now, pressed.current);
  };
  const rulerMenu = () => rulerEntries(session, ui, pressed.current.x);
  if (composition === undefined || project === undefined) return <div className="timeline" aria-busy="true" />;
  const pointer = (event: PointerEvent) => surface.current?.pointer(event.nativeEvent);
  const onDown = (event: PointerEvent<HTMLDivElement>) => {
    const p = pointer(event);
    if (p === undefined) return;
    pressed.current = p;
    setRefusal(undefined);
    if (event.button === 1) event.preventDefault();
    if (event.button !== 2) event.currentTarget.setPointerCapture(event.pointerId);
    surface.current?.gestures.down(p);
  };
  const onMove = (event: PointerEvent) => {
    const p = pointer(event);
    if (p !== undefined) surface.current?.gestures.move(p);
  };
  const onUp = (event: PointerEvent) => {
    const p = pointer(event);
    if (p !== undefined) surface.current?.gestures.up(p);
  };
  const scrub = (event: PointerEvent<HTMLCanvasElement>, dragging: boolean) => {
    const now = surface.current?.situation();
    if (now === undefined) return;
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    session.seekTime(timeAt(now.view, x), dragging);
  };
  const rulerX = (event: PointerEvent<HTMLElement>) => event.clientX - event.currentTarget.getBoundingClientRect().left;
  const hoveredMarker = (event: PointerEvent<HTMLElement>) =>
    markerAt(composition, session.timeline.getState().view, rulerX(event));
  /** The lower half has the markers, the upper one is free to scrub. */
  const onMarkers = (event: PointerEvent<HTMLElement>) =>
    event.clientY - event.currentTarget.getBoundingClientRect().top >
    (RULER_HEIGHT / 2) * (session.timeline.getState().view.scale ?? 1);
  /** Opens what a nested clip shows. */
  const onDoubleClick = () => {
    const now = surface.current?.situation();
    if (now === undefined) return;
    const hit = hitTest(now.rows, now.view, pressed.current.x, pressed.current.y);
    const nested = hit.kind === "clip" ? nestedIdOf(hit.clip) : undefined;
    if (nested !== undefined) session.open(nested);
  };
  const onDragOver = (event: DragEvent) => {
    const kind = kindOf(event.dataTransfer.types);
    const now = surface.current?.situation();
    if (kind === undefined || now === undefined) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    const p = surface.current?.pointer(event.nativeEvent);
    if (p !== undefined) surface.current?.overlay(dropOverlay(now, p, kind, draggedMedia()));
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    surface.current?.overlay({ drop: undefined });
    const now = surface.current?.situation();
    const p = surface.current?.pointer(event.nativeEvent);
    if (now !== undefined && p !== undefined) void drop(session, now, p, dropped(event.dataTransfer));
  };
  const empty = !(composition.tracks ?? []).some((t) => (t.clips ?? []).length > 0);
  return (
    <div className="timeline" data-monitor="programme">
      <Toolbar />
      <div
        className="tl-grid"
        style={{ gridTemplateRows: `calc(${RULER_HEIGHT}px * var(--scale)) minmax(0, 1fr) calc(14px * var(--scale))` }}
      >
        <div className="tl-corner" />
        <div className="tl-ruler">
          <Context entries={rulerMenu}>
            <canvas
              ref={ruler}
              data-testid="ruler"
              onContextMenu={(e) => {
                pressed.current = { x: e.clientX - e.currentTarget.getBoundingClientRect().left, y: 0 };
              }}
              onPointerDown={(e) => {
                if (e.button !== 0) return;
                e.currentTarget.setPointerCapture(e.pointerId);
                const marker = onMarkers(e) ? hoveredMarker(e) : undefined;
                if (surface.current !== undefined && marker !== undefined)
                  markerDrag.current = new MarkerDrag(surface.current, session, marker, rulerX(e));
                else scrub(e, true);
              }}
              onPointerMove={(e) => {
                if (markerDrag.current !== undefined) markerDrag.current.move(rulerX(e), e.shiftKey);
                else if (e.currentTarget.hasPointerCapture(e.pointerId)) scrub(e, true);
                else {
                  const marker = hoveredMarker(e);
                  e.currentTarget.title = [marker?.name, marker?.note].filter(Boolean).join("\n");
                  e.currentTarget.style.cursor = marker !== undefined && onMarkers(e) ? "grab" : "";
                }
              }}
              onPointerUp={(e) => {
                if (markerDrag.current !== undefined) markerDrag.current.up();
                else if (e.button === 0) scrub(e, false);
                markerDrag.current = undefined;
              }}
              onPointerCancel={() => {
                markerDrag.current?.cancel();
                markerDrag.current = undefined;
              }}
              onDoubleClick={(e) => {
                const marker = markerAt(composition, session.timeline.getState().view, e.nativeEvent.offsetX);
                if (marker === undefined) return;
                session.line.setState({ marker: marker.id });
                ui.panel("markers");
              }}
            />
          </Context>
        </div>
        {painted ? <TrackHeaders /> : <div className="tl-headers" />}
        <Context entries={menu}>
          <div
            ref={area}
            className="tl-area"
            data-testid="timeline-area"
            onPointerDown={onDown}
            onPointerMove={onMove}
            onPointerUp={onUp}
            onDoubleClick={onDoubleClick}
            onPointerCancel={() => surface.current?.gestures.cancel()}
            onPointerLeave={() => !surface.current?.gestures.active && surface.current?.gestures.leave()}
            onDragOver={onDragOver}
            onDragLeave={() => surface.current?.overlay({ drop: undefined })}
            onDrop={onDrop}
          >
            <canvas ref={clips} aria-hidden />
            <canvas ref={overlay} aria-hidden />
            {empty ? (
              <div className="tl-empty">
                <Empty icon={Clapperboard} title={label("timeline-empty")}>
                  <p>{label("timeline-empty-hint")}</p>
                </Empty>
              </div>
            ) : null}
            {refusal === undefined ? null : (
              <div className="tl-refusal" role="alert" style={{ left: refusal.x, top: refusal.y }}>
                <strong>{refusal.error.message}</strong>
                {refusal.error.hint ? <span>{refusal.error.hint}</span> : null}
              </div>
            )}
          </div>
        </Context>
        <div className="tl-playhead-layer" aria-hidden>
          <div ref={playhead} className="tl-playhead">
            <div className="tl-playhead-cap" />
          </div>
        </div>
        <Scrollbars />
      </div>
      {painted ? <ClipGrid /> : null}
    </div>
  );
}
