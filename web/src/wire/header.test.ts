import { describe, expect, it } from "vitest";
import { HEADER_BYTES, parsePacket, writePacket } from "./header";

/** Written by hand from the table of the protocol, so that it does not repeat the code. */
function bytes(): ArrayBuffer {
  const b = new Uint8Array(HEADER_BYTES + 3);
  b.set([1, 1, 2, 1 | 8 | 32], 0);
  b.set([7, 0, 0, 0], 4); // generation
  b.set([0x10, 0x27, 0, 0, 0, 0, 0, 0], 8); // frame 10 000
  b.set([0, 0x80, 0xcb, 0xd5, 0xff, 0xff, 0xff, 0xff], 16);
  b.set([0x2a, 0, 0, 0, 0, 0, 0, 0], 24); // revision 42
  b.set([5, 1, 0, 0], 32); // sequence 261
  b.set([0x00, 0x05, 0xd0, 0x02], 36); // 1280 x 720
  b.set([0xef, 0xbe, 0xad, 0xde], 40);
  b.set([0x88, 0x13, 0, 0], 44);
  b.set([9, 8, 7], HEADER_BYTES);
  return b.buffer;
}

describe("header", () => {
  it("reads every field", () => {
    const packet = parsePacket(bytes());
    expect(packet).toMatchObject({
      kind: 1,
      codec: 2,
      generation: 7,
      frame: 10_000,
      revision: 42,
      sequence: 261,
      width: 1280,
      height: 720,
      identity: 0xdeadbeef,
      renderMicros: 5000,
      flags: { key: true, proxy: false, reduced: false, settled: true, endOfRange: false, degraded: true },
    });
    expect(packet?.time).toBe(-708_083_712);
    expect([...(packet?.payload ?? [])]).toEqual([9, 8, 7]);
  });

  it("refuses what is too short or of another version", () => {
    expect(parsePacket(new ArrayBuffer(47))).toBeUndefined();
    const other = bytes();
    new Uint8Array(other)[0] = 2;
    expect(parsePacket(other)).toBeUndefined();
  });

  it("reads what it writes", () => {
    const fields = {
      kind: 2,
      codec: 16,
      flags: 16,
      generation: 4_000_000_000,
      frame: 2 ** 40,
      time: -3,
      revision: 9,
      sequence: 3,
      width: 0,
      height: 0,
      identity: 1,
      renderMicros: 2,
    };
    const packet = parsePacket(writePacket(fields, new Uint8Array([1])).buffer);
    const { flags, ...rest } = fields;
    expect(packet).toMatchObject(rest);
    expect(packet?.flags.endOfRange).toBe(flags === 16);
  });
});
