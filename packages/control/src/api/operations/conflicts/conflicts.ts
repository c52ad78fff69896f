/**
 * Conflicts: those that happened are the ledger's; those that may happen are known only to the gateways that see both
 * editors, and so is what each route guarantees at this moment.
 */
import type { conflictQuery, ConflictSummary, conflictSummaryQuery, RouteGuarantee } from "@parley/contract/api/conflicts";
import { type GuaranteeLevel, guaranteeLevel } from "@parley/contract/conflicts/cause";
import type { ConflictRecord } from "@parley/contract/conflicts/record";
import { conflictMatcherOf } from "@parley/contract/query/conflicts";
import type { z } from "zod";
import { refuse } from "../../../refusal.ts";
import type { ControlPlane } from "../../control-plane.ts";
import type { Handlers } from "../../handler.ts";
import { conflictMatrix } from "./conflict-matrix.ts";
import { countMatching, findMatching, readConflictQuery } from "./found-conflicts.ts";
import { ledgerAnswer } from "./ledger-answer.ts";

type Filter = z.output<typeof conflictQuery>;

const gatewaysWithinMs = 500;
const dayMs = 24 * 3_600_000;
const hottest = 10;

export function conflictHandlers(plane: ControlPlane): Pick<Handlers, "listConflicts" | "getConflict" | "getConflictMatrix" | "summarizeConflicts" | "listGuarantees"> {
  return {
    listConflicts: async ({ query }) => {
      const asked = readConflictQuery(query.query, plane.now());
      if (query.state === "potential" && query.after !== undefined) refuse("invalid-parameter", "after: potential conflicts come in one page, which has no `next`");
      if (query.state === "potential") return { body: { items: (await potential(plane)).filter((record) => admits(query, record)).filter(conflictMatcherOf(asked)).slice(0, query.limit), next: null } };
      const { service = null, state = null, cause = null, after = null, consumer = null, resource = null, call = null, origin = null, from = null, to = null, limit } = query;
      return { body: await findMatching(plane, { service, state, cause, after, consumer, resource, call, origin, from, to, limit }, asked) };
    },
    getConflict: async ({ path }) => {
      const found = (await ledgerAnswer(() => plane.ledger.getConflict({ id: path.id }))) ?? (await potential(plane)).find(({ id }) => id === path.id);
      return { body: found ?? refuse("not-found", `there is no conflict ${path.id}`, { fix: "The newest conflicts of each service are kept, and potential ones as long as both actors edit." }) };
    },
    summarizeConflicts: async ({ query }) => ({ body: await summary(plane, query) }),
    getConflictMatrix: async ({ query }) => ({ body: await conflictMatrix(plane, query) }),
    listGuarantees: async () => ({ body: { items: lowest((await plane.channel.conflicts(gatewaysWithinMs)).flatMap(({ guarantees }) => guarantees)) } }),
  };
}

async function summary(plane: ControlPlane, query: z.output<typeof conflictSummaryQuery>): Promise<ConflictSummary> {
  const asked = readConflictQuery(query.query, plane.now());
  const to = query.to ?? plane.now() + 1;
  const from = query.from ?? to - dayMs;
  const [counts, now] = await Promise.all([countMatching(plane, { query: asked, service: query.service ?? null, from, to, limit: hottest }), potential(plane)]);
  const total = counts.kinds.reduce((sum, { count }) => sum + count, 0);
  return { from, to, total, ...counts, potential: now.filter(({ service }) => query.service === undefined || service === query.service).filter(conflictMatcherOf(asked)).length };
}

/** Newest first. */
async function potential(plane: ControlPlane): Promise<ConflictRecord[]> {
  const reports = await plane.channel.conflicts(gatewaysWithinMs);
  return reports.flatMap((report) => report.potential).toSorted((one, other) => other.at - one.at);
}

function admits(filter: Filter, record: ConflictRecord): boolean {
  const { service, cause, consumer, resource, call, origin, from = 0, to = Infinity } = filter;
  return (
    (service ?? record.service) === record.service && (cause ?? record.cause) === record.cause && (resource ?? record.resource) === record.resource &&
    (call ?? record.callId) === record.callId && (origin ?? record.origin) === record.origin && (consumer === undefined || record.consumers.includes(consumer)) && record.at >= from && record.at < to
  );
}

/** A service is as good as its worst worker says. */
function lowest(guarantees: readonly RouteGuarantee[]): RouteGuarantee[] {
  const byService = new Map<string, RouteGuarantee>();
  for (const guarantee of guarantees) {
    const known = byService.get(guarantee.service);
    if (!known || rank(guarantee.level) > rank(known.level)) byService.set(guarantee.service, guarantee);
  }
  return [...byService.values()].toSorted((one, other) => one.service.localeCompare(other.service, "en"));
}

function rank(level: GuaranteeLevel): number {
  return guaranteeLevel.options.indexOf(level);
}
