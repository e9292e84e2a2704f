// Plays one thing, the film or a medium: its socket, its picture, its playhead. What is played, and
// what else comes by the socket, those know that extend it.
import { framesIn, frameAt, type Rate, timeOfFrame } from "../edit/time";
import type { Range } from "../edit/marks";
import { supportedDecoders } from "../preview/decode";
import { Presenter } from "../preview/present";
import type { SessionEvent } from "../api/types";
import type { MetersMessage, Scope } from "../wire/messages";
import { kinds, type MediaPacket } from "../wire/header";
import { Live, type LinkState } from "../wire/live";
import type { EditsMessage, QualityMode, StateMessage, Welcome } from "../wire/messages";
import type { Stretch } from "../sound/heard";
import { RATE_HZ } from "../sound/player";
import type { Deck } from "./deck";
import { Levels, Scopes } from "./measured";
import { Playhead } from "./playhead";
import { transportStore } from "./stores";
import { Watch } from "./watch";

const SPEEDS = [1, 2, 4, 8];

export abstract class Player {
  readonly transport = transportStore();
  readonly playhead = new Playhead();
  readonly presenter: Presenter;
  readonly levels = new Levels();
  readonly scopes = new Scopes();
  readonly watch: Watch;
  protected readonly live: Live;
  private readonly meters: MetersMessage[] = [];
  private wantedFrame: number | undefined;
  private dragging = false;

  constructor(
    protected readonly deck: Deck,
    url: string,
  ) {
    this.live = new Live({
      url,
      decoders: ["jpeg"],
      dpr: globalThis.devicePixelRatio ?? 1,
      events: {
        link: (state, retryMs = 0) => this.linkChanged(state, retryMs),
        welcome: (welcome) => {
          this.watch.again();
          this.welcomed(welcome);
        },
        edits: (message) => this.edited(message),
        event: (event) => this.happened(event),
        state: (state) => this.stateChanged(state),
        presence: (clients) => this.present(clients),
        media: (packet) => this.received(packet),
        meters: (message) => this.metered(message),
      },
    });
    this.watch = new Watch((scopes, meters) => this.live.watch(scopes, meters));
    this.presenter = new Presenter(this.live, deck.sound, {
      shown: (packet) => {
        if (this.wantedFrame === undefined) this.playhead.set(packet.frame);
      },
      ended: () => {
        if (this.playing) this.pause();
      },
    });
  }

  /** The rate of what is played; absent while that is not known. */
  abstract rate(): Rate | undefined;
  abstract frames(): number;
  abstract marks(): Range;
  abstract mark(range: Range): void;
  protected abstract happened(event: SessionEvent): void;
  protected abstract edited(message: EditsMessage): void;
  protected abstract welcomed(welcome: Welcome): void;
  protected abstract present(clients: number): void;

  protected async connect(): Promise<void> {
    this.live.decoders(await supportedDecoders());
    this.live.connect();
  }

  private received(packet: MediaPacket): void {
    if (packet.kind === kinds.scope) void this.scopes.received(packet);
    else this.presenter.received(packet);
  }

  private metered(message: MetersMessage): void {
    if (message.generation !== this.live.generation) return;
    if (this.playing) this.meters.push(message);
    else this.levels.received(message);
  }

  /** Each frame of the screen. Levels wait until their sound is heard. */
  tick(): void {
    this.presenter.tick();
    if (this.meters.length === 0) return;
    const heard = this.deck.sound.position();
    const until = heard === undefined ? Infinity : heard * RATE_HZ;
    while (this.meters.length > 0 && this.meters[0].sample <= until)
      this.levels.received(this.meters.shift() as MetersMessage);
  }

  /** What is heard of it at this moment, as far as it plays. */
  heard(size: number): Stretch | undefined {
    return this.playing ? this.deck.sound.heard(size) : undefined;
  }

  protected linkChanged(state: LinkState, _retryMs: number): void {
    if (state !== "lost" || !this.playing) return;
    this.presenter.stop();
    this.transport.setState({ activity: "paused", speed: 1 });
  }

  now(): number {
    const rate = this.rate();
    return rate === undefined ? 0 : timeOfFrame(rate, this.playhead.frame);
  }

  play(speed = 1): void {
    const frames = this.frames();
    if (frames === 0) return;
    this.deck.take(this);
    this.meters.length = 0;
    const atEnd = speed > 0 && this.playhead.frame >= frames - 1;
    const from = atEnd ? 0 : speed < 0 && this.playhead.frame === 0 ? frames - 1 : this.playhead.frame;
    this.wantedFrame = undefined;
    const { sound } = this.deck;
    void sound.start().then(() => this.transport.setState({ silent: sound.problem }));
    this.presenter.play(speed);
    this.transport.setState({ activity: "prerolling", speed });
    this.live.play(from, speed);
  }

  pause(): void {
    this.meters.length = 0;
    this.presenter.stop();
    this.live.pause();
    this.transport.setState({ activity: "paused", speed: 1 });
    // The picture that was shown last is where the film stands, whatever was rendered ahead.
    this.live.seek(this.playhead.frame);
  }

  get playing(): boolean {
    const { activity } = this.transport.getState();
    return activity === "playing" || activity === "prerolling";
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  /** J and L: again is faster, against the direction is slower, then the other way. */
  shuttle(direction: 1 | -1): void {
    const { speed } = this.transport.getState();
    const present = this.playing ? speed : 0;
    if (Math.sign(present) !== direction) {
      this.play(direction);
      return;
    }
    const next = SPEEDS[Math.min(SPEEDS.length - 1, SPEEDS.indexOf(Math.abs(present)) + 1)] ?? 1;
    this.play(direction * next);
  }

  seek(frame: number, dragging = false): void {
    const last = Math.max(0, this.frames() - 1);
    const target = Math.min(last, Math.max(0, frame));
    // A pointer moves more often than from frame to frame.
    if (dragging && target === this.wantedFrame && this.dragging) return;
    this.dragging = dragging;
    if (this.playing) {
      this.presenter.stop();
      this.transport.setState({ activity: dragging ? "scrubbing" : "paused", speed: 1 });
    }
    this.playhead.set(target);
    // Pictures that are still to come from before must not move the playhead back.
    this.wantedFrame = target;
    this.live.seek(target, dragging);
  }

  seekTime(time: number, dragging = false): void {
    const rate = this.rate();
    if (rate !== undefined) this.seek(frameAt(rate, Math.max(0, Math.round(time))), dragging);
  }

  step(frames: number): void {
    this.seek(this.playhead.frame + frames);
  }

  viewSize(width: number, height: number): void {
    this.live.view(Math.max(16, Math.round(width)), Math.max(16, Math.round(height)));
  }

  quality(mode: QualityMode): void {
    this.transport.setState({ quality: mode });
    this.live.quality(mode);
  }

  volume(volume: number, muted: boolean): void {
    this.deck.sound.volume = muted ? 0 : volume;
    this.transport.setState({ volume, muted });
  }

  /** Until the answer is called; a picture at rest is measured at once. */
  wantScopes(scopes: readonly Scope[]): () => void {
    const stop = this.watch.want({ scopes });
    this.refreshPicture();
    return stop;
  }

  protected refreshPicture(): void {
    if (!this.playing) this.live.seek(this.playhead.frame);
  }

  protected framesOf(length: number): number {
    const rate = this.rate();
    return rate === undefined ? 0 : framesIn(rate, length);
  }

  /** Whether a state is of what is shown now. */
  protected shows(_state: StateMessage): boolean {
    return true;
  }

  /** What a state says beside the transport. */
  protected told(_state: StateMessage): void {}

  private stateChanged(state: StateMessage): void {
    const own = this.transport.getState();
    if (!this.shows(state)) return;
    this.told(state);
    // The page decides whether it plays; the server says when playback has really begun or ended.
    if (own.activity === "prerolling" && state.activity === "playing") this.transport.setState({ activity: "playing" });
    else if (own.activity === "playing" && state.activity === "paused") this.presenter.finish();
    this.transport.setState({ frames: state.frames });
    if (!this.playing && state.activity === "paused" && this.wantedFrame === undefined) this.playhead.set(state.frame);
  }
}
