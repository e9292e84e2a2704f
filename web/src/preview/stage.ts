// Where the picture lies in the viewer. Outside of React: it moves with wheel and hand.
import type { Point, Size } from "../edit/affine";
import { type Mapping, mappingOf, panWithin, toCanvas, toScreen, zoomedAbout } from "../edit/viewer";
import type { Session } from "../session/session";

export class Stage {
  frame: Size = { width: 0, height: 0 };
  canvas: Size = { width: 16, height: 9 };
  mapping: Mapping = { scale: 1, x: 0, y: 0 };
  private readonly listeners = new Set<() => void>();

  constructor(private readonly session: Session) {}

  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  get dpr(): number {
    return globalThis.devicePixelRatio || 1;
  }

  layout(frame: Size, canvas: Size): void {
    [this.frame, this.canvas] = [frame, canvas];
    const { zoom, pan } = this.session.canvas.getState();
    this.mapping = mappingOf(zoom, pan, frame, canvas, this.dpr);
    for (const listener of this.listeners) listener();
  }

  toCanvas(p: Point): Point {
    return toCanvas(this.mapping, p);
  }

  toScreen(p: Point): Point {
    return toScreen(this.mapping, p);
  }

  zoomAbout(factor: number, about: Point): void {
    const { frame, canvas, mapping, dpr } = this;
    this.session.canvas.setState(zoomedAbout(mapping, factor, about, frame, canvas, dpr));
  }

  pan(by: Point): void {
    const { pan, zoom } = this.session.canvas.getState();
    if (zoom === "fit") return;
    const next: Point = [pan[0] + by[0], pan[1] + by[1]];
    this.session.canvas.setState({ pan: panWithin(next, this.mapping.scale, this.frame, this.canvas) });
  }
}
