import { describe, expect, it } from "vitest";
import type { Clip, Composition, Mask, Project, Vertex } from "../api/types";
import type { Scene } from "./box-drag";
import { applied } from "./change";
import * as masks from "./masks";

const HD = { width: 1000, height: 500 };
const keys = { shift: false, alt: false };

function sceneOf(mask: object, scale = 1): Scene {
  const clip = {
    id: "c",
    source: { type: "media", media: "m" },
    start: 0,
    duration: 1000,
    video: { transform: { scale: [scale, scale] }, masks: [mask] },
  } as unknown as Clip;
  const composition = { id: "main", size: HD, frame_rate: "25", tracks: [] } as Composition;
  return {
    project: { main: "main", compositions: [composition] } as unknown as Project,
    composition,
    clip,
    now: 0,
    content: HD,
    half: 1,
  };
}
const maskIn = (scene: Scene) => scene.clip.video?.masks?.[0] as Mask;
const rounded = (points: readonly (readonly number[])[]) => points.map((p) => p.map((v) => Math.round(v)));

describe("masks", () => {
  it("lie on the picture in fractions of it", () => {
    const box = sceneOf({ id: "m", shape: { type: "rectangle", center: [0.25, 0.5], size: [0.5, 1] } }, 0.5);
    // The left half of a picture that is half as large, in the middle.
    expect(rounded(masks.maskOutline(box, maskIn(box)))).toEqual([
      [250, 125],
      [500, 125],
      [500, 375],
      [250, 375],
    ]);
    const turned = sceneOf({ id: "m", shape: { type: "rectangle", size: [0.2, 0.2], rotation_degrees: 90 } });
    // 200 × 100 pixels, turned by a quarter: the top left corner comes to the top right.
    expect(rounded(masks.maskOutline(turned, maskIn(turned)))[0]).toEqual([550, 150]);
    const ellipse = sceneOf({ id: "m", shape: { type: "ellipse" } });
    expect(rounded([masks.maskOutline(ellipse, maskIn(ellipse))[16]])).toEqual([[500, 375]]);
  });

  it("are resized about their centre, moved and softened", () => {
    const scene = sceneOf({ id: "m", shape: { type: "rectangle" } }, 0.5);
    const one = (part: string, by: [number, number]) =>
      masks.dragMask(scene, maskIn(scene), part, [500, 300], [500 + by[0], 300 + by[1]], keys).changes[0];
    // 25 pixels of the canvas are 50 of the picture, at both sides.
    expect(one("size:e", [25, 9])).toMatchObject({ field: "video.masks.m.shape.size", value: [0.6, 0.5] });
    expect(one("move", [50, 25])).toMatchObject({ value: [0.6, 0.6] });
    // Half of the soft edge lies outside; its length counts before the scale.
    expect(one("feather", [0, 10])).toMatchObject({ field: "video.masks.m.feather_px", value: 40 });
  });

  it("turn about their centre", () => {
    const scene = sceneOf({ id: "m", shape: { type: "ellipse", rotation_degrees: 10 } });
    const [turn] = masks.dragMask(scene, maskIn(scene), "rotate", [600, 250], [500, 350], keys).changes;
    expect(turn.value).toBe(100);
  });

  const square: Vertex[] = [{ point: [0, 0] }, { point: [1, 0] }, { point: [1, 1] }, { point: [0, 1] }];

  it("have points that move, with tangents that stay smooth", () => {
    const smooth = masks.toggledSmooth(square, 1);
    // A sixth of the way between the neighbours.
    expect(smooth[1]).toEqual({ point: [1, 0], in: [-0.16667, -0.16667], out: [0.16667, 0.16667] });
    expect(masks.toggledSmooth(smooth, 1)).toEqual(square);
    const scene = sceneOf({ id: "m", shape: { type: "path", path: smooth } });
    const moved = masks.dragMask(scene, maskIn(scene), "out:1", [0, 0], [100, 50], keys);
    const next = masks.verticesOf({ ...scene, clip: applied(scene.clip, moved.changes) }, {
      ...maskIn(scene),
      shape: { type: "path", path: moved.changes[0].value },
    } as unknown as Mask);
    expect(next[1].out).toEqual([0.26667, 0.26667]);
    expect(next[1].in).toEqual([-0.26667, -0.26667]);
    const broken = masks.dragMask(scene, maskIn(scene), "out:1", [0, 0], [100, 50], { shift: false, alt: true });
    expect((broken.changes[0].value as Vertex[])[1].in).toEqual([-0.16667, -0.16667]);
  });

  it("get points in the middle of a curve and lose them down to three", () => {
    expect(masks.withVertexAfter(square, 0)[1]).toEqual({ point: [0.5, 0] });
    const curved: Vertex[] = [{ point: [0, 0], out: [0, 0.4] }, { point: [1, 0], in: [0, 0.4] }, { point: [0.5, 1] }];
    // The middle of the curve: (p0 + 3·c1 + 3·c2 + p3) / 8.
    expect(masks.withVertexAfter(curved, 0)[1].point).toEqual([0.5, 0.3]);
    expect(masks.withoutVertex(square, 2)).toHaveLength(3);
    expect(masks.withoutVertex(curved, 0)).toBeUndefined();
  });

  it("change between keyframes point by point", () => {
    const path = (x: number): Vertex[] => [{ point: [x, 0] }, { point: [1, 0] }, { point: [0, 1] }];
    const raw = {
      keyframes: [
        { time: 0, value: path(0) },
        { time: 100, value: path(0.4) },
      ],
    };
    expect(masks.pathAt(raw, 25)[0].point).toEqual([0.1, 0]);
    expect(masks.pathAt(raw, 500)[0].point).toEqual([0.4, 0]);
  });

  it("are drawn point by point on the canvas", () => {
    const scene = sceneOf({}, 0.5);
    const mask = masks.newPathMask(scene, [
      [250, 125],
      [750, 125],
      [500, 375],
    ]);
    expect((mask?.shape as { path?: unknown }).path).toEqual([
      { point: [0, 0] },
      { point: [1, 0] },
      { point: [0.5, 1] },
    ]);
    expect(masks.newPathMask(scene, [[0, 0]])).toBeUndefined();
  });
});
