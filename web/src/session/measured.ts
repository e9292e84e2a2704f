// What the server measures of sound and pictures. It changes with every picture, so that views
// follow it directly, without a render.
import type { Level, MetersMessage, Scope } from "../wire/messages";
import { codecs, type MediaPacket } from "../wire/header";

type Listener<T> = (value: T) => void;

class Followed<T> {
  private readonly listeners = new Set<Listener<T>>();

  follow(listener: Listener<T>): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  tell(value: T): void {
    for (const listener of this.listeners) listener(value);
  }
}

export class Levels extends Followed<readonly Level[]> {
  received(message: MetersMessage): void {
    this.tell(message.levels);
  }
}

export interface ScopePicture {
  scope: Scope;
  frame: number;
  image: ImageBitmap;
}

const scopeOf: Record<number, Scope> = {
  [codecs.waveform]: "waveform",
  [codecs.parade]: "parade",
  [codecs.vectorscope]: "vectorscope",
  [codecs.histogram]: "histogram",
};

export class Scopes extends Followed<ScopePicture> {
  private readonly last = new Map<Scope, ScopePicture>();
  private readonly sequences = new Map<Scope, number>();

  of(scope: Scope): ScopePicture | undefined {
    return this.last.get(scope);
  }

  async received(packet: MediaPacket): Promise<void> {
    const scope = scopeOf[packet.codec];
    if (scope === undefined) return;
    const { sequence } = packet;
    this.sequences.set(scope, sequence);
    let image: ImageBitmap;
    try {
      image = await createImageBitmap(new Blob([packet.payload], { type: "image/png" }));
    } catch {
      return;
    }
    // Decoded side by side: an older one may be ready later.
    if (this.sequences.get(scope) !== sequence) {
      image.close();
      return;
    }
    this.last.get(scope)?.image.close();
    const picture = { scope, frame: packet.frame, image };
    this.last.set(scope, picture);
    this.tell(picture);
  }
}
