/** Under what an answer is kept: who asked (unless all share), in which dialect, and what, whatever its order and white space. */
import { hash } from "node:crypto";
import type { AiCall } from "../calls/ai-call.ts";
import { isList, isObject } from "../conversation/json.ts";
import type { JsonObject, JsonValue } from "../conversation/json.ts";

export function requestKey(call: AiCall, scope: "consumer" | "shared"): string {
  const { outline } = call;
  const text = JSON.stringify([keyHolder(call, scope), call.caller.name + (call.caller.form ?? ""), call.model, call.stream, call.guard?.names ?? [], sorted(call.judgedBody())]);
  return hash("sha256", outline ? outline.digested(text) : text, "base64url");
}

/** Whose answers they are. Nobody known on an open endpoint is one scope of its own, for each address. */
export function keyHolder({ exchange }: AiCall, scope: "consumer" | "shared"): string {
  if (scope === "shared") return "";
  return exchange.caller ? `consumer:${exchange.caller.consumer}` : `address:${exchange.clientAddress}`;
}

/** An answer that a provider keeps, or that goes on from one it keeps, is another every time. */
export function isStateful(body: JsonObject): boolean {
  return (body["store"] ?? false) === true || ["previous_response_id", "conversation", "background", "cachedContent"].some((name) => body[name] !== undefined && body[name] !== null && body[name] !== false);
}

export function hasTools(body: JsonObject): boolean {
  return ["tools", "toolConfig", "functions", "mcp_servers", "web_search_options"].some((name) => {
    const value = body[name];
    return isList(value) ? value.length > 0 : value !== undefined && value !== null;
  });
}

/** Members in the order of their names; lists as they are. */
function sorted(value: JsonValue | undefined): JsonValue | undefined {
  if (isList(value)) return value.map((item) => sorted(item) ?? null);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.keys(value).toSorted().map((name) => [name, sorted(value[name])]));
}
