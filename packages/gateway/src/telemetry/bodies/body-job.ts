/** What passes between the gateway's own thread and the one that redacts, seals and writes bodies. */

export interface BodyJob {
  type: "keep";
  id: string;
  at: number;
  service: string;
  request: CopiedBody | null;
  response: CopiedBody | null;
  redact: readonly string[];
  /** So much of each text is kept. */
  bodyBytes: number;
  /** Secrets of this call that are known to be ones. */
  secrets: readonly string[];
}

export interface CopiedBody {
  beginning: Uint8Array<ArrayBuffer>;
  /** On the wire, all of it. */
  bytes: number;
  contentType: string;
  contentEncoding: string;
  isCut: boolean;
}

export type ToBodyThread = BodyJob | { type: "close" };

export type FromBodyThread =
  /** A job is done, or will never be. */
  | { type: "done"; heldBytes: number; dropped: number }
  | { type: "error"; message: string; error: string }
  | { type: "closed" };

export interface BodyThreadData {
  directory: string;
  worker: number;
  startedAtMs: number;
  masterKey: Uint8Array;
}

export function heldBytesOf({ request, response }: BodyJob): number {
  return (request?.beginning.length ?? 0) + (response?.beginning.length ?? 0);
}
