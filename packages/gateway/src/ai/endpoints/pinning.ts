/** A conversation that a provider keeps goes on at that provider: `previous_response_id` decides among the targets. */
import { RefusalError } from "../../exchange/answer.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import type { Refusal } from "@parley/contract/problems/problem";
import { asText } from "../conversation/json.ts";
import type { JsonObject } from "../conversation/json.ts";
import type { AnswerOwner, AnswerOwners } from "../models/answer-owners.ts";
import type { ModelTarget } from "../models/model-directory.ts";
import { dialectTowards } from "../models/provider-account.ts";

export interface Pinning {
  /** The targets that may answer. */
  pin(exchange: Exchange, targets: readonly ModelTarget[], head: JsonObject): readonly ModelTarget[];
  /** Takes the ids of answers that providers keep. */
  remember(exchange: Exchange): (id: string, provider: string) => void;
}

export function responsePinning(owners: AnswerOwners): Pinning {
  return {
    pin(exchange, targets, head) {
      const previous = asText(head["previous_response_id"]);
      if (previous === undefined) return targets;
      const owner = ownerFor(owners, previous, exchange);
      const capable = targets.filter(({ account }) => dialectTowards(account, "openai-responses")?.name === "openai-responses");
      // Where no target keeps responses, each refuses the parameter by its name.
      if (!owner) return capable.length === 0 ? targets : onlyProvider(capable, previous);
      const own = targets.filter(({ account }) => account.name === owner.provider);
      if (own.length > 0) return own;
      const detail = `${previous} is kept by the provider ${owner.provider}, and the model belongs to ${targets.map(({ account }) => account.name).join(", ")}`;
      throw new RefusalError({ code: "invalid-request", detail, fix: "Go on with a model of the provider that has the conversation, or send all of the conversation.", extensions: { param: "previous_response_id" } });
    },
    remember: (exchange) => (id, provider) => owners.remember(id, { provider, consumer: exchange.caller?.consumer }),
  };
}

function onlyProvider(capable: readonly ModelTarget[], previous: string): readonly ModelTarget[] {
  const names = [...new Set(capable.map(({ account }) => account.name))];
  if (names.length === 1) return capable;
  throw new RefusalError({ ...severalMayHave(previous, names), extensions: { param: "previous_response_id" } });
}

/** Nothing is known of the id, and no one provider is the one to ask. */
export function severalMayHave(id: string, providers: readonly string[]): Refusal {
  return { code: "unknown-response", detail: `it is not known which provider has ${id.slice(0, 100)}; it may be ${providers.join(" or ")}`, fix: "Name the provider in the model, as in provider/model, or send all of the conversation." };
}

/** Undefined where nothing is known of the id. What another consumer's call made does not exist for this one. */
export function ownerFor(owners: AnswerOwners, id: string, exchange: Exchange): AnswerOwner | undefined {
  const owner = owners.ownerOf(id);
  if (owner && owner.consumer !== exchange.caller?.consumer) throw new RefusalError(unknownResponse(id));
  return owner;
}

export function unknownResponse(id: string): { code: "unknown-response"; detail: string } {
  return { code: "unknown-response", detail: `there is no response ${id.slice(0, 100)}` };
}
