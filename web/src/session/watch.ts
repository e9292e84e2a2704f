// What views want to be measured. Each says it for itself; the server hears the sum, and only when
// it changes.
import type { Scope } from "../wire/messages";

export interface Wish {
  scopes?: readonly Scope[];
  meters?: boolean;
}

export class Watch {
  private readonly wishes = new Set<Wish>();
  private told = "[] false";

  constructor(private readonly tell: (scopes: Scope[], meters: boolean) => void) {}

  /** Until the answer is called. */
  want(wish: Wish): () => void {
    this.wishes.add(wish);
    this.changed();
    return () => {
      this.wishes.delete(wish);
      this.changed();
    };
  }

  /** A server that knows nothing of this view yet. */
  again(): void {
    this.told = "[] false";
    this.changed();
  }

  private changed(): void {
    const scopes = [...new Set([...this.wishes].flatMap((w) => w.scopes ?? []))].sort();
    const meters = [...this.wishes].some((w) => w.meters === true);
    const said = `${JSON.stringify(scopes)} ${meters}`;
    if (said === this.told) return;
    this.told = said;
    this.tell(scopes, meters);
  }
}
