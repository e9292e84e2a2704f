// What the steps of the history are called. The server labels a step with the name of the command
// that made it; several names are joined by ", ".
import type { Operation, SessionCommand } from "../api/types";

type Name<T> = T extends T ? keyof T & string : never;
type Making = Extract<Name<SessionCommand>, "relink" | "import_media" | "add_title">;
/** Commands of the command line that edit a project, and what happened to its file meanwhile. */
type Beside = "title" | "track" | "subtitles" | "stabilize" | "changed outside" | "restore a backup";

/** Each needs a text; an operation that is new does not compile until it is here. */
const texts: Record<Name<Operation> | Making | Beside, string> = {
  add_media: "step-add-media",
  remove_media: "step-remove-media",
  add_composition: "step-add-composition",
  remove_composition: "step-remove-composition",
  add_track: "step-add-track",
  remove_track: "step-remove-track",
  move_track: "step-move-track",
  add_clip: "step-add-clip",
  insert: "step-insert",
  overwrite: "step-overwrite",
  append: "step-append",
  replace: "step-replace",
  fit_to_fill: "step-fit-to-fill",
  three_point: "step-three-point",
  move: "step-move",
  trim: "step-trim",
  slip: "step-slip",
  slide: "step-slide",
  rate_stretch: "step-rate-stretch",
  speed: "step-speed",
  split: "step-split",
  delete: "step-delete",
  lift: "step-lift",
  extract: "step-extract",
  close_gap: "step-close-gap",
  link: "step-link",
  unlink: "step-unlink",
  group: "step-group",
  ungroup: "step-ungroup",
  set: "step-set",
  add_transition: "step-add-transition",
  remove_transition: "step-remove-transition",
  add_effect: "step-add-effect",
  add_sound_effect: "step-add-sound-effect",
  add_bus: "step-add-bus",
  remove_bus: "step-remove-bus",
  remove_effect: "step-remove-effect",
  move_effect: "step-move-effect",
  add_mask: "step-add-mask",
  remove_mask: "step-remove-mask",
  set_keyframe: "step-set-keyframe",
  remove_keyframe: "step-remove-keyframe",
  move_keyframes: "step-move-keyframes",
  set_marker: "step-set-marker",
  remove_marker: "step-remove-marker",
  paste: "step-paste",
  paste_attributes: "step-paste-attributes",
  nest: "step-nest",
  unnest: "step-unnest",
  all: "step-all",
  edits: "step-edits",
  relink: "step-relink",
  import_media: "step-import-media",
  add_title: "step-add-title",
  title: "step-add-title",
  track: "step-track",
  subtitles: "step-subtitles",
  stabilize: "step-stabilize",
  "changed outside": "step-changed-outside",
  "restore a backup": "step-restore-backup",
};

export const stepNames = Object.keys(texts);
export const stepTexts = [...new Set(Object.values(texts))];

/** Ids of texts for a label. A macro gives a step its own name, which is shown as it is. */
export function stepParts(label: string): { name: string; text: string | undefined }[] {
  return label
    .split(", ")
    .map((name) => ({ name, text: Object.hasOwn(texts, name) ? texts[name as "set"] : undefined }));
}
