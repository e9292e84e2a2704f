// Titles of the catalogue: which values they start with, and how one is put on the timeline.
import type { Composition, SessionCommand, TitleEntry } from "../api/types";
import { compositionRate } from "../document/select";
import { frameAt } from "./time";

export function usualParams(title: TitleEntry): Record<string, string> {
  return Object.fromEntries(title.params.map((p) => [p.id, p.default]));
}

/** Without a track the program takes one with room, or makes one. */
export function addTitle(
  composition: Composition,
  title: string,
  values: Record<string, string>,
  at: number,
  track?: string,
): Extract<SessionCommand, { add_title: unknown }> {
  return {
    add_title: {
      title,
      values,
      at: String(frameAt(compositionRate(composition), at)),
      composition: composition.id,
      ...(track === undefined ? {} : { track }),
    },
  };
}
