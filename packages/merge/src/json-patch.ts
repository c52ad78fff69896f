/** JSON Patch (RFC 6902) as clients send it: every operation is checked, the first that fails is named, and then nothing has changed. */
import { copyJson, isJsonObject, type Json, type JsonObject } from "./json.ts";
import { countValues, exceedsLimits, type Limits, refusal } from "./limits.ts";
import { applyOperation, type Outcome } from "./json-patch-operation.ts";

export type PatchResult =
  | { ok: true; document: Json }
  /** `malformed`: no patch at all. `not-applicable`: it does not fit this document. `too-large`: beyond a limit. */
  | { ok: false; reason: "malformed" | "not-applicable" | "too-large"; index: number | null; detail: string };

/** The document itself is never changed. `index` counts operations from 0; null where it is the patch, or what came out, as a whole. `document` has to be within the limits. */
export function applyJsonPatch(document: Json, patch: Json, limits: Limits): PatchResult {
  if (!Array.isArray(patch)) return { ok: false, reason: "malformed", index: null, detail: "a JSON Patch is an array of operations" };
  if (patch.length > limits.operations) return { ok: false, reason: "too-large", index: null, detail: refusal("operations", limits).detail };
  const deep = exceedsLimits(patch, { ...limits, depth: limits.depth + 2 });
  if (deep) return { ok: false, reason: "too-large", index: null, detail: deep.detail };
  const state = { document: copyJson(document), room: limits.values - countValues(document) };
  for (const [index, operation] of patch.entries()) {
    if (!isJsonObject(operation)) return { ok: false, reason: "malformed", index, detail: `operation ${index} is no object` };
    const outcome = applyOperation(state, operation);
    if (!outcome.ok) return failed(index, operation, outcome);
  }
  const excess = exceedsLimits(state.document, limits);
  if (excess) return { ok: false, reason: "too-large", index: null, detail: `the result: ${excess.detail}` };
  return { ok: true, document: state.document };
}

function failed(index: number, operation: JsonObject, outcome: Outcome & { ok: false }): PatchResult {
  const name = typeof operation["op"] === "string" ? operation["op"].slice(0, 20) : "?";
  const path = typeof operation["path"] === "string" ? ` ${operation["path"].slice(0, 200)}` : "";
  return { ok: false, reason: outcome.reason, index, detail: `operation ${index} (${name}${path}): ${outcome.detail}` };
}
