import { describe, expect, it } from "vitest";
import type { ParamEntry } from "../api/types";
import { ranked } from "../app/rank";
import { enteredNumber, hexOf } from "../ui/fields";
import { matching } from "./browser/matching";
import { stepOf } from "./inspector/values";

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

describe("search", () => {
  const entries = [
    { id: "primary", name: "Primary correction", family: "Colour", summary: "Exposure" },
    { id: "blur", name: "Gaussian blur", family: "Blur" },
  ];

  it("finds by name, purpose and the names of other editors", () => {
    expect(matching(entries, "colour exp").map((e) => e.id)).toEqual(["primary"]);
    expect(matching(entries, "lumetri", new Map([["primary", " Lumetri"]])).map((e) => e.id)).toEqual(["primary"]);
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
