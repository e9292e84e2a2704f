// Everything that the painters and the hit test look at.
import type { Project } from "../api/types";
import type { Preview } from "../edit/preview";
import type { Palette } from "./palette";
import type { Row, View } from "./view";

export interface Peaks {
  /** Spans per second. */
  rate: number;
  /** Least and largest sample of each span, in turn. */
  values: Float32Array;
}

export interface Strip {
  image: CanvasImageSource;
  /** Pictures side by side, evenly over the file. */
  count: number;
  width: number;
  height: number;
  /** Length of the file in flicks. */
  length: number;
}

/**
 * Pictures and peaks that are there; what is not is fetched, and the timeline painted again then.
 */
export interface Pictures {
  strip(media: string): Strip | undefined;
  peaks(media: string, perSecond: number): Peaks | undefined;
  missing(media: string): boolean;
}

export interface Scene {
  project: Project;
  view: View;
  rows: readonly Row[];
  selected: ReadonlySet<string>;
  preview?: Preview;
  pictures: Pictures;
  palette: Palette;
}
