// Things dragged onto the timeline from other panels and from the system.
import type { Operation } from "../api/types";
import { compositionRate, findMedia } from "../document/select";
import { STILL_SECS } from "../edit/commands";
import { addToClips } from "../edit/mixer";
import { lengthOf, placeSource, threePoint } from "../edit/place";
import { addTitle } from "../edit/titles";
import { snapBy, snapTimes } from "../edit/snap";
import { FLICKS, fromSecs, onFrame, toFlicks } from "../edit/time";
import type { Session } from "../session/session";
import {
  draggedMedia,
  draggedTitle,
  type DraggedMedia,
  EFFECT,
  MEDIA,
  SOUND_EFFECT,
  TITLE,
  TRANSITION,
} from "../ui/dragged";
import { SNAP_PX } from "./gestures/drags";
import type { Pointer, Situation } from "./gestures/host";
import { hitTest } from "./hit";
import type { Overlay } from "./painter/overlay";
import { rowAt, timeAt, type Row } from "./view";

export interface Dropped {
  media?: string;
  effect?: string;
  soundEffect?: string;
  transition?: string;
  title?: string;
  files: File[];
}

/** While something is dragged browsers tell only of which kind it is. */
export function kindOf(types: readonly string[]): "media" | "effect" | "transition" | "title" | "files" | undefined {
  if (types.includes(MEDIA)) return "media";
  if (types.includes(EFFECT) || types.includes(SOUND_EFFECT)) return "effect";
  if (types.includes(TRANSITION)) return "transition";
  if (types.includes(TITLE)) return "title";
  return types.includes("Files") ? "files" : undefined;
}

export function dropped(transfer: DataTransfer): Dropped {
  const value = (type: string) => transfer.getData(type) || undefined;
  return {
    media: value(MEDIA),
    effect: value(EFFECT),
    soundEffect: value(SOUND_EFFECT),
    transition: value(TRANSITION),
    title: value(TITLE),
    files: [...transfer.files],
  };
}

function startAt(now: Situation, pointer: Pointer): number {
  const time = Math.max(0, timeAt(now.view, pointer.x));
  const times = now.snapping !== pointer.shift ? snapTimes(now.composition, new Set(), [now.now]) : undefined;
  return snapBy(times, [time], 0, SNAP_PX * now.view.flicksPerPx).at ?? onFrame(compositionRate(now.composition), time);
}

/** What is shown where something would go. */
export function dropOverlay(
  now: Situation,
  pointer: Pointer,
  kind: ReturnType<typeof kindOf>,
  dragged: DraggedMedia | undefined,
): Partial<Overlay> {
  const row = rowAt(now.rows, pointer.y);
  if (kind === "media" || kind === "files" || kind === "title") {
    const media = dragged === undefined ? undefined : findMedia(now.project, dragged.media);
    const known = media === undefined ? undefined : lengthOf(media);
    const span = threePoint(compositionRate(now.composition), { now: 0 }, dragged?.marks ?? {}, known);
    const title = kind === "title" ? draggedTitle() : undefined;
    const length = title !== undefined ? fromSecs(title.secs) : (span?.duration ?? fromSecs(STILL_SECS));
    const start = startAt(now, pointer);
    const sound = media?.kind === "audio";
    const at = row ?? (sound ? undefined : now.rows[0]);
    // Below its tracks sound gets a new one.
    const below = now.rows.at(-1);
    if (at === undefined && below !== undefined)
      return { drop: { start, length, y: below.y + below.height + 2, height: below.height, line: pointer.ctrl } };
    const place = at === undefined ? { y: 4, height: 48 } : { y: at.y, height: at.height };
    return { drop: { start, length, ...place, line: pointer.ctrl } };
  }
  const hit = hitTest(now.rows, now.view, pointer.x, Math.min(pointer.y, (row?.y ?? 0) + 10));
  if (hit.kind === "cut" && kind === "transition") {
    const at = toFlicks(hit.clip.start);
    return { drop: { start: at - FLICKS / 2, length: FLICKS, y: hit.row.y, height: hit.row.height, line: false } };
  }
  if (hit.kind !== "clip" && hit.kind !== "edge" && hit.kind !== "cut") return { drop: undefined };
  return {
    drop: {
      start: toFlicks(hit.clip.start),
      length: toFlicks(hit.clip.duration),
      y: hit.row.y,
      height: hit.row.height,
      line: false,
    },
  };
}

export async function drop(session: Session, now: Situation, pointer: Pointer, what: Dropped): Promise<void> {
  const row = rowAt(now.rows, pointer.y);
  const start = startAt(now, pointer);
  if (what.files.length > 0) {
    const ids = await session.importFiles(what.files);
    let at = start;
    const made: string[] = [];
    for (const id of ids) {
      at = (await placed(session, { media: id, marks: {}, parts: "both" }, row, at, "overwrite")) ?? at;
      made.push(...session.selection.getState().clips);
    }
    if (ids.length > 1) session.select(made);
    return;
  }
  if (what.media !== undefined) {
    const from = draggedMedia();
    const source = from?.media === what.media ? from : { media: what.media, marks: {}, parts: "both" as const };
    await placed(session, source, row, start, pointer.ctrl ? "insert" : "overwrite");
    return;
  }
  const title = draggedTitle();
  if (what.title !== undefined && title?.title === what.title) {
    const track = row !== undefined && row.track.kind !== "audio" ? row.track.id : undefined;
    await session.run(addTitle(now.composition, title.title, title.params, start, track), "add-title");
    return;
  }
  const command = dropCommand(now, pointer, row, what);
  await session.run(command, what.effect ?? what.soundEffect ?? what.transition ?? "drop");
}

/** Answers with where it ends. */
async function placed(
  session: Session,
  source: DraggedMedia,
  row: Row | undefined,
  at: number,
  how: "insert" | "overwrite",
): Promise<number | undefined> {
  const context = session.context();
  const media = session.media(source.media);
  if (context === undefined || media === undefined) return undefined;
  const made = placeSource(context, { ...source, media }, how, at, row?.track.id);
  await session.run(made?.command, `${how}-media`);
  return made?.end;
}

export function dropCommand(
  now: Situation,
  pointer: Pointer,
  row: Row | undefined,
  what: Dropped,
): Operation | undefined {
  const hit = hitTest(now.rows, now.view, pointer.x, Math.min(pointer.y, (row?.y ?? 0) + 10));
  if (hit.kind !== "clip" && hit.kind !== "edge" && hit.kind !== "cut") return undefined;
  const clips = now.selected.has(hit.clip.id) ? [...now.selected] : [hit.clip.id];
  if (what.effect !== undefined) return { add_effect: { clips, effect: what.effect } };
  if (what.soundEffect !== undefined) return addToClips(now.project, clips, what.soundEffect);
  if (what.transition === undefined) return undefined;
  const duration = FLICKS;
  if (hit.kind === "cut")
    return { add_transition: { kind: what.transition, from: hit.before.id, to: hit.clip.id, duration } };
  const atStart = timeAt(now.view, pointer.x) < toFlicks(hit.clip.start) + toFlicks(hit.clip.duration) / 2;
  return {
    add_transition: { kind: what.transition, ...(atStart ? { to: hit.clip.id } : { from: hit.clip.id }), duration },
  };
}
