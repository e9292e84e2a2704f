// Applies the changes that the server announces. Only what a change names is copied; everything
// else stays the same object, so that views compare by identity. The rules are those of the
// program's own `apply`: ids are unique, `after` is an element of the same list or absent for
// first.
import type {
  Clip,
  Composition,
  CompositionFields,
  Edit,
  Media,
  Project,
  ProjectFields,
  Track,
  TrackFields,
  Transition,
} from "../api/types";

/** A change that does not fit the document: it has to be fetched again. */
export class EditFailed extends Error {}

interface Entity {
  id: string;
}

export function applyEdits(project: Project, edits: readonly Edit[]): Project {
  let now = project;
  for (let n = 0; n < edits.length;) {
    // A ripple replaces thousands of clips: those in a row are one copy of each track.
    let end = n;
    while (end < edits.length && "replace_clip" in edits[end]) end += 1;
    if (end - n > 1) {
      now = replaceClips(now, edits.slice(n, end) as ReplaceClip[]);
      n = end;
    } else {
      now = applyEdit(now, edits[n]);
      n += 1;
    }
  }
  return now;
}

type ReplaceClip = Extract<Edit, { replace_clip: unknown }>;

const placesOfTrack = new WeakMap<Track, Map<string, number>>();

function placesIn(track: Track): Map<string, number> {
  let places = placesOfTrack.get(track);
  if (places === undefined) {
    places = new Map((track.clips ?? []).map((c, n) => [c.id, n]));
    placesOfTrack.set(track, places);
  }
  return places;
}

function replaceClips(project: Project, edits: readonly ReplaceClip[]): Project {
  const tracks = project.compositions.flatMap((c) => c.tracks ?? []);
  const copies = new Map<Track, Clip[]>();
  // Changes mostly follow each other on one track.
  let home: Track | undefined;
  for (const { replace_clip } of edits) {
    const { clip } = replace_clip;
    if (home === undefined || !placesIn(home).has(clip.id)) home = tracks.find((t) => placesIn(t).has(clip.id));
    if (home === undefined) throw new EditFailed(`there is no "${clip.id}" in clips`);
    let clips = copies.get(home);
    if (clips === undefined) copies.set(home, (clips = [...(home.clips ?? [])]));
    clips[placesIn(home).get(clip.id) as number] = clip;
  }
  const changed = (track: Track): Track => {
    const clips = copies.get(track);
    if (clips === undefined) return track;
    const copy = { ...track, clips };
    // Their ids are where they were.
    placesOfTrack.set(copy, placesIn(track));
    return copy;
  };
  const compositions = project.compositions.map((c) =>
    c.tracks?.some((t) => copies.has(t)) ? { ...c, tracks: c.tracks.map(changed) } : c,
  );
  return { ...project, compositions };
}

export function applyEdit(project: Project, edit: Edit): Project {
  if ("insert_media" in edit) {
    const { media, after } = edit.insert_media;
    return { ...project, media: inserted(project.media ?? [], media, after) };
  }
  if ("replace_media" in edit) return { ...project, media: replaced(project.media ?? [], edit.replace_media.media) };
  if ("remove_media" in edit) return { ...project, media: removed<Media>(project.media ?? [], edit.remove_media.id) };
  if ("move_media" in edit) {
    const { id, after } = edit.move_media;
    return { ...project, media: moved<Media>(project.media ?? [], id, after) };
  }
  if ("insert_composition" in edit) {
    const { composition, after } = edit.insert_composition;
    return { ...project, compositions: inserted(project.compositions, composition, after) };
  }
  if ("remove_composition" in edit) {
    return { ...project, compositions: removed(project.compositions, edit.remove_composition.id) };
  }
  if ("move_composition" in edit) {
    const { id, after } = edit.move_composition;
    return { ...project, compositions: moved(project.compositions, id, after) };
  }
  if ("insert_track" in edit) {
    const { composition, track, after } = edit.insert_track;
    return withComposition(project, composition, (c) => ({ ...c, tracks: inserted(c.tracks ?? [], track, after) }));
  }
  if ("remove_track" in edit) {
    const { id } = edit.remove_track;
    const home = compositionOfTrack(project, id);
    return withComposition(project, home.id, (c) => ({ ...c, tracks: removed<Track>(c.tracks ?? [], id) }));
  }
  if ("move_track" in edit) return moveTrack(project, edit.move_track);
  if ("insert_clip" in edit) {
    const { track, clip, after } = edit.insert_clip;
    return withTrack(project, track, (t) => ({ ...t, clips: inserted(t.clips ?? [], clip, after) }));
  }
  if ("replace_clip" in edit) {
    const { clip } = edit.replace_clip;
    return withTrack(project, trackWith(project, "clips", clip.id).id, (t) => ({
      ...t,
      clips: replaced(t.clips ?? [], clip),
    }));
  }
  if ("remove_clip" in edit) {
    const { id } = edit.remove_clip;
    return withTrack(project, trackWith(project, "clips", id).id, (t) => ({
      ...t,
      clips: removed<Clip>(t.clips ?? [], id),
    }));
  }
  if ("move_clip" in edit) return carried(project, "clips", edit.move_clip);
  if ("insert_transition" in edit) {
    const { track, transition, after } = edit.insert_transition;
    return withTrack(project, track, (t) => ({ ...t, transitions: inserted(t.transitions ?? [], transition, after) }));
  }
  if ("replace_transition" in edit) {
    const { transition } = edit.replace_transition;
    const home = trackWith(project, "transitions", transition.id);
    return withTrack(project, home.id, (t) => ({ ...t, transitions: replaced(t.transitions ?? [], transition) }));
  }
  if ("remove_transition" in edit) {
    const { id } = edit.remove_transition;
    const home = trackWith(project, "transitions", id);
    return withTrack(project, home.id, (t) => ({ ...t, transitions: removed<Transition>(t.transitions ?? [], id) }));
  }
  if ("move_transition" in edit) return carried(project, "transitions", edit.move_transition);
  if ("set_project_fields" in edit) return projectWith(project, edit.set_project_fields.fields);
  if ("set_composition_fields" in edit) {
    const { id, fields } = edit.set_composition_fields;
    return withComposition(project, id, (c) => compositionWith(c, fields));
  }
  if ("set_track_fields" in edit) {
    const { id, fields } = edit.set_track_fields;
    return withTrack(project, id, (t) => trackWithFields(t, fields));
  }
  throw new EditFailed(`unknown change ${Object.keys(edit as object).join(", ")}`);
}

// Setting fields replaces all of them: one that is absent has its default, not its old value.
function projectWith(project: Project, fields: ProjectFields): Project {
  const { schema_version, media, compositions } = project;
  return { ...fields, schema_version, compositions, ...(media === undefined ? {} : { media }) } as Project;
}

function compositionWith(composition: Composition, fields: CompositionFields): Composition {
  const { id, tracks } = composition;
  return { ...fields, id, ...(tracks === undefined ? {} : { tracks }) } as Composition;
}

function trackWithFields(track: Track, fields: TrackFields): Track {
  const { id, clips, transitions } = track;
  return {
    ...fields,
    id,
    ...(clips === undefined ? {} : { clips }),
    ...(transitions === undefined ? {} : { transitions }),
  } as Track;
}

function find<T extends Entity>(list: readonly T[], id: string): number {
  const at = list.findIndex((item) => item.id === id);
  if (at < 0) throw new EditFailed(`there is no "${id}"`);
  return at;
}

function slot<T extends Entity>(list: readonly T[], id: string, after: string | null | undefined): number {
  if (after === null || after === undefined) return 0;
  if (after === id) throw new EditFailed(`"${id}" cannot be after itself`);
  return find(list, after) + 1;
}

function inserted<T extends Entity>(list: readonly T[], item: T, after: string | null | undefined): T[] {
  if (list.some((other) => other.id === item.id)) throw new EditFailed(`there is a "${item.id}" already`);
  return list.toSpliced(slot(list, item.id, after), 0, item);
}

function replaced<T extends Entity>(list: readonly T[], item: T): T[] {
  return list.with(find(list, item.id), item);
}

function removed<T extends Entity>(list: readonly T[], id: string): T[] {
  return list.toSpliced(find(list, id), 1);
}

function moved<T extends Entity>(list: readonly T[], id: string, after: string | null | undefined): T[] {
  const item = list[find(list, id)];
  slot(list, id, after);
  const rest = removed(list, id);
  return rest.toSpliced(slot(rest, id, after), 0, item);
}

function withComposition(project: Project, id: string, change: (c: Composition) => Composition): Project {
  const at = find(project.compositions, id);
  return { ...project, compositions: project.compositions.with(at, change(project.compositions[at])) };
}

function withTrack(project: Project, id: string, change: (t: Track) => Track): Project {
  const home = compositionOfTrack(project, id);
  return withComposition(project, home.id, (c) => {
    const tracks = c.tracks ?? [];
    const at = find(tracks, id);
    return { ...c, tracks: tracks.with(at, change(tracks[at])) };
  });
}

function compositionOfTrack(project: Project, id: string): Composition {
  const home = project.compositions.find((c) => c.tracks?.some((t) => t.id === id));
  if (home === undefined) throw new EditFailed(`there is no track "${id}"`);
  return home;
}

function trackWith(project: Project, list: "clips" | "transitions", id: string): Track {
  for (const composition of project.compositions) {
    for (const track of composition.tracks ?? []) {
      const items: Entity[] | undefined = track[list];
      if (items?.some((item) => item.id === id)) return track;
    }
  }
  throw new EditFailed(`there is no "${id}" in ${list}`);
}

function moveTrack(
  project: Project,
  { id, composition, after }: { id: string; composition: string; after?: string | null },
): Project {
  const home = compositionOfTrack(project, id);
  if (home.id === composition) {
    return withComposition(project, composition, (c) => ({ ...c, tracks: moved<Track>(c.tracks ?? [], id, after) }));
  }
  const track = (home.tracks ?? []).find((t) => t.id === id) as Track;
  const without = withComposition(project, home.id, (c) => ({ ...c, tracks: removed<Track>(c.tracks ?? [], id) }));
  return withComposition(without, composition, (c) => ({ ...c, tracks: inserted(c.tracks ?? [], track, after) }));
}

function carried(
  project: Project,
  list: "clips" | "transitions",
  { id, track, after }: { id: string; track: string; after?: string | null },
): Project {
  const home = trackWith(project, list, id);
  if (home.id === track)
    return withTrack(project, track, (t) => ({ ...t, [list]: moved<Entity>(t[list] ?? [], id, after) }));
  const item = (home[list] as Entity[]).find((other) => other.id === id) as Entity;
  const without = withTrack(project, home.id, (t) => ({ ...t, [list]: removed<Entity>(t[list] ?? [], id) }));
  return withTrack(without, track, (t) => ({ ...t, [list]: inserted<Entity>(t[list] ?? [], item, after) }));
}
