// What a stretch of stereo sound is made of: how alike its channels are, and its spectrum.

/**
 * Correlation of two channels, -1 (opposite) ..= 1 (alike); 0 is unrelated. Nothing where one of
 * them is silent, below -70 dBFS.
 */
export function correlation(left: Float32Array, right: Float32Array): number | undefined {
  let [product, leftPower, rightPower] = [0, 0, 0];
  for (let n = 0; n < left.length; n += 1) {
    product += left[n] * right[n];
    leftPower += left[n] ** 2;
    rightPower += right[n] ** 2;
  }
  const least = left.length * 1e-7;
  if (leftPower < least || rightPower < least) return undefined;
  return product / Math.sqrt(leftPower * rightPower);
}

/** Transforms in place; the length is a power of two. Radix 2, decimation in time. */
export function transform(re: Float64Array, im: Float64Array): void {
  const size = re.length;
  for (let n = 1, m = 0; n < size; n += 1) {
    let bit = size >> 1;
    for (; m & bit; bit >>= 1) m ^= bit;
    m |= bit;
    if (n < m) {
      [re[n], re[m]] = [re[m], re[n]];
      [im[n], im[m]] = [im[m], im[n]];
    }
  }
  for (let length = 2; length <= size; length *= 2) {
    const half = length / 2;
    for (let k = 0; k < half; k += 1) {
      const angle = (-2 * Math.PI * k) / length;
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      for (let at = k; at < size; at += length) {
        const other = at + half;
        const a = re[other] * cos - im[other] * sin;
        const b = re[other] * sin + im[other] * cos;
        re[other] = re[at] - a;
        im[other] = im[at] - b;
        re[at] += a;
        im[at] += b;
      }
    }
  }
}

const windows = new Map<number, Float64Array>();

/** Hann, periodic. */
function windowOf(size: number): Float64Array {
  let known = windows.get(size);
  if (known === undefined) {
    known = Float64Array.from({ length: size }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / size));
    windows.set(size, known);
  }
  return known;
}

/**
 * Power of each bin up to half of the rate, the mean of both channels; a sine of full scale in both
 * has 1 in its bin.
 */
export function spectrum(left: Float32Array, right: Float32Array): Float64Array {
  const size = left.length;
  const shape = windowOf(size);
  // Both channels at once, as the parts of complex numbers.
  const re = Float64Array.from(left, (v, n) => v * shape[n]);
  const im = Float64Array.from(right, (v, n) => v * shape[n]);
  transform(re, im);
  const power = new Float64Array(size / 2 + 1);
  // The window halves an amplitude, and half of it lies at the negative frequency.
  const scale = (4 / size) ** 2 / 2;
  for (let n = 0; n < power.length; n += 1) {
    const m = (size - n) % size;
    const both = (re[n] ** 2 + im[n] ** 2 + re[m] ** 2 + im[m] ** 2) / 2;
    power[n] = both * scale;
  }
  return power;
}

/** Ends of what is shown, in hertz. */
export const LOWEST_HZ = 20;
export const HIGHEST_HZ = 20_000;
const OCTAVES = Math.log2(HIGHEST_HZ / LOWEST_HZ);

/** Where a frequency lies between the ends, 0..=1, equal for each octave. */
export const placeOf = (hz: number): number => Math.log2(hz / LOWEST_HZ) / OCTAVES;
export const frequencyAt = (place: number): number => LOWEST_HZ * 2 ** (place * OCTAVES);

/**
 * Levels in decibels for `count` places from lowest to highest: the strongest bin of each, between
 * bins what lies between them.
 */
export function levelsOf(power: Float64Array, rateHz: number, count: number): Float64Array {
  const perHz = (2 * (power.length - 1)) / rateHz;
  const levels = new Float64Array(count);
  for (let n = 0; n < count; n += 1) {
    const from = frequencyAt(n / count) * perHz;
    const to = frequencyAt((n + 1) / count) * perHz;
    let most = between(power, (from + to) / 2);
    for (let bin = Math.ceil(from); bin < to && bin < power.length; bin += 1) most = Math.max(most, power[bin]);
    levels[n] = 10 * Math.log10(Math.max(most, 1e-12));
  }
  return levels;
}

function between(power: Float64Array, at: number): number {
  const low = Math.min(power.length - 1, Math.floor(at));
  const high = Math.min(power.length - 1, low + 1);
  return power[low] + (power[high] - power[low]) * (at - Math.floor(at));
}
