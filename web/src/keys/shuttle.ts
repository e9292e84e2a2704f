// While the key of "stop" is held, J and L go slowly: a press is one frame, holding plays at a
// quarter of the speed until it is released.

export interface Shuttled {
  step(frames: number): void;
  play(speed: number): void;
  pause(): void;
}

export const SLOW = 0.25;

const directions: Record<string, 1 | -1> = { "play-forward": 1, "play-backward": -1 };

export class SlowShuttle {
  private stopHeld = false;
  private playing: string | undefined;

  /** Whether the press was meant for this. */
  down(command: string, repeat: boolean, film: Shuttled): boolean {
    if (command === "stop") {
      const again = this.stopHeld;
      this.stopHeld = true;
      return again;
    }
    const direction = directions[command];
    if (direction === undefined || !this.stopHeld) return false;
    if (!repeat) film.step(direction);
    else if (this.playing === undefined) {
      this.playing = command;
      film.play(direction * SLOW);
    }
    return true;
  }

  up(command: string, film: Shuttled): void {
    if (command === "stop") this.stopHeld = false;
    if (this.playing === undefined || (command !== this.playing && command !== "stop")) return;
    this.playing = undefined;
    film.pause();
  }

  /** The window has lost the focus: releases are not heard. */
  reset(): void {
    this.stopHeld = false;
    this.playing = undefined;
  }
}
