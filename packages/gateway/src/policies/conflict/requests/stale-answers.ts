/** Upstreams that say "that version is not the current one" with another status than 409 or 412 (GitHub's stale sha comes as 422). */
import type { Conflict } from "@parley/contract/config/conflict";
import { refusalBody, type RefusalAnswer, textOf } from "./refusal-text.ts";

export interface StaleAnswers {
  /** Answers with these have to be looked into. */
  statuses: ReadonlySet<number>;
  matches: (answer: RefusalAnswer) => boolean;
}

export function staleAnswers(patterns: Conflict["stale"]): StaleAnswers {
  if (patterns.length === 0) return none;
  const statuses = new Set(patterns.map(({ status }) => status));
  return { statuses, matches: (answer) => statuses.has(answer.status) && fitsAny(patterns, answer) };
}

const none: StaleAnswers = { statuses: new Set(), matches: () => false };

export function fitsAny(patterns: Conflict["stale"], answer: RefusalAnswer): boolean {
  const candidates = patterns.filter(({ status }) => status === answer.status);
  if (candidates.length === 0) return false;
  const text = textOf(refusalBody(answer));
  return candidates.some(({ body }) => body === undefined || text.includes(body));
}
