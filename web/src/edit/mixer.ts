// The strips of the mixer: tracks that can be heard, buses and the output; how their values are
// read and set, and where their sound can go.
import type {
  AudioBus,
  AudioSend,
  Clip,
  Composition,
  EffectInstance,
  Operation,
  Project,
  SoundTarget,
  Target,
  Track,
} from "../api/types";
import { findClip, findMedia, mediaIdOf, nestedIdOf, trackLabel } from "../document/select";
import { type Chain, elementName, mixerOwner, reached, sourcesOf } from "./chain";
import { freeId, setField, trackIds } from "./commands";
import { keysOf, valueAt } from "./curve";
import { hasSound } from "./place";

export interface Strip {
  kind: "track" | "bus" | "output";
  id: string;
  /** `A1`, `B2`; the output has none. */
  label: string;
  name: string;
  of: Target;
  target: SoundTarget;
  /** Before the names of its own fields, `gain_db` and others. */
  own: string;
  /** Before `effects`, `sends` and `output`. */
  routing: string;
  gain_db: unknown;
  /** Absent where there is none. */
  pan?: unknown;
  muted: boolean;
  solo: boolean;
  effects: readonly EffectInstance[];
  sends: readonly AudioSend[];
  output: string | undefined;
}

/** Sound first, in the order of the timeline; then pictures that have sound of their own. */
export function mixerTracks(project: Project, composition: Composition): Track[] {
  const tracks = composition.tracks ?? [];
  return [
    ...tracks.filter((t) => t.kind === "audio"),
    ...tracks.filter((t) => t.kind !== "audio" && (isRouted(t) || carriesSound(project, t))),
  ];
}

/** What was set in the mixer does not vanish with the last clip. */
function isRouted({ audio }: Track): boolean {
  return Boolean(audio?.output) || (audio?.effects ?? []).length > 0 || (audio?.sends ?? []).length > 0;
}

function carriesSound(project: Project, track: Track): boolean {
  return (track.clips ?? []).some((clip) => isHeard(project, clip));
}

function isHeard(project: Project, clip: Clip): boolean {
  if (clip.audio?.enabled === false) return false;
  const id = mediaIdOf(clip);
  const media = id === undefined ? undefined : findMedia(project, id);
  return media === undefined ? nestedIdOf(clip) !== undefined : hasSound(media);
}

/** Of clips and those that are linked with them, those that are heard. */
export function addToClips(project: Project, ids: Iterable<string>, effect: string): Operation | undefined {
  const clipOf = (id: string) => findClip(project, id)?.clip;
  const all = new Set([...ids].flatMap((id) => [id, clipOf(id)?.linked ?? id]));
  const heard = [...all].filter((id) => {
    const clip = clipOf(id);
    return clip !== undefined && isHeard(project, clip);
  });
  return heard.length === 0 ? undefined : { add_sound_effect: { of: heard.map((clip) => ({ clip })), effect } };
}

export function trackStrip(composition: Composition, track: Track): Strip {
  const { id, audio } = track;
  return {
    kind: "track",
    id,
    label: trackLabel(composition, track),
    name: track.name ?? "",
    of: { track: id },
    target: { track: id },
    own: "",
    routing: "audio.",
    gain_db: track.gain_db,
    pan: track.pan ?? 0,
    muted: track.muted === true,
    solo: track.solo === true,
    effects: audio?.effects ?? [],
    sends: audio?.sends ?? [],
    output: audio?.output ?? undefined,
  };
}

function busStrip(composition: Composition, bus: AudioBus, n: number): Strip {
  const base = `audio.buses.${elementName(bus, n)}.`;
  return {
    kind: "bus",
    id: bus.id,
    label: `B${n + 1}`,
    name: bus.name ?? "",
    of: { composition: composition.id },
    target: { bus: bus.id },
    own: base,
    routing: base,
    gain_db: bus.gain_db,
    pan: bus.pan ?? 0,
    muted: bus.muted === true,
    solo: bus.solo === true,
    effects: bus.effects ?? [],
    sends: bus.sends ?? [],
    output: bus.output ?? undefined,
  };
}

function outputStrip(composition: Composition): Strip {
  return {
    kind: "output",
    id: composition.id,
    label: "",
    name: "",
    of: { composition: composition.id },
    target: { output: composition.id },
    own: "audio.",
    routing: "audio.",
    gain_db: composition.audio?.gain_db,
    muted: false,
    solo: false,
    effects: composition.audio?.effects ?? [],
    sends: [],
    output: undefined,
  };
}

export interface Strips {
  tracks: Strip[];
  buses: Strip[];
  output: Strip;
}

export function stripsOf(project: Project, composition: Composition): Strips {
  return {
    tracks: mixerTracks(project, composition).map((t) => trackStrip(composition, t)),
    buses: (composition.audio?.buses ?? []).map((b, n) => busStrip(composition, b, n)),
    output: outputStrip(composition),
  };
}

export const stripKey = ({ kind, id }: Strip): string => `${kind} ${id}`;
export const shownName = ({ name, label }: Strip): string => name || label;

export function stripChain(strip: Strip): Chain {
  const { of, routing, effects, target, kind, id } = strip;
  const owner = mixerOwner(of);
  const from = kind === "output" ? undefined : id;
  return { owner, field: `${routing}effects`, effects, sound: target, strip: from };
}

/** A constant, or what a curve has at the playhead. */
export function valueNow(raw: unknown, now: number): number {
  const keys = keysOf(raw);
  if (keys !== undefined) return valueAt(keys, now) as number;
  return typeof raw === "number" ? raw : 0;
}

/** A curve gets a keyframe at the playhead. */
export function setNow(of: Target, field: string, raw: unknown, now: number, value: number): Operation {
  if (keysOf(raw) === undefined) return setField(of, field, value);
  return { set_keyframe: { of, field, time: now, value: value as never } };
}

export function setStrip(strip: Strip, field: "gain_db" | "pan", now: number, value: number): Operation {
  return setNow(strip.of, `${strip.own}${field}`, strip[field], now, value);
}

/** Buses that its sound can go to without coming back to it. */
export function busesFor(composition: Composition, { kind, id }: Strip): string[] {
  const before = kind === "output" ? new Set() : sourcesOf(composition, id);
  return (composition.audio?.buses ?? []).map((b) => b.id).filter((bus) => !before.has(bus));
}

/** Tracks and buses that an effect can follow without following itself. */
export function followable(composition: Composition, strip: string | undefined): string[] {
  const after = strip === undefined ? new Set() : reached(composition, strip);
  const all = [...(composition.tracks ?? []), ...(composition.audio?.buses ?? [])];
  return all.map((one) => one.id).filter((id) => !after.has(id));
}

export function setOutput(strip: Strip, bus: string | undefined): Operation {
  return setField(strip.of, `${strip.routing}output`, bus ?? null);
}

export function addSend(strip: Strip, bus: string): Operation {
  return setField(strip.of, `${strip.routing}sends`, [...strip.sends, { bus }]);
}

export function removeSend(strip: Strip, at: number): Operation {
  return setField(strip.of, `${strip.routing}sends`, strip.sends.toSpliced(at, 1));
}

export function setSend(strip: Strip, at: number, field: "bus" | "pre_fader", value: unknown): Operation {
  return setField(strip.of, `${strip.routing}sends.${at}.${field}`, value);
}

export function setSendGain(strip: Strip, at: number, now: number, value: number): Operation {
  return setNow(strip.of, `${strip.routing}sends.${at}.gain_db`, strip.sends[at]?.gain_db, now, value);
}

export function addBus(project: Project, composition: Composition, name: (n: number) => string): Operation {
  const buses = project.compositions.flatMap((c) => c.audio?.buses ?? []);
  const id = freeId("bus", [...trackIds(project), ...buses.map((b) => b.id)]);
  const own = composition.audio?.buses ?? [];
  return { add_bus: { composition: composition.id, bus: { id, name: name(own.length + 1) } } };
}

/** How a track or bus is called where one is chosen among all: `A1 Voice`, `Room`. */
export function sourceName(composition: Composition, id: string): string {
  const track = (composition.tracks ?? []).find((t) => t.id === id);
  if (track !== undefined) return [trackLabel(composition, track), track.name].filter(Boolean).join(" ");
  const n = (composition.audio?.buses ?? []).findIndex((b) => b.id === id);
  return n < 0 ? id : composition.audio?.buses?.[n].name || `B${n + 1}`;
}
