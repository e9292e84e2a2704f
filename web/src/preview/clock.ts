// Which time of the film should be seen now. The sound leads; without it, the clock of the page.

export interface ClockSource {
  /** Seconds of sound heard since playback began; absent: no sound. */
  sound(): number | undefined;
  soundReady(): boolean;
  /** Lets the sound begin. */
  begin(): void;
  nowMs(): number;
}

/** How long the first picture waits for sound. */
export const SOUND_WAIT_MS = 250;

const FLICKS_PER_MS = 705_600;

export class PlayClock {
  private first: number | undefined;
  private firstMs = 0;
  private startMs: number | undefined;
  private bySound = false;

  constructor(
    private readonly source: ClockSource,
    private readonly speed: number,
  ) {}

  /** The first picture of the playback is there; its time is where it begins. */
  arrived(time: number): void {
    if (this.first !== undefined) return;
    this.first = time;
    this.firstMs = this.source.nowMs();
  }

  get leading(): "sound" | "clock" | undefined {
    return this.startMs === undefined ? undefined : this.bySound ? "sound" : "clock";
  }

  /** Absent until playback has begun. */
  time(): number | undefined {
    if (this.first === undefined) return undefined;
    const now = this.source.nowMs();
    if (this.startMs === undefined) {
      const ready = this.source.soundReady();
      if (!ready && now - this.firstMs < SOUND_WAIT_MS) return undefined;
      this.bySound = ready;
      this.startMs = now;
      this.source.begin();
    }
    const heard = this.bySound ? this.source.sound() : undefined;
    if (this.bySound && heard === undefined) {
      // The device is gone: go on from here by the page's clock.
      this.bySound = false;
      this.startMs = now - this.lastMs;
    }
    const ms = heard === undefined ? now - this.startMs : Math.max(0, heard * 1000);
    this.lastMs = ms;
    return this.first + ms * FLICKS_PER_MS * this.speed;
  }

  private lastMs = 0;
}

/** Of pictures in order of arrival, the newest whose time has come; earlier ones are given up. */
export function due<T extends { time: number }>(
  queue: T[],
  time: number,
  speed: number,
): { show: T | undefined; given: T[] } {
  const given: T[] = [];
  let show: T | undefined;
  while (queue.length > 0 && (speed < 0 ? queue[0].time >= time : queue[0].time <= time)) {
    if (show !== undefined) given.push(show);
    show = queue.shift();
  }
  return { show, given };
}
