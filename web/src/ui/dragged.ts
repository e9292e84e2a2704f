// What is dragged from one panel to another.
import type { Range } from "../edit/marks";
import type { Parts } from "../edit/place";

export const MEDIA = "application/x-cutroom-media";
export const EFFECT = "application/x-cutroom-effect";
export const SOUND_EFFECT = "application/x-cutroom-sound-effect";
export const TITLE = "application/x-cutroom-title";
export const TRANSITION = "application/x-cutroom-transition";

// While something is dragged, browsers tell a target only of which kind it is; the length of a
// medium is needed to show where it would go.
export interface DraggedMedia {
  media: string;
  marks: Range;
  parts: Parts;
}

let dragged: DraggedMedia | undefined;

export function dragMedia(media: string | undefined, marks: Range = {}, parts: Parts = "both"): void {
  dragged = media === undefined ? undefined : { media, marks, parts };
}

export function draggedMedia(): DraggedMedia | undefined {
  return dragged;
}

export interface DraggedTitle {
  title: string;
  params: Record<string, string>;
  /** Its usual length. */
  secs: number;
}

let title: DraggedTitle | undefined;

export function dragTitle(dragged: DraggedTitle | undefined): void {
  title = dragged;
}

export function draggedTitle(): DraggedTitle | undefined {
  return title;
}
