// How long work still takes, and sizes and speeds of files, as people read them.

export interface Work {
  done: number;
  total: number;
  /** When it was first seen, and how far it was then. */
  began: { ms: number; done: number };
}

/** Seconds; absent as long as nothing can be said. */
export function remainingSecs({ done, total, began }: Work, nowMs: number): number | undefined {
  const made = done - began.done;
  const spent = nowMs - began.ms;
  if (total <= 0 || made <= 0 || spent < 500 || done >= total) return undefined;
  return ((total - done) * spent) / made / 1000;
}

/** `0:07`, `12:40`, `1:02:03`; up to ten minutes in steps that do not jump about. */
export function shownSecs(seconds: number): string {
  const step = seconds > 60 ? 5 : 1;
  const whole = Math.ceil(seconds / step) * step;
  const two = (n: number) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** Powers of 1000, as file managers count. */
export function shownBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : Number(value.toFixed(1))} ${units[unit]}`;
}
