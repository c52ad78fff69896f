// Hot path: once for each AI call.
/** What the choice of targets may look at. */
import { expectModelInScopes } from "./model-scopes.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import { conversationOf } from "../models/conversation-of.ts";
import type { ReadBody } from "../models/conversation-of.ts";
import type { Asked } from "../models/target-conditions.ts";
import { outlineOf } from "../raw-json/media-outline.ts";
import type { RequestBody } from "./request-body.ts";

/** `body` is read only where an alias keeps conversations together. */
export function asked(exchange: Exchange, { model, stream, body }: { model: string; stream: boolean; body: RequestBody }): Asked {
  const { headers, caller } = exchange;
  expectModelInScopes(exchange, model);
  return { model, consumer: caller?.consumer, headers, bodyBytes: body.bytes.length, stream, conversation: () => conversationOf(headers, () => readBody(body, exchange.id)) };
}

/** Whatever the size of the body, so that a conversation that grows past some size stays the same one. */
function readBody(body: RequestBody, callId: string): ReadBody {
  return outlineOf(body.bytes, callId.slice(-24).padStart(24, "0")) ?? { value: body.parsed, digested: (text) => text };
}
