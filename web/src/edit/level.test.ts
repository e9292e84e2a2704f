import { describe, expect, it } from "vitest";
import { Ballistics, deflection, enteredDb, faderDb, faderPart, levelAt, shownDb, SILENCE_DB, stepped } from "./level";

describe("the scale", () => {
  it("is that of IEC 60268-18", () => {
    // From the formulas of the standard: 2.5 (dB + 20) + 50 % above -20 dB, and so on downwards.
    const percent = [0, -10, -20, -25, -40, -45, -55, -65, -80].map((db) => Math.round(deflection(db) * 1e4) / 100);
    expect(percent).toEqual([100, 75, 50, 40, 15, 11.25, 5, 1.25, 0]);
    expect(deflection(6)).toBe(1);
    expect(deflection(Number.NaN)).toBe(0);
  });

  it("is read backwards", () => {
    for (const db of [-69, -55, -41, -33.3, -12, -0.1]) expect(levelAt(deflection(db))).toBeCloseTo(db, 9);
    expect(levelAt(0)).toBe(-Infinity);
  });

  it("ends 12 dB higher for faders, and in silence below", () => {
    expect(faderPart(0)).toBeCloseTo(0.7);
    expect(faderDb(0.7)).toBe(0);
    expect(faderDb(1)).toBe(12);
    expect(faderDb(0)).toBe(SILENCE_DB);
    expect(faderPart(SILENCE_DB)).toBe(0);
    expect([stepped(0, 0.5), stepped(12, 1), stepped(-57.8, -0.5), stepped(SILENCE_DB, 0.5)]).toEqual([
      0.5,
      12,
      SILENCE_DB,
      -57.5,
    ]);
  });
});

describe("texts of gains", () => {
  it("are short, and understood", () => {
    expect([shownDb(0), shownDb(-3), shownDb(6.25), shownDb(SILENCE_DB)]).toEqual(["0.0", "−3.0", "+6.3", "−∞"]);
    expect([enteredDb("-3,5 dB"), enteredDb("+4"), enteredDb("−∞"), enteredDb("40"), enteredDb("loud")]).toEqual([
      -3.5,
      4,
      SILENCE_DB,
      12,
      undefined,
    ]);
  });
});

describe("a meter", () => {
  it("rises at once, falls 20 dB in 1.7 s, and holds its peak for 1.5 s", () => {
    const meter = new Ballistics();
    meter.level(-6, -15, 0);
    expect(meter.read(0)).toEqual({ peak: -6, rms: -15, hold: -6, clipped: false });
    expect(meter.read(850).peak).toBeCloseTo(-16);
    expect(meter.read(1500).hold).toBe(-6);
    expect(meter.read(1700).peak).toBeCloseTo(-26);
    expect(meter.read(1700).hold).toBeLessThan(-6);
    meter.level(-3, -12, 1700);
    expect(meter.read(1700)).toMatchObject({ peak: -3, hold: -3 });
  });

  it("keeps its light on after full scale, until it was seen", () => {
    const meter = new Ballistics();
    meter.level(0, -3, 0);
    meter.level(-120, -120, 5000);
    expect(meter.read(60_000).clipped).toBe(true);
    expect(meter.resting).toBe(true);
    meter.seen();
    expect(meter.read(60_001).clipped).toBe(false);
  });
});
