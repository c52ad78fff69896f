/** Guardrails over requests that a provider is to answer later: the lines of a batch, what is added to a conversation, what is to be cached. */
import { RefusalError } from "../../exchange/answer.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import type { JsonObject } from "../conversation/json.ts";
import { GuardNotes } from "../guardrails/guard-notes.ts";
import { blocked, guardInput } from "../guardrails/input-guard.ts";
import type { GuardedRequest } from "../guardrails/input-guard.ts";
import { notCompiled, railsFor } from "./guarded.ts";
import type { Rails } from "./guarded.ts";

/** The request's body as it may go on, the same object where nothing changed. Throws a `RefusalError` where it may not. */
export type JudgeLater = (request: GuardedRequest) => JsonObject;

/** Null where there is nothing to judge by. Throws a `RefusalError` where nothing may be let through. */
export type JudgesLater = (exchange: Exchange) => JudgeLater | null;

export function judgesLater(rails: Rails): JudgesLater {
  return (exchange) => {
    if (rails === null) throw new RefusalError(notCompiled);
    const own = railsFor(rails, exchange);
    if (own.length === 0) return null;
    // Thousands of requests come at once, and nobody waits for their answers.
    const asking = own.find(({ onInput, webhook }) => onInput && webhook !== null && webhook.onError === "block");
    if (asking) throw new RefusalError(blocked(asking, "asks a webhook, which is not asked about what is answered later, so that none is let through"));
    const notes = new GuardNotes(exchange.record);
    return (request) => {
      const judged = guardInput(own, request, notes);
      if ("refusal" in judged) throw new RefusalError(judged.refusal);
      return judged.body;
    };
  };
}
