// Decibels, and how they are shown: the scale of meters and faders, and how meters move.
// Scale: IEC 60268-18, linear in pieces from -70 to 0 dB. Fall: IEC 60268-10, type I: 20 dB in
// 1.7 s.

/** From here on a gain counts as silence. */
export const SILENCE_DB = -144;
export const MOST_DB = 12;

/** Lower ends of the pieces in dB and as parts of the scale. */
const pieces: readonly [number, number][] = [
  [-70, 0],
  [-60, 0.025],
  [-50, 0.075],
  [-40, 0.15],
  [-30, 0.3],
  [-20, 0.5],
  [0, 1],
];

/** Part of the scale that a level fills, 0..=1. */
export function deflection(db: number): number {
  if (!(db > pieces[0][0])) return 0;
  const upper = pieces.findIndex(([d]) => db < d);
  if (upper < 0) return 1;
  const [[d0, p0], [d1, p1]] = [pieces[upper - 1], pieces[upper]];
  return p0 + ((db - d0) / (d1 - d0)) * (p1 - p0);
}

/** The reverse of deflection. */
export function levelAt(part: number): number {
  if (part <= 0) return -Infinity;
  const upper = pieces.findIndex(([, p]) => part < p);
  if (upper < 0) return 0;
  const [[d0, p0], [d1, p1]] = [pieces[upper - 1], pieces[upper]];
  return d0 + ((part - p0) / (p1 - p0)) * (d1 - d0);
}

/** Where a fader stands; it has the scale of a meter that ends at its greatest gain. */
export function faderPart(db: number): number {
  return deflection(db - MOST_DB);
}

/** In steps of a tenth of a decibel; the lower end is silence. */
export function faderDb(part: number): number {
  const db = levelAt(part) + MOST_DB;
  return db <= -58 + 1e-9 ? SILENCE_DB : Math.round(db * 10) / 10 + 0;
}

/** One step of a key: silence lies just below the scale. */
export function stepped(db: number, by: number): number {
  const next = Math.round((Math.max(db, -58) + by) * 10) / 10 + 0;
  return next <= -58 ? SILENCE_DB : Math.min(MOST_DB, next);
}

/** How a gain is dragged and stepped, wherever it is. */
export const gainScale = {
  min: SILENCE_DB,
  max: MOST_DB,
  reset: 0,
  part: faderPart,
  valueAt: faderDb,
  step: (db: number, by: number) => stepped(db, by * 0.5),
};

export function shownDb(db: number): string {
  if (db <= SILENCE_DB + 24) return "−∞";
  const text = Math.abs(db).toFixed(1);
  return `${db < -0.04 ? "−" : db > 0.04 ? "+" : ""}${text}`;
}

/** What is typed for a gain. */
export function enteredDb(text: string): number | undefined {
  const plain = text.trim().toLowerCase().replace("−", "-").replace(",", ".").replace(/db$/, "").trim();
  if (["-∞", "-inf", "inf", "∞", "-"].includes(plain)) return SILENCE_DB;
  if (!/^[+-]?\d*\.?\d+$/.test(plain)) return undefined;
  const db = Math.round(Number(plain) * 10) / 10 + 0;
  return db <= -58 ? SILENCE_DB : Math.min(MOST_DB, db);
}

const FALL_DB_PER_MS = 20 / 1700;
const HOLD_MS = 1500;
/** What a file of 16 bits cannot exceed. */
const CLIPPED_DB = -0.001;

export interface Needle {
  peak: number;
  rms: number;
  hold: number;
  clipped: boolean;
}

/** One channel of a meter: rises at once, falls slowly, and holds its peak. */
export class Ballistics {
  private peak = -Infinity;
  private rms = -Infinity;
  private hold = -Infinity;
  private clipped = false;
  private at = 0;
  private heldAt = 0;

  level(peakDb: number, rmsDb: number, nowMs: number): void {
    this.fall(nowMs);
    this.peak = Math.max(this.peak, peakDb);
    this.rms = Math.max(this.rms, rmsDb);
    if (peakDb >= this.hold) [this.hold, this.heldAt] = [peakDb, nowMs];
    if (peakDb >= CLIPPED_DB) this.clipped = true;
  }

  read(nowMs: number): Needle {
    this.fall(nowMs);
    return { peak: this.peak, rms: this.rms, hold: this.hold, clipped: this.clipped };
  }

  /** The light stays on until it was seen. */
  seen(): void {
    this.clipped = false;
  }

  get resting(): boolean {
    return this.peak <= -70 && this.hold <= -70;
  }

  private fall(nowMs: number): void {
    const by = Math.max(0, nowMs - this.at) * FALL_DB_PER_MS;
    this.at = nowMs;
    this.peak -= by;
    this.rms -= by;
    if (nowMs - this.heldAt > HOLD_MS) this.hold = Math.max(this.peak, this.hold - by);
  }
}
