/** Leases: who holds what, and how somebody else's is ended. */
import type { ShownLease } from "@parley/contract/api/leases";
import type { Lease } from "@parley/stores/ports/ledger";
import { deedDraft } from "../../../configuration/audit-drafts.ts";
import { refuse } from "../../../refusal.ts";
import type { ControlPlane } from "../../control-plane.ts";
import { etagOf, expectTag } from "../../etag.ts";
import type { Handlers } from "../../handler.ts";
import { ledgerAnswer } from "./ledger-answer.ts";

export function leaseHandlers(plane: ControlPlane): Pick<Handlers, "listLeases" | "getLease" | "breakLease"> {
  const find = (id: string): Promise<Lease | null> => (/^[0-9a-f]{32}$/.test(id) ? ledgerAnswer(() => plane.ledger.getLease({ id })) : Promise.resolve(null));
  return {
    listLeases: async ({ query }) => ({ body: { items: (await ledgerAnswer(() => plane.ledger.listLeases({ service: query.service ?? null, limit: query.limit }))).map(shown) } }),
    getLease: async ({ path }) => {
      const lease = (await find(path.id)) ?? refuse("not-found", `there is no lease ${path.id.slice(0, 40)}`, { fix: "It may have been released or have run out." });
      return { body: shown(lease), tag: tagOf(lease) };
    },
    breakLease: async ({ path, precondition, actor }) => {
      const lease = (await find(path.id)) ?? refuse("not-found", `there is no lease ${path.id.slice(0, 40)}`, { fix: "It has been released or has run out: nothing is left to be broken." });
      expectTag(precondition, { tag: tagOf(lease) }, `the lease on ${lease.path}`);
      const { service, path: resource, fence } = lease;
      const { broken } = await ledgerAnswer(() => plane.ledger.breakLease({ service, path: resource, fence }));
      if (broken === null) refuse("precondition-failed", `the lease on ${resource} has ended by itself, or is another one by now`);
      const { holder, acquiredAt, expiresAt } = broken;
      const value = { holder, fence, acquiredAt: new Date(acquiredAt).toISOString(), expiresAt: new Date(expiresAt).toISOString() };
      await plane.store.audit.add([deedDraft({ action: "break", kind: "lease", name: `${service} ${resource}`, changes: [{ op: "remove", path: "", value }] }, { ...actor, at: plane.now() })]);
      return {};
    },
  };
}

/** One lease has one fence, and no other lease of its resource ever has it; renewing it changes nothing that matters to whoever wants it gone. */
function tagOf({ fence }: Lease): string {
  return String(fence);
}

function shown(lease: Lease): ShownLease {
  const { path, ...rest } = lease;
  return { ...rest, resource: path, etag: etagOf(tagOf(lease)) };
}
