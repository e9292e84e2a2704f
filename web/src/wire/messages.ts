// JSON texts of the live socket, by the types that the server generates.
import type {
  ClientMessage,
  LiveCommand,
  LiveScope,
  Operation,
  ServerMessage,
  SessionCommand,
  SoundLevels,
} from "../api/types";

export type { ClientMessage, LiveScope as Scope, ServerMessage, SoundLevels as Level };

export const scopeIds = ["waveform", "parade", "vectorscope", "histogram"] as const satisfies readonly LiveScope[];

export type Command = (Operation | SessionCommand | LiveCommand) & { key?: string };

type Message<T extends ServerMessage["type"]> = Extract<ServerMessage, { type: T }>;

export type Welcome = Message<"welcome">;
export type EditsMessage = Message<"edits">;
export type StateMessage = Message<"state">;
export type MetersMessage = Message<"meters">;

export type Activity = StateMessage["activity"];
export type QualityMode = Extract<ClientMessage, { type: "quality" }>["mode"];
export type WatchMessage = Extract<ClientMessage, { type: "watch" }>;
