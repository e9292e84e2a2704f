// Work that the server does beside the editing, as far as this page has heard of it.
import type { ApiError, ExportRequest, JobReport, JobResult } from "../api/types";
import type { activityStore, Job } from "./stores";

type Activity = ReturnType<typeof activityStore>;

export class Jobs {
  /** Ends that were heard of before the job itself. */
  private readonly early = new Map<number, Partial<Job>>();
  private readonly waiting = new Map<number, ((job: Job) => void)[]>();

  constructor(
    private readonly activity: Activity,
    private readonly now: () => number = () => Date.now(),
  ) {}

  /** The server may be another one now, which counts its jobs from the beginning. */
  connected(): void {
    this.early.clear();
    this.set((jobs) => jobs.map((j) => (j.state === "running" ? j : { ...j, past: true })));
  }

  running(list: readonly JobReport[]): void {
    const there = new Set(list.map((j) => j.job));
    for (const job of this.activity.getState().jobs) {
      if (job.state === "running" && !there.has(job.job)) {
        this.ended(job.job, { state: "lost" });
        this.set((jobs) => jobs.map((j) => (j.job === job.job && j.state === "lost" ? { ...j, past: true } : j)));
      }
    }
    for (const job of list) this.heard(job);
  }

  heard(report: JobReport): void {
    const early = this.early.get(report.job);
    const known = this.find(report.job);
    if (known !== undefined) {
      // Before its first progress it may have waited for others.
      const began = known.done === 0 && report.done > 0 ? { ms: this.now(), done: report.done } : known.began;
      if (known.state === "running")
        this.set((jobs) => jobs.map((j) => (j === known ? { ...j, ...report, began } : j)));
      return;
    }
    const began = { ms: this.now(), done: report.done };
    this.set((jobs) => [{ ...report, state: "running", began }, ...jobs]);
    this.early.delete(report.job);
    if (early !== undefined) this.end(report.job, early);
  }

  asked(job: number, request: ExportRequest): void {
    this.set((jobs) => jobs.map((j) => (j.job === job && !j.past ? { ...j, request } : j)));
  }

  done(job: number, result: JobResult): void {
    this.ended(job, { state: "done", result });
  }

  failed(job: number, errors: ApiError[]): void {
    this.ended(job, { state: errors.some((e) => e.code.endsWith("cancelled")) ? "cancelled" : "failed", errors });
  }

  /** Those that have ended are no longer listed. */
  clear(): void {
    this.set((jobs) => jobs.filter((j) => j.state === "running"));
  }

  /** Resolves with what became of it. */
  outcome(job: number): Promise<Job> {
    const known = this.find(job);
    if (known !== undefined && known.state !== "running") return Promise.resolve(known);
    return new Promise((resolve) => this.waiting.set(job, [...(this.waiting.get(job) ?? []), resolve]));
  }

  private find(job: number): Job | undefined {
    return this.activity.getState().jobs.find((j) => j.job === job && !j.past);
  }

  private ended(job: number, end: Partial<Job>): void {
    if (this.find(job) === undefined) this.early.set(job, end);
    else this.end(job, end);
  }

  private end(job: number, end: Partial<Job>): void {
    this.set((jobs) =>
      jobs.map((j) => (j.job === job && !j.past ? { ...j, ...end, done: end.state === "done" ? j.total : j.done } : j)),
    );
    const ended = this.find(job);
    const waiting = this.waiting.get(job) ?? [];
    this.waiting.delete(job);
    if (ended !== undefined) for (const resolve of waiting) resolve(ended);
  }

  private set(change: (jobs: Job[]) => Job[]): void {
    this.activity.setState({ jobs: change(this.activity.getState().jobs) });
  }
}
