/** What each operation of the port does with the engine's parts, by subject. Shapes are the port's own; times in the engine's clock. */
import type { LedgerInput, LedgerOperation, LedgerOutput } from "../../ports/ledger.ts";
import type { Budgets } from "./budgets/budgets.ts";
import type { Bypasses } from "./bypasses.ts";
import type { ConflictRecords } from "./conflict-records.ts";
import type { LedgerContext } from "./context.ts";
import { resourceKey } from "./keys.ts";
import { displayedLease } from "./leases/displayed-lease.ts";
import type { LeaseOperations } from "./leases/lease-operations.ts";
import type { Leases } from "./leases/leases.ts";
import type { ObjectOwners } from "./object-owners.ts";
import type { Bases } from "./resources/bases.ts";
import type { Changes } from "./resources/changes.ts";
import type { Readings } from "./resources/readings.ts";
import type { Resources } from "./resources/resources.ts";
import type { GuardedWrites } from "./writes/guarded-writes.ts";
import type { Outcomes } from "./writes/outcomes.ts";
import type { SentWrites } from "./writes/sent-writes.ts";
import type { UniqueValues } from "./writes/unique-values.ts";
import type { Session } from "./writes/write-queue.ts";

export type Operations = { [Name in LedgerOperation]: (input: LedgerInput<Name>, session: Session, reply: (output: LedgerOutput<Name>) => void) => void };

type Some<Names extends LedgerOperation> = Pick<Operations, Names>;

export function resourceOperations(parts: { context: LedgerContext; resources: Resources; changes: Changes; bases: Bases; readings: Readings }): Some<"readResource" | "noteState" | "listChanges" | "keepBase" | "readBase"> {
  const { context, resources, changes, bases, readings } = parts;
  return {
    readResource: (input, _, reply) => {
      const row = resources.find(resourceKey(input));
      reply(row === null ? null : resources.state(row, input.view));
    },
    noteState: (input, _, reply) => reply(readings.note(input)),
    listChanges: (input, _, reply) => {
      const key = resourceKey(input);
      reply(changes.list(key, input, (digest) => bases.isWaiting(key, digest)));
    },
    keepBase: (input, _, reply) => {
      const key = resourceKey(input);
      const kept = bases.keep(key, context.services.get(input.service), { ...input, body: Buffer.from(input.body, "base64") });
      if (kept && input.revision !== undefined) changes.tell(resources.get(key, input), { revision: input.revision, etag: null, digest: input.digest });
      reply({ kept });
    },
    readBase: (input, _, reply) => reply(bases.read(resourceKey(input), input.digest)),
  };
}

type WriteNames = "checkWrite" | "prepareWrite" | "sendWrite" | "awaitLoss" | "finishWrite" | "claimUnresolved" | "resolveWrite" | "keepUnique" | "findUnique";

export function writeOperations({ writes, sentWrites, outcomes, uniqueValues }: { writes: GuardedWrites; sentWrites: SentWrites; outcomes: Outcomes; uniqueValues: UniqueValues }): Some<WriteNames> {
  return {
    checkWrite: (input, _, reply) => reply(writes.check(input)),
    prepareWrite: (input, session, reply) => writes.prepare(input, session, reply),
    sendWrite: (input, _, reply) => reply(writes.send(input)),
    awaitLoss: (input, _, reply) => writes.awaitLoss(input.write, reply),
    finishWrite: (input, _, reply) => reply(writes.finish(input)),
    claimUnresolved: (input, session, reply) => reply(sentWrites.claim(session, input.limit)),
    resolveWrite: (input, _, reply) => reply(outcomes.resolve(input)),
    keepUnique: (input, _, reply) => reply(uniqueValues.keep(input)),
    findUnique: (input, _, reply) => reply(uniqueValues.find(input)),
  };
}

/** `aheadMs`: by how much the clock that people are shown is ahead of the engine's. */
export function leaseOperations(parts: { context: LedgerContext; operations: LeaseOperations; leases: Leases; writes: GuardedWrites; aheadMs: () => number }): Some<"acquireLease" | "releaseLease" | "breakLease" | "getLease" | "listLeases"> {
  const { context, operations, leases, writes, aheadMs } = parts;
  return {
    acquireLease: (input, session, reply) => operations.acquire(input, session, reply),
    releaseLease: (input, _, reply) => reply(operations.release(input)),
    breakLease: (input, _, reply) => {
      const output = operations.break(input);
      if (output.broken !== null) writes.leaseBroken(resourceKey(input));
      reply(output);
    },
    getLease: (input, _, reply) => {
      const lease = leases.current(Buffer.from(input.id, "hex"));
      reply(lease && displayedLease(lease, aheadMs()));
    },
    listLeases: (input, _, reply) => {
      const service = input.service === null ? null : (context.services.find(input.service)?.id ?? -1);
      reply(leases.list(service, input.limit).map((lease) => displayedLease(lease, aheadMs())));
    },
  };
}

export function conflictOperations(conflicts: ConflictRecords): Some<"recordConflict" | "getConflict" | "findConflicts" | "countConflicts"> {
  return {
    recordConflict: (input, _, reply) => {
      conflicts.put(input);
      reply({ id: input.id });
    },
    getConflict: (input, _, reply) => reply(conflicts.get(input.id)),
    findConflicts: (input, _, reply) => reply(conflicts.find(input)),
    countConflicts: (input, _, reply) => reply(conflicts.count(input)),
  };
}

export function budgetOperations(budgets: Budgets): Some<"reserveBudget" | "renewBudget" | "settleBudget"> {
  return {
    reserveBudget: (input, _, reply) => reply(budgets.reserve(input)),
    renewBudget: (input, _, reply) => reply(budgets.renew(input)),
    settleBudget: (input, _, reply) => reply(budgets.settle(input)),
  };
}

export function ownerOperations(owners: ObjectOwners): Some<"keepOwner" | "findOwners" | "forgetOwner"> {
  return {
    keepOwner: (input, _, reply) => reply(owners.keep(input)),
    findOwners: (input, _, reply) => reply(owners.find(input)),
    forgetOwner: (input, _, reply) => reply(owners.forget(input)),
  };
}

export function bypassOperations(bypasses: Bypasses): Some<"keepBypass" | "listBypasses" | "listBypassed" | "forgetBypass"> {
  return {
    keepBypass: (input, _, reply) => reply(bypasses.keep(input)),
    listBypasses: (input, _, reply) => reply(bypasses.list(input)),
    listBypassed: (input, _, reply) => reply(bypasses.resources(input)),
    forgetBypass: (input, _, reply) => reply(bypasses.forget(input)),
  };
}
