// The 48 bytes before each picture and block of sound, little endian.

export const HEADER_BYTES = 48;

export const kinds = { picture: 1, sound: 2, scope: 3 } as const;
export const codecs = {
  jpeg: 1,
  h264: 2,
  png: 3,
  pcmS16: 16,
  waveform: 32,
  parade: 33,
  vectorscope: 34,
  histogram: 35,
} as const;

export interface MediaFlags {
  key: boolean;
  proxy: boolean;
  /** Drawn smaller than the view to keep time. */
  reduced: boolean;
  /** The final picture of a playhead at rest. */
  settled: boolean;
  endOfRange: boolean;
  /** Something in it could not be drawn as intended. */
  degraded: boolean;
}

export interface MediaPacket {
  kind: number;
  codec: number;
  flags: MediaFlags;
  generation: number;
  /** Frame of the composition, or first sample since the start of playback. */
  frame: number;
  /** Flicks. */
  time: number;
  revision: number;
  sequence: number;
  width: number;
  height: number;
  /** First 32 bits of the hash of what was drawn. */
  identity: number;
  renderMicros: number;
  payload: Uint8Array<ArrayBuffer>;
}

/** Absent if it is no packet of version 1. */
export function parsePacket(buffer: ArrayBuffer): MediaPacket | undefined {
  if (buffer.byteLength < HEADER_BYTES) return undefined;
  const view = new DataView(buffer);
  if (view.getUint8(0) !== 1) return undefined;
  const flags = view.getUint8(3);
  return {
    kind: view.getUint8(1),
    codec: view.getUint8(2),
    flags: {
      key: (flags & 1) !== 0,
      proxy: (flags & 2) !== 0,
      reduced: (flags & 4) !== 0,
      settled: (flags & 8) !== 0,
      endOfRange: (flags & 16) !== 0,
      degraded: (flags & 32) !== 0,
    },
    generation: view.getUint32(4, true),
    frame: Number(view.getBigUint64(8, true)),
    time: Number(view.getBigInt64(16, true)),
    revision: Number(view.getBigUint64(24, true)),
    sequence: view.getUint32(32, true),
    width: view.getUint16(36, true),
    height: view.getUint16(38, true),
    identity: view.getUint32(40, true),
    renderMicros: view.getUint32(44, true),
    payload: new Uint8Array(buffer, HEADER_BYTES),
  };
}

export interface PacketFields {
  kind: number;
  codec: number;
  flags?: number;
  generation: number;
  frame: number;
  time: number;
  revision: number;
  sequence: number;
  width: number;
  height: number;
  identity?: number;
  renderMicros?: number;
}

/** The reverse of parsePacket, for tests and for servers that tests start. */
export function writePacket(fields: PacketFields, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER_BYTES + payload.byteLength);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 1);
  view.setUint8(1, fields.kind);
  view.setUint8(2, fields.codec);
  view.setUint8(3, fields.flags ?? 0);
  view.setUint32(4, fields.generation, true);
  view.setBigUint64(8, BigInt(fields.frame), true);
  view.setBigInt64(16, BigInt(fields.time), true);
  view.setBigUint64(24, BigInt(fields.revision), true);
  view.setUint32(32, fields.sequence, true);
  view.setUint16(36, fields.width, true);
  view.setUint16(38, fields.height, true);
  view.setUint32(40, fields.identity ?? 0, true);
  view.setUint32(44, fields.renderMicros ?? 0, true);
  bytes.set(payload, HEADER_BYTES);
  return bytes;
}
