/** An order of the control plane's to bring a version back: handed to the route that guards the resource, and always answered. */
import type { ControlMessage, GatewayMessage, RestoreOutcome } from "@parley/contract/channel";
import type { Logger } from "pino";
import type { ConflictBook } from "../policies/conflict/book.ts";

type Order = Extract<ControlMessage, { type: "restore" }>;

export async function restoreFor(ports: { book: ConflictBook; log: Logger }, { request, order }: Order, answer: (message: GatewayMessage) => void): Promise<void> {
  const restore = ports.book.route(order.service)?.restore;
  const outcome = restore === undefined ? ({ kind: "not-guarded" } satisfies RestoreOutcome) : await restore(order).catch((error: unknown) => failed(ports.log, error));
  answer({ type: "restored", request, outcome });
}

function failed(log: Logger, error: unknown): RestoreOutcome {
  log.error({ error }, "a version could not be brought back");
  return { kind: "refused", status: 503, code: null, detail: "the ledger did not answer, or the gateway failed; look at the history" };
}
