// Hot path: once for each AI call.
/** What the choice of targets may look at. */
import { expectModelInScopes } from "./model-scopes.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import type { JsonObject } from "../conversation/json.ts";
import { conversationOf } from "../models/conversation-of.ts";
import type { Asked } from "../models/target-conditions.ts";

/** `body` is read only where an alias keeps conversations together. */
export function asked(exchange: Exchange, call: { model: string; stream: boolean; bodyBytes: number; body: () => JsonObject }): Asked {
  const { headers, caller } = exchange;
  expectModelInScopes(exchange, call.model);
  return { model: call.model, consumer: caller?.consumer, headers, bodyBytes: call.bodyBytes, stream: call.stream, conversation: () => conversationOf(headers, call.body()) };
}
