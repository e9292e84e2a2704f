// Filmstrips and peaks of media, fetched as they are needed and kept.
import type { Media } from "../api/types";
import { FLICKS, secs, toFlicks } from "../edit/time";
import type { Http } from "../wire/http";
import type { Peaks, Pictures, Strip } from "./scene";

/** A picture for about two seconds; more would be too wide an image. */
const STRIP_SECS = 2;
const STRIP_COUNTS = { least: 8, most: 120 };
const STRIP_HEIGHT = 54;
/** Of a long file finer peaks would be megabytes, and there are fewer of them on the screen. */
const MOST_SPANS = 300_000;
const AT_ONCE = 4;

type Kept<T> = T | "wanted" | "failed";

export class FetchedPictures implements Pictures {
  private readonly strips = new Map<string, Kept<Strip>>();
  private readonly waves = new Map<string, Kept<Peaks>>();
  private readonly waiting: (() => Promise<void>)[] = [];
  private running = 0;

  constructor(
    private readonly http: Http,
    private readonly project: string,
    private readonly media: (id: string) => Media | undefined,
    private readonly offline: () => ReadonlySet<string>,
    private readonly arrived: () => void,
  ) {}

  strip(id: string): Strip | undefined {
    const known = this.strips.get(id);
    if (known === undefined) {
      const media = this.media(id);
      if (media === undefined || media.kind === "audio" || media.facts?.video_streams === 0) return undefined;
      this.strips.set(id, "wanted");
      this.later(() => this.fetchStrip(id, media));
    }
    return typeof known === "object" ? known : undefined;
  }

  peaks(id: string, wanted: number): Peaks | undefined {
    const length = secs(toFlicks(this.media(id)?.facts?.duration ?? 0));
    let perSecond = wanted;
    while (perSecond > 4 && perSecond * length > MOST_SPANS) perSecond /= 4;
    const key = `${id} ${perSecond}`;
    const known = this.waves.get(key);
    if (known === undefined) {
      const media = this.media(id);
      if (media === undefined || media.kind === "image" || media.facts?.audio_streams === 0) return undefined;
      this.waves.set(key, "wanted");
      this.later(() => this.fetchPeaks(key, id, perSecond));
    }
    if (typeof known === "object") return known;
    // Another rate is better than nothing while this one is fetched.
    for (const [other, peaks] of this.waves) if (other.startsWith(`${id} `) && typeof peaks === "object") return peaks;
    return undefined;
  }

  missing(id: string): boolean {
    return this.offline().has(id);
  }

  /** The file has changed. */
  forget(id: string): void {
    this.strips.delete(id);
    for (const key of this.waves.keys()) if (key.startsWith(`${id} `)) this.waves.delete(key);
  }

  private later(work: () => Promise<void>): void {
    this.waiting.push(work);
    this.next();
  }

  private next(): void {
    if (this.running >= AT_ONCE) return;
    // What was asked for last is what is seen now.
    const work = this.waiting.pop();
    if (work === undefined) return;
    this.running += 1;
    void work().finally(() => {
      this.running -= 1;
      this.next();
    });
  }

  private async fetchStrip(id: string, media: Media): Promise<void> {
    const size = media.facts?.size ?? { width: 16, height: 9 };
    const still = media.kind === "image";
    const wanted = Math.round(secs(toFlicks(media.facts?.duration ?? 0)) / STRIP_SECS);
    const count = still ? 1 : Math.min(STRIP_COUNTS.most, Math.max(STRIP_COUNTS.least, wanted));
    const width = Math.max(8, Math.round((STRIP_HEIGHT * size.width) / size.height));
    const url = still
      ? this.http.thumbnailUrl(this.project, id, 0, width)
      : this.http.filmstripUrl(this.project, id, { width, height: STRIP_HEIGHT, count });
    try {
      const answer = await fetch(url);
      if (!answer.ok) throw new Error(String(answer.status));
      const image = await createImageBitmap(await answer.blob());
      const length = still ? FLICKS : toFlicks(media.facts?.duration ?? 0);
      this.strips.set(id, { image, count, width: image.width / count, height: image.height, length });
      this.arrived();
    } catch {
      this.strips.set(id, "failed");
    }
  }

  private async fetchPeaks(key: string, id: string, perSecond: number): Promise<void> {
    try {
      const { rate, channels } = await this.http.waveform(this.project, id, perSecond);
      const spans = channels[0]?.min.length ?? 0;
      const values = new Float32Array(spans * 2);
      for (const { min, max } of channels) {
        for (let n = 0; n < spans; n += 1) {
          values[2 * n] = Math.min(values[2 * n], min[n]);
          values[2 * n + 1] = Math.max(values[2 * n + 1], max[n]);
        }
      }
      this.waves.set(key, { rate, values });
      this.arrived();
    } catch {
      this.waves.set(key, "failed");
    }
  }
}
