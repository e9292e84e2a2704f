// A ring of stereo samples between the page, which writes, and the audio thread, which reads. With
// shared memory both have the same ring; otherwise the audio thread has its own, filled by
// messages.

/** Counters, in samples since the ring was cleared: written, read; then how often it ran dry. */
const WRITTEN = 0;
const READ = 1;
const DRY = 2;

export interface RingMemory {
  counters: Int32Array;
  samples: Float32Array;
}

/** `capacity` in samples a channel. */
export function ringMemory(capacity: number, shared: boolean): RingMemory {
  const buffer = (bytes: number) => (shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes));
  return { counters: new Int32Array(buffer(16)), samples: new Float32Array(buffer(capacity * 8)) };
}

export class Ring {
  constructor(readonly memory: RingMemory) {}

  private get capacity(): number {
    return this.memory.samples.length / 2;
  }

  get written(): number {
    return Atomics.load(this.memory.counters, WRITTEN);
  }

  get read(): number {
    return Atomics.load(this.memory.counters, READ);
  }

  get dry(): number {
    return Atomics.load(this.memory.counters, DRY);
  }

  get filled(): number {
    return this.written - this.read;
  }

  clear(): void {
    for (const counter of [WRITTEN, READ, DRY]) Atomics.store(this.memory.counters, counter, 0);
  }

  /**
   * Writes interleaved 16 bit samples; what does not fit is left out. Answers with how many fitted.
   */
  write(interleaved: Int16Array): number {
    const { samples, counters } = this.memory;
    const written = this.written;
    const count = Math.min(interleaved.length / 2, this.capacity - this.filled);
    for (let n = 0; n < count; n += 1) {
      const at = ((written + n) % this.capacity) * 2;
      samples[at] = interleaved[2 * n] / 32768;
      samples[at + 1] = interleaved[2 * n + 1] / 32768;
    }
    Atomics.store(counters, WRITTEN, written + count);
    return count;
  }

  /** Fills the outputs; what is missing is silent and does not count as played. */
  readInto(left: Float32Array, right: Float32Array): void {
    const { samples, counters } = this.memory;
    const read = this.read;
    const count = Math.min(left.length, this.filled);
    for (let n = 0; n < count; n += 1) {
      const at = ((read + n) % this.capacity) * 2;
      left[n] = samples[at];
      right[n] = samples[at + 1];
    }
    left.fill(0, count);
    right.fill(0, count);
    if (count < left.length && this.written > 0) Atomics.add(counters, DRY, 1);
    Atomics.store(counters, READ, read + count);
  }
}
