import { describe, expect, it } from "vitest";
import { FLICKS, frameAt, frameLength, framesIn, onFrame, rateOf, timeOfFrame, toFlicks } from "./time";
import { entered, parseTimecode, timecode } from "./timecode";

describe("time", () => {
  it("reads rates as broadcasters mean them", () => {
    expect(rateOf("25")).toEqual({ num: 25, den: 1 });
    expect(rateOf(29.97)).toEqual({ num: 30000, den: 1001 });
    expect(rateOf("23.976")).toEqual({ num: 24000, den: 1001 });
    expect(rateOf("60000/1001")).toEqual({ num: 60000, den: 1001 });
    expect(rateOf("12.5")).toEqual({ num: 25, den: 2 });
  });

  it.each(["24", "25", "30", "60", "120", "24000/1001", "30000/1001", "60000/1001", "7/3", "999/7", "12.5"])(
    "finds each frame again at %s",
    (text) => {
      const rate = rateOf(text);
      for (const n of [-1001, -1, 0, 1, 2, 17, 1000, 1_234_567]) {
        const t = timeOfFrame(rate, n);
        expect(Number.isSafeInteger(t)).toBe(true);
        expect(frameAt(rate, t)).toBe(n);
        expect(frameAt(rate, t - 1)).toBe(n - 1);
        expect(onFrame(rate, t + frameLength(rate) * 0.3)).toBe(t);
        expect(onFrame(rate, t - frameLength(rate) * 0.3)).toBe(t);
      }
      expect(framesIn(rate, timeOfFrame(rate, 12))).toBe(12);
      expect(framesIn(rate, timeOfFrame(rate, 12) + 1)).toBe(13);
    },
  );

  it("reads times of files", () => {
    expect(toFlicks("12.5s")).toBe(12.5 * FLICKS);
    expect(toFlicks("500ms")).toBe(FLICKS / 2);
    expect(toFlicks("1:02.5")).toBe(62.5 * FLICKS);
    expect(toFlicks("300f@30000/1001")).toBe(timeOfFrame(rateOf("30000/1001"), 300));
    expect(toFlicks(7)).toBe(7);
    expect(() => toFlicks("soon")).toThrow(RangeError);
  });
});

describe("timecode", () => {
  const drop = rateOf("30000/1001");

  // The same table as the program's own test; 17 982 frames in ten minutes is from SMPTE ST 12-1.
  it.each([
    [0, "00:00:00;00"],
    [1799, "00:00:59;29"],
    [1800, "00:01:00;02"],
    [17981, "00:09:59;29"],
    [17982, "00:10:00;00"],
    [107_892, "01:00:00;00"],
  ])("drops numbers: %i is %s", (frame, text) => {
    expect(timecode(drop, frame)).toBe(text);
    expect(parseTimecode(drop, text)).toBe(frame);
  });

  it.each(["24", "24000/1001", "25", "30000/1001", "30", "50", "60000/1001", "60"])(
    "reads what it writes at %s",
    (text) => {
      const rate = rateOf(text);
      for (let n = 0; n < 40_000; n += 7) expect(parseTimecode(rate, timecode(rate, n))).toBe(n);
    },
  );

  it("refuses numbers that do not exist", () => {
    expect(parseTimecode(drop, "00:01:00;00")).toBeUndefined();
    expect(parseTimecode(rateOf("25"), "00:00:00:25")).toBeUndefined();
    expect(parseTimecode(rateOf("25"), "00:61:00:00")).toBeUndefined();
  });

  it.each<[string, number | undefined]>([
    ["00:00:02:10", 60],
    ["1512", 15 * 25 + 12],
    ["15.", 375],
    ["12", 12],
    ["30", 30],
    ["+12", 112],
    ["-12", 88],
    ["+30", 130],
    ["+1.", 125],
    ["-1:05", 70],
    ["+90f", 190],
    ["2.5s", 62],
    ["-2s", 50],
    ["9000", 90 * 25],
    ["", undefined],
    ["abc", undefined],
    ["+", undefined],
  ])("understands %j", (text, frame) => {
    expect(entered(rateOf("25"), text, 100)).toBe(frame);
  });

  it("skips dropped numbers that are typed", () => {
    expect(entered(drop, "10000", 0)).toBe(1800);
  });
});
