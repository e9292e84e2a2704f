// The one table of commands: keys, menus, the palette and buttons all come from it. Its label in
// each language is `cmd-` and its id.
import { panelIds, workspaceIds } from "./panel-ids";
import type { Operation } from "../api/types";
import { compositionLength, compositionRate, displayedTracks, findMedia, trackIndex, clipAt } from "../document/select";
import * as edit from "../edit/commands";
import { markedIn, markedOut, type Range } from "../edit/marks";
import { matchFrame, placeSource, type Verb } from "../edit/place";
import { fps, frameAt, fromSecs } from "../edit/time";
import { canvasCommands } from "./canvas-commands";
import type { Session } from "../session/session";
import { lineCommands, nudgeSelected } from "./line";
import { fitted, xOf, zoomed } from "../timeline/view";

/** Why a command had nothing to do. */
export const nothings = ["gap-here", "gaps"] as const;
export type Nothing = (typeof nothings)[number];

/** What belongs to the window and not to the film. */
export interface Ui {
  palette(): void;
  keyboard(): void;
  importFiles(): void;
  /** Chooses among the files of the server. */
  browse(what: "import" | "project" | "relink"): void;
  exportFilm(): void;
  enterTimecode(): void;
  panel(id: PanelId): void;
  toggleTheme(): void;
  resetLayout(): void;
  fullscreen(): void;
  enterOffset(): void;
  pasteAttributes(): void;
  settings(): void;
  workspaces(): void;
  nothing(why: Nothing): void;
  workspace(id: string): void;
}

export { panelIds, workspaceIds };
export type { WorkspaceId } from "./panel-ids";
export type PanelId = (typeof panelIds)[number];

export type Group = "play" | "mark" | "tools" | "trim" | "edit" | "clip" | "track" | "add" | "view" | "project";
export const groups: readonly Group[] = [
  "play",
  "mark",
  "tools",
  "trim",
  "edit",
  "clip",
  "track",
  "add",
  "view",
  "project",
];

export interface CommandEntry {
  id: string;
  group: Group;
  run(session: Session, ui: Ui): void;
  /** Whether holding the key repeats it. */
  repeats?: boolean;
}

const entry = (group: Group, id: string, run: CommandEntry["run"], repeats = false): CommandEntry => ({
  group,
  id,
  run,
  repeats,
});

/** A command of the document, or nothing where there is nothing to do; some say so. */
function operation(
  group: Group,
  id: string,
  make: (context: edit.Context, session: Session) => Operation | undefined,
  nothing?: Nothing,
): CommandEntry {
  return entry(group, id, (session, ui) => {
    const context = session.context();
    if (context === undefined) return;
    const command = make(context, session);
    if (command === undefined && nothing !== undefined) ui.nothing(nothing);
    void session.run(command, id);
  });
}

function oneSecond(session: Session): number {
  const rate = session.monitor().rate();
  return rate === undefined ? 25 : Math.round(fps(rate));
}

/** Of the film or of the source, whichever monitor has the focus. */
function markHere(session: Session, change: (range: Range, now: number) => Range): void {
  const monitor = session.monitor();
  monitor.mark(change(monitor.marks(), monitor.now()));
}

function toMark(session: Session, end: "from" | "to"): void {
  const monitor = session.monitor();
  const time = monitor.marks()[end];
  if (time !== undefined) monitor.seekTime(time);
}

function jump(session: Session, to: (context: edit.Context) => number | undefined): void {
  const context = session.context();
  const time = context === undefined ? undefined : to(context);
  if (time !== undefined) session.seekTime(time);
}

function marks(session: Session, change: (context: edit.Context) => { from?: number; to?: number }): void {
  const context = session.context();
  if (context !== undefined) session.timeline.setState({ range: change(context) });
}

function zoom(session: Session, factor: number): void {
  const composition = session.composition();
  if (composition === undefined) return;
  const { view } = session.timeline.getState();
  const x = xOf(view, session.now());
  const about = x >= 0 && x <= view.width ? x : view.width / 2;
  session.timeline.setState({
    view: zoomed(view, factor, about, compositionRate(composition), compositionLength(composition)),
  });
}

function chosenMedia(session: Session) {
  const { media } = session.selection.getState();
  const { project } = session.document.getState();
  return media === undefined || project === undefined ? undefined : findMedia(project, media);
}

/** The chosen medium, or the part of it that is marked in the source monitor. */
function placeMedia(id: string, verb: Verb): CommandEntry {
  return entry("add", id, (session) => {
    const [context, media] = [session.context(), chosenMedia(session)];
    if (context === undefined || media === undefined) return;
    const made = placeSource(context, session.sources.use(media), verb);
    if (made === undefined) return;
    const atPlayhead = context.range.from === undefined && context.range.to === undefined;
    void session.run(made.command, id).then((event) => {
      // On to where the next one goes, as long as the film has a picture there.
      const { end } = made;
      const rate = session.rate();
      if (event === undefined || end === undefined || !atPlayhead || rate === undefined) return;
      if (frameAt(rate, end) < session.frames()) session.seekTime(end);
    });
  });
}

export const commands: readonly CommandEntry[] = [
  entry("play", "play-pause", (s) => s.monitor().toggle()),
  entry("play", "play-forward", (s) => s.monitor().shuttle(1)),
  entry("play", "play-backward", (s) => s.monitor().shuttle(-1)),
  entry("play", "stop", (s) => s.monitor().pause()),
  entry("play", "step-back", (s) => s.monitor().step(-1), true),
  entry("play", "step-forward", (s) => s.monitor().step(1), true),
  entry("play", "second-back", (s) => s.monitor().step(-oneSecond(s)), true),
  entry("play", "second-forward", (s) => s.monitor().step(oneSecond(s)), true),
  entry("play", "to-start", (s) => s.monitor().seek(0)),
  entry("play", "to-end", (s) => s.monitor().seek(s.monitor().frames() - 1)),
  entry("play", "previous-edit", (s) => jump(s, (c) => edit.neighbouringEdit(c.composition, c.now, -1)), true),
  entry("play", "next-edit", (s) => jump(s, (c) => edit.neighbouringEdit(c.composition, c.now, 1)), true),
  entry("play", "previous-marker", (s) => jump(s, (c) => edit.neighbouringMarker(c.composition, c.now, -1)), true),
  entry("play", "next-marker", (s) => jump(s, (c) => edit.neighbouringMarker(c.composition, c.now, 1)), true),
  entry("play", "enter-timecode", (_, ui) => ui.enterTimecode()),

  entry("mark", "mark-in", (s) => markHere(s, markedIn)),
  entry("mark", "mark-out", (s) => markHere(s, markedOut)),
  entry("mark", "clear-range", (s) => s.monitor().mark({})),
  entry("mark", "to-in", (s) => toMark(s, "from")),
  entry("mark", "to-out", (s) => toMark(s, "to")),
  entry("mark", "mark-clip", (s) =>
    marks(s, (c) => {
      const clips = displayedTracks(c.composition).map((t) => clipAt(trackIndex(t), c.now));
      const clip =
        clips.find((one) => one !== undefined && c.selected.includes(one.id)) ?? clips.find((one) => one !== undefined);
      return clip === undefined
        ? c.range
        : { from: Number(clip.start), to: Number(clip.start) + Number(clip.duration) };
    }),
  ),
  operation("mark", "add-marker", (c) => edit.mark(c)),

  entry("tools", "tool-select", (s) => s.timeline.setState({ tool: "select" })),
  entry("tools", "tool-blade", (s) => s.timeline.setState({ tool: "blade" })),
  entry("tools", "tool-slip", (s) => s.timeline.setState({ tool: "slip" })),
  entry("tools", "toggle-snapping", (s) => s.timeline.setState({ snapping: !s.timeline.getState().snapping })),

  entry("edit", "undo", (s) => void s.run({ undo: {} }, "undo"), true),
  entry("edit", "redo", (s) => void s.run({ redo: {} }, "redo"), true),
  entry("edit", "cut", (s) => {
    const context = s.context();
    if (context === undefined || context.selected.length === 0) return;
    s.copy(edit.copied(context));
    void s.run(edit.remove(context, false), "cut");
  }),
  entry("edit", "copy", (s) => {
    const context = s.context();
    if (context !== undefined && context.selected.length > 0) s.copy(edit.copied(context));
  }),
  operation("edit", "paste", (c, s) => edit.paste(c, s.clipboard)),
  operation("edit", "delete", (c, s) => {
    const { transition } = s.selection.getState();
    return transition === undefined ? edit.remove(c, false) : { remove_transition: { ids: [transition] } };
  }),
  operation("edit", "ripple-delete", (c) => edit.remove(c, true)),
  operation("edit", "split", (c) => edit.split(c)),
  operation("edit", "split-all", (c) => edit.split(c, true)),
  operation("edit", "ripple-trim-start", (c) => edit.trimToPlayhead(c, "start", true)),
  operation("edit", "ripple-trim-end", (c) => edit.trimToPlayhead(c, "end", true)),
  operation("edit", "trim-start", (c) => edit.trimToPlayhead(c, "start", false)),
  operation("edit", "trim-end", (c) => edit.trimToPlayhead(c, "end", false)),
  operation("edit", "lift", (c) => edit.liftOrExtract(c, false)),
  operation("edit", "extract", (c) => edit.liftOrExtract(c, true)),
  { ...operation("edit", "nudge-left", (c, s) => nudgeSelected(c, s, -1)), repeats: true },
  { ...operation("edit", "nudge-right", (c, s) => nudgeSelected(c, s, 1)), repeats: true },
  entry("edit", "select-all", (s) => {
    const composition = s.composition();
    if (composition !== undefined)
      s.select((composition.tracks ?? []).flatMap((t) => (t.clips ?? []).map((c) => c.id)));
  }),
  entry("edit", "select-none", (s) => s.select([])),
  entry("edit", "select-at-playhead", (s) => {
    const c = s.context();
    if (c !== undefined) s.select((c.composition.tracks ?? []).flatMap((t) => clipAt(trackIndex(t), c.now)?.id ?? []));
  }),

  entry("clip", "match-frame", (s, ui) => {
    const context = s.context();
    const found = context === undefined ? undefined : matchFrame(context);
    if (found === undefined) return;
    s.selection.setState({ media: found.media });
    s.sources.open(found.media, found.time);
    ui.panel("source");
  }),
  operation("clip", "toggle-link", (c) => edit.toggleLink(c)),
  operation("clip", "toggle-group", (c) => edit.toggleGroup(c)),
  operation("clip", "toggle-enabled", (c) => edit.toggleEnabled(c)),
  operation("clip", "nest", (c) => edit.nest(c)),
  operation("clip", "add-dissolve", (c) => edit.dissolve(c, "crossfade", fromSecs(1))),

  placeMedia("insert-media", "insert"),
  placeMedia("overwrite-media", "overwrite"),
  placeMedia("append-media", "append"),
  placeMedia("ontop-media", "ontop"),
  operation("add", "add-video-track", (c) => edit.addTrack(c, "video")),
  operation("add", "add-audio-track", (c) => edit.addTrack(c, "audio")),

  entry("view", "zoom-in", (s) => zoom(s, 1.5), true),
  entry("view", "zoom-out", (s) => zoom(s, 1 / 1.5), true),
  entry("view", "zoom-fit", (s) => {
    const composition = s.composition();
    if (composition !== undefined)
      s.timeline.setState({ view: fitted(s.timeline.getState().view, compositionLength(composition)) });
  }),
  ...lineCommands({ entry, operation }),
  ...workspaceIds.map((id) => entry("view", `workspace-${id}`, (_, ui) => ui.workspace(id))),
  entry("view", "workspaces", (_, ui) => ui.workspaces()),
  ...panelIds.map((id) => entry("view", `panel-${id}`, (_, ui) => ui.panel(id))),
  entry("view", "toggle-theme", (_, ui) => ui.toggleTheme()),
  entry("view", "reset-layout", (_, ui) => ui.resetLayout()),
  entry("view", "fullscreen", (_, ui) => ui.fullscreen()),

  ...canvasCommands.map((c) => entry("view", c.id, c.run, c.repeats)),

  entry("project", "palette", (_, ui) => ui.palette()),
  entry("project", "keyboard", (_, ui) => ui.keyboard()),
  entry("project", "settings", (_, ui) => ui.settings()),
  entry("project", "save", (s) => void s.run({ save: {} }, "save")),
  entry("project", "import", (_, ui) => ui.importFiles()),
  entry("project", "browse", (_, ui) => ui.browse("import")),
  entry("project", "open-project", (_, ui) => ui.browse("project")),
  entry("project", "relink", (_, ui) => ui.browse("relink")),
  entry("project", "export", (_, ui) => ui.exportFilm()),
];

export const commandById: ReadonlyMap<string, CommandEntry> = new Map(commands.map((c) => [c.id, c]));
