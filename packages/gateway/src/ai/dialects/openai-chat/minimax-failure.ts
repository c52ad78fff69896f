/** MiniMax answers with status 200 and tells of a failure beside the choices, in `base_resp`, by numbers of its own. */
import { asNumber, asObject, asText } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";

/** What OpenAI calls it, or the status that it stands for. */
const codeOf: Readonly<Record<number, string | number>> = {
  1000: 500, 1001: 504, 1002: "rate_limit_exceeded", 1004: 401, 1008: "insufficient_quota", 1024: 500, 1026: "content_filter", 1027: "content_filter",
  1033: 500, 1039: "rate_limit_exceeded", 1041: "rate_limit_exceeded", 1042: 400, 2013: 400, 2049: 401, 2056: "insufficient_quota",
};

/** The same in OpenAI's shape; undefined where nothing failed. */
export function minimaxFailure(body: JsonObject): JsonObject | undefined {
  const told = asObject(body["base_resp"]);
  const number = asNumber(told?.["status_code"]) ?? 0;
  if (!told || number === 0) return undefined;
  return { error: { message: asText(told["status_msg"]) ?? `MiniMax failed with ${number}`, code: codeOf[number] ?? null, base_resp: told } };
}
