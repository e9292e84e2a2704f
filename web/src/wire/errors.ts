import type { ApiError } from "../api/types";

/** What the server refused, or could not be asked. */
export class RequestFailed extends Error {
  constructor(
    readonly errors: ApiError[],
    /** HTTP status; 0 where there was no answer. */
    readonly status = 0,
    /** What else was answered. */
    readonly body?: unknown,
  ) {
    super(errors.map((e) => e.message).join("; ") || `status ${status}`);
    this.name = "RequestFailed";
  }
}

export function connectionLost(): RequestFailed {
  return new RequestFailed([
    {
      code: "connection.lost",
      message: "the connection to the server was lost before it answered",
      hint: "the editor connects again by itself; check whether the step was made, then repeat it",
    },
  ]);
}

export function apiErrors(error: unknown): ApiError[] {
  if (error instanceof RequestFailed) return error.errors;
  return [{ code: "editor.failed", message: error instanceof Error ? error.message : String(error) }];
}
