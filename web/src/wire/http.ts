// Requests to the server. Every path is below /api/v1; every failure is a RequestFailed.
import type { ApiError, Catalog, DoctorReport, Project, SessionEvent, TitleList, WaveformReport } from "../api/types";
import type { BrowseAnswer, MediaState, UploadState } from "./added";
import { RequestFailed } from "./errors";
import type { Command } from "./messages";

export interface ProjectEntry {
  id: string;
  name: string;
  path: string;
  revision: number;
  unsaved: boolean;
}

export interface DocumentAnswer {
  revision: number;
  unsaved: boolean;
  project: Project;
}

export interface Waveform {
  /** Peaks per second. */
  rate: number;
  /** Of each channel the least and largest samples of each span, -1..=1. */
  channels: WaveformReport["channels"];
}

/** Samples of the finest peaks, and the rate of most files. */
const FINEST_SAMPLES = 256;
const USUAL_RATE_HZ = 48_000;

export class Http {
  constructor(
    /** Origin, without a slash at its end; empty: that of the page. */
    private readonly origin: string,
    private readonly token: string | undefined,
    private readonly send: typeof fetch = (input, init) => fetch(input, init),
  ) {}

  projects(): Promise<{ projects: ProjectEntry[] }> {
    return this.json("/projects");
  }

  openProject(path: string): Promise<ProjectEntry> {
    return this.json("/projects", { method: "POST", body: JSON.stringify({ path }) });
  }

  document(project: string): Promise<DocumentAnswer> {
    return this.json(`/projects/${encodeURIComponent(project)}/document`);
  }

  command(project: string, command: Command, ifRevision?: number): Promise<{ revision: number; event: SessionEvent }> {
    const guard = ifRevision === undefined ? "" : `?if_revision=${ifRevision}`;
    const path = `/projects/${encodeURIComponent(project)}/commands${guard}`;
    return this.json(path, { method: "POST", body: JSON.stringify(command) });
  }

  catalog(): Promise<Catalog> {
    return this.json("/catalog");
  }

  /** At least so many peaks a second, or the finest that there are: each level has a quarter. */
  async waveform(project: string, media: string, perSecond: number): Promise<Waveform> {
    const level = Math.max(0, Math.floor(Math.log(USUAL_RATE_HZ / (FINEST_SAMPLES * perSecond)) / Math.log(4)));
    const path = `${mediaPath(project, media)}/waveform?level=${level}`;
    const { rate_hz, samples_per_peak, channels } = await this.json<WaveformReport>(path);
    return { rate: rate_hz / samples_per_peak, channels };
  }

  beginUpload(project: string, name: string, bytes: number): Promise<{ id: string; offset: number }> {
    return this.json(uploadPath(project), { method: "POST", body: JSON.stringify({ name, bytes }) });
  }

  sendPiece(project: string, upload: string, offset: number, piece: Blob, signal: AbortSignal): Promise<UploadState> {
    const headers = { "Upload-Offset": String(offset), "Content-Type": "application/octet-stream" };
    return this.json(uploadPath(project, upload), { method: "PATCH", body: piece, headers, signal });
  }

  uploadState(project: string, upload: string): Promise<UploadState> {
    return this.json(uploadPath(project, upload));
  }

  dropUpload(project: string, upload: string): Promise<unknown> {
    return this.json(uploadPath(project, upload), { method: "DELETE" });
  }

  mediaStates(project: string): Promise<{ media: MediaState[] }> {
    return this.json(`/projects/${encodeURIComponent(project)}/media`);
  }

  /** A folder, or those that the server may use. */
  browse(path?: string): Promise<BrowseAnswer> {
    return this.json(path === undefined ? "/browse" : `/browse?path=${encodeURIComponent(path)}`);
  }

  /** What the server can write; empty if it does not say. */
  async formats(): Promise<DoctorReport["formats"]> {
    const { machine } = await this.json<{ machine?: Partial<DoctorReport> }>("/health");
    return machine?.formats ?? [];
  }

  titles(): Promise<TitleList> {
    return this.json("/titles");
  }

  jobFileUrl(project: string, job: number): string {
    return this.url(`/projects/${encodeURIComponent(project)}/jobs/${job}/file`);
  }

  cataloguePictureUrl(kind: "effects" | "transitions" | "titles", id: string): string {
    const path = kind === "titles" ? "/titles" : `/catalog/${kind}`;
    return this.url(`${path}/${encodeURIComponent(id)}/picture`);
  }

  /** Addresses for elements that cannot send headers. */
  thumbnailUrl(project: string, media: string, atSecs: number, width: number): string {
    return this.url(`${mediaPath(project, media)}/thumbnail?at_secs=${atSecs}&width=${width}`);
  }

  filmstripUrl(project: string, media: string, size: { width: number; height: number; count: number }): string {
    const query = `width=${size.width}&height=${size.height}&count=${size.count}`;
    return this.url(`${mediaPath(project, media)}/filmstrip?${query}`);
  }

  frameUrl(project: string, frame: number, composition: string): string {
    const query = `composition=${encodeURIComponent(composition)}`;
    return this.url(`/projects/${encodeURIComponent(project)}/frames/${frame}.png?${query}`);
  }

  /** Of the film, or of one of its media alone. */
  liveUrl(project: string, media?: string): string {
    const query = media === undefined ? "" : `?media=${encodeURIComponent(media)}`;
    return this.url(`/projects/${encodeURIComponent(project)}/live${query}`).replace(/^http/, "ws");
  }

  private url(path: string): string {
    const separator = path.includes("?") ? "&" : "?";
    const token = this.token === undefined ? "" : `${separator}token=${encodeURIComponent(this.token)}`;
    return `${this.origin}/api/v1${path}${token}`;
  }

  private async json<T>(path: string, init: RequestInit = {}): Promise<T> {
    const headers: Record<string, string> = { Accept: "application/json" };
    if (typeof init.body === "string") headers["Content-Type"] = "application/json";
    if (this.token !== undefined) headers.Authorization = `Bearer ${this.token}`;
    let answer: Response;
    try {
      const all = { ...headers, ...(init.headers as Record<string, string> | undefined) };
      answer = await this.send(`${this.origin}/api/v1${path}`, { ...init, headers: all });
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      throw new RequestFailed([
        {
          code: "connection.failed",
          message: "the server does not answer",
          causes: [cause],
          hint: "check that `cutroom serve` is running",
        },
      ]);
    }
    if (answer.status === 204) return undefined as T;
    if (answer.ok) return (await answer.json()) as T;
    const body = await bodyOf(answer);
    throw new RequestFailed(errorsOf(body, answer.status), answer.status, body);
  }
}

function mediaPath(project: string, media: string): string {
  return `/projects/${encodeURIComponent(project)}/media/${encodeURIComponent(media)}`;
}

function uploadPath(project: string, upload?: string): string {
  const path = `/projects/${encodeURIComponent(project)}/uploads`;
  return upload === undefined ? path : `${path}/${encodeURIComponent(upload)}`;
}

async function bodyOf(answer: Response): Promise<unknown> {
  try {
    return await answer.json();
  } catch {
    // Not JSON: a proxy answered instead of the server.
    return undefined;
  }
}

function errorsOf(body: unknown, status: number): ApiError[] {
  const { errors } = (body ?? {}) as { errors?: ApiError[] };
  if (Array.isArray(errors) && errors.length > 0) return errors;
  return [{ code: `http.${status}`, message: `the server answered with status ${status}` }];
}
