/** One kept answer, whole. */
import type { Freshness } from "../rules/freshness.ts";

export interface KeptAnswer {
  readonly status: number;
  readonly statusText: string;
  /** As they came, without Age and Content-Length. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly freshness: Freshness;
  /** Not for calls with cookies. */
  readonly withoutCookies: boolean;
  /** Null where there is none, or none that can be read. */
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/** What an answer costs beside its body: fields, maps, objects. */
export function bytesOf(answer: KeptAnswer): number {
  let bytes = 600 + answer.body.length;
  for (const text of answer.rawHeaders) bytes += text.length + 16;
  return bytes;
}
