// The one error type of the pipeline. It names what went wrong, where, and what to do about it; the command line maps its
// code to an exit status and the watcher to a `failed` event. Anything else that is thrown is a defect ("internal").

/** usage: the command line; input: a model or sidecar; device: no usable device; teacher: its files or its answers. */
export type ErrorCode = "usage" | "input" | "device" | "teacher" | "cancelled" | "internal";

export interface ErrorDetails {
  /** The file at fault, as the user named it. */
  file?: string;
  /** 1-based line in that file. */
  line?: number;
  /** What the user can do about it, one sentence. */
  hint?: string;
  cause?: unknown;
}

export class AnimusError extends Error {
  readonly code: ErrorCode;
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = "AnimusError";
    this.code = code;
    this.file = details.file;
    this.line = details.line;
    this.hint = details.hint;
  }
}

/** Exit status of the command line per error code. */
export const EXIT_CODES: Readonly<Record<ErrorCode, number>> = {
  usage: 2,
  input: 3,
  device: 4,
  teacher: 4,
  cancelled: 130,
  internal: 1,
};

/** Throws `cancelled` once the signal is aborted. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AnimusError("cancelled", "The job was cancelled.");
}
