// Titles of the catalogue: which values they start with, and how one is put on the timeline.
import type { Composition, TitleEntry } from "../api/types";
import type { AddTitle } from "../wire/added";

export function usualParams(title: TitleEntry): Record<string, string> {
  return Object.fromEntries(title.params.map((p) => [p.id, p.default]));
}

/** Without a track the program takes one with room, or makes one. */
export function addTitle(
  composition: Composition,
  title: string,
  params: Record<string, string>,
  at: number,
  track?: string,
): AddTitle {
  return {
    add_title: { title, params, at, composition: composition.id, ...(track === undefined ? {} : { track }) },
  };
}
