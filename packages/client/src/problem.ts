/** Problem details (RFC 9457) as this gateway writes them for conflicts; of other servers whatever they have of it. */
export interface ConflictProblem {
  type?: string;
  title?: string;
  status?: number;
  detail?: string;
  instance?: string;
  /** Of the gateway's table; never renamed. */
  code?: string;
  /** What to do about it, in a sentence. */
  fix?: string;
  /** Why it is a conflict: `concurrent-modification`, `locked` and so on. */
  cause?: string;
  subcause?: string;
  /** What became of the write that was refused. */
  outcome?: "not-applied" | "applied" | "unknown";
  retryable?: boolean;
  retry?: { strategy: "none" | "wait" | "refetch" | "merge"; afterMs?: number };
  /** The version that is there; `changedAt` in RFC 3339. */
  current?: { etag?: string; version?: number; changedAt?: string; changedBy?: string };
  /** Places that both changed, as JSON pointers. */
  conflicts?: { pointer: string; base?: unknown; theirs?: unknown; yours?: unknown }[];
  /** Who has the lease, and until when (RFC 3339). */
  holder?: string;
  expiresAt?: string;
  [extension: string]: unknown;
}

/** A problem is small; what is longer is none. */
const maxBytes = 256 * 1024;

/** Empty where the body is no problem. The body is used up. */
export async function problemOf(response: Response): Promise<ConflictProblem> {
  const type = response.headers.get("content-type") ?? "";
  if (!/^application\/(?:problem\+)?json\b/.test(type)) {
    await response.body?.cancel();
    return {};
  }
  try {
    const value: unknown = JSON.parse(await textWithin(response, maxBytes));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as ConflictProblem) : {};
  } catch {
    return {};
  }
}

async function textWithin(response: Response, bytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let total = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    total += part.value.byteLength;
    if (total > bytes) {
      await reader?.cancel();
      return "";
    }
    text += decoder.decode(part.value, { stream: true });
  }
  return text + decoder.decode();
}
