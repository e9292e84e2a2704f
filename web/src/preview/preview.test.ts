import { beforeAll, describe, expect, it } from "vitest";
import { Ring, ringMemory } from "../sound/ring";
import { codecs, kinds, type MediaPacket, parsePacket, writePacket } from "../wire/header";
import { due, PlayClock, SOUND_WAIT_MS } from "./clock";
import { avcCodec } from "./decode";
import { Presenter, type Sound } from "./present";

const MS = 705_600;

class FakeBitmap {
  closed = false;
  constructor(
    readonly width = 4,
    readonly height = 2,
  ) {}
  close() {
    this.closed = true;
  }
}

beforeAll(() => {
  Object.assign(globalThis, { ImageBitmap: FakeBitmap, createImageBitmap: async () => new FakeBitmap() });
});

describe("the ring of sound", () => {
  it("plays what was written and counts only that", () => {
    const ring = new Ring(ringMemory(8, true));
    const [left, right] = [new Float32Array(4), new Float32Array(4)];
    ring.readInto(left, right);
    expect(ring.dry).toBe(0);
    expect(ring.write(Int16Array.from([16384, -16384, 8192, 0]))).toBe(2);
    ring.readInto(left, right);
    expect([...left]).toEqual([0.5, 0.25, 0, 0]);
    expect(right[0]).toBe(-0.5);
    expect([ring.read, ring.dry, ring.filled]).toEqual([2, 1, 0]);
  });

  it("goes round, and leaves out what does not fit", () => {
    const ring = new Ring(ringMemory(4, false));
    const out = new Float32Array(3);
    for (let n = 1; n <= 6; n += 1) {
      expect(ring.write(new Int16Array(6).fill(n * 1000))).toBe(3);
      ring.readInto(out, new Float32Array(3));
      expect(out[2]).toBeCloseTo((n * 1000) / 32768);
    }
    expect(ring.write(new Int16Array(20))).toBe(4);
  });
});

describe("the clock", () => {
  function source() {
    const state = { now: 0, sound: undefined as number | undefined, ready: false, begun: 0 };
    const clock = (speed = 1) =>
      new PlayClock(
        {
          sound: () => state.sound,
          soundReady: () => state.ready,
          begin: () => void (state.begun += 1),
          nowMs: () => state.now,
        },
        speed,
      );
    return { state, clock };
  }

  it("follows the sound", () => {
    const { state, clock } = source();
    const c = clock();
    c.arrived(1000 * MS);
    expect(c.time()).toBeUndefined();
    [state.ready, state.sound] = [true, -0.01];
    expect(c.time()).toBe(1000 * MS);
    expect(state.begun).toBe(1);
    [state.sound, state.now] = [0.5, 9999];
    expect(c.time()).toBe(1500 * MS);
    expect(c.leading).toBe("sound");
    // The device disappears: no jump.
    [state.sound, state.now] = [undefined, 10_000];
    expect(c.time()).toBe(1500 * MS);
    state.now = 10_100;
    expect(c.time()).toBe(1600 * MS);
  });

  it("goes by itself where no sound comes", () => {
    const { state, clock } = source();
    const c = clock(-2);
    c.arrived(1000 * MS);
    state.now = SOUND_WAIT_MS - 1;
    expect(c.time()).toBeUndefined();
    state.now = SOUND_WAIT_MS;
    expect(c.time()).toBe(1000 * MS);
    state.now += 100;
    expect(c.time()).toBe(800 * MS);
    expect(c.leading).toBe("clock");
  });

  it("shows the newest picture that is due", () => {
    const queue = [1, 2, 3, 9].map((time) => ({ time }));
    expect(due(queue, 3.5, 1)).toEqual({ show: { time: 3 }, given: [{ time: 1 }, { time: 2 }] });
    expect(due(queue, 4, 1)).toEqual({ show: undefined, given: [] });
    expect(due([{ time: 5 }, { time: 4 }], 4.5, -1).show).toEqual({ time: 5 });
  });
});

it("reads profile and level of H.264", () => {
  expect(avcCodec(Uint8Array.from([0, 0, 0, 1, 9, 16, 0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1f, 0xda]))).toBe("avc1.42c01f");
  expect(avcCodec(new Uint8Array(20))).toBeUndefined();
});

describe("the presenter", () => {
  function start() {
    const credits: [number, boolean][] = [];
    const frames: number[] = [];
    const live = {
      generation: 1,
      credit: (sequence: number, drawn: boolean) => void credits.push([sequence, drawn]),
      decoders: () => {},
    };
    const sound: Sound = {
      start: async () => false,
      reset: () => {},
      push: () => {},
      ready: () => false,
      position: () => undefined,
      run: () => {},
    };
    const time = { now: 0 };
    const events = { shown: (p: MediaPacket) => void frames.push(p.frame), ended: () => void frames.push(-1) };
    const presenter = new Presenter(live, sound, events, () => time.now);
    const dataset: Record<string, string> = {};
    const canvas = {
      getContext: () => ({ drawImage: () => {} }),
      dataset,
      width: 0,
      height: 0,
    } as unknown as HTMLCanvasElement;
    presenter.attach(canvas);
    const send = async (sequence: number, frame: number, generation = 1, flags = 0) => {
      const fields = {
        kind: kinds.picture,
        codec: codecs.jpeg,
        flags,
        generation,
        frame,
        time: frame * 40 * MS,
        revision: 7,
        sequence,
        width: 4,
        height: 2,
        identity: 0xabc,
      };
      presenter.received(parsePacket(writePacket(fields, new Uint8Array(1)).buffer) as MediaPacket);
      await new Promise((resolve) => setTimeout(resolve));
    };
    return { presenter, credits, frames, live, time, dataset, send, canvas };
  }

  it("draws what was asked for and says what it is", async () => {
    const { send, credits, frames, dataset, canvas } = start();
    await send(1, 30);
    expect(frames).toEqual([30]);
    expect(dataset).toMatchObject({ frame: "30", revision: "7", identity: "00000abc" });
    expect(canvas.width).toBe(4);
    expect(credits).toEqual([[1, true]]);
  });

  it("gives up pictures that became old while they were decoded", async () => {
    const { send, credits, frames, live } = start();
    const arriving = send(1, 30);
    live.generation = 2;
    await arriving;
    expect(frames).toEqual([]);
    expect(credits).toEqual([[1, false]]);
  });

  it("plays by the clock, skipping what is late", async () => {
    const { presenter, send, credits, frames, time } = start();
    presenter.play(1);
    for (let n = 0; n < 4; n += 1) await send(n, n, 1, n === 3 ? 16 : 0);
    presenter.tick();
    expect(frames).toEqual([]);
    time.now = SOUND_WAIT_MS;
    presenter.tick();
    expect(frames).toEqual([0]);
    time.now += 85;
    presenter.tick();
    expect(frames).toEqual([0, 2]);
    time.now += 40;
    presenter.tick();
    expect(frames).toEqual([0, 2, 3, -1]);
    expect(credits).toEqual([
      [0, true],
      [1, false],
      [2, true],
      [3, true],
    ]);
    presenter.stop();
  });

  it("ends with what is waiting when nothing more comes", async () => {
    const { presenter, send, frames, time } = start();
    presenter.play(1);
    await send(0, 0);
    await send(1, 1);
    presenter.finish();
    time.now = SOUND_WAIT_MS;
    presenter.tick();
    expect(frames).toEqual([0]);
    time.now += 40;
    presenter.tick();
    expect(frames).toEqual([0, 1, -1]);
    presenter.tick();
    expect(frames).toEqual([0, 1, -1]);
  });
});
