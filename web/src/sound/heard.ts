// What was played last, kept for as long as it may be looked at: blocks come before they are heard.

export interface Stretch {
  left: Float32Array;
  right: Float32Array;
}

export class Heard {
  private readonly left: Float32Array;
  private readonly right: Float32Array;
  /** Number of the sample after the last one. */
  private end = 0;

  /** `capacity` in samples a channel. */
  constructor(private readonly capacity: number) {
    this.left = new Float32Array(capacity);
    this.right = new Float32Array(capacity);
  }

  clear(): void {
    this.end = 0;
    this.left.fill(0);
    this.right.fill(0);
  }

  /** Interleaved stereo of 16 bits; what was left out before it is silent. */
  push(first: number, interleaved: Int16Array): void {
    const { capacity, left, right } = this;
    if (first - this.end >= capacity) {
      left.fill(0);
      right.fill(0);
    } else for (let n = this.end; n < first; n += 1) left[n % capacity] = right[n % capacity] = 0;
    const count = interleaved.length / 2;
    for (let n = 0; n < count; n += 1) {
      const at = (first + n) % capacity;
      left[at] = interleaved[2 * n] / 32768;
      right[at] = interleaved[2 * n + 1] / 32768;
    }
    this.end = Math.max(this.end, first + count);
  }

  /**
   * The `size` samples before one; without it, before the newest. What is not there is silent; of
   * nothing at all nothing is answered.
   */
  before(end: number | undefined, size: number): Stretch | undefined {
    if (this.end === 0) return undefined;
    const { capacity } = this;
    const last = Math.min(this.end, Math.max(0, Math.floor(end ?? this.end)));
    const oldest = Math.max(0, this.end - capacity);
    const stretch = { left: new Float32Array(size), right: new Float32Array(size) };
    for (let n = Math.max(oldest, last - size); n < last; n += 1) {
      const at = n - last + size;
      stretch.left[at] = this.left[n % capacity];
      stretch.right[at] = this.right[n % capacity];
    }
    return stretch;
  }
}
