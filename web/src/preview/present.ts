// Shows pictures of the live socket on a canvas: while playing by the clock, else as they come.
// Each is credited, so that the server knows what is under way; what it is stands on the canvas as
// data attributes. Outside of React: one loop of animation frames.
import { codecs, kinds, type MediaPacket } from "../wire/header";
import type { Live } from "../wire/live";
import { due, PlayClock, type ClockSource } from "./clock";
import { Decoder, type Picture } from "./decode";

export interface Sound {
  start(): Promise<boolean>;
  reset(): void;
  push(first: number, bytes: Uint8Array<ArrayBuffer>): void;
  ready(): boolean;
  position(): number | undefined;
  run(playing: boolean): void;
}

export interface PresenterEvents {
  /** A picture was drawn. */
  shown(packet: MediaPacket): void;
  /** The last picture of a range was drawn. */
  ended(): void;
}

export interface Figures {
  shown: number;
  dropped: number;
  lateMs: number;
}

/** Decoded pictures hold memory of the graphics card. */
const MOST_WAITING = 12;
const DECODER_ERRORS = 3;
const FLICKS_PER_MS = 705_600;

export class Presenter {
  private canvas: HTMLCanvasElement | undefined;
  private context: CanvasRenderingContext2D | null = null;
  private queue: Picture[] = [];
  private clock: PlayClock | undefined;
  private speed = 1;
  /** Nothing more comes: playback ends with what is still waiting. */
  private finishing = false;
  private drawn = { generation: -1, sequence: -1 };
  private decoderErrors = 0;
  private readonly decoder: Decoder;
  readonly figures: Figures = { shown: 0, dropped: 0, lateMs: 0 };
  /** The last picture, to be drawn again on a new canvas. */
  private last: ImageBitmap | undefined;
  private lastPacket: MediaPacket | undefined;

  constructor(
    private readonly live: Pick<Live, "credit" | "decoders" | "generation">,
    private readonly sound: Sound,
    private readonly events: PresenterEvents,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.decoder = new Decoder({
      picture: (picture) => this.decoded(picture),
      failed: (packet, codec) => this.failed(packet, codec),
    });
  }

  attach(canvas: HTMLCanvasElement): () => void {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { alpha: false });
    if (this.last !== undefined && this.lastPacket !== undefined) this.draw(this.last, this.lastPacket);
    return () => {
      if (this.canvas === canvas) [this.canvas, this.context] = [undefined, null];
    };
  }

  /** Playback of a new generation begins; its pictures wait for their time. */
  play(speed: number): void {
    this.clear();
    this.speed = speed;
    this.finishing = false;
    const source: ClockSource = {
      sound: () => this.sound.position(),
      soundReady: () => this.sound.ready(),
      begin: () => this.sound.run(true),
      nowMs: this.now,
    };
    this.sound.reset();
    this.clock = new PlayClock(source, speed);
  }

  stop(): void {
    this.sound.run(false);
    this.clock = undefined;
    this.clear();
  }

  finish(): void {
    this.finishing = true;
  }

  get leading(): "sound" | "clock" | undefined {
    return this.clock?.leading;
  }

  received(packet: MediaPacket): void {
    if (packet.kind === kinds.sound) this.sound.push(packet.frame, packet.payload);
    else if (packet.kind === kinds.picture) this.decoder.push(packet);
  }

  /** Each frame of the screen. */
  tick(): void {
    if (this.clock === undefined) return;
    const time = this.clock.time();
    if (time === undefined) return;
    const { show, given } = due(this.queue, time, this.speed);
    for (const picture of given) this.drop(picture);
    if (show !== undefined) this.present(show, Math.abs(time - show.time) / FLICKS_PER_MS);
    if (this.finishing && this.queue.length === 0 && this.clock !== undefined) {
      this.finishing = false;
      this.events.ended();
    }
  }

  private decoded(picture: Picture): void {
    const { packet } = picture;
    if (packet.generation !== this.live.generation) {
      this.drop(picture);
      return;
    }
    if (this.clock === undefined) {
      // Stills are decoded side by side: an older one may be ready later.
      const { generation, sequence } = this.drawn;
      if (packet.generation === generation && packet.sequence < sequence) this.drop(picture);
      else this.present(picture, 0);
      return;
    }
    this.clock.arrived(packet.time);
    const at = this.queue.findLastIndex((other) => other.packet.sequence < packet.sequence) + 1;
    this.queue.splice(at, 0, picture);
    if (this.queue.length > MOST_WAITING) this.drop(this.queue.shift() as Picture);
  }

  private present(picture: Picture, lateMs: number): void {
    const { packet, image } = picture;
    this.drawn = { generation: packet.generation, sequence: packet.sequence };
    this.draw(image, packet);
    if (image instanceof ImageBitmap) {
      this.last?.close();
      [this.last, this.lastPacket] = [image, packet];
    } else {
      image.close();
    }
    this.figures.shown += 1;
    this.figures.lateMs = lateMs;
    this.live.credit(packet.sequence, true, lateMs);
    this.events.shown(packet);
    if (packet.flags.endOfRange) this.events.ended();
  }

  private draw(image: ImageBitmap | VideoFrame, packet: MediaPacket): void {
    const { canvas, context } = this;
    if (canvas === undefined || context === null) return;
    const [width, height] =
      image instanceof ImageBitmap ? [image.width, image.height] : [image.displayWidth, image.displayHeight];
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    context.drawImage(image, 0, 0);
    canvas.dataset.frame = String(packet.frame);
    canvas.dataset.revision = String(packet.revision);
    canvas.dataset.identity = packet.identity.toString(16).padStart(8, "0");
    canvas.dataset.generation = String(packet.generation);
    canvas.dataset.clock = this.leading ?? "none";
    canvas.dataset.settled = String(packet.flags.settled);
  }

  private drop(picture: Picture): void {
    picture.image.close();
    this.figures.dropped += 1;
    this.live.credit(picture.packet.sequence, false, 0);
  }

  private failed(packet: MediaPacket, codec: number): void {
    this.figures.dropped += 1;
    this.live.credit(packet.sequence, false, 0);
    if (codec !== codecs.h264) return;
    this.decoderErrors += 1;
    if (this.decoderErrors === DECODER_ERRORS) this.live.decoders(["jpeg"]);
  }

  private clear(): void {
    for (const picture of this.queue) this.drop(picture);
    this.queue = [];
    this.decoder.close();
  }
}
