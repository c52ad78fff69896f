/** Hot path (benchmark: guard). Tells the ledger what a read saw, unless it is what was seen before, and remembers the tag that is given out. */
import { type LedgerInput, LedgerUnavailableError } from "@parley/stores/ports/ledger";
import { isJson } from "../requests/json-body.ts";
import { onlyFields } from "../../../exchange/raw-fields.ts";
import { bypassFound, type GuardPlan } from "./guard-plan.ts";
import type { GuardedCall } from "./guarded-call.ts";
import { keepAsked } from "./representation/asked-as.ts";
import type { Representation } from "./representation/representation.ts";

/** Whether there is nothing to tell: it is what was seen before, and its tag is known. */
export function isNoted(plan: GuardPlan, path: string, { view, key }: Pick<Representation, "view" | "key">): boolean {
  return key === null || (plan.seen.find(path, view)?.key === key && plan.given.find(key) !== undefined);
}

/** The revision: at once where nothing changed since the last read. */
export function noteRead(call: GuardedCall, seen: Representation): number | Promise<number> {
  const { plan, path } = call;
  if (seen.key === null) return 0;
  const known = plan.seen.find(path, seen.view);
  if (known?.key === seen.key && plan.given.find(seen.key) !== undefined) return known.revision;
  const accept = onlyFields(call.exchange.rawHeaders, (name) => name.startsWith("accept") && name !== "accept-encoding");
  const given = { path, view: seen.view, digestView: seen.digestView, query: call.query, accept };
  plan.given.add(seen.key, given);
  if (known?.key === seen.key) return known.revision;
  // What is kept says how it was, and the ledger asks how it is.
  const { cache } = call.exchange.record;
  if (cache === "hit" || cache === "stale") return 0;
  keepAsked(call, seen, { key: seen.key, asked: given });
  return tellLedger(call, seen, seen.key);
}

async function tellLedger(call: GuardedCall, seen: Representation, key: string): Promise<number> {
  const { plan, path } = call;
  const { ledger } = plan.ports;
  const base = baseOf(plan, seen);
  const noted = ledger.noteState({
    service: plan.service, path, view: seen.view, etag: seen.etag, digest: seen.digest ?? key, startedAt: Math.floor(call.exchange.record.at), ...(base === null ? {} : { base }),
  });
  const answer = await plan.patience.within(noted).catch(unavailable);
  if (answer === null) return 0;
  if (answer.bypass) bypassFound(plan, path);
  // A write overlapped: this may be the state before it or after it, and the next read has to ask again.
  if (answer.conclusive) plan.seen.set(path, seen.view, { key, revision: answer.revision, fence: answer.fence });
  return answer.revision;
}

/** For merging from and for showing what changed; it travels with the note, so that both are one commit. */
function baseOf(plan: GuardPlan, seen: Representation): NonNullable<LedgerInput<"noteState">["base"]> | null {
  if (seen.body === null || seen.body.length > plan.maxBodyBytes || !isJson(seen.contentType)) return null;
  return { contentType: seen.contentType, body: seen.body, retainMs: plan.settings.idempotency.retain };
}

function unavailable(error: unknown): null {
  if (error instanceof LedgerUnavailableError) return null;
  throw error;
}
