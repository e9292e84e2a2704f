// Time in flicks (1/705 600 000 s) as integers below 2^53, which is 147 days. Frame arithmetic is
// that of the program: a frame starts at the first flick not before n·den/num s.

export const FLICKS = 705_600_000;

export interface Rate {
  num: number;
  den: number;
}

export function rateOf(text: number | string): Rate {
  if (typeof text === "string" && text.includes("/")) {
    const [num, den] = text.split("/").map(Number);
    return reduced(num, den);
  }
  const fps = Number(text);
  if (Math.abs(fps - Math.round(fps)) < 1e-6) return { num: Math.round(fps), den: 1 };
  const broadcast = [24, 30, 48, 60, 120].find((n) => Math.abs(fps - n / 1.001) < 0.005);
  if (broadcast !== undefined) return { num: broadcast * 1000, den: 1001 };
  return reduced(Math.round(fps * 1e6), 1_000_000);
}

function reduced(num: number, den: number): Rate {
  let [a, b] = [num, den];
  while (b !== 0) [a, b] = [b, a % b];
  return { num: num / a, den: den / a };
}

export function fps(rate: Rate): number {
  return rate.num / rate.den;
}

export function timeOfFrame(rate: Rate, frame: number): number {
  const flicks = FLICKS * rate.den;
  if (flicks % rate.num === 0) return frame * (flicks / rate.num);
  const product = BigInt(frame) * BigInt(flicks);
  const num = BigInt(rate.num);
  return -Number(floorDiv(-product, num));
}

/** The frame that contains a time. */
export function frameAt(rate: Rate, time: number): number {
  const flicks = FLICKS * rate.den;
  if (flicks % rate.num === 0) return Math.floor(time / (flicks / rate.num));
  return Number(floorDiv(BigInt(time) * BigInt(rate.num), BigInt(flicks)));
}

function floorDiv(n: bigint, d: bigint): bigint {
  const q = n / d;
  return n % d !== 0n && n < 0n !== d < 0n ? q - 1n : q;
}

export function frameLength(rate: Rate): number {
  return Math.round((FLICKS * rate.den) / rate.num);
}

/** Frames that cover a length. */
export function framesIn(rate: Rate, length: number): number {
  return length <= 0 ? 0 : frameAt(rate, length - 1) + 1;
}

/** The start of the frame that is nearest to a time that may be a fraction. */
export function onFrame(rate: Rate, time: number): number {
  const exact = Math.round(time);
  const before = frameAt(rate, exact);
  const [a, b] = [timeOfFrame(rate, before), timeOfFrame(rate, before + 1)];
  return exact - a <= b - exact ? a : b;
}

export function secs(flicks: number): number {
  return flicks / FLICKS;
}

export function fromSecs(seconds: number): number {
  return Math.round(seconds * FLICKS);
}

/** A time of the document: flicks, or a text of a file that was written by hand. */
export function toFlicks(time: number | string | null | undefined): number {
  if (typeof time === "number") return time;
  if (time === null || time === undefined) return 0;
  const unit = /^(-?\d+(?:\.\d*)?) ?(ms|s)$/.exec(time);
  if (unit !== null) return fromSecs(Number(unit[1]) / (unit[2] === "ms" ? 1000 : 1));
  const frames = /^(-?\d+)f@(.+)$/.exec(time);
  if (frames !== null) return timeOfFrame(rateOf(frames[2]), Number(frames[1]));
  const clock = /^(-?)(?:(\d+):)?(\d+):(\d{1,2}(?:\.\d*)?)$/.exec(time);
  if (clock !== null) {
    const seconds = Number(clock[2] ?? 0) * 3600 + Number(clock[3]) * 60 + Number(clock[4]);
    return fromSecs(clock[1] === "-" ? -seconds : seconds);
  }
  const count = Number(time);
  if (Number.isFinite(count)) return count;
  throw new RangeError(`"${time}" is not a time`);
}
