/**
 * Conflicts: those that happened are the ledger's; those that may happen are known only to the gateways that see both
 * editors, and so is what each route guarantees at this moment.
 */
import type { RouteGuarantee } from "@parley/contract/api/conflicts";
import { type GuaranteeLevel, guaranteeLevel } from "@parley/contract/conflicts/cause";
import type { ConflictRecord } from "@parley/contract/conflicts/record";
import { LedgerUnavailableError } from "@parley/stores/ports/ledger";
import { refuse } from "../../refusal.ts";
import type { ControlPlane } from "../control-plane.ts";
import type { Handlers } from "../handler.ts";

const gatewaysWithinMs = 500;

export function conflictHandlers(plane: ControlPlane): Pick<Handlers, "listConflicts" | "getConflict" | "listGuarantees"> {
  return {
    listConflicts: async ({ query }) => {
      const { service = null, state = null, cause = null, after = null, limit } = query;
      if (state === "potential") return { body: { items: await potential(plane, { service, cause, limit }), next: null } };
      return { body: await answered(() => plane.ledger.findConflicts({ service, state, cause, after, limit })) };
    },
    getConflict: async ({ path }) => {
      const found = (await answered(() => plane.ledger.getConflict({ id: path.id }))) ?? (await potential(plane, { service: null, cause: null, limit: 1_000 })).find(({ id }) => id === path.id);
      return { body: found ?? refuse("not-found", `there is no conflict ${path.id}`, { fix: "The newest conflicts of each service are kept, and potential ones as long as both actors edit." }) };
    },
    listGuarantees: async () => ({ body: { items: lowest((await plane.channel.conflicts(gatewaysWithinMs)).flatMap(({ guarantees }) => guarantees)) } }),
  };
}

async function potential(plane: ControlPlane, filter: { service: string | null; cause: string | null; limit: number }): Promise<ConflictRecord[]> {
  const reports = await plane.channel.conflicts(gatewaysWithinMs);
  const wanted = reports.flatMap((report) => report.potential).filter((record) => (filter.service ?? record.service) === record.service && (filter.cause ?? record.cause) === record.cause);
  return wanted.toSorted((one, other) => other.at - one.at).slice(0, filter.limit);
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

async function answered<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof LedgerUnavailableError) refuse("ledger-unavailable", error.message, { headers: { "Retry-After": "2" } });
    throw error;
  }
}
