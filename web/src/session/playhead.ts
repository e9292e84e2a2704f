// The playhead moves with every picture; what follows it is told directly, without a render.
export class Playhead {
  private readonly listeners = new Set<(frame: number) => void>();
  private current = 0;

  get frame(): number {
    return this.current;
  }

  set(frame: number): void {
    if (frame === this.current) return;
    this.current = frame;
    for (const listener of this.listeners) listener(frame);
  }

  /** Calls at once, and with each change. */
  follow(listener: (frame: number) => void): () => void {
    this.listeners.add(listener);
    listener(this.current);
    return () => this.listeners.delete(listener);
  }
}
