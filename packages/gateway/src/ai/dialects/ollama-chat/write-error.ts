/** Errors towards callers: a text, with the gateway's own code and fix beside it. */
import type { CallerError } from "../../conversation/dialect.ts";
import type { JsonObject } from "../../conversation/json.ts";

export function writeOllamaError(error: CallerError): JsonObject {
  const { message, code, fix, param, callId } = error;
  return { error: message, code, ...(fix !== undefined && { fix }), ...(param !== undefined && { param }), ...(callId !== undefined && { call_id: callId }) };
}
