// Which clips a command has made, so that they can be selected: not what is left of clips that it
// cut apart.
import type { Clip, Composition, Project } from "../api/types";
import { nestedIdOf } from "../document/select";
import type { Command } from "../wire/messages";
import { toFlicks } from "./time";

/** In the composition as it is afterwards; `before` is the document that the command was for. */
export function created(command: Command, before: Project, composition: Composition): string[] {
  const after = (composition.tracks ?? []).flatMap((t) => t.clips ?? []);
  const named = new Set(namedIn(command));
  if (named.size > 0) return after.filter((c) => named.has(c.id)).map((c) => c.id);
  const old = new Set(
    before.compositions.flatMap((c) => (c.tracks ?? []).flatMap((t) => t.clips ?? [])).map((c) => c.id),
  );
  const isMade = madeBy(command, before);
  return after.filter((c) => !old.has(c.id) && isMade?.(c)).map((c) => c.id);
}

/** Ids that the page has given. */
function namedIn(command: Command): string[] {
  if ("all" in command) return command.all.steps.flatMap(namedIn);
  if ("insert" in command) return [command.insert.clip.id];
  if ("overwrite" in command) return [command.overwrite.clip.id];
  if ("append" in command) return [command.append.clip.id];
  return [];
}

/** What new clips are like that the program has given ids. */
function madeBy(command: Command, before: Project): ((clip: Clip) => boolean) | undefined {
  if ("paste" in command) {
    const { clips, at } = command.paste;
    const first = clips.reduce((a, c) => Math.min(a, toFlicks(c.clip.start)), Infinity);
    const place = (start: number, clip: Clip) => `${start} ${toFlicks(clip.duration)}`;
    const places = new Set(clips.map(({ clip }) => place(toFlicks(clip.start) - first + toFlicks(at), clip)));
    return (clip) => places.has(place(toFlicks(clip.start), clip));
  }
  if (!("nest" in command || "add_title" in command)) return undefined;
  const old = new Set(before.compositions.map((c) => c.id));
  return (clip) => {
    const nested = nestedIdOf(clip);
    return nested !== undefined && !old.has(nested);
  };
}
