// Which text names a handle.
import { corners, pins } from "../edit/box-drag";
import type { Zoom } from "../edit/viewer";

export const handleNames: readonly string[] = [
  "move",
  "rotate",
  "anchor",
  "key",
  "bend-in",
  "bend-out",
  ...corners.map((c) => `scale-${c}`),
  ...corners.map((c) => `crop-${c}`),
  "crop-move",
  ...pins.map((p) => `pin-${p}`),
  "mask-move",
  "mask-rotate",
  "mask-feather",
  "mask-vertex",
  "mask-in",
  "mask-out",
  ...corners.map((c) => `mask-size-${c}`),
];

/** The last part of the text's id, and the number in it, counted from 1. */
export function handleName(id: string): { name: string; number: number } {
  if (id.startsWith("key-")) return { name: "key", number: 0 };
  if (id.startsWith("bend-")) return { name: id.slice(0, id.lastIndexOf("-")), number: 0 };
  if (!id.startsWith("mask:")) return { name: id, number: 0 };
  const [, , part, rest] = id.split(":");
  if (part === "size") return { name: `mask-size-${rest}`, number: 0 };
  return { name: part === "v" ? "mask-vertex" : `mask-${part}`, number: Number(rest ?? 0) + 1 };
}

export function zoomName(zoom: Zoom): string {
  return zoom === "fit" ? "fit" : "percent";
}
