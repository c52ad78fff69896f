/** What every engine of the Ledger port has to hold. The engine's test file calls this with a way to open one. */
import { afterEach, describe } from "vitest";
import type { LedgerOpener, LedgerUnderTest } from "./ledger/harness.ts";
import { budgetGuarantees } from "./ledger/budgets.ts";
import { bypassGuarantees } from "./ledger/bypasses.ts";
import { conflictGuarantees } from "./ledger/conflicts.ts";
import { idempotencyGuarantees } from "./ledger/idempotency.ts";
import { leaseGuarantees } from "./ledger/leases.ts";
import { objectOwnerGuarantees } from "./ledger/object-owners.ts";
import { recoveryGuarantees } from "./ledger/recovery.ts";
import { revisionGuarantees } from "./ledger/revisions.ts";
import { uniqueValueGuarantees } from "./ledger/unique-values.ts";
import { writeGuarantees } from "./ledger/writes.ts";

export function describeLedger(engine: string, open: LedgerOpener): void {
  describe(`ledger: ${engine}`, () => {
    const opened: LedgerUnderTest[] = [];
    const start: LedgerOpener = async (caps) => {
      const one = await open(caps);
      opened.push(one);
      return one;
    };
    afterEach(async () => {
      for (const one of opened.splice(0)) await one.close();
    });
    revisionGuarantees(start);
    writeGuarantees(start);
    leaseGuarantees(start);
    idempotencyGuarantees(start);
    recoveryGuarantees(start);
    budgetGuarantees(start);
    conflictGuarantees(start);
    uniqueValueGuarantees(start);
    bypassGuarantees(start);
    objectOwnerGuarantees(start);
  });
}
