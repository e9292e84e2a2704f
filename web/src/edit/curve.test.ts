import { describe, expect, it } from "vitest";
import type { Ease } from "../api/types";
import { type Key, keysOf, progress, valueAt } from "./curve";

const curve = (ease: Ease, a: number, b: number, turn: Key["turn"] = "continuous"): Key[] => [
  { time: 0, value: a, ease, turn },
  { time: 1000, value: b },
];

describe("curves", () => {
  // The same values as in the program's own tests.
  it.each<[Ease, number, number]>([
    ["in_quint", 0.5, 0.03125],
    ["out_quint", 0.5, 0.96875],
    ["in_elastic", 0.5, -0.015625],
    ["out_elastic", 0.5, 1.015625],
    ["out_bounce", 0.2, 0.3025],
    ["out_bounce", 0.5, 0.765625],
    ["in_bounce", 0.5, 0.234375],
    ["out_bounce", 1.5 / 2.75, 0.75],
    ["in_back", 0.5, -0.0876975],
    ["in_out_quad", 0.25, 0.125],
    ["out_expo", 0.5, 0.96875],
    ["hold", 0.9, 0],
    ["linear", 0.3, 0.3],
  ])("ease by %s", (ease, x, expected) => {
    expect(progress(ease, x)).toBeCloseTo(expected, 9);
    expect([progress(ease, 0), progress(ease, 1)]).toEqual([0, 1]);
  });

  it("go the way that is set", () => {
    expect(valueAt(curve("linear", 350, 10, "shortest"), 500)).toBe(360);
    expect(valueAt(curve("linear", 350, 10), 500)).toBe(180);
    expect(valueAt(curve("linear", 10, 350, "shortest"), 500)).toBe(0);
  });

  it.each([
    [10_000, 0.094796],
    [25_000, 0.408511],
    [50_000, 0.802403],
    [75_000, 0.960459],
  ])("agree with the ease of CSS at %i", (time, expected) => {
    const keys: Key[] = [
      { time: 0, value: 0, ease: "bezier", handle_out: { time: 25_000, value: 0.1 } },
      { time: 100_000, value: 1, handle_in: { time: -75_000, value: 0 } },
    ];
    expect(valueAt(keys, time)).toBeCloseTo(expected, 5);
  });

  it("are constant outside, and work on pairs", () => {
    const keys: Key[] = [
      { time: 10, value: [0, 100] },
      { time: 20, value: [10, 200] },
    ];
    expect([valueAt(keys, 0), valueAt(keys, 15), valueAt(keys, 99)]).toEqual([
      [0, 100],
      [5, 150],
      [10, 200],
    ]);
    expect(valueAt(curve("bezier", 1, 4), 333)).toBeCloseTo(1.999, 9);
    expect([keysOf(3), keysOf({ keyframes: [] }), keysOf({ keyframes: keys })]).toEqual([undefined, undefined, keys]);
  });
});
