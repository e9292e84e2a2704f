// A marker that is dragged along the ruler; a press that does not move goes to it.
import type { Composition, Marker } from "../../api/types";
import { compositionRate } from "../../document/select";
import { changedMarker } from "../../edit/markers";
import { snapBy, snapTimes } from "../../edit/snap";
import { onFrame, toFlicks } from "../../edit/time";
import type { Overlay } from "../painter/overlay";
import type { View } from "../view";
import { SNAP_PX } from "./drags";

const START_PX = 3;

interface Surface {
  situation(): { composition: Composition; view: View; snapping: boolean; now: number } | undefined;
  dragMarker(marker: { id: string; time: number } | undefined): void;
  overlay(change: Partial<Overlay>): void;
}

interface Target {
  commit(command: ReturnType<typeof changedMarker>, key?: string): Promise<unknown>;
  problem(source: string, error: unknown): void;
  seekTime(time: number): void;
  line: { setState(change: { marker: string }): void };
}

export class MarkerDrag {
  private began = false;
  private to: number;

  constructor(
    private readonly surface: Surface,
    private readonly target: Target,
    private readonly marker: Marker,
    private readonly x: number,
  ) {
    this.to = toFlicks(marker.time);
  }

  move(x: number, inverted: boolean): void {
    const now = this.surface.situation();
    if (now === undefined || (!this.began && Math.abs(x - this.x) < START_PX)) return;
    this.began = true;
    const by = (x - this.x) * now.view.flicksPerPx;
    const old = toFlicks(this.marker.time);
    const others = (now.composition.markers ?? []).filter((m) => m.id !== this.marker.id);
    const times =
      now.snapping !== inverted ? snapTimes({ ...now.composition, markers: others }, new Set(), [now.now]) : undefined;
    const { at } = snapBy(times, [old], by, SNAP_PX * now.view.flicksPerPx);
    this.to = Math.max(0, at ?? onFrame(compositionRate(now.composition), old + by));
    this.surface.dragMarker({ id: this.marker.id, time: this.to });
    this.surface.overlay({ snapped: at === undefined ? [] : [at] });
  }

  up(): void {
    const now = this.surface.situation();
    this.surface.overlay({ snapped: [] });
    if (!this.began || now === undefined) {
      this.target.line.setState({ marker: this.marker.id });
      this.target.seekTime(toFlicks(this.marker.time));
      return;
    }
    this.target
      .commit(changedMarker(now.composition, this.marker, { time: this.to }), `marker-${performance.now()}`)
      .catch((error: unknown) => this.target.problem("edit-marker", error))
      .finally(() => this.surface.dragMarker(undefined));
  }

  cancel(): void {
    this.surface.overlay({ snapped: [] });
    this.surface.dragMarker(undefined);
  }
}
