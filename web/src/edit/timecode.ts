// SMPTE ST 12-1 timecode, drop-frame at 29.97 and 59.94, and what people type into a timecode
// field.
import { fps, FLICKS, frameAt, type Rate } from "./time";

export function isDropFrame(rate: Rate): boolean {
  return rate.den === 1001 && (rate.num === 30000 || rate.num === 60000);
}

/** Nominal frames a second, and numbers dropped each minute except every tenth. */
function nominal(rate: Rate): [number, number] {
  const whole = Math.ceil(rate.num / rate.den);
  return [whole, isDropFrame(rate) ? Math.floor(whole / 15) : 0];
}

export function timecode(rate: Rate, frame: number): string {
  const [whole, drop] = nominal(rate);
  let n = Math.abs(frame);
  if (drop > 0) {
    const perMinute = whole * 60 - drop;
    const perTen = whole * 600 - 9 * drop;
    const tens = Math.floor(n / perTen);
    const rest = n % perTen;
    n += 9 * drop * tens + (rest >= drop ? drop * Math.floor((rest - drop) / perMinute) : 0);
  }
  const two = (x: number) => String(x).padStart(2, "0");
  const seconds = Math.floor(n / whole);
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(":");
  return `${frame < 0 ? "-" : ""}${clock}${drop > 0 ? ";" : ":"}${two(n % whole)}`;
}

/** The frame of HH, MM, SS and FF; absent where the number is not one of that rate. */
function frameOf(rate: Rate, [h, m, s, f]: number[]): number | undefined {
  const [whole, drop] = nominal(rate);
  if (m > 59 || s > 59 || f >= whole || (drop > 0 && s === 0 && f < drop && m % 10 !== 0)) return undefined;
  const minutes = h * 60 + m;
  return (minutes * 60 + s) * whole + f - drop * (minutes - Math.floor(minutes / 10));
}

export function parseTimecode(rate: Rate, text: string): number | undefined {
  const match = /^(\d+):(\d+):(\d+)[:;.](\d+)$/.exec(text.trim());
  return match === null ? undefined : frameOf(rate, match.slice(1).map(Number));
}

/**
 * What is typed into a timecode field, as a frame. Digits fill from the right as on an edit
 * controller: `1512` is 15 seconds and 12 frames; a dot stands for two zeros: `15.` is 15 seconds.
 * A sign moves from the present frame: `+12`, `-1.`; so does `+12f`. `90f` counts frames, `2.5s`
 * seconds.
 */
export function entered(rate: Rate, text: string, present: number): number | undefined {
  const trimmed = text.trim().replaceAll(" ", "");
  const sign = /^[+-]/.exec(trimmed)?.[0];
  const body = sign === undefined ? trimmed : trimmed.slice(1);
  const length = lengthOf(rate, body, sign !== undefined);
  if (length === undefined) return undefined;
  if (sign === undefined) return length;
  return sign === "+" ? present + length : present - length;
}

function lengthOf(rate: Rate, body: string, relative: boolean): number | undefined {
  const full = parseTimecode(rate, body);
  if (full !== undefined) return full;
  const frames = /^(\d+)f$/i.exec(body);
  if (frames !== null) return Number(frames[1]);
  const seconds = /^(\d+(?:\.\d+)?)s$/i.exec(body);
  if (seconds !== null) return frameAt(rate, Math.round(Number(seconds[1]) * FLICKS));
  const short = /^(?:(\d+)[:;])?(\d+)[:;](\d+)$/.exec(body);
  if (short !== null) return frameOf(rate, [0, Number(short[1] ?? 0), Number(short[2]), Number(short[3])]);
  if (!/^\d[\d.]*$/.test(body)) return undefined;
  const digits = body.replaceAll(".", "00");
  // A relative number of up to two digits is frames, even more of them than a second has.
  if (digits.length <= 2 && (relative || Number(digits) < Math.ceil(fps(rate)))) return Number(digits);
  const padded = digits.padStart(8, "0");
  const fields = [padded.slice(0, -6), padded.slice(-6, -4), padded.slice(-4, -2), padded.slice(-2)].map(Number);
  return carriedFields(rate, fields);
}

/** As on edit controllers, fields that are too large carry over: 90 seconds are 1:30. */
function carriedFields(rate: Rate, [h, m, s, f]: number[]): number | undefined {
  const [whole, drop] = nominal(rate);
  const seconds = s + Math.floor(f / whole);
  const minutes = m + Math.floor(seconds / 60);
  const fields = [h + Math.floor(minutes / 60), minutes % 60, seconds % 60, f % whole];
  const skipped = drop > 0 && fields[2] === 0 && fields[3] < drop && fields[1] % 10 !== 0;
  return frameOf(rate, skipped ? fields.with(3, drop) : fields);
}
