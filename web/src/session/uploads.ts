// Files on their way to the server, one after the other and in pieces. A piece that did not arrive
// is sent again from where the server has got to, also after a restart of it.
import { createStore } from "zustand/vanilla";
import type { ApiError } from "../api/types";
import type { UploadState } from "../wire/added";
import { apiErrors, RequestFailed } from "../wire/errors";

export type UploadPhase = "waiting" | "sending" | "paused" | "lost" | "failed" | "importing";

export interface Upload {
  id: number;
  name: string;
  bytes: number;
  sent: number;
  phase: UploadPhase;
  /** Bytes a second, lately. */
  speed: number;
  error?: ApiError;
}

/** What of the server is used. */
export interface UploadServer {
  begin(name: string, bytes: number): Promise<{ id: string }>;
  send(upload: string, offset: number, piece: Blob, signal: AbortSignal): Promise<UploadState>;
  state(upload: string): Promise<UploadState>;
  drop(upload: string): Promise<unknown>;
}

export const PIECE_BYTES = 2 * 1024 * 1024;
const FIRST_RETRY_MS = 400;
const LAST_RETRY_MS = 8000;

interface Job {
  file: Blob;
  remote: string | undefined;
  abort: AbortController;
  /** Ends a wait: for the user, or for the next attempt. */
  wake: (() => void) | undefined;
  cancelled: boolean;
}

export const uploadStore = () => createStore<{ uploads: readonly Upload[] }>(() => ({ uploads: [] }));

export class Uploads {
  readonly store = uploadStore();
  private readonly jobs = new Map<number, Job>();
  private nextId = 1;
  private line: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly server: UploadServer,
    private readonly now: () => number = () => performance.now(),
    private readonly wait: (ms: number) => Promise<void> = (ms) => new Promise((done) => setTimeout(done, ms)),
  ) {}

  /** Answers with where the files stand; those that were given up are left out. */
  async add(files: readonly { name: string; file: Blob }[]): Promise<{ id: number; path: string }[]> {
    const added = files.map(({ name, file }): Upload => {
      const id = this.nextId++;
      this.jobs.set(id, { file, remote: undefined, abort: new AbortController(), wake: undefined, cancelled: false });
      return { id, name, bytes: file.size, sent: 0, phase: "waiting", speed: 0 };
    });
    this.store.setState({ uploads: [...this.store.getState().uploads, ...added] });
    const done: { id: number; path: string }[] = [];
    for (const { id } of added) {
      const turn = this.line.then(() => this.carry(id));
      this.line = turn.catch(() => undefined);
      const path = await turn;
      if (path !== undefined) done.push({ id, path });
    }
    return done;
  }

  pause(id: number): void {
    const job = this.jobs.get(id);
    if (job === undefined || this.of(id)?.phase === "importing") return;
    this.change(id, { phase: "paused", speed: 0 });
    job.abort.abort();
    job.wake?.();
  }

  /** Goes on after a pause or a failure, or tries again now. */
  resume(id: number): void {
    const job = this.jobs.get(id);
    if (job === undefined) return;
    if (this.of(id)?.phase !== "sending") this.change(id, { phase: "waiting", error: undefined });
    job.wake?.();
  }

  cancel(id: number): void {
    const job = this.jobs.get(id);
    if (job === undefined) return;
    job.cancelled = true;
    job.abort.abort();
    job.wake?.();
    this.forget(id);
    if (job.remote !== undefined) void this.server.drop(job.remote).catch(() => undefined);
  }

  /** The file is there; what follows is shown until it is done. */
  importing(ids: readonly number[]): void {
    for (const id of ids) this.change(id, { phase: "importing", speed: 0 });
  }

  forget(id: number): void {
    this.jobs.delete(id);
    this.store.setState({ uploads: this.store.getState().uploads.filter((u) => u.id !== id) });
  }

  private of(id: number): Upload | undefined {
    return this.store.getState().uploads.find((u) => u.id === id);
  }

  private change(id: number, change: Partial<Upload>): void {
    this.store.setState({ uploads: this.store.getState().uploads.map((u) => (u.id === id ? { ...u, ...change } : u)) });
  }

  private async carry(id: number): Promise<string | undefined> {
    const job = this.jobs.get(id);
    let failures = 0;
    while (job !== undefined && !job.cancelled) {
      if (this.of(id)?.phase === "paused") {
        await this.woken(job);
        continue;
      }
      job.abort = new AbortController();
      try {
        const path = await this.attempt(id, job, () => (failures = 0));
        if (path !== undefined) return path;
      } catch (error) {
        if (job.cancelled) break;
        // An upload that the user paused was broken off here.
        if (this.of(id)?.phase === "paused") continue;
        failures += 1;
        if (hopeless(error)) {
          this.change(id, { phase: "failed", speed: 0, error: apiErrors(error)[0] });
          await this.woken(job);
          continue;
        }
        this.change(id, { phase: "lost", speed: 0 });
        const delay = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1));
        await Promise.race([this.wait(delay), this.woken(job)]);
      }
    }
    return undefined;
  }

  private woken(job: Job): Promise<void> {
    return new Promise((resolve) => {
      job.wake = () => {
        job.wake = undefined;
        resolve();
      };
    });
  }

  private async known(remote: string): Promise<UploadState | undefined> {
    try {
      return await this.server.state(remote);
    } catch (error) {
      if (error instanceof RequestFailed && error.status === 404) return undefined;
      throw error;
    }
  }

  private async attempt(id: number, job: Job, progressed: () => void): Promise<string | undefined> {
    const upload = this.of(id);
    if (upload === undefined) return undefined;
    let offset = 0;
    if (job.remote === undefined) {
      job.remote = (await this.server.begin(upload.name, job.file.size)).id;
      if (job.cancelled) {
        void this.server.drop(job.remote).catch(() => undefined);
        return undefined;
      }
    } else {
      const state = await this.known(job.remote);
      if (state === undefined) {
        // The server has forgotten it: it is sent from the beginning.
        job.remote = undefined;
        return this.attempt(id, job, progressed);
      }
      if (state.path !== undefined) return state.path;
      offset = state.offset;
    }
    this.change(id, { phase: "sending", sent: offset, error: undefined });
    for (;;) {
      const began = this.now();
      const piece = job.file.slice(offset, offset + PIECE_BYTES);
      let state: UploadState;
      try {
        state = await this.server.send(job.remote, offset, piece, job.abort.signal);
      } catch (error) {
        const right = rightOffset(error);
        if (right === undefined || right === offset) throw error;
        // The server has got further, or less far, than this page believes.
        offset = right;
        continue;
      }
      if (job.cancelled) return undefined;
      progressed();
      const lately = (piece.size / Math.max(1, this.now() - began)) * 1000;
      const speed = this.of(id)?.speed ?? 0;
      offset = state.offset;
      this.change(id, { sent: offset, speed: speed === 0 ? lately : speed * 0.7 + lately * 0.3 });
      if (state.path !== undefined) return state.path;
      if (this.of(id)?.phase === "paused") return undefined;
    }
  }
}

/** What a repetition cannot mend: the server has answered, and said no. */
function hopeless(error: unknown): boolean {
  return !(error instanceof RequestFailed) || (error.status >= 400 && error.status < 500 && error.status !== 429);
}

function rightOffset(error: unknown): number | undefined {
  if (!(error instanceof RequestFailed) || error.status !== 409) return undefined;
  const { offset } = (error.body ?? {}) as { offset?: unknown };
  return typeof offset === "number" ? offset : undefined;
}
