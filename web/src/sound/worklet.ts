// Runs in the audio thread.
import { Ring, type RingMemory, ringMemory } from "./ring";

declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: unknown): void;

export type WorkletMessage =
  { memory: RingMemory } | { samples: Int16Array } | { clear: number } | { playing: boolean };

/** Without shared memory: how many quanta pass between two reports of the position. */
const REPORT = 4;

class RingProcessor extends AudioWorkletProcessor {
  private ring: Ring | undefined;
  private own = false;
  private playing = false;
  private epoch = 0;
  private quanta = 0;

  constructor() {
    super();
    this.port.onmessage = (event: MessageEvent<WorkletMessage>) => {
      const message = event.data;
      if ("memory" in message) this.ring = new Ring(message.memory);
      else if ("playing" in message) this.playing = message.playing;
      else if ("clear" in message) {
        this.epoch = message.clear;
        if (this.own) this.ring?.clear();
      } else {
        if (this.ring === undefined) {
          this.own = true;
          this.ring = new Ring(ringMemory(48_000, false));
        }
        this.ring.write(message.samples);
      }
    };
  }

  process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const [left, right] = outputs[0];
    if (this.ring === undefined || !this.playing) return true;
    this.ring.readInto(left, right ?? new Float32Array(left.length));
    this.quanta += 1;
    if (this.own && this.quanta % REPORT === 0)
      this.port.postMessage({ epoch: this.epoch, read: this.ring.read, dry: this.ring.dry });
    return true;
  }
}

registerProcessor("ring", RingProcessor);
