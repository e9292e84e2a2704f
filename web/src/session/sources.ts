// The source monitor: one medium at a time, played by a socket of its own. Where it stands and what
// is marked is kept for each medium.
import { createStore } from "zustand/vanilla";
import type { Media, SessionEvent } from "../api/types";
import type { Range } from "../edit/marks";
import type { Parts, Source } from "../edit/place";
import { frameAt, type Rate, rateOf } from "../edit/time";
import type { EditsMessage, StateMessage, Welcome } from "../wire/messages";
import type { LinkState } from "../wire/live";
import type { Deck } from "./deck";
import { Player } from "./player";

export interface SourceState {
  player: SourcePlayer | undefined;
  /** Marked parts, by medium, in flicks since its start. */
  marks: ReadonlyMap<string, Range>;
  parts: Parts;
  /** Whether keys of the transport mean this monitor. */
  focused: boolean;
  /** Of the medium that is open; absent until the server has said it. */
  rate: Rate | undefined;
  link: LinkState;
}

type Store = ReturnType<typeof sourceStore>;

const sourceStore = () =>
  createStore<SourceState>(() => ({
    player: undefined,
    marks: new Map(),
    parts: "both",
    focused: false,
    rate: undefined,
    link: "connecting",
  }));

/** What states of such sockets name instead of a composition. */
const SOURCE = "source";

export class SourcePlayer extends Player {
  private asked: number | undefined;

  constructor(
    readonly media: string,
    deck: Deck,
    url: string,
    private readonly store: Store,
    private readonly frame: number,
  ) {
    super(deck, url);
    void this.connect();
  }

  close(): void {
    if (this.playing) this.presenter.stop();
    this.deck.release(this);
    this.live.close();
  }

  rate(): Rate | undefined {
    return this.store.getState().rate;
  }

  frames(): number {
    return this.transport.getState().frames;
  }

  marks(): Range {
    return this.store.getState().marks.get(this.media) ?? {};
  }

  mark(range: Range): void {
    this.store.setState({ marks: new Map(this.store.getState().marks).set(this.media, range) });
  }

  /** At once, or as soon as it is known how time is counted here. */
  override seekTime(time: number, dragging = false): void {
    if (this.rate() === undefined) this.asked = time;
    else super.seekTime(time, dragging);
  }

  protected welcomed(_welcome: Welcome): void {
    if (this.rate() !== undefined) this.refreshPicture();
  }

  protected override shows(state: StateMessage): boolean {
    return state.composition === SOURCE;
  }

  /** While the medium is opened nothing is known of it. */
  protected override told({ frames, frame_rate }: StateMessage): void {
    if (frames === 0 || this.rate() !== undefined) return;
    const rate = rateOf(frame_rate);
    this.transport.setState({ frames });
    this.store.setState({ rate });
    this.seek(this.asked === undefined ? this.frame : frameAt(rate, this.asked));
    this.asked = undefined;
  }

  protected override linkChanged(state: LinkState, retryMs: number): void {
    // A socket that was closed for another medium says so, too.
    if (this.store.getState().player?.media === this.media) this.store.setState({ link: state });
    super.linkChanged(state, retryMs);
  }

  protected happened(_event: SessionEvent): void {}
  protected edited(_message: EditsMessage): void {}
  protected present(_clients: number): void {}
}

export class Sources {
  readonly store = sourceStore();
  private readonly frames = new Map<string, number>();

  constructor(
    private readonly deck: Deck,
    private readonly url: (media: string) => string,
  ) {}

  /** Opens a medium where it was left, or at a time of it. */
  open(media: string, time?: number): SourcePlayer {
    const { player } = this.store.getState();
    this.store.setState({ focused: true });
    if (player?.media === media) {
      if (time !== undefined) player.seekTime(time);
      return player;
    }
    this.closePlayer();
    this.store.setState({ rate: undefined, link: "connecting" });
    const made = new SourcePlayer(media, this.deck, this.url(media), this.store, this.frames.get(media) ?? 0);
    this.store.setState({ player: made });
    if (time !== undefined) made.seekTime(time);
    return made;
  }

  close(): void {
    this.closePlayer();
    this.store.setState({ player: undefined, focused: false });
  }

  private closePlayer(): void {
    const { player } = this.store.getState();
    if (player === undefined) return;
    this.frames.set(player.media, player.playhead.frame);
    player.close();
  }

  focus(focused: boolean): void {
    if (this.store.getState().focused !== focused) this.store.setState({ focused });
  }

  focused(): SourcePlayer | undefined {
    const { focused, player } = this.store.getState();
    return focused ? player : undefined;
  }

  /** What of a medium is meant. */
  use(media: Media): Source {
    const { marks, parts, player } = this.store.getState();
    const chosen = player?.media === media.id ? parts : "both";
    return { media, marks: marks.get(media.id) ?? {}, parts: chosen };
  }

  tick(): void {
    this.store.getState().player?.tick();
  }
}
