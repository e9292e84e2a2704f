// Markers: set, changed, moved and removed.
import type { Composition, Marker, Operation } from "../api/types";
import { compositionRate } from "../document/select";
import { type Context, freeId } from "./commands";
import { frameLength, toFlicks } from "./time";

/** The colours that are offered; the names are those of texts. */
export const markerColours = {
  green: "#4cc38a",
  cyan: "#35bfd1",
  blue: "#5b9cff",
  purple: "#a884f3",
  pink: "#f27fb2",
  red: "#f26a5e",
  orange: "#f0a13c",
  yellow: "#e8cf4a",
} as const;

export type MarkerColour = keyof typeof markerColours;

export const markerColourIds = Object.keys(markerColours) as MarkerColour[];

export function sortedMarkers(composition: Composition): Marker[] {
  return (composition.markers ?? []).toSorted((a, b) => toFlicks(a.time) - toFlicks(b.time));
}

/** The marker at a time: one that begins in its frame, else one whose span has it. */
export function markerAtTime(composition: Composition, time: number): Marker | undefined {
  const one = frameLength(compositionRate(composition));
  const markers = sortedMarkers(composition);
  const begins = (m: Marker) => Math.abs(toFlicks(m.time) - time) < one;
  const covers = (m: Marker) => toFlicks(m.time) <= time && time < toFlicks(m.time) + toFlicks(m.duration);
  return markers.find(begins) ?? markers.find(covers);
}

/** Over the marked range, which both ends make. */
export function markRange({ composition, range }: Context): Operation | undefined {
  const { from, to } = range;
  if (from === undefined || to === undefined) return undefined;
  const used = (composition.markers ?? []).map((m) => m.id);
  const marker = { id: freeId("marker", used), time: from, duration: to - from };
  return { set_marker: { composition: composition.id, marker } };
}

/** A field without a value is left out. */
export function changedMarker(composition: Composition, marker: Marker, change: Partial<Marker>): Operation {
  const entries = Object.entries({ ...marker, ...change }).filter(([, v]) => v !== undefined && v !== "" && v !== 0);
  const whole = { ...Object.fromEntries(entries), id: marker.id, time: change.time ?? marker.time } as Marker;
  return { set_marker: { composition: composition.id, marker: whole } };
}

export function removeMarker(composition: Composition, id: string): Operation {
  return { remove_marker: { composition: composition.id, id } };
}
