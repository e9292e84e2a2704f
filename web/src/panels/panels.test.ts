import { describe, expect, it } from "vitest";
import type { ParamEntry } from "../api/types";
import { ranked } from "../app/rank";
import { enteredNumber, hexOf } from "../ui/fields";
import { aliasesIn, matching } from "../ui/matching";
import { partOfRange, rangeShown, readable, signOf, steppedIn, stepOf } from "../ui/values";
import { Falling } from "./mixer/paint";

describe("numbers that are typed", () => {
  it.each<[string, number, number, number | undefined]>([
    ["2.5", 1, -10, 2.5],
    ["2,5", 1, -10, 2.5],
    ["+3", 10, -10, 13],
    ["-3", 10, -10, -3],
    ["-3", 10, 0, 7],
    ["--3", 10, -10, 7],
    ["*2", 10, 0, 20],
    ["/4", 10, 0, 2.5],
    ["/0", 10, 0, undefined],
    ["x", 10, 0, undefined],
    ["", 10, 0, undefined],
  ])("understands %j at %d", (typed, present, min, expected) => {
    expect(enteredNumber(typed, present, min)).toBe(expected);
  });
});

describe("values of clips", () => {
  it("reads colours in both forms", () => {
    expect(hexOf([1, 0.5, 0, 1])).toBe("#ff8000");
    expect(hexOf([0, 0, 0, 0.5])).toBe("#00000080");
    expect(hexOf("#a1b2c3")).toBe("#a1b2c3");
    expect(hexOf({ gradient: true })).toBeUndefined();
  });

  it("steps through a parameter's range at a fitting pace", () => {
    const param = (min: number, max: number) => ({ min, max }) as ParamEntry;
    expect(stepOf(param(0, 1))).toBe(0.001);
    expect(stepOf(param(0, 200))).toBe(1);
    expect(stepOf(param(-5, 5))).toBeCloseTo(0.01);
  });
});

describe("ranges of parameters", () => {
  const hz = { min: 20, max: 20_000, unit: "Hz" } as ParamEntry;
  const db = { min: -80, max: 0, unit: "dB" } as ParamEntry;

  it("are gone through by ratios where they are wide, to three digits", () => {
    expect(steppedIn(db)).toBeUndefined();
    const step = steppedIn(hz) as (value: number, by: number) => number;
    expect(step(20, 200)).toBe(20_000);
    expect(step(1000, 1)).toBe(1040);
    expect(step(1000, -1)).toBe(966);
    expect(step(0, 0)).toBe(20);
  });

  it("say where a value lies, and what they are", () => {
    const places = (param: ParamEntry, ...values: number[]) =>
      values.map((v) => Number(partOfRange(param)?.(v).toFixed(3)));
    expect(places(db, -80, -20, 0, 9)).toEqual([0, 0.75, 1, 1]);
    expect(places(hz, 20, 632.456, 20_000)).toEqual([0, 0.5, 1]);
    expect(partOfRange({ min: 0 } as ParamEntry)).toBeUndefined();
    expect([rangeShown(db), rangeShown({ min: 0, max: 1 } as ParamEntry), rangeShown({} as ParamEntry)]).toEqual([
      "−80 … 0 dB",
      "0 … 1",
      undefined,
    ]);
    expect(["degrees", "semitones", "ms", undefined].map(signOf)).toEqual(["°", "st", "ms", ""]);
  });

  it("have choices that can be read", () => {
    expect(["leftRight", "peak", "rms", "centerLfe", "s-log3"].map(readable)).toEqual([
      "Left right",
      "Peak",
      "RMS",
      "Center LFE",
      "s-log3",
    ]);
  });
});

describe("levels of the spectrum", () => {
  it("rise at once, fall slowly, and keep their highest for a while", () => {
    const falling = new Falling(2);
    expect([falling.isResting, falling.peakHz()]).toEqual([true, undefined]);
    falling.next(Float64Array.of(-20, -60), 1000);
    expect(falling.peakHz()).toBeCloseTo(20 * 1000 ** 0.25, 6);
    falling.next(undefined, 2000);
    expect([...falling.levels]).toEqual([-50, -90]);
    expect([...falling.holds]).toEqual([-20, -60]);
    falling.next(Float64Array.of(-10, -120), 2100);
    expect(falling.levels[0]).toBe(-10);
    for (let ms = 2200; ms < 8000; ms += 100) falling.next(undefined, ms);
    expect([falling.isResting, falling.peakHz()]).toEqual([true, undefined]);
  });
});

describe("search", () => {
  const entries = [
    { id: "primary", name: "Primary correction", family: "Colour", summary: "Exposure" },
    { id: "blur", name: "Gaussian blur", family: "Blur" },
  ];

  it("finds by name, purpose and the names of other editors", () => {
    expect(matching(entries, "colour exp").map((e) => e.id)).toEqual(["primary"]);
    const aliases = aliasesIn({ aliases: [{ kind: "effect", id: "Lumetri", entries: ["primary"] }] } as never);
    expect(matching(entries, "lumetri", aliases).map((e) => e.id)).toEqual(["primary"]);
    expect(matching(entries, "zzz")).toEqual([]);
    expect(matching(entries, "")).toHaveLength(2);
  });

  it("puts commands that begin with what was typed first", () => {
    const commands = [
      { name: "Ripple trim start", group: "Edit" },
      { name: "Trim start", group: "Edit" },
      { name: "Extrimity", group: "Edit" },
    ];
    expect(ranked(commands, "trim").map((c) => c.name)).toEqual(["Trim start", "Ripple trim start", "Extrimity"]);
    expect(ranked(commands, "edit start")).toHaveLength(2);
  });
});
