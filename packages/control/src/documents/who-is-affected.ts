/**
 * Whom a change concerns: the consumers whose calls of the last days used what it takes away, from the call log. Every call
 * names its operation; what of a request was used is recorded of a sample of calls, so a list of its users may be short.
 */
import type { Change } from "@parley/openapi";
import type { DocumentChange } from "@parley/contract/api/documents";
import { parseQuery } from "@parley/contract/query/parse";
import { allOf, between, term } from "@parley/contract/query/write";
import type { CallLog } from "@parley/stores/ports/call-log";

export interface Asked {
  service: string;
  version: string | undefined;
  fromMs: number;
  toMs: number;
  signal: AbortSignal;
}

const maxConsumers = 100;
/** Each is a question to the call log. */
const maxQuestions = 200;
/** The call log answers others meanwhile, and has room for so many that wait. */
const questionsAtOnce = 3;

export async function withAffected(changes: readonly Change[], asked: Asked, callLog: Pick<CallLog, "groups">): Promise<DocumentChange[]> {
  const questions = new Map<string, Change>();
  for (const change of changes) if (concernsSomebody(change) && (questions.size < maxQuestions || questions.has(questionOf(change)))) questions.set(questionOf(change), change);
  const answers = new Map<string, DocumentChange["affected"]>();
  const waiting = questions.entries();
  const work = async (): Promise<void> => {
    for (const [question, change] of waiting) answers.set(question, await affectedBy(change, asked, callLog));
  };
  await Promise.all(Array.from({ length: questionsAtOnce }, work));
  return changes.map((change): DocumentChange => {
    const { uses: _uses, ...shown } = change;
    const affected = concernsSomebody(change) ? answers.get(questionOf(change)) : undefined;
    return affected === undefined ? shown : { ...shown, affected };
  });
}

/** What is new concerns nobody, and what is harmless nobody either. */
function concernsSomebody({ severity, kind }: Change): boolean {
  return severity !== "non-breaking" && kind !== "operation-added";
}

/** Changes of the same operation and member ask the same. */
function questionOf({ operation, uses }: Change): string {
  return `${operation} ${uses ?? ""}`;
}

async function affectedBy({ operation, uses }: Change, asked: Asked, callLog: Pick<CallLog, "groups">): Promise<DocumentChange["affected"]> {
  const terms = [term("service", asked.service), asked.version === undefined ? "" : term("version", asked.version), term("operation", operation), ...(uses === undefined ? [] : [`uses:*${quoted(` ${uses.replaceAll(" ", "%20")} `)}*`])];
  const query = allOf(...terms, between(asked.fromMs, asked.toMs));
  const parsed = parseQuery(allOf(...terms), asked.toMs);
  if (!parsed.ok) return undefined;
  const { totals, groups } = await callLog.groups({ where: parsed.query, from: asked.fromMs, to: asked.toMs }, { by: ["consumer"], measure: "calls", limit: maxConsumers }, asked.signal);
  return { consumers: groups.map(({ values, calls }) => ({ consumer: values[0] ?? null, calls })), calls: totals.calls, query, sampled: uses !== undefined };
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
