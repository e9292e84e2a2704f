// The one sound device of the page. Of several players one is heard: who begins takes it.
import { SoundPlayer } from "../sound/player";

export interface Playing {
  readonly playing: boolean;
  pause(): void;
}

export class Deck {
  readonly sound = new SoundPlayer();
  private player: Playing | undefined;

  take(player: Playing): void {
    if (this.player !== player && this.player?.playing) this.player.pause();
    this.player = player;
  }

  release(player: Playing): void {
    if (this.player === player) this.player = undefined;
  }
}
