/** Errors towards callers: a message, with the gateway's own code and fix beside it. */
import type { CallerError } from "../../conversation/dialect.ts";
import type { JsonObject } from "../../conversation/json.ts";

export function writeCohereError({ message, code, fix, param, callId }: CallerError): JsonObject {
  return { message, code, ...(fix !== undefined && { fix }), ...(param !== undefined && { param }), ...(callId !== undefined && { call_id: callId }) };
}
