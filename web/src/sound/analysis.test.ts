import { describe, expect, it } from "vitest";
import * as analysis from "./analysis";
import { Heard } from "./heard";

const RATE = 48_000;
const SIZE = 4096;
const tone = (hz: number, level = 1, phase = 0) =>
  Float32Array.from({ length: SIZE }, (_, n) => level * Math.sin((2 * Math.PI * hz * n) / RATE + phase));
const silence = new Float32Array(SIZE);
/** A frequency in the middle of a bin. */
const BIN_HZ = RATE / SIZE;

describe("correlation", () => {
  it("is 1 for mono, -1 for opposite channels, 0 for unrelated ones", () => {
    const one = tone(40 * BIN_HZ);
    expect(analysis.correlation(one, one)).toBeCloseTo(1, 6);
    expect(analysis.correlation(one, tone(40 * BIN_HZ, 0.1))).toBeCloseTo(1, 6);
    expect(analysis.correlation(one, tone(40 * BIN_HZ, 0.5, Math.PI))).toBeCloseTo(-1, 6);
    expect(analysis.correlation(one, tone(40 * BIN_HZ, 1, Math.PI / 2))).toBeCloseTo(0, 6);
    expect(analysis.correlation(one, tone(97 * BIN_HZ))).toBeCloseTo(0, 6);
  });

  it("says nothing where a channel is silent", () => {
    expect(analysis.correlation(silence, silence)).toBeUndefined();
    expect(analysis.correlation(tone(1000), silence)).toBeUndefined();
  });
});

describe("the spectrum", () => {
  it("has a sine of full scale at 0 dB in its bin, and half of the power in one channel", () => {
    const both = analysis.spectrum(tone(100 * BIN_HZ), tone(100 * BIN_HZ));
    expect(both).toHaveLength(SIZE / 2 + 1);
    expect(both[100]).toBeCloseTo(1, 6);
    expect(both[110]).toBeLessThan(1e-9);
    expect(analysis.spectrum(tone(100 * BIN_HZ), silence)[100]).toBeCloseTo(0.5, 6);
    // Opposite channels are as loud, and do not cancel.
    expect(analysis.spectrum(tone(100 * BIN_HZ), tone(100 * BIN_HZ, 1, Math.PI))[100]).toBeCloseTo(1, 6);
  });

  it("agrees with the sum that defines the transform", () => {
    const size = 16;
    const [a, b] = [0, 1].map((salt) => Float64Array.from({ length: size }, (_, n) => Math.sin(n * n + salt * 3)));
    const [re, im] = [a.slice(), b.slice()];
    analysis.transform(re, im);
    for (let k = 0; k < size; k += 1) {
      let [sumRe, sumIm] = [0, 0];
      for (let n = 0; n < size; n += 1) {
        const angle = (-2 * Math.PI * k * n) / size;
        sumRe += a[n] * Math.cos(angle) - b[n] * Math.sin(angle);
        sumIm += a[n] * Math.sin(angle) + b[n] * Math.cos(angle);
      }
      expect(re[k]).toBeCloseTo(sumRe, 9);
      expect(im[k]).toBeCloseTo(sumIm, 9);
    }
  });

  it("is shown by octaves", () => {
    expect([analysis.placeOf(20), analysis.placeOf(20_000)]).toEqual([0, 1]);
    expect(analysis.frequencyAt(analysis.placeOf(440))).toBeCloseTo(440, 6);
    for (const hz of [100, 1000, 10_000]) {
      const levels = analysis.levelsOf(analysis.spectrum(tone(hz, 0.1), tone(hz, 0.1)), RATE, 120);
      const peak = levels.indexOf(Math.max(...levels));
      expect(Math.abs(peak - analysis.placeOf(hz) * 120)).toBeLessThan(2);
      // Between two bins a Hann window loses up to 1.4 dB.
      expect(Math.abs(levels[peak] + 20)).toBeLessThan(1.5);
    }
  });
});

describe("what was heard", () => {
  const block = (first: number, count: number) =>
    Int16Array.from({ length: 2 * count }, (_, n) => (n % 2 === 0 ? 1 : -1) * (first + Math.floor(n / 2)));
  const left = (heard: Heard, end: number | undefined, size: number) =>
    [...(heard.before(end, size)?.left ?? [])].map((v) => Math.round(v * 32768));

  it("is what was pushed before a sample, also over the end of the memory", () => {
    const heard = new Heard(8);
    expect(heard.before(4, 4)).toBeUndefined();
    heard.push(0, block(0, 6));
    expect(left(heard, 5, 3)).toEqual([2, 3, 4]);
    heard.push(6, block(6, 5));
    expect(left(heard, 11, 6)).toEqual([5, 6, 7, 8, 9, 10]);
    expect(left(heard, undefined, 2)).toEqual([9, 10]);
    expect([...(heard.before(11, 2)?.right ?? [])].map((v) => Math.round(v * 32768))).toEqual([-9, -10]);
    // Gone, and not there yet, are silent.
    expect(left(heard, 5, 4)).toEqual([0, 0, 3, 4]);
    expect(left(heard, 99, 2)).toEqual([9, 10]);
  });

  it("has silence for blocks that were left out, and nothing after it was cleared", () => {
    const heard = new Heard(8);
    heard.push(0, block(1, 2));
    heard.push(4, block(5, 2));
    expect(left(heard, 6, 6)).toEqual([1, 2, 0, 0, 5, 6]);
    heard.push(60, block(9, 1));
    expect(left(heard, 61, 4)).toEqual([0, 0, 0, 9]);
    heard.clear();
    expect(heard.before(1, 1)).toBeUndefined();
  });
});
