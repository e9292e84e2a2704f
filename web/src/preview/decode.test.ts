import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { codecs, type MediaPacket } from "../wire/header";
import { Decoder, type Picture, supportedDecoders } from "./decode";

/**
 * Decodes at once; breaks on a payload that begins with 255, and is closed then, as real ones are.
 */
class FakeDecoder {
  static made: FakeDecoder[] = [];
  static isConfigSupported = async () => ({ supported: true });
  state = "configured";
  codec = "";
  stamps: number[] = [];
  constructor(private readonly init: { output(frame: object): void; error(): void }) {
    FakeDecoder.made.push(this);
  }
  configure({ codec }: { codec: string }) {
    this.codec = codec;
  }
  decode({ timestamp, data }: { timestamp: number; data: Uint8Array }) {
    this.stamps.push(timestamp);
    if (data[0] === 255) {
      this.state = "closed";
      this.init.error();
    } else {
      this.init.output({ timestamp, close() {} });
    }
  }
  close() {
    this.state = "closed";
  }
}

const packet = (sequence: number, key: boolean, frame = sequence, first = 0) =>
  ({
    codec: codecs.h264,
    sequence,
    frame,
    time: frame,
    flags: { key },
    payload: Uint8Array.from([first, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1e, 0]),
  }) as MediaPacket;

describe("the decoder of H.264", () => {
  beforeEach(() => {
    FakeDecoder.made = [];
    Object.assign(globalThis, {
      VideoDecoder: FakeDecoder,
      EncodedVideoChunk: class {
        constructor(init: object) {
          Object.assign(this, init);
        }
      },
    });
  });
  afterEach(() => {
    Reflect.deleteProperty(globalThis, "VideoDecoder");
  });

  function start() {
    const pictures: number[] = [];
    const failed: number[] = [];
    const decoder = new Decoder({
      picture: (p: Picture) => void pictures.push(p.packet.frame),
      failed: (p) => void failed.push(p.sequence),
    });
    return { decoder, pictures, failed };
  }

  it("begins with a key picture, with the profile of the stream", () => {
    const { decoder, pictures, failed } = start();
    decoder.push(packet(0, false));
    decoder.push(packet(1, true));
    decoder.push(packet(2, false));
    expect([pictures, failed]).toEqual([[1, 2], [0]]);
    expect(FakeDecoder.made[0].codec).toBe("avc1.42c01e");
  });

  it("has time stamps that rise where the film goes backwards", () => {
    const { decoder, pictures } = start();
    decoder.push(packet(5, true, 90));
    decoder.push(packet(6, false, 89));
    expect(FakeDecoder.made[0].stamps).toEqual([5, 6]);
    expect(pictures).toEqual([90, 89]);
  });

  it("is made anew after an error, from the next key picture on", () => {
    const { decoder, pictures, failed } = start();
    decoder.push(packet(1, true));
    decoder.push(packet(2, false, 2, 255));
    decoder.push(packet(3, false));
    decoder.push(packet(4, true));
    expect(pictures).toEqual([1, 4]);
    expect(failed).toEqual([2, 3]);
    expect(FakeDecoder.made).toHaveLength(2);
  });

  it("is offered only where the browser has it", async () => {
    expect(await supportedDecoders()).toEqual(["jpeg", "h264"]);
    FakeDecoder.isConfigSupported = async () => ({ supported: false });
    expect(await supportedDecoders()).toEqual(["jpeg"]);
    Reflect.deleteProperty(globalThis, "VideoDecoder");
    expect(await supportedDecoders()).toEqual(["jpeg"]);
  });
});
