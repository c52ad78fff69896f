/** A call in one line of a terminal. */
import type { CallRecord } from "@parley/contract/call-record";
import { inert } from "./inert-text.ts";

export function callLine(call: CallRecord): string {
  const time = new Date(call.at).toISOString().slice(0, 23).replace("T", " ");
  const cells = [time, String(call.status), call.method.padEnd(6), `${call.durationMs.toFixed(1)} ms`.padStart(10), call.service.padEnd(12), (call.consumer ?? "-").padEnd(12), call.model ?? call.path];
  const said = [call.cause, call.error === call.cause ? undefined : call.error].filter((word) => word !== undefined);
  return inert([...cells, ...said].join("  "));
}
