/** What the gateway keeps of answers: each worker keeps its own, so their figures are put together, and all forget together. */
import type { CacheReads, CacheState } from "@parley/contract/api/cache";
import { deedDraft } from "../../configuration/audit-drafts.ts";
import { refuse } from "../../refusal.ts";
import type { ControlPlane } from "../control-plane.ts";
import type { Handlers } from "../handler.ts";

const gatewaysWithinMs = 2_000;
const uses = ["hit", "stale", "revalidated", "miss", "bypass"] as const;

export function cacheHandlers(plane: ControlPlane): Pick<Handlers, "listCaches" | "purgeCache"> {
  return {
    listCaches: async () => {
      const reports = await plane.channel.caches(gatewaysWithinMs);
      return { body: { items: togetherByService(reports.flatMap(({ states }) => states)) } };
    },
    purgeCache: async ({ query, actor }) => {
      const { service, path } = query;
      if (service !== undefined && !plane.configuration.entities.get("service", service)) refuse("not-found", `there is no service ${service.slice(0, 100)}`);
      const reports = await plane.channel.caches(gatewaysWithinMs, { service: service ?? null, path: path ?? null });
      const answers = reports.reduce((sum, { gone }) => sum + gone, 0);
      const value = { path: path ?? "/", answers };
      await plane.store.audit.add([deedDraft({ action: "delete", kind: "cache", name: service ?? "", changes: [{ op: "remove", path: "", value }] }, { ...actor, at: plane.now() })]);
      return { body: { answers, workers: reports.length } };
    },
  };
}

function togetherByService(states: readonly CacheState[]): (CacheState & { hitShare: number | null })[] {
  const services = new Map<string, CacheState>();
  for (const state of states) {
    const known = services.get(state.service);
    services.set(state.service, known === undefined ? state : { service: state.service, answers: known.answers + state.answers, bytes: known.bytes + state.bytes, reads: sumOf(known.reads, state.reads) });
  }
  return [...services.values()].map((state) => ({ ...state, hitShare: hitShare(state.reads) })).toSorted((one, other) => (one.service < other.service ? -1 : 1));
}

function sumOf(one: CacheReads, other: CacheReads): CacheReads {
  return Object.fromEntries(uses.map((use) => [use, one[use] + other[use]])) as CacheReads;
}

function hitShare(reads: CacheReads): number | null {
  const all = uses.reduce((sum, use) => sum + reads[use], 0);
  return all === 0 ? null : (reads.hit + reads.stale + reads.revalidated) / all;
}
