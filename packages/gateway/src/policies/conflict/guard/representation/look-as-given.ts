/**
 * Looks at the resource in the form for which the caller's tag was given out: as this worker remembers it; where the write's own form does
 * not have the tag, as the ledger does.
 */
import type { GuardedCall } from "../guarded-call.ts";
import { type AskedAs, recallAsked } from "./asked-as.ts";
import { verdictOn } from "./compared-tags.ts";
import { refetch, type Refetched } from "./refetch.ts";

export interface LookedAsGiven {
  found: Refetched;
  /** Undefined where nobody knows. */
  given: AskedAs | undefined;
}

/** `recall` asks the ledger. */
export async function lookAsGiven(call: GuardedCall, remembered: AskedAs | undefined, recall: typeof recallAsked = recallAsked): Promise<LookedAsGiven> {
  const found = await refetch(call, remembered);
  const isThere = found.kind === "seen" && verdictOn(call, found.current).kind === "proceed";
  if (remembered !== undefined || isThere || found.kind === "failed") return { found, given: remembered };
  const recalled = await recall(call);
  return recalled === null ? { found, given: undefined } : { found: await refetch(call, recalled), given: recalled };
}
