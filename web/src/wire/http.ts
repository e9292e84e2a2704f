// Requests to the server. Every path is below /api/v1; every failure is a RequestFailed.
import type { ApiError, Catalog, Project, SessionEvent } from "../api/types";
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
  /** Of each channel the least and largest sample of each span, -1..=1. */
  channels: [number, number][][];
}

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

  waveform(project: string, media: string, perSecond: number): Promise<Waveform> {
    return this.json(`${mediaPath(project, media)}/waveform?per_second=${perSecond}`);
  }

  /** Stores a file in the project's media folder. */
  upload(project: string, name: string, body: Blob): Promise<{ path: string }> {
    const path = `/projects/${encodeURIComponent(project)}/uploads?name=${encodeURIComponent(name)}`;
    return this.json(path, { method: "POST", body, headers: { "Content-Type": "application/octet-stream" } });
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
    if (answer.ok) return (await answer.json()) as T;
    throw new RequestFailed(await errorsOf(answer), answer.status);
  }
}

function mediaPath(project: string, media: string): string {
  return `/projects/${encodeURIComponent(project)}/media/${encodeURIComponent(media)}`;
}

async function errorsOf(answer: Response): Promise<ApiError[]> {
  try {
    const body = (await answer.json()) as { errors?: ApiError[] };
    if (Array.isArray(body.errors) && body.errors.length > 0) return body.errors;
  } catch {
    // Not JSON: a proxy answered instead of the server.
  }
  return [{ code: `http.${answer.status}`, message: `the server answered with status ${answer.status}` }];
}
