// The live socket: commands and their answers, edits by whomever, transport, pictures and sound.
// Connects again by itself. A generation numbers what the page asked to see; pictures of older ones
// that are still under way are dropped here.
import type { LiveScope, SessionEvent } from "../api/types";
import { connectionLost, RequestFailed } from "./errors";
import { type MediaPacket, parsePacket } from "./header";
import type {
  ClientMessage,
  Command,
  EditsMessage,
  MetersMessage,
  QualityMode,
  ServerMessage,
  StateMessage,
  Welcome,
} from "./messages";

export type LinkState = "connecting" | "open" | "lost" | "closed";

export interface LiveEvents {
  link(state: LinkState, retryMs?: number): void;
  welcome(welcome: Welcome): void;
  edits(message: EditsMessage): void;
  event(event: SessionEvent): void;
  state(state: StateMessage): void;
  presence(clients: number): void;
  media(packet: MediaPacket): void;
  meters?(message: MetersMessage): void;
}

/** The part of WebSocket that is used. */
export interface Socket {
  binaryType: string;
  onopen: ((event: Event) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  send(text: string): void;
  close(): void;
}

export interface LiveOptions {
  url: string;
  decoders: string[];
  dpr: number;
  events: LiveEvents;
  open?: (url: string) => Socket;
  /** 0..1, spreads the attempts of many pages. */
  random?: () => number;
}

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 8_000;

interface Pending {
  resolve(answer: { revision: number; event: SessionEvent }): void;
  reject(error: Error): void;
}

export class Live {
  private socket: Socket | undefined;
  private attempts = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly pending = new Map<number, Pending>();
  private nextId = 1;
  private opened = false;
  private closed = false;
  private wanted = { width: 1280, height: 720 };
  private composition: string | undefined;
  private mode: QualityMode = "auto";
  private shown = 0;
  private dragging = false;
  /** Number of what is wanted now. */
  generation = 0;

  constructor(private readonly options: LiveOptions) {}

  connect(): void {
    if (this.closed || this.socket !== undefined) return;
    clearTimeout(this.timer);
    this.options.events.link("connecting");
    const open = this.options.open ?? ((url: string) => new WebSocket(url) as Socket);
    const socket = open(this.options.url);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.opened = true;
      this.hello();
    };
    socket.onmessage = (event) => this.received(event.data as string | ArrayBuffer);
    socket.onclose = () => this.lost(socket);
    this.socket = socket;
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.socket?.close();
    this.options.events.link("closed");
  }

  /** Tries again at once, as when the network is back. */
  retry(): void {
    if (this.socket === undefined) this.connect();
  }

  /** What the page can decode, as when a decoder turned out not to work. */
  decoders(decoders: string[]): void {
    this.options.decoders = decoders;
    this.hello();
  }

  private hello(): void {
    const { decoders, dpr } = this.options;
    this.send({ type: "hello", decoders, ...this.wanted, dpr });
  }

  get connected(): boolean {
    return this.opened;
  }

  command(command: Command): Promise<{ revision: number; event: SessionEvent }> {
    if (!this.opened) return Promise.reject(connectionLost());
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      this.send({ type: "command", id, command });
    });
  }

  play(from: number | null, speed: number): number {
    this.dragging = false;
    this.generation += 1;
    this.send({ type: "play", generation: this.generation, from, speed });
    return this.generation;
  }

  pause(): number {
    this.dragging = false;
    this.generation += 1;
    this.send({ type: "pause", generation: this.generation });
    return this.generation;
  }

  /** One drag is one generation: else each move would drop the picture that is under way. */
  seek(frame: number, dragging = false): number {
    if (!(dragging && this.dragging)) this.generation += 1;
    this.dragging = dragging;
    this.send({ type: "seek", generation: this.generation, frame, dragging });
    return this.generation;
  }

  view(width: number, height: number): void {
    if (this.wanted.width === width && this.wanted.height === height) return;
    this.wanted = { width, height };
    this.send({ type: "view", width, height });
  }

  show(composition: string): void {
    this.composition = composition;
    this.generation += 1;
    this.send({ type: "show", generation: this.generation, composition });
  }

  quality(mode: QualityMode): void {
    this.mode = mode;
    this.send({ type: "quality", mode });
  }

  /** Which scopes and levels come from now on. */
  watch(scopes: LiveScope[], meters: boolean): void {
    this.send({ type: "watch", scopes, meters });
  }

  /** After a picture was drawn or given up; it and all before it are no longer under way. */
  credit(sequence: number, drawn: boolean, lateMs: number): void {
    if (drawn) this.shown += 1;
    this.send({ type: "credit", sequence, shown: this.shown, late_ms: Math.round(lateMs) });
  }

  private send(message: ClientMessage): void {
    if (this.opened) this.socket?.send(JSON.stringify(message));
  }

  private lost(socket: Socket): void {
    if (socket !== this.socket) return;
    this.socket = undefined;
    this.opened = false;
    for (const { reject } of this.pending.values()) reject(connectionLost());
    this.pending.clear();
    if (this.closed) return;
    const spread = 0.75 + 0.5 * (this.options.random ?? Math.random)();
    const delay = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.attempts) * spread;
    this.attempts += 1;
    this.options.events.link("lost", delay);
    this.timer = setTimeout(() => this.connect(), delay);
  }

  private received(data: string | ArrayBuffer): void {
    if (typeof data !== "string") {
      const packet = parsePacket(data);
      if (packet === undefined) return;
      if (packet.generation === this.generation) this.options.events.media(packet);
      else if (packet.kind === 1) this.credit(packet.sequence, false, 0);
      return;
    }
    this.message(JSON.parse(data) as ServerMessage);
  }

  private message(message: ServerMessage): void {
    const { events } = this.options;
    switch (message.type) {
      case "welcome":
        this.attempts = 0;
        events.link("open");
        if (this.mode !== "auto") this.quality(this.mode);
        if (this.composition !== undefined && this.composition !== message.composition) {
          this.send({ type: "show", generation: this.generation, composition: this.composition });
        }
        events.welcome(message);
        break;
      case "answer": {
        const pending = this.pending.get(message.id);
        this.pending.delete(message.id);
        if (message.event) pending?.resolve({ revision: message.revision, event: message.event });
        else pending?.reject(new RequestFailed(message.errors ?? [], 422));
        break;
      }
      case "edits":
        events.edits(message);
        break;
      case "event":
        events.event(message.event);
        break;
      case "state":
        events.state(message);
        break;
      case "presence":
        events.presence(message.clients);
        break;
      case "failed":
        events.event({ event: "failed", errors: message.errors });
        break;
      case "meters":
        events.meters?.(message);
        break;
    }
  }
}
