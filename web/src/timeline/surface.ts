// The canvases of the timeline and what happens on them, outside of React: paints when something
// has changed, at most once a frame of the screen; the playhead is an element that only moves.
import { compositionLength, compositionRate } from "../document/select";
import { timeOfFrame } from "../edit/time";
import { type EditPoint, pointMarks } from "../edit/point";
import type { Preview } from "../edit/preview";
import { lineOptions } from "../session/line";
import type { Session } from "../session/session";
import { preferences, scaleOf } from "../ui/preferences";
import { apiErrors } from "../wire/errors";
import type { ApiError, Composition } from "../api/types";
import { Gestures } from "./gestures/controller";
import type { LimitText } from "./gestures/drags";
import type { Host, Pointer, Situation } from "./gestures/host";
import { type Context2D, paintClips, paintDragged } from "./painter/clips";
import { noOverlay, type Overlay, paintOverlay } from "./painter/overlay";
import { paintRuler, RULER_HEIGHT } from "./painter/ruler";
import { type Palette, paletteFrom } from "./palette";
import { FetchedPictures } from "./pictures";
import type { Scene } from "./scene";
import { following, lowestTop, rowsOf, scrolledTo, type View, xOf, zoomed } from "./view";

export interface Elements {
  ruler: HTMLCanvasElement;
  clips: HTMLCanvasElement;
  overlay: HTMLCanvasElement;
  playhead: HTMLElement;
  area: HTMLElement;
}

export interface SurfaceEvents {
  refused(error: ApiError, x: number, y: number): void;
}

/** One notch of a wheel. */
const ZOOM_PER_PX = 0.0022;

export class Surface implements Host {
  readonly gestures: Gestures;
  private readonly contexts: { ruler: Context2D; clips: Context2D; overlay: Context2D };
  private readonly pictures: FetchedPictures;
  private palette: Palette;
  private dirty = { ruler: true, clips: true, overlay: true };
  private overlayState: Overlay = noOverlay;
  private previewState: Preview | undefined;
  private draggedMarker: { id: string; time: number } | undefined;
  private frame = 0;
  private first = true;
  private readonly stops: (() => void)[] = [];

  constructor(
    private readonly elements: Elements,
    private readonly session: Session,
    private readonly events: SurfaceEvents,
    limitText: LimitText,
  ) {
    const context = (canvas: HTMLCanvasElement) => canvas.getContext("2d") as Context2D;
    this.contexts = {
      ruler: context(elements.ruler),
      clips: context(elements.clips),
      overlay: context(elements.overlay),
    };
    this.palette = this.readPalette();
    this.gestures = new Gestures(this, limitText);
    const { lists } = session;
    this.pictures = new FetchedPictures(
      session.http,
      session.project,
      (id) => session.media(id),
      () => lists.getState().offline,
      () => this.repaint("clips"),
    );
    this.stops.push(
      session.document.subscribe(() => this.repaint()),
      session.selection.subscribe(() => this.repaint("clips")),
      session.timeline.subscribe(() => this.repaint()),
      session.line.subscribe(() => this.repaint("overlay")),
      session.transport.subscribe((now, before) => now.composition !== before.composition && this.repaint()),
      lists.subscribe((now, before) => {
        if (now.changes === before.changes) return;
        for (const [id, times] of now.changes) if (before.changes.get(id) !== times) this.pictures.forget(id);
        this.repaint("clips");
      }),
      session.playhead.follow(() => this.movePlayhead(true)),
      preferences.subscribe(() => this.resize()),
    );
    const observer = new ResizeObserver(() => this.resize());
    observer.observe(elements.area);
    this.stops.push(() => observer.disconnect());
    this.resize();
    const loop = () => {
      if (this.gestures.active) this.gestures.tick();
      this.paint();
      this.frame = requestAnimationFrame(loop);
    };
    this.paint();
    this.frame = requestAnimationFrame(loop);
  }

  stop(): void {
    cancelAnimationFrame(this.frame);
    for (const stop of this.stops) stop();
  }

  themeChanged(): void {
    this.palette = this.readPalette();
    this.repaint();
  }

  private readPalette(): Palette {
    const style = getComputedStyle(document.documentElement);
    return paletteFrom((name) => style.getPropertyValue(name));
  }

  repaint(what?: "clips" | "overlay"): void {
    if (what !== "overlay") this.dirty.clips = true;
    this.dirty.overlay = true;
    if (what === undefined) this.dirty.ruler = true;
  }

  private resize(): void {
    const { area, ruler, clips, overlay } = this.elements;
    const [width, height] = [area.clientWidth, area.clientHeight];
    if (width === 0 || height === 0) return;
    const dpr = globalThis.devicePixelRatio || 1;
    const scale = scaleOf(preferences.getState());
    for (const [canvas, h] of [
      [ruler, RULER_HEIGHT * scale],
      [clips, height],
      [overlay, height],
    ] as const) {
      canvas.width = Math.round(width * dpr);
      canvas.height = Math.round(h * dpr);
    }
    const { timeline } = this.session;
    timeline.setState({ view: { ...timeline.getState().view, width, height, scale } });
    this.repaint();
  }

  private paint(): void {
    const now = this.situation();
    const { dirty } = this;
    if (now === undefined || !(dirty.clips || dirty.overlay || dirty.ruler)) return;
    const dpr = globalThis.devicePixelRatio || 1;
    for (const context of Object.values(this.contexts)) context.setTransform(dpr, 0, 0, dpr, 0, 0);
    const { range } = this.session.timeline.getState();
    if (dirty.clips) paintClips(this.contexts.clips, this.scene(now));
    if (this.first) performance.mark("cutroom:timeline-painted");
    this.first = false;
    if (dirty.ruler) {
      const { view } = now;
      const composition = this.withDraggedMarker(now.composition);
      paintRuler(this.contexts.ruler, {
        composition,
        view,
        palette: this.palette,
        range,
        display: preferences.getState().time,
        length: compositionLength(composition),
      });
      this.movePlayhead(false);
    }
    if (dirty.overlay) {
      const ctx = this.contexts.overlay;
      const points = this.points(now);
      ctx.clearRect(0, 0, now.view.width, now.view.height);
      paintDragged(ctx, this.scene(now));
      paintOverlay(ctx, now.view, this.palette, { ...this.overlayState, range, points });
    }
    this.dirty = { clips: false, overlay: false, ruler: false };
  }

  private withDraggedMarker(composition: Composition): Composition {
    const dragged = this.draggedMarker;
    if (dragged === undefined) return composition;
    const markers = (composition.markers ?? []).map((m) => (m.id === dragged.id ? { ...m, time: dragged.time } : m));
    return { ...composition, markers };
  }

  dragMarker(marker: { id: string; time: number } | undefined): void {
    this.draggedMarker = marker;
    this.repaint();
  }

  private points({ project, composition, rows }: Situation) {
    const { point } = this.session.line.getState();
    if (point === undefined) return [];
    return pointMarks(project, composition, point).flatMap((mark) => {
      const row = rows.find((r) => r.track.id === mark.track);
      return row === undefined ? [] : [{ ...mark, y: row.y, height: row.height }];
    });
  }

  private scene({ project, view, rows, selected }: Situation): Scene {
    return {
      project,
      view,
      rows,
      selected,
      preview: this.previewState,
      pictures: this.pictures,
      palette: this.palette,
    };
  }

  /** Follows wherever the playhead goes, so that it is never lost from sight. */
  private movePlayhead(follow: boolean): void {
    const composition = this.session.composition();
    if (composition === undefined) return;
    const time = timeOfFrame(compositionRate(composition), this.session.playhead.frame);
    const { timeline } = this.session;
    let { view } = timeline.getState();
    if (follow && !this.gestures.active) {
      const next = following(view, time, compositionLength(composition));
      if (next !== view) timeline.setState({ view: (view = next) });
    }
    const x = xOf(view, time);
    const { style } = this.elements.playhead;
    style.transform = `translateX(${x}px)`;
    style.visibility = x < -1 || x > view.width + 1 ? "hidden" : "visible";
  }

  // ---- what gestures may do

  situation(): Situation | undefined {
    const composition = this.session.composition();
    const { project } = this.session.document.getState();
    if (composition === undefined || project === undefined) return undefined;
    const { view, rowHeights, tool, snapping, range } = this.session.timeline.getState();
    const selected = this.session.selection.getState().clips;
    return {
      project,
      composition,
      view,
      rows: rowsOf(composition, view.top, rowHeights, view.scale),
      selected,
      tool,
      snapping,
      now: this.session.now(),
      range,
      display: preferences.getState().time,
      ...lineOptions(this.session.line.getState()),
    };
  }

  select(ids: Iterable<string>): void {
    this.session.select(ids);
  }

  selectTransition(id: string): void {
    this.session.selection.setState({ clips: new Set(), transition: id });
  }

  selectPoint(point: EditPoint): void {
    this.session.line.setState({ point });
  }

  preview(preview: Preview | undefined): void {
    const before = this.previewState;
    this.previewState = preview;
    this.repaint(sameBelow(before, preview) ? "overlay" : "clips");
  }

  overlay(change: Partial<Overlay>): void {
    this.overlayState = { ...this.overlayState, ...change };
    this.repaint("overlay");
  }

  view(view: View): void {
    this.session.timeline.setState({ view });
  }

  cursor(cursor: string): void {
    this.elements.area.style.cursor = cursor;
  }

  async commit(command: Parameters<Session["commit"]>[0]): Promise<void> {
    await this.session.commit(command, `drag-${performance.now()}`);
  }

  refused(error: unknown, x: number, y: number): void {
    this.session.problem("timeline", error);
    this.events.refused(apiErrors(error)[0], x, y);
  }

  // ---- wheel and keys of the area

  wheel(event: WheelEvent, x: number): void {
    const now = this.situation();
    if (now === undefined) return;
    event.preventDefault();
    const { composition, view, rows } = now;
    const length = compositionLength(composition);
    const lines = event.deltaMode === 1 ? 16 : 1;
    if (event.ctrlKey || event.metaKey) {
      const factor = Math.exp(-event.deltaY * lines * ZOOM_PER_PX * 1.6);
      this.view(zoomed(view, factor, x, compositionRate(composition), length));
      return;
    }
    const across = (event.shiftKey ? event.deltaY : event.deltaX) * lines;
    const down = (event.shiftKey ? 0 : event.deltaY) * lines;
    const lowest = lowestTop(rows, view);
    // Where all tracks are seen the wheel goes along time.
    const along = lowest === 0 ? across + down : across;
    const moved = scrolledTo(view, view.left + along * view.flicksPerPx, length);
    this.view({ ...moved, top: Math.min(lowest, Math.max(0, view.top + (lowest === 0 ? 0 : down))) });
  }

  pointer(event: PointerEvent | DragEvent): Pointer {
    const box = this.elements.area.getBoundingClientRect();
    return {
      x: event.clientX - box.left,
      y: event.clientY - box.top,
      button: event.button,
      ctrl: event.ctrlKey || event.metaKey,
      shift: event.shiftKey,
      alt: event.altKey,
    };
  }
}

/** Whether what lies below the dragged clips stays as it is. */
function sameBelow(a: Preview | undefined, b: Preview | undefined): boolean {
  if (a === undefined || b === undefined || a.shift !== undefined || b.shift !== undefined) return false;
  return a.places.size === b.places.size && [...a.places.keys()].every((id) => b.places.has(id));
}
