// What is under the pointer. The same index that the painter uses, so that what is seen is what is
// hit.
import type { Clip, Composition, Edge, Marker } from "../api/types";
import { firstEndingAfter, trackIndex } from "../document/select";
import { toFlicks } from "../edit/time";
import type { Tool } from "./gestures/host";
import { spansOf } from "./painter/clips";
import { type Row, rowAt, timeAt, type View, xOf } from "./view";

export type Hit =
  | { kind: "nothing" }
  | { kind: "row"; row: Row }
  | { kind: "clip"; row: Row; clip: Clip }
  | { kind: "edge"; row: Row; clip: Clip; edge: Edge }
  /** Where two clips meet; `clip` is the one after the cut. */
  | { kind: "cut"; row: Row; clip: Clip; before: Clip }
  | { kind: "transition"; row: Row; id: string };

/** How close to a cut both clips are meant. */
const CUT_PX = 3;
const EDGE_PX = 8;
/** Height of the bar with the name. */
const NAME_PX = 18;

export function hitTest(rows: readonly Row[], view: View, x: number, y: number): Hit {
  const row = rowAt(rows, y);
  if (row === undefined) return { kind: "nothing" };
  const index = trackIndex(row.track);
  const time = timeAt(view, x);
  for (const [id, span] of y > row.y + NAME_PX * (view.scale ?? 1) ? spansOf(index) : []) {
    const width = (span.end - span.start) / view.flicksPerPx;
    if (width >= 8 && time >= span.start && time < span.end) return { kind: "transition", row, id };
  }
  // Edges can be taken a little outside of their clip, where there is no other.
  const reach = EDGE_PX / 2;
  const n = firstEndingAfter(index, timeAt(view, x - reach));
  const around = [n - 1, n, n + 1].filter((i) => i >= 0 && i < index.clips.length);
  const inside = around.find((i) => index.starts[i] <= time && time < index.ends[i]);
  for (const i of around) {
    const [start, end] = [xOf(view, index.starts[i]), xOf(view, index.ends[i])];
    const next = i + 1 < index.clips.length && index.starts[i + 1] === index.ends[i] ? index.clips[i + 1] : undefined;
    const zone = Math.min(EDGE_PX, (end - start) / 4);
    if (zone < 1.5) continue;
    if (next !== undefined && Math.abs(x - end) <= Math.min(CUT_PX, zone)) {
      return { kind: "cut", row, clip: next, before: index.clips[i] };
    }
    const outsideStart = inside === undefined ? reach : 0;
    if (x >= start - outsideStart && x < start + zone)
      return { kind: "edge", row, clip: index.clips[i], edge: "start" };
    if (x <= end + outsideStart && x > end - zone) return { kind: "edge", row, clip: index.clips[i], edge: "end" };
  }
  if (inside !== undefined) return { kind: "clip", row, clip: index.clips[inside] };
  return { kind: "row", row };
}

/** The marker at a place of the ruler. */
export function markerAt(composition: Composition, view: View, x: number): Marker | undefined {
  return (composition.markers ?? []).find((marker) => {
    const start = xOf(view, toFlicks(marker.time));
    return x >= start - 6 && x <= start + Math.max(6, toFlicks(marker.duration) / view.flicksPerPx);
  });
}

/** What a drag of the body of a clip does with a tool. */
export type Zone = "move" | "slip" | "slide" | "stretch";

/** With the trim tool the bar with the name slides, and the pictures below it slip. */
export function zoneOf(hit: { row: Row }, tool: Tool, y: number, scale = 1): Zone {
  if (tool === "trim") return y < hit.row.y + NAME_PX * scale ? "slide" : "slip";
  return tool === "slip" || tool === "slide" || tool === "stretch" ? tool : "move";
}

const zoneCursors: Record<Zone, string> = {
  move: "grab",
  slip: "ew-resize",
  slide: "all-scroll",
  stretch: "col-resize",
};

export function cursorOf(hit: Hit, tool: Tool, ctrl: boolean, y: number, scale = 1): string {
  if (hit.kind === "nothing" || hit.kind === "row") return "default";
  if (hit.kind === "transition") return "pointer";
  if (tool === "blade") return "crosshair";
  const edges = tool === "select" || tool === "trim" || tool === "stretch";
  if (hit.kind === "clip" || !edges) return zoneCursors[zoneOf(hit, tool, y, scale)];
  if (hit.kind === "cut" && !ctrl) return "col-resize";
  if (tool === "stretch" || ctrl === (tool === "trim")) return "ew-resize";
  return hit.kind === "edge" && hit.edge === "start" ? "e-resize" : "w-resize";
}
