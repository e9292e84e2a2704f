import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ApiError } from "../api/types";
import { codecs, kinds, writePacket } from "./header";
import { Live, type LiveEvents, type Socket } from "./live";
import { RequestFailed } from "./errors";

class FakeSocket implements Socket {
  binaryType = "blob";
  onopen: ((event: Event) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  sent: { type: string; [k: string]: unknown }[] = [];
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.onclose?.({} as CloseEvent);
  }
  say(message: object) {
    this.onmessage?.({ data: JSON.stringify(message) } as MessageEvent);
  }
  picture(generation: number, sequence = 1) {
    const fields = {
      kind: kinds.picture,
      codec: codecs.jpeg,
      generation,
      frame: 3,
      time: 0,
      revision: 1,
      sequence,
      width: 2,
      height: 2,
    };
    this.onmessage?.({ data: writePacket(fields, new Uint8Array(1)).buffer } as MessageEvent);
  }
}

const welcome = { type: "welcome", revision: 1, clients: 1 };

function start() {
  const sockets: FakeSocket[] = [];
  const log: string[] = [];
  const events: LiveEvents = {
    link: (state) => log.push(state),
    welcome: () => log.push("welcome"),
    edits: (m) => log.push(`edits ${m.revision}`),
    event: (e) => log.push(e.event),
    state: (s) => log.push(s.activity),
    presence: (n) => log.push(`presence ${n}`),
    media: (p) => log.push(`picture ${p.generation}`),
  };
  const open = () => {
    const socket = new FakeSocket();
    sockets.push(socket);
    return socket;
  };
  const live = new Live({ url: "ws://x", decoders: ["jpeg"], dpr: 1, events, open, random: () => 0.5 });
  live.connect();
  return { live, sockets, log };
}

describe("live socket", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("introduces itself and answers commands by their number", async () => {
    const { live, sockets } = start();
    sockets[0].onopen?.({} as Event);
    sockets[0].say(welcome);
    expect(sockets[0].sent[0]).toMatchObject({ type: "hello", decoders: ["jpeg"] });
    const first = live.command({ undo: {} });
    const second = live.command({ redo: {} });
    const errors: ApiError[] = [{ code: "edit.nothing", message: "there is nothing to redo" }];
    sockets[0].say({ type: "answer", id: 2, errors });
    sockets[0].say({ type: "answer", id: 1, revision: 5, event: { event: "waited" } });
    expect((await first).revision).toBe(5);
    await expect(second).rejects.toBeInstanceOf(RequestFailed);
  });

  it("drops pictures of old generations but gives credit for them", () => {
    const { live, sockets, log } = start();
    sockets[0].onopen?.({} as Event);
    sockets[0].say(welcome);
    const old = live.seek(10);
    const now = live.seek(20);
    sockets[0].picture(old, 8);
    sockets[0].picture(now, 9);
    expect(log.filter((l) => l.startsWith("picture"))).toEqual([`picture ${now}`]);
    expect(sockets[0].sent.filter((m) => m.type === "credit")).toEqual([
      { type: "credit", sequence: 8, shown: 0, late_ms: 0 },
    ]);
  });

  it("keeps one generation during a drag", () => {
    const { live, sockets } = start();
    sockets[0].onopen?.({} as Event);
    const first = live.seek(1, true);
    expect(live.seek(2, true)).toBe(first);
    expect(live.seek(2, false)).toBe(first + 1);
    expect(live.seek(3, true)).toBe(first + 2);
  });

  it("connects again with growing delays, and refuses what was under way", async () => {
    const { live, sockets, log } = start();
    sockets[0].onopen?.({} as Event);
    sockets[0].say(welcome);
    const pending = live.command({ save: {} });
    sockets[0].close();
    await expect(pending).rejects.toThrow("connection");
    expect(log.at(-1)).toBe("lost");
    vi.advanceTimersByTime(249);
    expect(sockets).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(sockets).toHaveLength(2);
    sockets[1].close();
    vi.advanceTimersByTime(499);
    expect(sockets).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(sockets).toHaveLength(3);
    for (let n = 0; n < 10; n += 1) {
      sockets.at(-1)?.close();
      vi.advanceTimersByTime(8_000);
    }
    expect(sockets).toHaveLength(13);
    sockets.at(-1)?.onopen?.({} as Event);
    sockets.at(-1)?.say(welcome);
    sockets.at(-1)?.close();
    vi.advanceTimersByTime(250);
    expect(sockets).toHaveLength(14);
    await expect(live.command({ undo: {} })).rejects.toThrow("connection");
  });

  it("stays closed, and shows the same composition after a reconnection", () => {
    const { live, sockets } = start();
    sockets[0].onopen?.({} as Event);
    sockets[0].say(welcome);
    live.show("inner");
    sockets[0].close();
    live.retry();
    sockets[1].onopen?.({} as Event);
    sockets[1].say(welcome);
    expect(sockets[1].sent.at(-1)).toEqual({ type: "show", generation: 1, composition: "inner" });
    live.close();
    vi.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(2);
  });
});
