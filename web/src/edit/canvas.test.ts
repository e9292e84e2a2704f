import { describe, expect, it } from "vitest";
import type { Clip, Composition, Project, Transform } from "../api/types";
import { apply, boxAround, composed, inverse, type Point, rotation, scaling, type Size, translation } from "./affine";
import * as box from "./box-drag";
import { applied, changesToOperation } from "./change";
import { guidesOf, safeBox, snapBox } from "./guides";
import { outlineOf, place, placedAt, poseAt } from "./transform";
import { lineWidth, textSize } from "./text-size";
import { scrubbedTo } from "./touch";
import { mappingOf, toCanvas, toScreen, zoomedAbout } from "./viewer";

const HD = { width: 1920, height: 1080 };
const off = { shift: false, alt: false, snapPx: 0, safe: false };

/** As in the tests of the program: left, top, right, bottom on the canvas. */
function bounds(transform: Transform, content: Size, canvas: Size = HD): number[] {
  return boxAround(outlineOf(place(poseAt(transform, 0, canvas), content, canvas))).map((v) => Number(v.toFixed(6)));
}

function sceneOf(transform: object, more: object = {}, content: Size = HD): box.Scene {
  const clip = {
    id: "c",
    source: { type: "media", media: "m" },
    start: 0,
    duration: 1000,
    video: { transform, ...more },
  } as unknown as Clip;
  const composition = { id: "main", size: HD, frame_rate: "25", tracks: [{ id: "v", clips: [clip] }] } as Composition;
  const project = { main: "main", media: [], compositions: [composition] } as unknown as Project;
  return { project, composition, clip, now: 500, content, half: 20 };
}

describe("maps of the plane", () => {
  it("are undone by their inverse", () => {
    const map = composed(translation(3, -4), rotation(30), scaling(2, -0.5));
    const back = inverse(map);
    const [x, y] = apply(composed(back as typeof map, map), [7, 11]);
    expect([x, y].map((v) => Number(v.toFixed(9)))).toEqual([7, 11]);
    expect(inverse(scaling(0, 1))).toBeUndefined();
  });
});

describe("the place of a clip", () => {
  // The same cases as in the program's own tests.
  it("is that of the program", () => {
    expect(bounds({}, HD)).toEqual([0, 0, 1920, 1080]);
    expect(bounds({}, { width: 640, height: 480 })).toEqual([240, 0, 1680, 1080]);
    expect(bounds({ scale: [0.5, 0.5], position_px: [480, 270] }, HD)).toEqual([960, 540, 1920, 1080]);
    expect(bounds({ crop_left: 0.25, crop_right: 0.25, crop_bottom: 0.5 }, HD)).toEqual([480, 0, 1440, 540]);
    expect(bounds({ anchor: [0, 0], position_px: [-960, -540], scale: [0.5, 0.5] }, HD)).toEqual([0, 0, 960, 540]);
    const small = { width: 333, height: 251 };
    expect(bounds({ fit: "native" }, small)).toEqual([793, 414, 1126, 665]);
    const at = (align: Transform["align"], margin: [number, number]): Transform => ({ fit: "native", align, margin });
    expect(bounds(at("top-left", [40, 20]), small)).toEqual([40, 20, 373, 271]);
    expect(bounds(at("bottom-right", [40, 20]), small)).toEqual([1547, 809, 1880, 1060]);
    expect(bounds(at("top", [0, 0]), small)).toEqual([793, 0, 1126, 251]);
    expect(bounds({ ...at("center", [9, 9]), crop_right: 0.5 }, small)[0]).toBe(877);
    // 5 % of the shorter side.
    expect(bounds({ ...at("top-left", [0, 0]), margin: "5%" }, small).slice(0, 2)).toEqual([54, 54]);
  });

  it("turns clockwise", () => {
    const placed = place(poseAt({ rotation_degrees: 90 }, 0, HD), HD, HD);
    expect(apply(placed.map, [0, 0]).map(Math.round)).toEqual([960 + 540, 540 - 960]);
  });

  it("follows parents", () => {
    const scene = sceneOf({ position_px: [100, 0] }, { parent: "n" });
    const parent = {
      id: "n",
      source: { type: "null" },
      start: 0,
      duration: 1,
      video: { transform: { position_px: [10, 20], scale: [2, 2] } },
    } as unknown as Clip;
    scene.composition.tracks?.push({ id: "n", clips: [parent] });
    // About the canvas's centre, twice as large, then moved.
    const { map } = placedAt(scene.composition, scene.clip, HD, 0);
    expect(apply(map, [960, 540])).toEqual([960 + 2 * 100 + 10, 540 + 20]);
  });
});

describe("drags of the box", () => {
  const value = (dragged: box.Dragged, field: string) =>
    dragged.changes.find((c) => c.field === `video.transform.${field}`)?.value;

  it("move, along one axis with Shift", () => {
    const scene = sceneOf({ position_px: [5, 5] });
    expect(value(box.move(scene, [0, 0], [30, -12], off), "position_px")).toEqual([35, -7]);
    expect(value(box.move(scene, [0, 0], [30, -12], { ...off, shift: true }), "position_px")).toEqual([35, 5]);
  });

  it("scale from corners in proportion, and from edges along one axis", () => {
    const scene = sceneOf({ scale: [0.5, 0.5] });
    // The corner is (480, 270) from the anchor; twice as far is scale 1.
    expect(value(box.scale(scene, "se", [1440, 810], [1920, 1080], off), "scale")).toEqual([1, 1]);
    expect(value(box.scale(scene, "se", [1440, 810], [1920, 810], { ...off, shift: true }), "scale")).toEqual([1, 0.5]);
    expect(value(box.scale(scene, "e", [1440, 540], [1200, 700], off), "scale")).toEqual([0.25, 0.5]);
    expect(value(box.scale(scene, "n", [960, 270], [960, 0], off), "scale")).toEqual([0.5, 1]);
    // Through the middle it does not turn over.
    expect(value(box.scale(scene, "e", [1440, 540], [0, 540], off), "scale")).toEqual([0.01, 0.5]);
  });

  it("scale to guides that are near", () => {
    const scene = sceneOf({ scale: [0.5, 0.5] });
    const mods = { ...off, snapPx: 10 };
    // The corner comes to (1914, 1000): the right edge is 6 away, and the proportions stay.
    const dragged = box.scale(scene, "se", [1440, 810], [1914, 1000], mods);
    expect(value(dragged, "scale")).toEqual([1, 1]);
    expect(dragged.lines).toEqual([{ axis: 0, at: 1920 }]);
    // Two thirds of the height are 720: 180 of 270.
    const edge = box.scale(scene, "s", [960, 810], [990, 725], mods);
    expect(value(edge, "scale")).toEqual([0.5, 0.3333]);
  });

  it("keep the opposite corner with Alt, also when turned", () => {
    const scene = sceneOf({ scale: [0.5, 0.5], rotation_degrees: 30 });
    const before = box.cornerAt(box.placedIn(scene), "nw");
    const from = box.cornerAt(box.placedIn(scene), "se");
    const dragged = box.scale(scene, "se", from, [from[0] + 90, from[1] + 40], { ...off, alt: true });
    const after = box.cornerAt(box.placedIn({ ...scene, clip: applied(scene.clip, dragged.changes) }), "nw");
    expect(Math.hypot(after[0] - before[0], after[1] - before[1])).toBeLessThan(0.2);
  });

  it("rotate about the anchor, in steps with Shift", () => {
    const scene = sceneOf({ rotation_degrees: 10 });
    const about = (degrees: number): Point => {
      const radians = (degrees * Math.PI) / 180;
      return [960 + 300 * Math.cos(radians), 540 + 300 * Math.sin(radians)];
    };
    expect(value(box.rotate(scene, about(170), about(-160), off), "rotation_degrees")).toBe(40);
    expect(value(box.rotate(scene, about(0), about(22), { ...off, shift: true }), "rotation_degrees")).toBe(30);
  });

  it("move the anchor and leave the picture where it is", () => {
    for (const flip of [false, true]) {
      const scene = sceneOf({ scale: [0.5, 0.25], rotation_degrees: 40, flip_horizontal: flip });
      const before = outlineOf(box.placedIn(scene));
      const from = box.pivotOf(box.placedIn(scene));
      const dragged = box.moveAnchor(scene, from, [from[0] + 33, from[1] - 21]);
      const next = { ...scene, clip: applied(scene.clip, dragged.changes) };
      outlineOf(box.placedIn(next)).forEach((p, n) => {
        expect(Math.hypot(p[0] - before[n][0], p[1] - before[n][1])).toBeLessThan(0.2);
      });
      const pivot = box.pivotOf(box.placedIn(next));
      expect(Math.hypot(pivot[0] - from[0] - 33, pivot[1] - from[1] + 21)).toBeLessThan(0.2);
    }
  });

  it("crop the side that is seen there, also where the picture is mirrored", () => {
    const plain = box.crop(sceneOf({}), "e", [1920, 540], [1440, 540]);
    expect(plain.changes).toEqual([{ field: "video.transform.crop_right", value: 0.25, time: 500 }]);
    const mirrored = box.crop(sceneOf({ flip_horizontal: true }), "e", [1920, 540], [1440, 540]);
    expect(mirrored.changes).toEqual([{ field: "video.transform.crop_left", value: 0.25, time: 500 }]);
    const moved = box.crop(sceneOf({ crop_left: 0.2, crop_right: 0.1 }), "move", [0, 0], [960, 0]);
    expect(moved.changes.map((c) => c.value)).toEqual([0.3, 0]);
  });

  it("pin a corner in fractions of the picture", () => {
    const scene = sceneOf({ scale: [0.5, 0.5] });
    expect(box.pinAt(scene, "topLeft")).toEqual([480, 270]);
    const dragged = box.movePin(scene, "topLeft", [480, 270], [576, 378]);
    expect(dragged.params).toEqual({ topLeftX: 0.1, topLeftY: 0.2 });
    expect(dragged.changes).toEqual([]);
  });

  it("follow the anchor along the motion path", () => {
    const keyframes = [
      { time: 0, value: [0, 0] },
      { time: 1000, value: [200, -100] },
    ];
    const scene = sceneOf({ position_px: { keyframes } });
    const path = box.motionPath(scene, 2);
    expect(path?.line).toEqual([
      [960, 540],
      [1060, 490],
      [1160, 440],
    ]);
    expect(box.moveKey(scene, 1000, [1160, 440], [1170, 440]).changes).toEqual([
      { field: "video.transform.position_px", value: [210, -100], time: 1000 },
    ]);
  });
});

describe("the motion path", () => {
  const keyframes = [
    { time: 0, value: [0, 0], ease: "bezier" },
    { time: 500, value: [300, 0], ease: "bezier", handle_out: { time: 100, value: [0, 50] } },
    { time: 1000, value: [300, 300] },
  ];
  const scene = sceneOf({ position_px: { keyframes } });

  it("has tangents, a third of the way where there are none", () => {
    expect(box.pathTangents(scene).map(({ time, side, at }) => [time, side, at[0] - 960, at[1] - 540])).toEqual([
      [0, "out", 100, 0],
      [500, "in", 200, 0],
      [500, "out", 300, 50],
      [1000, "in", 300, 200],
    ]);
  });

  it("bends at both sides of a keyframe, or at one with Alt", () => {
    const keysAfter = (alt: boolean) =>
      (box.moveTangent(scene, 500, "out", [0, 0], [30, -10], { alt }).changes[0].value as { keyframes: object[] })
        .keyframes;
    // (30, 40) is 50 long; the other side has a length of 100 and points the other way.
    expect(keysAfter(false)[1]).toMatchObject({
      handle_out: { time: 100, value: [30, 40] },
      handle_in: { time: -167, value: [-60, -80] },
    });
    expect(keysAfter(true)[1]).not.toHaveProperty("handle_in");
  });
});

describe("changes", () => {
  const { clip } = sceneOf({ position_px: { keyframes: [{ time: 490, value: [1, 1], ease: "hold" }] }, scale: [1, 1] });
  it("set a keyframe where there are some, else the field, or one with auto-key", () => {
    const position = { field: "video.transform.position_px", value: [2, 2], time: 500 };
    const scale = { field: "video.transform.scale", value: [2, 2], time: 500 };
    expect(changesToOperation(clip, [position], false, 20)).toEqual({
      set_keyframe: { of: { clip: "c" }, field: position.field, time: 490, value: [2, 2] },
    });
    expect(changesToOperation(clip, [scale], false, 20)).toEqual({
      set: { of: { clip: "c" }, field: scale.field, value: [2, 2] },
    });
    expect(changesToOperation(clip, [scale], true, 20)).toEqual({
      set_keyframe: { of: { clip: "c" }, field: scale.field, time: 500, value: [2, 2] },
    });
    expect(applied(clip, [{ ...position, time: 490 }]).video?.transform?.position_px).toEqual({
      keyframes: [{ time: 490, value: [2, 2], ease: "hold" }],
    });
  });
});

describe("guides", () => {
  it("are edges, thirds and centre, and what safe areas leave", () => {
    expect(guidesOf({ width: 900, height: 600 }, false)).toEqual([
      [0, 300, 450, 600, 900],
      [0, 200, 300, 400, 600],
    ]);
    expect(safeBox({ width: 1000, height: 200 }, 0.9).map(Math.round)).toEqual([50, 10, 950, 190]);
  });

  it("catch the nearest edge or middle within reach", () => {
    const guides = guidesOf({ width: 900, height: 600 }, false);
    const snapped = snapBox([0, 0, 100, 100], [347, 93], guides, 8);
    // The right edge at 447 meets the centre; the bottom at 193 meets the first third.
    expect(snapped.by).toEqual([350, 100]);
    expect(snapped.lines).toEqual([
      { axis: 0, at: 450 },
      { axis: 1, at: 200 },
    ]);
    expect(snapBox([0, 0, 100, 100], [347, 93], guides, 0).by).toEqual([347, 93]);
  });
});

describe("the viewer", () => {
  const frame = { width: 960, height: 600 };
  it("fits, and shows pixels one to one", () => {
    expect(mappingOf("fit", [9, 9], frame, HD, 1)).toEqual({ scale: 0.5, x: 0, y: 30 });
    expect(mappingOf(1, [0, 0], frame, HD, 2)).toEqual({ scale: 0.5, x: 0, y: 30 });
  });

  it("zooms about what is under the pointer", () => {
    const before = mappingOf("fit", [0, 0], frame, HD, 1);
    const point = toCanvas(before, [700, 200]);
    const { zoom, pan } = zoomedAbout(before, 2, [700, 200], frame, HD, 1);
    expect(zoom).toBe(1);
    const [x, y] = toScreen(mappingOf(zoom, pan, frame, HD, 1), point);
    expect(Math.hypot(x - 700, y - 200)).toBeLessThanOrEqual(1);
  });

  it("scrubs by touch within the film", () => {
    expect(scrubbedTo(100, 200, 1000, 2000)).toBe(300);
    expect(scrubbedTo(100, 200, 1000, 300)).toBe(150);
    expect(scrubbedTo(100, -500, 1000, 2000)).toBe(0);
    expect(scrubbedTo(100, 5000, 1000, 2000)).toBe(1999);
  });
});

describe("text", () => {
  const text = (source: object) => ({ id: "t", source: { type: "text", ...source } }) as unknown as Clip;
  it("is as wide as its letters and as high as its lines", () => {
    // A is 653 and V is 653 thousandths, from the font; a line is 2478/2048 of the size.
    expect(lineWidth("AV", { size_px: 100 }, HD)).toBeCloseTo(130.6, 6);
    const size = textSize(text({ text: "A\nAV", style: { size_px: 100 } }), HD);
    expect(size.width).toBeCloseTo(130.6, 6);
    expect(size.height).toBeCloseTo((2 * 100 * 2478) / 2048, 6);
    expect(lineWidth("字", { size_px: 50 }, HD)).toBe(50);
  });

  it("breaks at its width, and keeps a box of its own", () => {
    const size = textSize(text({ text: "A A A", width_px: 150, style: { size_px: 100 } }), HD);
    // A A is 2 · 65.3 + 25 = 155.6.
    expect(size).toEqual({ width: 150, height: (3 * 100 * 2478) / 2048 });
    expect(textSize(text({ text: "A", width_px: 10, height_px: 20 }), HD)).toEqual({ width: 10, height: 20 });
  });
});
