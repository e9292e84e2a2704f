// Meters of sound: canvases that are painted while something moves in them, outside of React. All
// meters of a player share one board, so that they hold the same peaks.
import { Ballistics, deflection, type Needle } from "../edit/level";
import type { Player } from "../session/player";

export type MeterTrack = string | null;

interface Meter {
  canvas: HTMLCanvasElement;
  track: MeterTrack;
  clipped(on: boolean): void;
}

interface Colours {
  ground: string;
  quiet: string;
  loud: string;
  hot: string;
  line: string;
}

/** Where the colours change, in dBFS. */
const LOUD_DB = -18;
const HOT_DB = -6;
const CHANNELS = 2;

export class MeterBoard {
  private readonly needles = new Map<MeterTrack, Ballistics[]>();
  private readonly meters = new Map<Meter, boolean>();
  /** Tracks that the server sends levels of; some send the sum alone. */
  private readonly sent = new Set<MeterTrack>([null]);
  private readonly waiting = new Set<() => void>();
  private stopWatching: (() => void) | undefined;
  private loop = 0;
  private colours: Colours | undefined;

  constructor(private readonly player: Player) {
    player.levels.follow((levels) => {
      const now = performance.now();
      const before = this.sent.size;
      for (const { track, peak_db, rms_db } of levels) {
        this.sent.add(track ?? null);
        const channels = this.channels(track ?? null);
        // Mono moves both.
        channels.forEach((one, n) => one.level(peak_db[n] ?? peak_db[0] ?? -120, rms_db[n] ?? rms_db[0] ?? -120, now));
      }
      if (this.sent.size > before) for (const one of this.waiting) one();
      this.move();
    });
  }

  /** Whether levels of it have come. */
  measures(track: MeterTrack): boolean {
    return this.sent.has(track);
  }

  /** Hears of tracks that are measured from now on. */
  follow = (listener: () => void): (() => void) => {
    this.waiting.add(listener);
    return () => this.waiting.delete(listener);
  };

  attach(meter: Meter): () => void {
    this.meters.set(meter, false);
    this.stopWatching ??= this.player.watch.want({ meters: true });
    const observer = new ResizeObserver(() => this.move());
    observer.observe(meter.canvas);
    this.move();
    return () => {
      observer.disconnect();
      this.meters.delete(meter);
      if (this.meters.size > 0) return;
      this.stopWatching?.();
      this.stopWatching = undefined;
    };
  }

  /** Puts out the lights. */
  seen(): void {
    for (const channels of this.needles.values()) for (const one of channels) one.seen();
    this.move();
  }

  themeChanged(): void {
    this.colours = undefined;
    this.move();
  }

  private channels(track: MeterTrack): Ballistics[] {
    const known = this.needles.get(track) ?? Array.from({ length: CHANNELS }, () => new Ballistics());
    this.needles.set(track, known);
    return known;
  }

  private move(): void {
    if (this.loop !== 0) return;
    this.loop = requestAnimationFrame(() => {
      this.loop = 0;
      const now = performance.now();
      for (const meter of this.meters.keys()) this.paint(meter, now);
      if (this.meters.size > 0 && [...this.needles.values()].some((c) => c.some((one) => !one.resting))) this.move();
    });
  }

  private paint(meter: Meter, now: number): void {
    const { canvas } = meter;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    const context = canvas.getContext("2d");
    if (width === 0 || height === 0 || context === null) return;
    const dpr = globalThis.devicePixelRatio || 1;
    const [w, h] = [Math.round(width * dpr), Math.round(height * dpr)];
    if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
    this.colours ??= readColours();
    const read = this.channels(meter.track).map((one) => one.read(now));
    paintBars(context, read, w, h, this.colours, dpr);
    const clipped = read.some((n) => n.clipped);
    if (this.meters.get(meter) !== clipped) {
      this.meters.set(meter, clipped);
      meter.clipped(clipped);
    }
  }
}

function readColours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => style.getPropertyValue(name).trim();
  return {
    ground: of("--meter-ground"),
    quiet: of("--meter-quiet"),
    loud: of("--meter-loud"),
    hot: of("--meter-hot"),
    line: of("--meter-line"),
  };
}

function paintBars(
  context: CanvasRenderingContext2D,
  needles: readonly Needle[],
  width: number,
  height: number,
  colours: Colours,
  dpr: number,
): void {
  context.clearRect(0, 0, width, height);
  const gap = Math.max(1, Math.round(dpr));
  const bar = Math.max(1, Math.floor((width - gap * (needles.length - 1)) / needles.length));
  const y = (db: number) => height * (1 - deflection(db));
  const zones: [number, number, string][] = [
    [-Infinity, LOUD_DB, colours.quiet],
    [LOUD_DB, HOT_DB, colours.loud],
    [HOT_DB, Infinity, colours.hot],
  ];
  needles.forEach((needle, n) => {
    const x = n * (bar + gap);
    context.globalAlpha = 1;
    context.fillStyle = colours.ground;
    context.fillRect(x, 0, bar, height);
    const fill = (level: number, alpha: number) => {
      context.globalAlpha = alpha;
      for (const [from, to, colour] of zones) {
        const [bottom, top] = [y(from), y(Math.min(level, to))];
        if (level <= from || bottom - top <= 0) continue;
        context.fillStyle = colour;
        context.fillRect(x, top, bar, bottom - top);
      }
    };
    fill(needle.peak, 0.42);
    fill(needle.rms, 1);
    if (needle.hold > -70) {
      context.globalAlpha = 1;
      context.fillStyle = needle.hold >= HOT_DB ? colours.hot : colours.line;
      context.fillRect(x, Math.min(height - gap, y(needle.hold)), bar, Math.max(1, Math.round(1.5 * dpr)));
    }
  });
  context.globalAlpha = 1;
}

const boards = new WeakMap<Player, MeterBoard>();

export function meterBoard(player: Player): MeterBoard {
  const board = boards.get(player) ?? new MeterBoard(player);
  boards.set(player, board);
  return board;
}
