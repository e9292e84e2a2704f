// Plays the blocks of sound of one generation, and says how far they have been heard: that is the
// clock by which pictures are shown.
import { Heard, type Stretch } from "./heard";
import { Ring, ringMemory } from "./ring";
import workletUrl from "./worklet.ts?worker&url";

export const RATE_HZ = 48_000;

/** Sound that lies ready before playback begins, in samples. */
const PREROLL = RATE_HZ * 0.06;
const CAPACITY = RATE_HZ;

export interface SoundClock {
  /** Seconds of this generation that have been heard; absent where there is no sound. */
  position(): number | undefined;
  /** Whether enough is there to begin. */
  ready(): boolean;
}

export class SoundPlayer implements SoundClock {
  private context: AudioContext | undefined;
  private node: AudioWorkletNode | undefined;
  private gain: GainNode | undefined;
  private starting: Promise<boolean> | undefined;
  private ring: Ring | undefined;
  private epoch = 0;
  private sent = 0;
  private reported = { read: 0, dry: 0, at: 0 };
  private level = 1;
  private readonly played = new Heard(2 * RATE_HZ);
  /** Why nothing is heard. */
  problem: "blocked" | "missing" | undefined;

  /** Has to be called from a click or a key, or browsers keep it silent. */
  async start(): Promise<boolean> {
    this.starting ??= this.open();
    const open = await this.starting;
    if (!open || this.context === undefined) return false;
    if (this.context.state !== "running") {
      // Where there is no device this may never be answered.
      await Promise.race([this.context.resume().catch(() => undefined), new Promise((r) => setTimeout(r, 300))]);
    }
    this.problem = (this.context.state as string) === "running" ? undefined : "blocked";
    return this.problem === undefined;
  }

  private async open(): Promise<boolean> {
    try {
      const context = new AudioContext({ sampleRate: RATE_HZ, latencyHint: "interactive" });
      await context.audioWorklet.addModule(workletUrl);
      const node = new AudioWorkletNode(context, "ring", { numberOfInputs: 0, outputChannelCount: [2] });
      const gain = new GainNode(context, { gain: this.level });
      node.connect(gain).connect(context.destination);
      if (globalThis.crossOriginIsolated) {
        this.ring = new Ring(ringMemory(CAPACITY, true));
        node.port.postMessage({ memory: this.ring.memory });
      } else {
        node.port.onmessage = ({ data }: MessageEvent<{ epoch: number; read: number; dry: number }>) => {
          if (data.epoch === this.epoch) this.reported = { ...data, at: context.currentTime };
        };
      }
      [this.context, this.node, this.gain] = [context, node, gain];
      return true;
    } catch {
      this.problem = "missing";
      return false;
    }
  }

  set volume(level: number) {
    this.level = level;
    if (this.gain !== undefined) this.gain.gain.value = level;
  }

  /** What comes next belongs to a new generation. */
  reset(): void {
    this.epoch += 1;
    this.sent = 0;
    this.played.clear();
    this.reported = { read: 0, dry: 0, at: 0 };
    this.node?.port.postMessage({ playing: false });
    this.ring?.clear();
    this.node?.port.postMessage({ clear: this.epoch });
  }

  /** Interleaved stereo; `first` is the number of its first sample in this generation. */
  push(first: number, bytes: Uint8Array<ArrayBuffer>): void {
    const samples = new Int16Array(bytes.slice().buffer);
    this.played.push(first, samples);
    if (this.node === undefined) return;
    // A block that was left out is silent, so that what follows stays in time.
    const missing = Math.min(first - this.sent, CAPACITY / 2);
    if (missing > 0) this.write(new Int16Array(missing * 2));
    this.write(samples);
    this.sent = first + samples.length / 2;
  }

  private write(samples: Int16Array): void {
    if (this.ring !== undefined) this.ring.write(samples);
    else this.node?.port.postMessage({ samples });
  }

  ready(): boolean {
    return this.problem === undefined && this.sent >= PREROLL;
  }

  run(playing: boolean): void {
    this.node?.port.postMessage({ playing });
  }

  position(): number | undefined {
    const { context } = this;
    if (context === undefined || this.problem !== undefined || this.sent === 0) return undefined;
    const latency = context.outputLatency || context.baseLatency || 0;
    if (this.ring !== undefined) return this.ring.read / RATE_HZ - latency;
    const since = this.reported.at === 0 ? 0 : Math.min(0.05, context.currentTime - this.reported.at);
    return this.reported.read / RATE_HZ + since - latency;
  }

  /** The last `size` samples that were heard, before the volume of the page. */
  heard(size: number): Stretch | undefined {
    const position = this.position();
    return this.played.before(position === undefined ? undefined : position * RATE_HZ, size);
  }

  /** How often it ran dry in this generation. */
  get underruns(): number {
    return this.ring?.dry ?? this.reported.dry;
  }
}
