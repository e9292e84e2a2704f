// Types of messages and answers that `src/api/types.ts` does not have yet.
export const scopeIds = ["waveform", "parade", "vectorscope", "histogram"] as const;
export type Scope = (typeof scopeIds)[number];

export interface WatchMessage {
  type: "watch";
  scopes: Scope[];
  meters: boolean;
}

export interface Level {
  /** Absent: the sum that is heard. */
  track: string | null;
  /** dBFS of each channel; -120 is silence. */
  peak_db: number[];
  rms_db: number[];
}

export interface MetersMessage {
  type: "meters";
  generation: number;
  sample: number;
  levels: Level[];
}

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

export type AddTitle = {
  add_title: {
    title: string;
    params: Record<string, string>;
    at: number | string;
    duration?: number | string;
    track?: string;
    composition?: string;
  };
};
