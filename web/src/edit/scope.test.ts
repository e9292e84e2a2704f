import { describe, expect, it } from "vitest";
import { chromaOf, levelLines, skinTone, target, targets } from "./scope";

describe("the vectorscope", () => {
  it("has grey in the middle and primaries at the ends of their axes", () => {
    for (const v of [0, 0.3, 1]) {
      expect(chromaOf(v, v, v).cb).toBeCloseTo(0, 12);
      expect(chromaOf(v, v, v).cr).toBeCloseTo(0, 12);
    }
    expect(chromaOf(0, 0, 1).cb).toBeCloseTo(0.5, 12);
    expect(chromaOf(1, 0, 0).cr).toBeCloseTo(0.5, 12);
  });

  it("has its boxes at 75 %", () => {
    // Red: Y = 0.75 · 0.2126 = 0.15945, Cb = -0.15945 / 1.8556, Cr = 0.59055 / 1.5748.
    const red = target([1, 0, 0]);
    expect(red.cb).toBeCloseTo(-0.085929, 6);
    expect(red.cr).toBeCloseTo(0.375, 6);
    // Opposite colours lie opposite each other.
    for (let n = 0; n < 3; n += 1) {
      const [a, b] = [target(targets[n].rgb), target(targets[n + 3].rgb)];
      expect(a.cb + b.cb).toBeCloseTo(0, 12);
      expect(a.cr + b.cr).toBeCloseTo(0, 12);
    }
  });

  it("has skin between red and yellow", () => {
    const skin = skinTone(0.5);
    const angle = (c: { cb: number; cr: number }) => Math.atan2(c.cr, c.cb);
    expect(angle(skin)).toBeGreaterThan(angle(target([1, 0, 0])));
    expect(angle(skin)).toBeLessThan(angle(target([1, 1, 0])));
    expect(Math.hypot(skin.cb, skin.cr)).toBeCloseTo(0.5, 12);
  });
});

describe("lines of levels", () => {
  it("are in percent and as codes of 8 bits", () => {
    expect(levelLines(25)).toEqual([
      { percent: 0, code: 0 },
      { percent: 25, code: 64 },
      { percent: 50, code: 128 },
      { percent: 75, code: 191 },
      { percent: 100, code: 255 },
    ]);
  });
});
