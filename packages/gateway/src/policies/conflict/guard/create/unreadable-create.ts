/**
 * A create whose unique value the gateway cannot look at, where the service perhaps can: passed on, it would be a duplicate that nobody
 * noticed. So it is refused, with what it could be sent as.
 */
import { type Json, resolvePointer } from "@parley/merge";
import type { Refusal } from "@parley/contract/problems/problem";
import { canDecode, codingOf, decodableCodings } from "../../requests/content-coding.ts";
import { isJson, parseJson } from "../../requests/json-body.ts";
import type { GuardedCall } from "../guarded-call.ts";
import type { WriteRequest } from "../write/write-request.ts";

/** Null where it can be looked at, or has no unique value to look for. */
export function unreadableCreate({ plan, exchange }: GuardedCall, { held, client }: WriteRequest): Refusal | null {
  const { uniqueKey } = plan.settings;
  if (uniqueKey === undefined || exchange.method !== "POST" || !isJson(exchange.headers["content-type"] ?? "")) return null;
  if (held.kind === "streamed") return { code: "body-too-large", detail: `A create may have ${plan.maxBodyBytes} bytes here, since its ${uniqueKey} is looked at.` };
  const coding = codingOf(exchange.headers["content-encoding"]);
  if (client === null && !canDecode(coding)) {
    const detail = `The body came in the content coding ${coding.slice(0, 40)}, in which its ${uniqueKey} cannot be looked at.`;
    return { code: "unreadable-create", status: 415, detail, headers: { "Accept-Encoding": decodableCodings.join(", ") } };
  }
  if (client === null) return { code: "unreadable-create", detail: `The body is no whole ${coding}, or more than ${plan.maxBodyBytes} bytes are in it, so its ${uniqueKey} cannot be looked at.` };
  if (client.bytes.length === 0) return null;
  const document = parseJson(client.bytes);
  if (document === undefined) return { code: "unreadable-create", detail: `The body is no JSON in UTF-8, so its ${uniqueKey} cannot be looked at.` };
  if (!isListOfCreates(document, uniqueKey)) return null;
  return { code: "unreadable-create", detail: `The body is a list whose items have a ${uniqueKey} each, and one create is looked at: send them one by one. Whoever runs the gateway names such requests in \`conflict.batches\`.` };
}

/** A list without such values makes something else, such as tags of a person. */
function isListOfCreates(document: Json, uniqueKey: string): boolean {
  return Array.isArray(document) && resolvePointer(document, uniqueKey) === undefined && document.some((item) => resolvePointer(item, uniqueKey) !== undefined);
}
