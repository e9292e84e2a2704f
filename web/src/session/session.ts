// One project in one page: the document, the socket, transport and sound, and what the user has
// selected. Views read the stores; everything that changes anything goes through here.
import type { ApiError, Composition, Copied, Media, MediaChange, Project, SessionEvent } from "../api/types";
import { compositionLength, compositionRate, findClip, findComposition } from "../document/select";
import { documentStore, Mirror } from "../document/store";
import type { Context } from "../edit/commands";
import { framesIn, frameAt, timeOfFrame } from "../edit/time";
import { Presenter } from "../preview/present";
import { supportedDecoders } from "../preview/decode";
import { SoundPlayer } from "../sound/player";
import { apiErrors } from "../wire/errors";
import { Http } from "../wire/http";
import { Live, type LinkState } from "../wire/live";
import type { Command, QualityMode, StateMessage } from "../wire/messages";
import { lineOptions, lineStore, type LineStore, trailTo } from "./line";
import { Playhead } from "./playhead";
import { activityStore, linkStore, listStore, type Job, selectionStore, timelineStore, transportStore } from "./stores";

const SPEEDS = [1, 2, 4, 8];
/** How many problems are kept. */
const MOST_PROBLEMS = 200;

export class Session {
  readonly document = documentStore();
  readonly selection = selectionStore();
  readonly timeline = timelineStore();
  readonly transport = transportStore();
  readonly activity = activityStore();
  readonly link = linkStore();
  readonly lists = listStore();
  readonly line: LineStore;
  readonly playhead = new Playhead();
  readonly presenter: Presenter;
  readonly mirror: Mirror;
  private readonly live: Live;
  private readonly sound = new SoundPlayer();
  private copies: Copied[] = [];
  /** By key: the command that waits for the one under way. */
  private readonly newest = new Map<string, Command | undefined>();
  private nextId = 1;
  private loop = 0;
  private wantedFrame: number | undefined;
  private dragging = false;
  private historyTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly http: Http,
    readonly project: string,
  ) {
    this.line = lineStore(project);
    this.mirror = new Mirror(this.document, () => http.document(project));
    this.live = new Live({
      url: http.liveUrl(project),
      decoders: ["jpeg"],
      dpr: globalThis.devicePixelRatio ?? 1,
      events: {
        link: (state, retryMs = 0) => this.linkChanged(state, retryMs),
        welcome: (welcome) => {
          this.transport.setState({
            composition: this.transport.getState().composition ?? welcome.composition,
            frames: welcome.frames,
          });
          void this.mirror.reached(welcome.revision).then(() => this.refreshPicture());
          this.refreshHistory();
          void this.command({ jobs: {} }).catch(() => undefined);
        },
        edits: (message) => {
          this.mirror.received(message);
          this.dropLost();
          this.refreshHistory();
        },
        event: (event) => this.happened(event),
        state: (state) => this.stateChanged(state),
        presence: (clients) => this.link.setState({ clients }),
        media: (packet) => this.presenter.received(packet),
      },
    });
    this.presenter = new Presenter(this.live, this.sound, {
      shown: (packet) => {
        if (this.wantedFrame === undefined) this.playhead.set(packet.frame);
      },
      ended: () => {
        if (this.playing) this.pause();
      },
    });
  }

  async start(): Promise<void> {
    // What is seen first needs the document, not the socket.
    void this.mirror.refetch();
    this.live.decoders(await supportedDecoders());
    this.live.connect();
    globalThis.addEventListener?.("online", () => this.live.retry());
    const tick = () => {
      this.presenter.tick();
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
    this.live.close();
  }

  /** Tries to connect again now. */
  reconnect(): void {
    this.live.retry();
  }

  private linkChanged(state: LinkState, retryMs: number): void {
    this.link.setState({ state, retryMs });
    if (state !== "lost" || !this.playing) return;
    this.presenter.stop();
    this.transport.setState({ activity: "paused", speed: 1 });
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

  private happened(event: SessionEvent): void {
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

  now(): number {
    const composition = this.composition();
    return composition === undefined ? 0 : timeOfFrame(compositionRate(composition), this.playhead.frame);
  }

  /** Frames of the composition as the document has it; the transport may not know yet. */
  frames(): number {
    const composition = this.composition();
    return composition === undefined ? 0 : framesIn(compositionRate(composition), compositionLength(composition));
  }

  play(speed = 1): void {
    const frames = this.frames();
    if (frames === 0) return;
    const atEnd = speed > 0 && this.playhead.frame >= frames - 1;
    const from = atEnd ? 0 : speed < 0 && this.playhead.frame === 0 ? frames - 1 : this.playhead.frame;
    this.wantedFrame = undefined;
    void this.sound.start().then(() => this.transport.setState({ silent: this.sound.problem }));
    this.presenter.play(speed);
    this.transport.setState({ activity: "prerolling", speed });
    this.live.play(from, speed);
  }

  pause(): void {
    this.presenter.stop();
    this.live.pause();
    this.transport.setState({ activity: "paused", speed: 1 });
    // The picture that was shown last is where the film stands, whatever was rendered ahead.
    this.live.seek(this.playhead.frame);
  }

  get playing(): boolean {
    const { activity } = this.transport.getState();
    return activity === "playing" || activity === "prerolling";
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  /** J and L: again is faster, against the direction is slower, then the other way. */
  shuttle(direction: 1 | -1): void {
    const { speed } = this.transport.getState();
    const present = this.playing ? speed : 0;
    if (Math.sign(present) !== direction) {
      this.play(direction);
      return;
    }
    const next = SPEEDS[Math.min(SPEEDS.length - 1, SPEEDS.indexOf(Math.abs(present)) + 1)] ?? 1;
    this.play(direction * next);
  }

  seek(frame: number, dragging = false): void {
    const last = Math.max(0, this.frames() - 1);
    const target = Math.min(last, Math.max(0, frame));
    // A pointer moves more often than from frame to frame.
    if (dragging && target === this.wantedFrame && this.dragging) return;
    this.dragging = dragging;
    if (this.playing) {
      this.presenter.stop();
      this.transport.setState({ activity: dragging ? "scrubbing" : "paused", speed: 1 });
    }
    this.playhead.set(target);
    // Pictures that are still to come from before must not move the playhead back.
    this.wantedFrame = target;
    this.live.seek(target, dragging);
  }

  seekTime(time: number, dragging = false): void {
    const composition = this.composition();
    if (composition !== undefined)
      this.seek(frameAt(compositionRate(composition), Math.max(0, Math.round(time))), dragging);
  }

  step(frames: number): void {
    this.seek(this.playhead.frame + frames);
  }

  show(composition: string): void {
    this.presenter.stop();
    this.transport.setState({ composition, activity: "paused" });
    this.selection.setState({ clips: new Set(), transition: undefined });
    this.timeline.setState({ range: {} });
    this.live.show(composition);
    this.playhead.set(0);
    this.live.seek(0);
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
    this.show(visit.composition);
    this.line.setState({ trail: trail.slice(0, at), point: undefined });
    this.seek(visit.frame);
  }

  viewSize(width: number, height: number): void {
    this.live.view(Math.max(16, Math.round(width)), Math.max(16, Math.round(height)));
  }

  quality(mode: QualityMode): void {
    this.transport.setState({ quality: mode });
    this.live.quality(mode);
  }

  volume(volume: number, muted: boolean): void {
    this.sound.volume = muted ? 0 : volume;
    this.transport.setState({ volume, muted });
  }

  private refreshPicture(): void {
    if (!this.playing) this.live.seek(this.playhead.frame);
  }

  private stateChanged(state: StateMessage): void {
    const own = this.transport.getState();
    if (own.composition !== undefined && state.composition !== own.composition) return;
    // The page decides whether it plays; the server says when playback has really begun or ended.
    if (own.activity === "prerolling" && state.activity === "playing") this.transport.setState({ activity: "playing" });
    else if (own.activity === "playing" && state.activity === "paused") this.presenter.finish();
    this.transport.setState({ frames: state.frames });
    if (!this.playing && state.activity === "paused" && this.wantedFrame === undefined) this.playhead.set(state.frame);
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
