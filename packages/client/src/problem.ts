/** Problem details (RFC 9457) as this gateway writes them for conflicts; of other servers whatever they have of it. */

export interface ConflictProblem {
  type?: string;
  title?: string;
  status?: number;
  detail?: string;
  instance?: string;
  code?: string;
  fix?: string;
  cause?: string;
  subcause?: string;
  outcome?: "not-applied" | "applied" | "unknown";
  retryable?: boolean;
  retry?: { strategy: "none" | "wait" | "refetch" | "merge"; afterMs?: number };
  current?: { etag?: string; version?: number; changedAt?: string; changedBy?: string };
  conflicts?: { pointer: string; base?: unknown; theirs?: unknown; yours?: unknown }[];
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
