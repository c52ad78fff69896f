/** What the ledger is asked on behalf of people: where it does not answer, they are told when to ask again. */
import { LedgerUnavailableError } from "@parley/stores/ports/ledger";
import { refuse } from "../../../refusal.ts";

export async function ledgerAnswer<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof LedgerUnavailableError) refuse("ledger-unavailable", error.message, { headers: { "Retry-After": "2" } });
    throw error;
  }
}
