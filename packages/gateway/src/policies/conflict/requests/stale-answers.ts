/** Upstreams that say "that version is not the current one" with another status than 409 or 412 (GitHub's stale sha comes as 422). */
import type { Conflict } from "@parley/contract/config/conflict";

/** So much of a refusal is looked at; what an error says is said by then. */
export const refusalBodyBytes = 16 * 1024;

export interface StaleAnswers {
  /** Answers with these have to be looked into. */
  statuses: ReadonlySet<number>;
  matches: (answer: { status: number; body: Buffer }) => boolean;
}

export function staleAnswers(patterns: Conflict["stale"]): StaleAnswers {
  if (patterns.length === 0) return none;
  const statuses = new Set(patterns.map(({ status }) => status));
  return { statuses, matches: (answer) => statuses.has(answer.status) && fitsAny(patterns, answer) };
}

const none: StaleAnswers = { statuses: new Set(), matches: () => false };

export function fitsAny(patterns: Conflict["stale"], { status, body }: { status: number; body: Buffer }): boolean {
  return patterns.some((pattern) => pattern.status === status && (pattern.body === undefined || body.toString("utf8", 0, refusalBodyBytes).includes(pattern.body)));
}
