/** A conflict's page opens for the consumer that met it, and for nobody else; on an open service for whoever has its unguessable address. */
import type { IncomingHttpHeaders } from "node:http";
import type { ConflictRecord } from "@parley/contract/conflicts/record";
import { hashKey } from "@parley/contract/secrets";
import type { Ledger } from "@parley/stores/ports/ledger";
import type { KnownKey } from "../pipeline/route-plan.ts";
import { presentedKeys } from "../policies/access/presented-keys.ts";

export interface OwnConflictPorts {
  ledger: Pick<Ledger, "getConflict">;
  findKey(hash: string): KnownKey | undefined;
  now(): number;
}

/** Null where there is none that this caller may see. Rejects where the ledger does not answer. */
export async function findOwnConflict(ports: OwnConflictPorts, request: { readonly headers: IncomingHttpHeaders }, id: string): Promise<ConflictRecord | null> {
  const record = await ports.ledger.getConflict({ id });
  if (record === null || record.consumer === undefined) return record;
  const keys = presentedKeys({ headers: request.headers, target: "" }, false).map(({ secret }) => ports.findKey(hashKey(secret)));
  return keys.some((key) => key !== undefined && (key.expiresAt === null || key.expiresAt > ports.now()) && key.consumer === record.consumer) ? record : null;
}
