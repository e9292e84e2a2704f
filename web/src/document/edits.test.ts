import { describe, expect, it } from "vitest";
import type { Clip, Composition, Edit, Project, Track } from "../api/types";
import { applyEdit, applyEdits, EditFailed } from "./edits";

const clip = (id: string, start = 0): Clip => ({ id, source: { type: "null" }, start, duration: 10 }) as Clip;
const track = (id: string, clips: string[], transitions: string[] = []): Track => ({
  id,
  name: `track ${id}`,
  clips: clips.map((c) => clip(c)),
  transitions: transitions.map((t) => ({ id: t, kind: "dissolve", duration: 4 })),
});
const composition = (id: string, tracks: Track[]): Composition => ({
  id,
  size: { width: 4, height: 2 },
  frame_rate: "25",
  tracks,
});

function project(): Project {
  return {
    schema_version: 1,
    name: "film",
    main: "main",
    media: ["m1", "m2", "m3"].map((id) => ({ id, path: `${id}.mp4` })),
    compositions: [
      composition("main", [track("v1", ["a", "b", "c"], ["x", "y"]), track("v2", ["d"])]),
      composition("inner", [track("n1", ["e"])]),
    ],
  };
}

const ids = (list: { id: string }[] | undefined) => (list ?? []).map((item) => item.id).join(" ");
const tracks = (p: Project, c = 0) => p.compositions[c].tracks ?? [];

/** Each kind of change: what it is, what is looked at, and what is then there. */
const cases: [string, Edit, (p: Project) => unknown, unknown][] = [
  ["insert_media first", { insert_media: { media: { id: "m0", path: "0" } } }, (p) => ids(p.media), "m0 m1 m2 m3"],
  [
    "insert_media after",
    { insert_media: { media: { id: "m0", path: "0" }, after: "m2" } },
    (p) => ids(p.media),
    "m1 m2 m0 m3",
  ],
  [
    "replace_media",
    { replace_media: { media: { id: "m2", path: "new" } } },
    (p) => p.media?.map((m) => m.path).join(),
    "m1.mp4,new,m3.mp4",
  ],
  ["remove_media", { remove_media: { id: "m2" } }, (p) => ids(p.media), "m1 m3"],
  ["move_media to the front", { move_media: { id: "m3" } }, (p) => ids(p.media), "m3 m1 m2"],
  ["move_media forward", { move_media: { id: "m1", after: "m2" } }, (p) => ids(p.media), "m2 m1 m3"],
  ["move_media back", { move_media: { id: "m3", after: "m1" } }, (p) => ids(p.media), "m1 m3 m2"],
  [
    "insert_composition",
    { insert_composition: { composition: composition("new", []), after: "main" } },
    (p) => ids(p.compositions),
    "main new inner",
  ],
  ["remove_composition", { remove_composition: { id: "inner" } }, (p) => ids(p.compositions), "main"],
  ["move_composition", { move_composition: { id: "inner" } }, (p) => ids(p.compositions), "inner main"],
  [
    "insert_track at the bottom",
    { insert_track: { composition: "main", track: track("v0", []) } },
    (p) => ids(tracks(p)),
    "v0 v1 v2",
  ],
  [
    "insert_track above",
    { insert_track: { composition: "main", track: track("v3", []), after: "v2" } },
    (p) => ids(tracks(p)),
    "v1 v2 v3",
  ],
  ["remove_track", { remove_track: { id: "v1" } }, (p) => ids(tracks(p)), "v2"],
  ["move_track", { move_track: { id: "v1", composition: "main", after: "v2" } }, (p) => ids(tracks(p)), "v2 v1"],
  [
    "move_track elsewhere",
    { move_track: { id: "v2", composition: "inner", after: "n1" } },
    (p) => [ids(tracks(p)), ids(tracks(p, 1))],
    ["v1", "n1 v2"],
  ],
  ["insert_clip first", { insert_clip: { track: "v1", clip: clip("z") } }, (p) => ids(tracks(p)[0].clips), "z a b c"],
  [
    "insert_clip after",
    { insert_clip: { track: "v1", clip: clip("z"), after: "c" } },
    (p) => ids(tracks(p)[0].clips),
    "a b c z",
  ],
  [
    "replace_clip",
    { replace_clip: { clip: clip("b", 99) } },
    (p) => tracks(p)[0].clips?.map((c) => c.start),
    [0, 99, 0],
  ],
  ["remove_clip", { remove_clip: { id: "b" } }, (p) => ids(tracks(p)[0].clips), "a c"],
  [
    "move_clip in its list",
    { move_clip: { id: "a", track: "v1", after: "b" } },
    (p) => ids(tracks(p)[0].clips),
    "b a c",
  ],
  [
    "move_clip to another track",
    { move_clip: { id: "a", track: "v2", after: "d" } },
    (p) => [ids(tracks(p)[0].clips), ids(tracks(p)[1].clips)],
    ["b c", "d a"],
  ],
  [
    "move_clip to another composition",
    { move_clip: { id: "a", track: "n1" } },
    (p) => ids(tracks(p, 1)[0].clips),
    "a e",
  ],
  [
    "insert_transition",
    { insert_transition: { track: "v1", transition: { id: "z", kind: "wipe", duration: 2 }, after: "x" } },
    (p) => ids(tracks(p)[0].transitions),
    "x z y",
  ],
  [
    "replace_transition",
    { replace_transition: { transition: { id: "y", kind: "wipe", duration: 2 } } },
    (p) => tracks(p)[0].transitions?.map((t) => t.kind),
    ["dissolve", "wipe"],
  ],
  ["remove_transition", { remove_transition: { id: "x" } }, (p) => ids(tracks(p)[0].transitions), "y"],
  [
    "move_transition",
    { move_transition: { id: "x", track: "v2" } },
    (p) => [ids(tracks(p)[0].transitions), ids(tracks(p)[1].transitions)],
    ["y", "x"],
  ],
  [
    "set_project_fields",
    { set_project_fields: { fields: { main: "inner" } } },
    (p) => [p.main, p.name, p.schema_version, ids(p.media)],
    ["inner", undefined, 1, "m1 m2 m3"],
  ],
  [
    "set_composition_fields",
    {
      set_composition_fields: { id: "main", fields: { size: { width: 8, height: 8 }, frame_rate: "30", name: "cut" } },
    },
    (p) => [p.compositions[0].name, p.compositions[0].frame_rate, ids(tracks(p))],
    ["cut", "30", "v1 v2"],
  ],
  [
    "set_track_fields",
    { set_track_fields: { id: "v1", fields: { muted: true } } },
    (p) => [tracks(p)[0].muted, tracks(p)[0].name, ids(tracks(p)[0].clips), ids(tracks(p)[0].transitions)],
    [true, undefined, "a b c", "x y"],
  ],
];

describe("changes", () => {
  it.each(cases)("%s", (_, edit, look, expected) => {
    const before = project();
    const copy = structuredClone(before);
    expect(look(applyEdit(before, edit))).toEqual(expected);
    expect(before, "the old document is untouched").toEqual(copy);
  });

  it("has a case for each kind", () => {
    const kinds = new Set(cases.map(([, edit]) => Object.keys(edit)[0]));
    expect(kinds.size).toBe(21);
  });

  it("shares what it does not change", () => {
    const before = project();
    const after = applyEdit(before, { replace_clip: { clip: clip("b", 5) } });
    expect(after).not.toBe(before);
    expect(after.media).toBe(before.media);
    expect(after.compositions[1]).toBe(before.compositions[1]);
    expect(tracks(after)[1]).toBe(tracks(before)[1]);
    expect(tracks(after)[0].transitions).toBe(tracks(before)[0].transitions);
    expect(tracks(after)[0].clips?.[0]).toBe(tracks(before)[0].clips?.[0]);
  });

  it.each<[string, Edit]>([
    ["an unknown id", { remove_clip: { id: "nobody" } }],
    ["an unknown place", { move_clip: { id: "a", track: "v1", after: "nobody" } }],
    ["a place on another track", { move_clip: { id: "a", track: "v1", after: "d" } }],
    ["a place after itself", { move_clip: { id: "a", track: "v1", after: "a" } }],
    ["an id in use", { insert_media: { media: { id: "m1", path: "" } } }],
    ["an unknown kind", { invent: {} } as unknown as Edit],
  ])("refuses %s", (_, edit) => {
    expect(() => applyEdit(project(), edit)).toThrow(EditFailed);
  });

  it("applies lists in order", () => {
    const edits: Edit[] = [
      { insert_track: { composition: "main", track: track("t", []) } },
      { insert_clip: { track: "t", clip: clip("q") } },
      { move_clip: { id: "q", track: "v2" } },
    ];
    expect(ids(tracks(applyEdits(project(), edits))[2].clips)).toBe("q d");
  });

  it("replaces many clips at once as it does one by one", () => {
    const before = project();
    const order = ["c", "a", "d", "e", "a", "b"];
    const edits: Edit[] = order.map((id, n) => ({ replace_clip: { clip: clip(id, n + 1) } }));
    const after = applyEdits(before, edits);
    expect(after).toEqual(edits.reduce(applyEdit, before));
    expect(tracks(before)[0].clips?.map((c) => c.start)).toEqual([0, 0, 0]);
    expect(tracks(after)[0].transitions).toBe(tracks(before)[0].transitions);
    expect(applyEdits(after, edits)).toEqual(after);
    const removed: Edit = { remove_clip: { id: "a" } };
    expect(() => applyEdits(after, [removed, ...edits])).toThrow(EditFailed);
    expect(() => applyEdits(before, [...edits, { replace_clip: { clip: clip("nobody") } }])).toThrow(EditFailed);
  });

  it("replaces ten thousand clips in a moment", () => {
    const many = Array.from({ length: 20 }, (_, t) =>
      track(
        `t${t}`,
        Array.from({ length: 500 }, (_, n) => `${t}-${n}`),
      ),
    );
    const before = { ...project(), compositions: [composition("main", many)] };
    const edits: Edit[] = many.flatMap((t) =>
      (t.clips ?? []).map((c) => ({ replace_clip: { clip: { ...c, start: 9 } } })),
    );
    const begin = performance.now();
    const after = applyEdits(before, edits);
    // A few milliseconds on an idle machine; one by one it is hundreds.
    expect(performance.now() - begin).toBeLessThan(150);
    expect(tracks(after).every((t) => t.clips?.every((c) => c.start === 9))).toBe(true);
  });
});
