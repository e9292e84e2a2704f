// One project in one page: the document, the socket, transport and sound, and what the user has
// selected. Views read the stores; everything that changes anything goes through here.
import type { ApiError, Composition, Copied, Media, MediaChange, Project, SessionEvent } from "../api/types";
import { compositionLength, compositionRate, findComposition } from "../document/select";
import { documentStore, Mirror } from "../document/store";
import type { Context } from "../edit/commands";
import type { Range } from "../edit/marks";
import type { Rate } from "../edit/time";
import { apiErrors } from "../wire/errors";
import { Http } from "../wire/http";
import type { LinkState } from "../wire/live";
import type { Command, EditsMessage, StateMessage, Welcome } from "../wire/messages";
import { Deck } from "./deck";
import { Player } from "./player";
import { Sources } from "./sources";
import { activityStore, linkStore, listStore, type Job, selectionStore, timelineStore } from "./stores";

/** How many problems are kept. */
const MOST_PROBLEMS = 200;

export class Session extends Player {
  readonly document = documentStore();
  readonly selection = selectionStore();
  readonly timeline = timelineStore();
  readonly activity = activityStore();
  readonly link = linkStore();
  readonly lists = listStore();
  readonly mirror: Mirror;
  readonly sources: Sources;
  private copies: Copied[] = [];
  /** By key: the command that waits for the one under way. */
  private readonly newest = new Map<string, Command | undefined>();
  private nextId = 1;
  private loop = 0;
  private historyTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly http: Http,
    readonly project: string,
  ) {
    super(new Deck(), http.liveUrl(project));
    this.mirror = new Mirror(this.document, () => http.document(project));
    this.sources = new Sources(this.deck, (media) => http.liveUrl(project, media));
  }

  protected welcomed(welcome: Welcome): void {
    this.transport.setState({
      composition: this.transport.getState().composition ?? welcome.composition,
      frames: welcome.frames,
    });
    void this.mirror.reached(welcome.revision).then(() => this.refreshPicture());
    this.refreshHistory();
    void this.command({ jobs: {} }).catch(() => undefined);
  }

  protected edited(message: EditsMessage): void {
    this.mirror.received(message);
    this.dropLost();
    this.refreshHistory();
  }

  protected present(clients: number): void {
    this.link.setState({ clients });
  }

  async start(): Promise<void> {
    await this.connect();
    globalThis.addEventListener?.("online", () => this.live.retry());
    const tick = () => {
      super.tick();
      this.sources.tick();
      this.loop = requestAnimationFrame(tick);
    };
    this.loop = requestAnimationFrame(tick);
    try {
      this.lists.setState({ catalog: await this.http.catalog() });
    } catch (error) {
      this.problem("catalog", error);
    }
  }

  stop(): void {
    cancelAnimationFrame(this.loop);
    this.sources.close();
    this.live.close();
  }

  /** Tries to connect again now. */
  reconnect(): void {
    this.live.retry();
  }

  protected override linkChanged(state: LinkState, retryMs: number): void {
    this.link.setState({ state, retryMs });
    super.linkChanged(state, retryMs);
  }

  // ---- the document

  composition(): Composition | undefined {
    const { project } = this.document.getState();
    if (project === undefined) return undefined;
    const { composition } = this.transport.getState();
    return (
      (composition === undefined ? undefined : findComposition(project, composition)) ??
      findComposition(project, project.main)
    );
  }

  context(): Context | undefined {
    const { project } = this.document.getState();
    const composition = this.composition();
    if (project === undefined || composition === undefined) return undefined;
    const { range } = this.timeline.getState();
    return { project, composition, selected: [...this.selection.getState().clips], now: this.now(), range };
  }

  /** Carries out a command and resolves when the copy of the document has it. */
  async commit(command: Command, key?: string): Promise<SessionEvent> {
    const { revision, event } = await this.command(key === undefined ? command : { ...command, key });
    const have = () => this.document.getState().revision >= revision;
    if (have()) return event;
    await new Promise<void>((resolve) => {
      const stop = this.document.subscribe(() => have() && done());
      // The change is announced on the same socket; if not, the copy is fetched.
      const timer = setTimeout(() => void this.mirror.refetch().finally(done), 1500);
      const done = () => {
        stop();
        clearTimeout(timer);
        resolve();
      };
    });
    return event;
  }

  /**
   * Like commit, for buttons and keys: a failure is shown and listed. Of commands with one key,
   * such as those of a drag, one is under way at a time, and only the newest of the others follows.
   */
  async run(command: Command | undefined, source: string, key?: string): Promise<SessionEvent | undefined> {
    if (command === undefined) return undefined;
    if (key !== undefined && this.newest.has(key)) {
      this.newest.set(key, command);
      return undefined;
    }
    if (key !== undefined) this.newest.set(key, undefined);
    let event: SessionEvent | undefined;
    try {
      event = await this.commit(command, key);
    } catch (error) {
      this.problem(source, error);
    }
    if (key === undefined) return event;
    const next = this.newest.get(key);
    this.newest.delete(key);
    return next === undefined ? event : this.run(next, source, key);
  }

  private async command(command: Command) {
    const answer = await this.live.command(command);
    this.happened(answer.event);
    return answer;
  }

  problem(source: string, error: unknown): void {
    const errors = apiErrors(error);
    const problems = errors.map((e) => ({ id: this.nextId++, at: new Date(), source, error: e }));
    const { problems: old } = this.activity.getState();
    this.activity.setState({ problems: [...problems, ...old].slice(0, MOST_PROBLEMS) });
    if (errors.length > 0) this.notice(errors[0].message, errors[0]);
  }

  notice(text: string, error?: ApiError): void {
    this.activity.setState({ notice: { id: this.nextId++, text, error } });
  }

  clearProblems(): void {
    this.activity.setState({ problems: [], notice: undefined });
  }

  copy(clips: Copied[]): void {
    this.copies = clips;
  }

  get clipboard(): Copied[] {
    return this.copies;
  }

  select(clips: Iterable<string>): void {
    this.selection.setState({ clips: new Set(clips), transition: undefined });
  }

  /** What was selected may be gone. */
  private dropLost(): void {
    const { clips, transition } = this.selection.getState();
    const { project } = this.document.getState();
    if (project === undefined || (clips.size === 0 && transition === undefined)) return;
    const there = new Set(idsOf(project));
    const kept = [...clips].filter((id) => there.has(id));
    if (kept.length !== clips.size) this.selection.setState({ clips: new Set(kept) });
    if (transition !== undefined && !there.has(transition)) this.selection.setState({ transition: undefined });
  }

  private refreshHistory(): void {
    clearTimeout(this.historyTimer);
    this.historyTimer = setTimeout(() => void this.command({ history: { limit: 200 } }).catch(() => undefined), 150);
  }

  protected happened(event: SessionEvent): void {
    switch (event.event) {
      case "history":
        this.lists.setState({ history: event.entries });
        break;
      case "saved":
        this.mirror.saved();
        this.refreshHistory();
        break;
      case "version_named":
        this.refreshHistory();
        break;
      case "job":
        this.setJob({ ...event.job, state: "running" });
        break;
      case "jobs":
        for (const job of event.jobs) this.setJob({ ...job, state: "running" });
        break;
      case "job_done":
        this.endJob(event.job, { state: "done", result: event.result });
        break;
      case "job_failed":
        this.endJob(event.job, { state: "failed", errors: event.errors });
        for (const error of event.errors) this.listed(`job ${event.job}`, error);
        break;
      case "media_changed":
        this.mediaChanged(event.media, event.change);
        break;
      case "failed":
        for (const error of event.errors) this.listed("session", error);
        break;
      default:
        break;
    }
  }

  private mediaChanged(media: string, change: MediaChange): void {
    const offline = new Set(this.lists.getState().offline);
    if (typeof change === "object" && "offline" in change) offline.add(media);
    else offline.delete(media);
    const changes = new Map(this.lists.getState().changes);
    changes.set(media, (changes.get(media) ?? 0) + 1);
    this.lists.setState({ offline, changes });
  }

  private listed(source: string, error: ApiError): void {
    const { problems } = this.activity.getState();
    this.activity.setState({
      problems: [{ id: this.nextId++, at: new Date(), source, error }, ...problems].slice(0, MOST_PROBLEMS),
    });
    this.notice(error.message, error);
  }

  private setJob(job: Job): void {
    const { jobs } = this.activity.getState();
    const at = jobs.findIndex((j) => j.job === job.job);
    if (at >= 0 && jobs[at].state !== "running") return;
    this.activity.setState({ jobs: at < 0 ? [job, ...jobs] : jobs.with(at, job) });
  }

  private endJob(number: number, end: Partial<Job>): void {
    const { jobs } = this.activity.getState();
    this.activity.setState({
      jobs: jobs.map((j) => (j.job === number ? { ...j, ...end, done: end.state === "done" ? j.total : j.done } : j)),
    });
  }

  // ---- transport

  rate(): Rate | undefined {
    const composition = this.composition();
    return composition === undefined ? undefined : compositionRate(composition);
  }

  /** Frames of the composition as the document has it; the transport may not know yet. */
  frames(): number {
    const composition = this.composition();
    return composition === undefined ? 0 : this.framesOf(compositionLength(composition));
  }

  marks(): Range {
    return this.timeline.getState().range;
  }

  mark(range: Range): void {
    this.timeline.setState({ range });
  }

  /** The player that keys of the transport mean. */
  monitor(): Player {
    return this.sources.focused() ?? this;
  }

  show(composition: string): void {
    if (this.playing) this.presenter.stop();
    this.transport.setState({ composition, activity: "paused" });
    this.selection.setState({ clips: new Set(), transition: undefined });
    this.timeline.setState({ range: {} });
    this.live.show(composition);
    this.playhead.set(0);
    this.live.seek(0);
  }

  protected override shows(state: StateMessage): boolean {
    const { composition } = this.transport.getState();
    return composition === undefined || state.composition === composition;
  }

  // ---- media

  /** Uploads files and adds them to the media as one step. */
  async importFiles(files: readonly File[]): Promise<string[]> {
    const paths: string[] = [];
    this.lists.setState({ uploads: [...this.lists.getState().uploads, ...files.map((f) => ({ name: f.name }))] });
    for (const file of files) {
      try {
        paths.push((await this.http.upload(this.project, file.name, file)).path);
      } catch (error) {
        this.problem(file.name, error);
      }
      this.lists.setState({ uploads: this.lists.getState().uploads.filter((u) => u.name !== file.name) });
    }
    if (paths.length === 0) return [];
    const before = new Set((this.document.getState().project?.media ?? []).map((m) => m.id));
    await this.run({ import_media: { files: paths } }, "import_media");
    return (this.document.getState().project?.media ?? []).map((m) => m.id).filter((id) => !before.has(id));
  }

  media(id: string): Media | undefined {
    return this.document.getState().project?.media?.find((m) => m.id === id);
  }
}

function idsOf(project: Project): string[] {
  return project.compositions.flatMap((c) =>
    (c.tracks ?? []).flatMap((t) => [
      ...(t.clips ?? []).map((clip) => clip.id),
      ...(t.transitions ?? []).map((x) => x.id),
    ]),
  );
}
