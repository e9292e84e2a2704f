// One project in one page: the document, the socket, transport and sound, and what the user has
// selected. Views read the stores; everything that changes anything goes through here.
import type {
  ApiError,
  Composition,
  Copied,
  ExportRequest,
  Media,
  MediaChange,
  Project,
  SessionEvent,
} from "../api/types";
import { compositionLength, compositionRate, findClip, findComposition } from "../document/select";
import { documentStore, Mirror } from "../document/store";
import type { Context } from "../edit/commands";
import { created } from "../edit/created";
import type { Range } from "../edit/marks";
import type { Rate } from "../edit/time";
import { apiErrors, RequestFailed } from "../wire/errors";
import { Http } from "../wire/http";
import type { LinkState } from "../wire/live";
import type { Command, EditsMessage, StateMessage, Welcome } from "../wire/messages";
import { Deck } from "./deck";
import { Jobs } from "./jobs";
import { Player } from "./player";
import { Sources } from "./sources";
import { Uploads } from "./uploads";
import { activityStore, linkStore, listStore, selectionStore, timelineStore } from "./stores";
import { canvasStore } from "./canvas-store";
import { lineOptions, lineStore, type LineStore, trailTo } from "./line";

/** How many problems are kept. */
const MOST_PROBLEMS = 200;

export class Session extends Player {
  readonly document = documentStore();
  readonly selection = selectionStore();
  readonly timeline = timelineStore();
  readonly canvas = canvasStore();
  readonly activity = activityStore();
  readonly link = linkStore();
  readonly lists = listStore();
  readonly line: LineStore;
  readonly mirror: Mirror;
  readonly sources: Sources;
  readonly jobs: Jobs;
  readonly uploads: Uploads;
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
    this.line = lineStore(project);
    this.mirror = new Mirror(this.document, () => http.document(project));
    this.jobs = new Jobs(this.activity);
    this.uploads = new Uploads({
      begin: (name, bytes) => http.beginUpload(project, name, bytes),
      send: (upload, offset, piece, signal) => http.sendPiece(project, upload, offset, piece, signal),
      state: (upload) => http.uploadState(project, upload),
      drop: (upload) => http.dropUpload(project, upload),
    });
    this.sources = new Sources(this.deck, (media) => http.liveUrl(project, media));
  }

  protected welcomed(welcome: Welcome): void {
    this.transport.setState({
      composition: this.transport.getState().composition ?? welcome.composition,
      frames: welcome.frames,
    });
    this.present(welcome.clients);
    void this.mirror.reached().then(() => this.refreshPicture());
    this.refreshHistory();
    void this.refreshMedia();
    this.jobs.connected();
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
    // What is seen first needs the document, not the socket.
    void this.mirror.refetch();
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
    const selected = [...this.selection.getState().clips];
    return { project, composition, selected, now: this.now(), range, ...lineOptions(this.line.getState()) };
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
   * Clips that it has made are selected.
   */
  async run(command: Command | undefined, source: string, key?: string): Promise<SessionEvent | undefined> {
    if (command === undefined) return undefined;
    if (key !== undefined && this.newest.has(key)) {
      this.newest.set(key, command);
      return undefined;
    }
    if (key !== undefined) this.newest.set(key, undefined);
    let event: SessionEvent | undefined;
    const { project } = this.document.getState();
    try {
      event = await this.commit(command, key);
      this.selectCreated(command, project);
    } catch (error) {
      this.problem(source, error);
    }
    if (key === undefined) return event;
    const next = this.newest.get(key);
    this.newest.delete(key);
    return next === undefined ? event : this.run(next, source, key);
  }

  private selectCreated(command: Command, before: Project | undefined): void {
    const composition = this.composition();
    if (before === undefined || composition === undefined) return;
    const clips = created(command, before, composition);
    if (clips.length > 0) this.select(clips);
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
    if (this.line.getState().point !== undefined) this.line.setState({ point: undefined });
  }

  /** What was selected may be gone. */
  private dropLost(): void {
    const { clips, transition } = this.selection.getState();
    const { project } = this.document.getState();
    const { point } = this.line.getState();
    if (project !== undefined && point !== undefined && findClip(project, point.clip) === undefined)
      this.line.setState({ point: undefined });
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
        this.jobs.heard(event.job);
        break;
      case "jobs":
        this.jobs.running(event.jobs);
        break;
      case "job_done":
        this.jobs.done(event.job, event.result);
        break;
      case "job_failed":
        this.jobs.failed(event.job, event.errors);
        for (const error of event.errors) if (!error.code.endsWith("cancelled")) this.listed(`job ${event.job}`, error);
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

  /** From its first frame, or another one. */
  show(composition: string, frame = 0): void {
    if (this.playing) this.presenter.stop();
    this.transport.setState({ composition, activity: "paused" });
    this.selection.setState({ clips: new Set(), transition: undefined });
    this.timeline.setState({ range: {} });
    this.live.show(composition);
    // One seek alone: of two, the server may draw the first one's picture for the second.
    this.seek(frame);
  }

  /** Opens what a clip nests, and remembers the way back. */
  open(nested: string): void {
    const composition = this.composition();
    const { project } = this.document.getState();
    if (composition === undefined || project === undefined || composition.id === nested) return;
    const trail = trailTo(this.line.getState().trail, composition.id, project.main);
    const visit = { composition: composition.id, frame: this.playhead.frame, to: nested };
    this.show(nested);
    this.line.setState({ trail: [...trail, visit], point: undefined });
  }

  /** Back to where the trail began at a step of it; without one, by one step. */
  back(step?: number): void {
    const composition = this.composition();
    const { project } = this.document.getState();
    if (composition === undefined || project === undefined) return;
    const trail = trailTo(this.line.getState().trail, composition.id, project.main);
    const at = step ?? trail.length - 1;
    const visit = trail[at];
    if (visit === undefined) return;
    this.show(visit.composition, visit.frame);
    this.line.setState({ trail: trail.slice(0, at), point: undefined });
  }

  protected override shows(state: StateMessage): boolean {
    const { composition } = this.transport.getState();
    return composition === undefined || state.composition === composition;
  }

  // ---- media

  /** Uploads files and adds them to the media as one step; answers with their ids. */
  async importFiles(files: readonly File[]): Promise<string[]> {
    const there = await this.uploads.add(files.map((file) => ({ name: file.name, file })));
    this.uploads.importing(there.map((u) => u.id));
    try {
      return await this.importPaths(there.map((u) => u.path));
    } finally {
      for (const { id } of there) this.uploads.forget(id);
    }
  }

  /** The same with files that the server has. */
  async importPaths(paths: readonly string[]): Promise<string[]> {
    if (paths.length === 0) return [];
    const event = await this.run({ import_in_background: { files: [...paths] } }, "import");
    if (event?.event !== "job") return [];
    const { result } = await this.jobs.outcome(event.job.job);
    if (result === undefined || !("import" in result)) return [];
    const { added, duplicates = [], skipped = [] } = result.import;
    for (const { file, reason } of skipped)
      this.listed("import", { code: "import.skipped", message: `${file}: ${reason}` });
    const ids = [...added.map((a) => a.media), ...duplicates.map((d) => d.media)];
    await this.mirror.holds(ids);
    const order = (id: string) => paths.indexOf(added.find((a) => a.media === id)?.path ?? "");
    return ids.toSorted((a, b) => order(a) - order(b));
  }

  /** Once, when they are wanted. */
  async wantTitles(): Promise<void> {
    if (this.lists.getState().titles !== undefined) return;
    try {
      this.lists.setState({ titles: (await this.http.titles()).titles });
    } catch (error) {
      this.problem("titles", error);
    }
  }

  /** Begins an export, or waits for those before it; answers with why it was refused. */
  async exportFilm(request: ExportRequest): Promise<ApiError | undefined> {
    try {
      const event = await this.commit({ export: request });
      if (event.event === "job") this.jobs.asked(event.job.job, request);
      return undefined;
    } catch (error) {
      return apiErrors(error)[0];
    }
  }

  /** Which files are there. Servers of before cannot say it. */
  async refreshMedia(): Promise<void> {
    try {
      const { media } = await this.http.mediaStates(this.project);
      this.lists.setState({ offline: new Set(media.filter((m) => m.offline).map((m) => m.id)) });
    } catch (error) {
      if (!(error instanceof RequestFailed) || error.status !== 404) this.problem("media", error);
    }
  }

  async relink(search: readonly string[], acceptDifferent: boolean): Promise<void> {
    const command = { relink: { search: [...search], ...(acceptDifferent ? { accept_different: true } : {}) } };
    await this.run(command, "relink");
    await this.refreshMedia();
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
