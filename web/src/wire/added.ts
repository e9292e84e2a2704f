// Types of messages and answers that `src/api/types.ts` does not have yet.
export interface MediaState {
  id: string;
  path: string;
  offline: boolean;
  bytes: number | null;
}

export interface UploadState {
  name?: string;
  bytes?: number;
  offset: number;
  /** Where the file stands, once all of it is there. */
  path?: string;
}

export interface BrowseEntry {
  name: string;
  path: string;
  kind: "folder" | "file";
  bytes?: number | null;
  modified_secs?: number | null;
  media?: boolean;
}

export interface BrowseAnswer {
  path: string | null;
  parent?: string | null;
  entries: BrowseEntry[];
}
