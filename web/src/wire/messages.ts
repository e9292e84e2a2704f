// JSON texts of the live socket.
import type {
  ApiError,
  Edit,
  LiveCommand,
  Operation,
  SessionCommand,
  SessionEvent,
  ClientMessage as WireMessage,
} from "../api/types";
import type { AddTitle, MetersMessage } from "./added";

export type Command = (Operation | SessionCommand | LiveCommand | AddTitle) & { key?: string };

export type Activity = "opening" | "paused" | "prerolling" | "playing" | "scrubbing";

export type QualityMode = "auto" | "full" | "half" | "quarter";

export type ClientMessage =
  | { type: "hello"; decoders: string[]; width: number; height: number; dpr: number }
  | { type: "command"; id: number; command: Command }
  | { type: "play"; generation: number; from: number | null; speed: number }
  | { type: "pause"; generation: number }
  | { type: "seek"; generation: number; frame: number; dragging: boolean }
  | { type: "view"; width: number; height: number }
  | { type: "credit"; sequence: number; shown: number; late_ms: number }
  | { type: "show"; composition: string }
  | { type: "quality"; mode: QualityMode };

/** What is sent must be what the server reads: the types of both are compared here. */
export const asSent = (message: ClientMessage): WireMessage => message;

export interface Welcome {
  type: "welcome";
  revision: number;
  clients: number;
}

export interface EditsMessage {
  type: "edits";
  revision: number;
  label: string;
  edits: Edit[];
  hash?: string;
}

export interface StateMessage {
  type: "state";
  composition: string;
  activity: Activity;
  frame: number;
  speed: number;
  frames: number;
  /** A fraction such as `30000/1001`. */
  frame_rate: string;
}

export type Answer = { type: "answer"; id: number; revision: number; event: SessionEvent };
export type Refusal = { type: "answer"; id: number; errors: ApiError[] };

export type ServerMessage =
  | Welcome
  | EditsMessage
  | StateMessage
  | Answer
  | Refusal
  | { type: "event"; event: SessionEvent }
  | { type: "presence"; clients: number }
  | { type: "failed"; errors: ApiError[] }
  | MetersMessage;
