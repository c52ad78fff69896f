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
/** Each is a question to the call log; changes of the same operation and member ask once. */
const maxQuestions = 200;

export async function withAffected(changes: readonly Change[], asked: Asked, callLog: Pick<CallLog, "groups">): Promise<DocumentChange[]> {
  const answers = new Map<string, Promise<DocumentChange["affected"]>>();
  return Promise.all(changes.map(async (change): Promise<DocumentChange> => {
    const { uses, ...shown } = change;
    // What is new concerns nobody, and what is harmless nobody either.
    if (change.severity === "non-breaking" || change.kind === "operation-added") return shown;
    const question = `${change.operation} ${uses ?? ""}`;
    if (!answers.has(question) && answers.size >= maxQuestions) return shown;
    const answer = answers.get(question) ?? affectedBy(change, asked, callLog);
    answers.set(question, answer);
    const affected = await answer;
    return affected === undefined ? shown : { ...shown, affected };
  }));
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
