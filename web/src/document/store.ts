// The page's copy of the server's document. Changes come by number; one that is missing, or that
// does not fit, makes the copy fetch the whole again. Nothing here changes the document by itself.
import { createStore, type StoreApi } from "zustand/vanilla";
import type { Project } from "../api/types";
import type { DocumentAnswer } from "../wire/http";
import type { EditsMessage } from "../wire/messages";
import { applyEdits } from "./edits";

export interface DocumentState {
  project: Project | undefined;
  revision: number;
  /** Whether the file does not have everything yet. */
  unsaved: boolean;
  /** Why the last fetch failed. */
  failure: unknown;
}

export type DocumentStore = StoreApi<DocumentState>;

export function documentStore(): DocumentStore {
  return createStore<DocumentState>(() => ({ project: undefined, revision: 0, unsaved: false, failure: undefined }));
}

export class Mirror {
  private fetching: Promise<void> | undefined;
  private waiting: EditsMessage[] = [];
  /** How often the whole was fetched. */
  fetches = 0;

  constructor(
    readonly store: DocumentStore,
    private readonly fetchDocument: () => Promise<DocumentAnswer>,
  ) {}

  /**
   * After a connection: what happened meanwhile is not announced again. A server that was started
   * anew counts from one again, so that equal revisions say nothing.
   */
  reached(): Promise<void> {
    return this.refetch();
  }

  received(message: EditsMessage): void {
    if (this.fetching !== undefined) {
      this.waiting.push(message);
      return;
    }
    const { project, revision } = this.store.getState();
    if (message.revision <= revision && project !== undefined) return;
    if (project === undefined || message.revision !== revision + 1) {
      this.waiting.push(message);
      void this.refetch();
      return;
    }
    try {
      const next = applyEdits(project, message.edits);
      this.store.setState({ project: next, revision: message.revision, unsaved: true });
    } catch {
      void this.refetch();
    }
  }

  saved(): void {
    this.store.setState({ unsaved: false });
  }

  /** Resolves when the copy has all of these media; it is fetched if they are not announced. */
  async holds(media: readonly string[]): Promise<void> {
    const has = () => {
      const there = new Set((this.store.getState().project?.media ?? []).map((m) => m.id));
      return media.every((id) => there.has(id));
    };
    if (has()) return;
    await new Promise<void>((resolve) => {
      const stop = this.store.subscribe(() => has() && done());
      const timer = setTimeout(() => void this.refetch().finally(done), 1500);
      const done = () => {
        stop();
        clearTimeout(timer);
        resolve();
      };
    });
  }

  refetch(): Promise<void> {
    this.fetching ??= this.fetchAll().finally(() => {
      this.fetching = undefined;
      const waiting = this.waiting;
      this.waiting = [];
      const { revision } = this.store.getState();
      for (const message of waiting) if (message.revision > revision) this.received(message);
    });
    return this.fetching;
  }

  private async fetchAll(): Promise<void> {
    this.fetches += 1;
    try {
      const { project, revision, unsaved } = await this.fetchDocument();
      this.store.setState({ project, revision, unsaved, failure: undefined });
    } catch (failure) {
      // What waits would ask again at once.
      this.waiting = [];
      this.store.setState({ failure });
    }
  }
}
