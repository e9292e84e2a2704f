// From packets to pictures. JPEG and PNG by createImageBitmap; H.264 by WebCodecs where it is
// there.
import { codecs, type MediaPacket } from "../wire/header";

export interface Picture {
  packet: MediaPacket;
  time: number;
  image: ImageBitmap | VideoFrame;
}

export interface DecoderEvents {
  picture(picture: Picture): void;
  /** A packet that gave no picture. */
  failed(packet: MediaPacket, codec: number): void;
}

/** `avc1.PPCCLL` of the first sequence parameter set of an Annex B stream. */
export function avcCodec(stream: Uint8Array): string | undefined {
  for (let n = 0; n + 6 < stream.length; n += 1) {
    if (stream[n] === 0 && stream[n + 1] === 0 && stream[n + 2] === 1 && (stream[n + 3] & 0x1f) === 7) {
      const hex = [stream[n + 4], stream[n + 5], stream[n + 6]].map((b) => b.toString(16).padStart(2, "0"));
      return `avc1.${hex.join("")}`;
    }
  }
  return undefined;
}

export async function supportedDecoders(): Promise<string[]> {
  if (typeof VideoDecoder === "undefined") return ["jpeg"];
  try {
    const { supported } = await VideoDecoder.isConfigSupported({ codec: "avc1.42E01F", optimizeForLatency: true });
    return supported ? ["jpeg", "h264"] : ["jpeg"];
  } catch {
    return ["jpeg"];
  }
}

export class Decoder {
  private video: VideoDecoder | undefined;
  private needsKey = true;
  private readonly waiting = new Map<number, MediaPacket>();

  constructor(private readonly events: DecoderEvents) {}

  push(packet: MediaPacket): void {
    if (packet.codec === codecs.h264) this.pushVideo(packet);
    else void this.pushStill(packet);
  }

  close(): void {
    if (this.video !== undefined && this.video.state !== "closed") this.video.close();
    this.video = undefined;
    this.waiting.clear();
    this.needsKey = true;
  }

  private async pushStill(packet: MediaPacket): Promise<void> {
    const type = packet.codec === codecs.png ? "image/png" : "image/jpeg";
    try {
      const image = await createImageBitmap(new Blob([packet.payload], { type }));
      this.events.picture({ packet, time: packet.time, image });
    } catch {
      this.events.failed(packet, packet.codec);
    }
  }

  private pushVideo(packet: MediaPacket): void {
    if (this.needsKey && !packet.flags.key) {
      this.events.failed(packet, packet.codec);
      return;
    }
    try {
      this.video ??= this.open(packet);
      this.needsKey = false;
      // The number of the packet is the time stamp: it rises even where the film goes backwards.
      this.waiting.set(packet.sequence, packet);
      const type = packet.flags.key ? "key" : "delta";
      this.video.decode(new EncodedVideoChunk({ type, timestamp: packet.sequence, data: packet.payload }));
    } catch {
      this.broken();
    }
  }

  private open(packet: MediaPacket): VideoDecoder {
    const decoder = new VideoDecoder({
      output: (frame) => {
        const meant = this.waiting.get(frame.timestamp);
        for (const sequence of this.waiting.keys()) if (sequence <= frame.timestamp) this.waiting.delete(sequence);
        if (meant === undefined) frame.close();
        else this.events.picture({ packet: meant, time: meant.time, image: frame });
      },
      error: () => this.broken(),
    });
    decoder.configure({ codec: avcCodec(packet.payload) ?? "avc1.42E01F", optimizeForLatency: true });
    return decoder;
  }

  /** A decoder that failed closes itself; the next begins with a key picture. */
  private broken(): void {
    const lost = [...this.waiting.values()];
    this.close();
    for (const packet of lost) this.events.failed(packet, codecs.h264);
  }
}
