// Context menus of clips, gaps, the ruler and its markers.
import { nestedIdOf, trackIndex } from "../document/select";
import { attributeSource } from "../edit/choose";
import { closeGap, gapInStep } from "../edit/instep";
import { changedMarker, markerColourIds, markerColours, removeMarker } from "../edit/markers";
import { toFlicks } from "../edit/time";
import { gapAt } from "../edit/trim";
import { text } from "../l10n/locale";
import type { Ui } from "../keys/commands";
import type { Session } from "../session/session";
import type { MenuEntry } from "../ui/parts";
import type { Situation } from "./gestures/host";
import { hitTest, markerAt } from "./hit";
import { timeAt } from "./view";

const clipEntries: MenuEntry[] = [
  { command: "split" },
  { command: "ripple-trim-start" },
  { command: "ripple-trim-end" },
  "line",
  { command: "cut" },
  { command: "copy" },
  { command: "paste" },
  { command: "duplicate" },
  { command: "paste-attributes" },
  "line",
  { command: "toggle-enabled" },
  { command: "toggle-link" },
  { command: "toggle-group" },
  { command: "add-dissolve" },
  "line",
  { command: "mark-selection" },
  { command: "select-forward-track" },
  { command: "select-backward-track" },
  "line",
  { command: "nest" },
];

const nestedEntries: MenuEntry[] = [{ command: "open-nested" }, { command: "unnest" }];
const removal: MenuEntry[] = ["line", { command: "delete" }, { command: "ripple-delete" }];

export function areaEntries(session: Session, now: Situation, at: { x: number; y: number }): MenuEntry[] {
  const hit = hitTest(now.rows, now.view, at.x, at.y);
  if (hit.kind === "clip" || hit.kind === "edge" || hit.kind === "cut") {
    if (!now.selected.has(hit.clip.id)) session.select([hit.clip.id]);
    const context = session.context();
    const copied = context !== undefined && attributeSource(context, session.clipboard) !== undefined;
    const own = clipEntries.map((e) =>
      e !== "line" && e.command === "paste-attributes" ? { ...e, disabled: !copied } : e,
    );
    return [...own, ...(nestedIdOf(hit.clip) === undefined ? [] : nestedEntries), ...removal];
  }
  if (hit.kind === "transition") {
    const { id } = hit;
    session.selection.setState({ clips: new Set(), transition: id });
    return [
      {
        label: text("transition-remove"),
        danger: true,
        run: () => void session.run({ remove_transition: { ids: [id] } }, "delete"),
      },
    ];
  }
  return [
    ...(hit.kind === "row" ? gapEntries(session, now, hit.row.track.id, timeAt(now.view, at.x)) : []),
    { command: "paste" },
    { command: "select-all" },
    { command: "close-all-gaps" },
    "line",
    { command: "add-video-track" },
    { command: "add-audio-track" },
    "line",
    { command: "zoom-fit" },
  ];
}

function gapEntries(session: Session, now: Situation, track: string, time: number): MenuEntry[] {
  const found = now.rows.find((r) => r.track.id === track)?.track;
  const gap = found === undefined ? undefined : gapAt(trackIndex(found), time);
  if (found === undefined || gap === undefined) return [];
  const { unsynced } = session.line.getState();
  const shared = gapInStep(now.composition, unsynced, time, track);
  return [
    {
      // What all tracks in step have of it; others would be thrown out of step.
      label: text("close-gap"),
      disabled: shared === undefined || found.locked === true,
      run: () => void session.run(closeGap(now.composition, unsynced, time, track), "close-gap"),
    },
    {
      label: text("close-gap-track"),
      disabled: found.locked === true,
      run: () => void session.run({ close_gap: { track, at: gap.start } }, "close-gap"),
    },
    {
      label: text("mark-gap"),
      run: () => session.timeline.setState({ range: { from: gap.start, to: gap.end } }),
    },
    "line",
  ];
}

export function rulerEntries(session: Session, ui: Ui, x: number): MenuEntry[] {
  const composition = session.composition();
  if (composition === undefined) return [];
  const marker = markerAt(composition, session.timeline.getState().view, x);
  if (marker === undefined) {
    return [
      { command: "add-marker" },
      { command: "add-range-marker" },
      "line",
      { command: "mark-in" },
      { command: "mark-out" },
      { command: "mark-clip" },
      { command: "clear-range" },
      "line",
      { command: "lift" },
      { command: "extract" },
      { command: "select-in-range" },
      "line",
      { command: "panel-markers" },
    ];
  }
  const name = marker.name || marker.id;
  const start = toFlicks(marker.time);
  const end = start + toFlicks(marker.duration);
  const edit = () => {
    session.line.setState({ marker: marker.id });
    ui.panel("markers");
  };
  return [
    { label: text("marker-go", { name }), run: () => session.seekTime(start) },
    { label: text("marker-edit"), run: edit },
    {
      label: text("marker-to-range"),
      disabled: end === start,
      run: () => session.timeline.setState({ range: { from: start, to: end } }),
    },
    "line",
    ...markerColourIds.map((id) => ({
      label: text(`marker-colour-${id}`),
      swatch: markerColours[id],
      checked: (marker.color ?? markerColours.green) === markerColours[id],
      run: () => void session.run(changedMarker(composition, marker, { color: markerColours[id] }), "edit-marker"),
    })),
    "line",
    {
      label: text("remove-marker", { name }),
      danger: true,
      run: () => void session.run(removeMarker(composition, marker.id), "delete-marker"),
    },
  ];
}
