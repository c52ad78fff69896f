/** A place or a lease that was granted to somebody who had stopped waiting is given back, or it would be held until it runs out. */
import type { LedgerOperation, LedgerOperations } from "../../ports/ledger.ts";

type Undo = { [Name in "finishWrite" | "releaseLease"]: { operation: Name; input: LedgerOperations[Name]["input"] } }["finishWrite" | "releaseLease"];

/** Null where there is nothing to give back. */
export function releaseLate(operation: LedgerOperation, asked: unknown, output: unknown): Undo | null {
  if (operation === "prepareWrite") {
    const place = output as LedgerOperations["prepareWrite"]["output"];
    if (place.kind !== "granted") return null;
    return { operation: "finishWrite", input: { write: place.write, outcome: "not-applied", etag: null, digest: null, response: null, fsync: false } };
  }
  if (operation !== "acquireLease") return null;
  const lease = output as LedgerOperations["acquireLease"]["output"];
  const input = asked as LedgerOperations["acquireLease"]["input"];
  // A renewal that came late still belongs to the holder.
  if (lease.kind !== "granted" || input.token !== null) return null;
  return { operation: "releaseLease", input: { service: input.service, path: input.path, token: lease.token, holder: lease.lease.holder } };
}
