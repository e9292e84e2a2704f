// Draws the spectrum and the correlation of the output.
import { frequencyAt, placeOf } from "../../sound/analysis";

export interface Inks {
  ground: string;
  line: string;
  text: string;
  fill: string;
  good: string;
  bad: string;
}

export function readInks(): Inks {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => style.getPropertyValue(name).trim();
  return {
    ground: of("--meter-ground"),
    line: of("--line-strong"),
    text: of("--text-muted"),
    fill: of("--meter-quiet"),
    good: of("--meter-quiet"),
    bad: of("--meter-hot"),
  };
}

/** Ends of the scale of the spectrum, in dBFS. */
const TOP_DB = 0;
const BOTTOM_DB = -90;
const FALL_DB_PER_MS = 0.03;
const HOLD_MS = 1500;

/** Levels that rise at once and fall slowly, each with the highest of late. */
export class Falling {
  readonly levels: Float64Array;
  readonly holds: Float64Array;
  private readonly heldAt: Float64Array;
  private at = 0;

  constructor(count: number) {
    this.levels = new Float64Array(count).fill(-Infinity);
    this.holds = new Float64Array(count).fill(-Infinity);
    this.heldAt = new Float64Array(count);
  }

  next(levels: Float64Array | undefined, nowMs: number): this {
    const by = Math.max(0, nowMs - this.at) * FALL_DB_PER_MS;
    this.at = nowMs;
    for (let n = 0; n < this.levels.length; n += 1) {
      this.levels[n] = Math.max(this.levels[n] - by, levels?.[n] ?? -Infinity);
      if (this.levels[n] >= this.holds[n]) [this.holds[n], this.heldAt[n]] = [this.levels[n], nowMs];
      else if (nowMs - this.heldAt[n] > HOLD_MS) this.holds[n] = Math.max(this.levels[n], this.holds[n] - by);
    }
    return this;
  }

  /** Whether nothing of it is seen any more. */
  get isResting(): boolean {
    return this.holds.every((db) => db <= BOTTOM_DB);
  }

  /** Frequency of the strongest level; nothing where none is seen. */
  peakHz(): number | undefined {
    const most = Math.max(...this.levels);
    if (most <= BOTTOM_DB) return undefined;
    return frequencyAt((this.levels.indexOf(most) + 0.5) / this.levels.length);
  }
}

/** In pixels of the page; the canvas has those of the screen. */
function fitted(
  canvas: HTMLCanvasElement,
): { context: CanvasRenderingContext2D; width: number; height: number } | null {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const context = canvas.getContext("2d");
  if (width === 0 || height === 0 || context === null) return null;
  const dpr = globalThis.devicePixelRatio || 1;
  const [w, h] = [Math.round(width * dpr), Math.round(height * dpr)];
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  context.setTransform(dpr, 0, 0, dpr, 0, 0);
  context.clearRect(0, 0, width, height);
  context.lineWidth = 1;
  context.font = `9.5px ${getComputedStyle(canvas).fontFamily}`;
  return { context, width, height };
}

const crisp = (v: number) => Math.round(v) + 0.5;
const frequencies: readonly [number, string][] = [
  [50, "50"],
  [100, "100"],
  [200, "200"],
  [500, "500"],
  [1000, "1k"],
  [2000, "2k"],
  [5000, "5k"],
  [10_000, "10k"],
];
const RULER_PX = 14;
const SIDE_PX = 22;

export function paintSpectrum(canvas: HTMLCanvasElement, { levels, holds }: Falling, inks: Inks): void {
  const fit = fitted(canvas);
  if (fit === null) return;
  const { context, width, height } = fit;
  const box = { x: SIDE_PX, y: 4, width: width - SIDE_PX - 4, height: height - RULER_PX - 4 };
  const y = (db: number) => box.y + box.height * Math.min(1, Math.max(0, (TOP_DB - db) / (TOP_DB - BOTTOM_DB)));
  const x = (n: number) => box.x + (box.width * (n + 0.5)) / levels.length;
  context.fillStyle = inks.ground;
  context.fillRect(box.x, box.y, box.width, box.height);
  context.beginPath();
  context.moveTo(box.x, box.y + box.height);
  levels.forEach((db, n) => context.lineTo(x(n), y(db)));
  context.lineTo(box.x + box.width, box.y + box.height);
  context.closePath();
  context.globalAlpha = 0.75;
  context.fillStyle = inks.fill;
  context.fill();
  context.globalAlpha = 1;
  context.beginPath();
  holds.forEach((db, n) => (n === 0 ? context.moveTo(x(n), y(db)) : context.lineTo(x(n), y(db))));
  context.strokeStyle = inks.text;
  context.stroke();
  context.strokeStyle = inks.line;
  context.fillStyle = inks.text;
  context.globalAlpha = 0.6;
  context.beginPath();
  for (let db = TOP_DB; db > BOTTOM_DB; db -= box.height < 90 ? 30 : 15) {
    context.moveTo(box.x, crisp(y(db)));
    context.lineTo(box.x + box.width, crisp(y(db)));
  }
  for (const [hz] of frequencies) {
    const at = crisp(box.x + box.width * placeOf(hz));
    context.moveTo(at, box.y);
    context.lineTo(at, box.y + box.height);
  }
  context.stroke();
  context.globalAlpha = 1;
  context.textBaseline = "middle";
  context.textAlign = "right";
  for (let db = TOP_DB; db > BOTTOM_DB; db -= 30) context.fillText(String(Math.abs(db)), box.x - 4, y(db) + 3);
  context.textAlign = "center";
  for (const [hz, name] of frequencies) {
    if (box.width < 200 && ![100, 1000, 10_000].includes(hz)) continue;
    context.fillText(name, box.x + box.width * placeOf(hz), height - RULER_PX / 2 + 1);
  }
}

export function paintCorrelation(canvas: HTMLCanvasElement, alike: number | undefined, inks: Inks): void {
  const fit = fitted(canvas);
  if (fit === null) return;
  const { context, width, height } = fit;
  const box = { x: 8, y: 2, width: width - 16, height: height - RULER_PX - 2 };
  const x = (v: number) => box.x + (box.width * (v + 1)) / 2;
  context.fillStyle = inks.ground;
  context.fillRect(box.x, box.y, box.width, box.height);
  if (alike !== undefined) {
    const ink = alike < 0 ? inks.bad : inks.good;
    context.fillStyle = ink;
    context.globalAlpha = 0.5;
    context.fillRect(Math.min(x(0), x(alike)), box.y, Math.abs(x(alike) - x(0)), box.height);
    context.globalAlpha = 1;
    context.fillRect(Math.min(box.x + box.width - 3, Math.max(box.x, x(alike) - 1.5)), box.y, 3, box.height);
  }
  context.strokeStyle = inks.line;
  context.beginPath();
  for (const v of [-0.5, 0, 0.5]) {
    context.moveTo(crisp(x(v)), box.y);
    context.lineTo(crisp(x(v)), box.y + box.height);
  }
  context.stroke();
  context.fillStyle = inks.text;
  context.textBaseline = "middle";
  context.textAlign = "center";
  for (const [v, name] of [
    [-1, "−1"],
    [0, "0"],
    [1, "+1"],
  ] as const)
    context.fillText(name, x(v), height - RULER_PX / 2 + 1);
}
