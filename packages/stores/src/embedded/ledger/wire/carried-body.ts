/** Hot path (benchmark: guard). The one body that nearly every first read brings: it travels behind its message, as it is. */
import type { LedgerInput, LedgerOperation } from "../../../ports/ledger.ts";

type Noted = LedgerInput<"noteState">;

const emptyBody = new Uint8Array(0);

/** Null where the input has none. */
export function bodyIn(operation: LedgerOperation, input: unknown): Uint8Array | null {
  return operation === "noteState" ? ((input as Noted).base?.body ?? null) : null;
}

/** What is left of the input for the JSON. */
export function withoutBody(input: unknown): unknown {
  const { base, ...rest } = input as Noted;
  return { ...rest, base: { ...base, body: 0 } };
}

/** Puts it where it was. */
export function restoreBody(input: unknown, body: Uint8Array): void {
  const { base } = input as { base: { body: Uint8Array } };
  base.body = ownBody(body);
}

/** A copy, since what was read is good for the moment only. */
export function ownBody(body: Uint8Array): Uint8Array {
  return body.length === 0 ? emptyBody : Buffer.from(body);
}
