// Commands of the timeline: tools, edit points, tracks, gaps, selections, nesting and markers.
import type { Operation } from "../api/types";
import { findClip } from "../document/select";
import * as choose from "../edit/choose";
import type { Context } from "../edit/commands";
import { setField, targets, together } from "../edit/commands";
import * as instep from "../edit/instep";
import * as markers from "../edit/markers";
import { nudged } from "../edit/move";
import { cycled, nearestPoint, pointTime, trimPoint, trimPointBy } from "../edit/point";
import { endOf } from "../edit/preview";
import { slide } from "../edit/slide";
import { toFlicks } from "../edit/time";
import { slip } from "../edit/trim";
import { toggled } from "../session/line";
import type { Session } from "../session/session";
import { heights } from "../timeline/view";
import type { CommandEntry, Group, Nothing, Ui } from "./commands";

interface Make {
  entry(group: Group, id: string, run: (session: Session, ui: Ui) => void, repeats?: boolean): CommandEntry;
  operation(
    group: Group,
    id: string,
    make: (c: Context, s: Session) => Operation | undefined,
    nothing?: Nothing,
  ): CommandEntry;
}

export function lineCommands({ entry, operation }: Make): CommandEntry[] {
  const repeated = (command: CommandEntry): CommandEntry => ({ ...command, repeats: true });
  const selects = (id: string, which: (c: Context) => string[]) =>
    entry("edit", id, (s) => {
      const context = s.context();
      if (context !== undefined) s.select(which(context));
    });
  return [
    entry("tools", "tool-trim", (s) => s.timeline.setState({ tool: "trim" })),
    entry("tools", "tool-slide", (s) => s.timeline.setState({ tool: "slide" })),
    entry("tools", "tool-stretch", (s) => s.timeline.setState({ tool: "stretch" })),
    entry("tools", "toggle-linked", (s) => s.line.setState({ linked: !s.line.getState().linked })),
    entry("tools", "toggle-magnetic", (s) => s.line.setState({ magnetic: !s.line.getState().magnetic })),

    entry("trim", "select-point", (s) => choosePoint(s)),
    entry("trim", "cycle-point", (s) => {
      const composition = s.composition();
      const { point } = s.line.getState();
      if (point === undefined) choosePoint(s);
      else if (composition !== undefined) s.line.setState({ point: cycled(composition, point) });
    }),
    operation("trim", "extend-edit", (c, s) => {
      const point = s.line.getState().point ?? nearestPoint(c);
      return point === undefined
        ? undefined
        : (trimPoint(c.project, c.composition, point, { ...howTrimmed(c, s), to: c.now }).command as Operation);
    }),
    entry("trim", "enter-offset", (_, ui) => ui.enterOffset()),
    repeated(operation("trim", "nudge-left-far", (c, s) => nudgeSelected(c, s, -5))),
    repeated(operation("trim", "nudge-right-far", (c, s) => nudgeSelected(c, s, 5))),
    repeated(operation("trim", "slip-left", (c) => slipped(c, -1))),
    repeated(operation("trim", "slip-right", (c) => slipped(c, 1))),
    repeated(operation("trim", "slide-left", (c) => slid(c, -1))),
    repeated(operation("trim", "slide-right", (c) => slid(c, 1))),

    operation("edit", "close-gap", (c) => instep.closeGap(c.composition, c.unsynced ?? new Set(), c.now), "gap-here"),
    operation("edit", "close-all-gaps", (c) => instep.closeAllGaps(c.composition, c.unsynced ?? new Set()), "gaps"),
    operation("edit", "duplicate", (c) => choose.duplicate(c)),
    entry("edit", "paste-attributes", (_, ui) => ui.pasteAttributes()),
    selects("select-in-range", (c) => choose.inRange(c)),
    selects("select-forward", (c) => choose.fromPlayhead(c, 1)),
    selects("select-backward", (c) => choose.fromPlayhead(c, -1)),
    selects("select-forward-track", (c) => choose.fromPlayhead(c, 1, choose.tracksMeant(c))),
    selects("select-backward-track", (c) => choose.fromPlayhead(c, -1, choose.tracksMeant(c))),

    operation("clip", "unnest", (c) => choose.unnest(c)),
    entry("clip", "open-nested", (s) => {
      const context = s.context();
      const nested = context === undefined ? undefined : choose.nestedIn(context);
      if (nested !== undefined) s.open(nested);
    }),
    entry("clip", "close-nested", (s) => s.back()),

    entry("track", "target-video", (s) => targetNext(s, "video")),
    entry("track", "target-audio", (s) => targetNext(s, "audio")),
    entry("track", "target-all", (s) => s.line.setState({ untargeted: new Set() })),
    entry("track", "toggle-sync", (s) => {
      const context = s.context();
      let { unsynced } = s.line.getState();
      const ids = context === undefined ? [] : targets(context).map((t) => t.id);
      const off = ids.some((id) => !unsynced.has(id));
      for (const id of ids) if (unsynced.has(id) !== off) unsynced = toggled(unsynced, id);
      s.line.setState({ unsynced });
    }),
    operation("track", "toggle-track-lock", (c) => switched(c, "locked", false)),
    operation("track", "toggle-track-show", (c) => switched(c, "enabled", true)),
    operation("track", "toggle-track-mute", (c) => switched(c, "muted", false)),
    operation("track", "toggle-track-solo", (c) => switched(c, "solo", false)),
    entry("track", "taller-tracks", (s) => resize(s, 12), true),
    entry("track", "shorter-tracks", (s) => resize(s, -12), true),

    entry("mark", "mark-selection", (s) => {
      const context = s.context();
      if (context === undefined) return;
      const clips = context.selected.map((id) => findClip(context.project, id)?.clip).filter((c) => c !== undefined);
      if (clips.length === 0) return;
      const from = Math.min(...clips.map((c) => toFlicks(c.start)));
      s.timeline.setState({ range: { from, to: Math.max(...clips.map(endOf)) } });
    }),
    operation("mark", "add-range-marker", (c) => markers.markRange(c)),
    entry("mark", "edit-marker", (s, ui) => {
      const composition = s.composition();
      const marker = composition === undefined ? undefined : markers.markerAtTime(composition, s.now());
      s.line.setState({ marker: marker?.id });
      ui.panel("markers");
    }),
    operation("mark", "delete-marker", (c, s) => {
      const chosen = s.line.getState().marker;
      const marker =
        markers.markerAtTime(c.composition, c.now) ?? (c.composition.markers ?? []).find((m) => m.id === chosen);
      return marker === undefined ? undefined : markers.removeMarker(c.composition, marker.id);
    }),
  ];
}

function howTrimmed({ alone, unsynced }: Context, session: Session) {
  return { ripple: session.timeline.getState().tool === "trim", alone, unsynced };
}

/** Frames of the edit point if one is selected, else of the clips. */
export function nudgeSelected(context: Context, session: Session, frames: number): Operation | undefined {
  const { point } = session.line.getState();
  const by = nudged(context.composition, frames);
  if (point !== undefined)
    return trimPointBy(context.project, context.composition, point, by, howTrimmed(context, session)).command as
      Operation | undefined;
  const { selected, alone } = context;
  if (selected.length === 0) return undefined;
  return { move: { clips: [...selected], by, overwrite: true, ...(alone ? { alone } : {}) } };
}

function choosePoint(session: Session): void {
  const context = session.context();
  const point = context === undefined ? undefined : nearestPoint(context);
  if (context === undefined || point === undefined) return;
  session.line.setState({ point });
  const time = pointTime(context.composition, point);
  if (time !== undefined && context.selected.length === 0) session.seekTime(time);
}

function slipped(context: Context, frames: number): Operation | undefined {
  const [id] = context.selected;
  if (id === undefined) return undefined;
  const by = nudged(context.composition, frames);
  return slip(context.project, context.composition, id, by).command as Operation | undefined;
}

function slid(context: Context, frames: number): Operation | undefined {
  const [id] = context.selected;
  if (id === undefined) return undefined;
  const by = nudged(context.composition, frames);
  return slide(context.project, context.composition, id, by, context.alone).command as Operation | undefined;
}

/** The next track of a kind becomes its only target; after the last it is the first. */
function targetNext(session: Session, kind: "video" | "audio"): void {
  const composition = session.composition();
  const tracks = (composition?.tracks ?? []).filter((t) => (t.kind ?? "video") === kind);
  if (tracks.length === 0) return;
  const { untargeted } = session.line.getState();
  const now = tracks.filter((t) => !untargeted.has(t.id));
  const at = now.length === tracks.length ? -1 : tracks.findIndex((t) => t.id === now[0]?.id);
  const next = tracks[(at + 1) % tracks.length].id;
  const others = tracks.map((t) => t.id).filter((id) => id !== next);
  const rest = [...untargeted].filter((id) => !tracks.some((t) => t.id === id));
  session.line.setState({ untargeted: new Set([...rest, ...others]) });
}

/** A switch of the tracks of what is selected, else of the target tracks. */
function switched(context: Context, field: "locked" | "enabled" | "muted" | "solo", usual: boolean) {
  const meant = choose.tracksMeant(context);
  const tracks = (context.composition.tracks ?? []).filter((t) => meant.has(t.id));
  const value = tracks.some((t) => (t[field] ?? usual) === usual) ? !usual : usual;
  return together(tracks.map((t) => setField({ track: t.id }, field, value)));
}

function resize(session: Session, by: number): void {
  const context = session.context();
  if (context === undefined) return;
  const meant = choose.tracksMeant(context);
  const rowHeights = new Map(session.timeline.getState().rowHeights);
  for (const track of context.composition.tracks ?? []) {
    if (!meant.has(track.id)) continue;
    const now = rowHeights.get(track.id) ?? (track.kind === "audio" ? heights.audio : heights.video);
    rowHeights.set(track.id, Math.min(heights.most, Math.max(heights.least, now + by)));
  }
  session.timeline.setState({ rowHeights });
}
