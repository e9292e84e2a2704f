import { describe, expect, it } from "vitest";
import { remainingSecs, shownBytes, shownSecs } from "./remaining";

describe("time left", () => {
  it("goes by what was done since it was first seen", () => {
    // 40 of 100 in 8 s from 20 on: 5 a second are left 8 s for the other 40.
    expect(remainingSecs({ done: 60, total: 100, began: { ms: 1000, done: 20 } }, 9000)).toBe(8);
    expect(remainingSecs({ done: 20, total: 100, began: { ms: 0, done: 20 } }, 9000)).toBeUndefined();
    expect(remainingSecs({ done: 60, total: 0, began: { ms: 0, done: 0 } }, 9000)).toBeUndefined();
  });

  it("is shown as a clock", () => {
    expect([6.2, 59, 61, 759, 3722].map(shownSecs)).toEqual(["0:07", "0:59", "1:05", "12:40", "1:02:05"]);
  });
});

describe("sizes", () => {
  it("have three digits and a unit", () => {
    expect([0, 999, 1000, 1_540_000, 99_600_000, 2.5e9].map(shownBytes)).toEqual([
      "0 B",
      "999 B",
      "1 kB",
      "1.5 MB",
      "100 MB",
      "2.5 GB",
    ]);
  });
});
