/** A conversation that a provider keeps goes on at that provider: `previous_response_id` or `conversation` decides among the targets. */
import { RefusalError } from "../../exchange/answer.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import type { Refusal } from "@parley/contract/problems/problem";
import type { ObjectKind, ObjectOwner } from "@parley/stores/ports/object-owners";
import { asObject, asText } from "../conversation/json.ts";
import type { JsonObject } from "../conversation/json.ts";
import type { ObjectOwners } from "../models/object-owners.ts";
import type { ModelTarget } from "../models/model-target.ts";
import { dialectTowards } from "../models/provider-account.ts";

/** What is kept at a provider, and the parameter that names it. */
export interface KeptReference {
  readonly kind: Extract<ObjectKind, "response" | "conversation">;
  readonly id: string;
  readonly param: "previous_response_id" | "conversation";
}

export interface Pinning {
  /** What the request goes on from; null for a request that stands alone. */
  reference(head: JsonObject): KeptReference | null;
  /** The targets that may answer. */
  pin(exchange: Exchange, targets: readonly ModelTarget[], reference: KeptReference): Promise<readonly ModelTarget[]>;
  /** Takes the ids of answers that providers keep. */
  remember(exchange: Exchange): (id: string, provider: string, key?: string) => void;
}

export function responsePinning(owners: ObjectOwners): Pinning {
  return {
    reference: keptReference,
    async pin(exchange, targets, { kind, id, param }) {
      const owner = await ownerFor(owners, { kind, id }, exchange);
      const capable = targets.filter(({ account }) => dialectTowards(account, "openai-responses")?.name === "openai-responses");
      // Where no target keeps responses, each refuses the parameter by its name.
      if (!owner) return capable.length === 0 ? targets : onlyProvider(capable, { id, param });
      const own = withKey(targets.filter(({ account }) => account.name === owner.provider), owner.key);
      if (own.length > 0) return own;
      const detail = `${id} is kept by the provider ${owner.provider}, and the model belongs to ${targets.map(({ account }) => account.name).join(", ")}`;
      throw new RefusalError({ code: "invalid-request", detail, fix: "Go on with a model of the provider that has the conversation, or send all of the conversation.", extensions: { param } });
    },
    // The caller has no id before its answer, and asks no sooner than that: nobody waits for the ledger. Without it this worker still knows.
    remember: (exchange) => (id, provider, key) => void owners.remember("response", id, { provider, consumer: consumerOf(exchange), ...(key !== undefined && { key }) }).catch(() => {}),
  };
}

export function keptReference(head: JsonObject): KeptReference | null {
  const previous = asText(head["previous_response_id"]);
  if (previous !== undefined) return { kind: "response", id: previous, param: "previous_response_id" };
  const conversation = asText(head["conversation"]) ?? asText(asObject(head["conversation"])?.["id"]);
  return conversation === undefined ? null : { kind: "conversation", id: conversation, param: "conversation" };
}

/** What was made with one key of a provider is seen with that key alone. */
export function withKey(targets: readonly ModelTarget[], keyName: string | undefined): readonly ModelTarget[] {
  return keyName === undefined ? targets : targets.map((target) => ({ ...target, keyName }));
}

/** Where the gateway has it, for people and for the ledger. */
export function pathOf({ kind, id }: KeptReference): string {
  return `/v1/${kind}s/${id.slice(0, 256)}`;
}

function onlyProvider(capable: readonly ModelTarget[], { id, param }: Pick<KeptReference, "id" | "param">): readonly ModelTarget[] {
  const names = [...new Set(capable.map(({ account }) => account.name))];
  if (names.length === 1) return capable;
  throw new RefusalError({ ...severalMayHave(id, names), extensions: { param } });
}

/** Nothing is known of the id, and no one provider is the one to ask. */
export function severalMayHave(id: string, providers: readonly string[]): Refusal {
  return { code: "unknown-response", detail: `it is not known which provider has ${id.slice(0, 100)}; it may be ${providers.join(" or ")}`, fix: "Name the provider in the model, as in provider/model, or send all of the conversation." };
}

/**
 * Null where nothing is known of the id. What another consumer's call made does not exist for this one, and while that cannot
 * be found out the call is refused, unless all callers are one.
 */
export async function ownerFor(owners: ObjectOwners, { kind, id }: Pick<KeptReference, "kind" | "id">, exchange: Exchange): Promise<ObjectOwner | null> {
  const consumer = consumerOf(exchange);
  const owner = await Promise.resolve(owners.ownerOf(kind, id)).catch(() => {
    if (consumer !== null) throw new RefusalError(ownerUnknown(`the ${kind}`));
    return null;
  });
  if (owner && owner.consumer !== consumer) throw new RefusalError(unknownResponse(id));
  return owner;
}

/** Whose something is stands in the ledger. */
export function ownerUnknown(what: string): Refusal {
  return { code: "ledger-unavailable", detail: `whose ${what} is cannot be looked up, because the ledger does not answer`, headers: { "Retry-After": "1" } };
}

/** Null on an open route, where all callers are one. */
export function consumerOf(exchange: Exchange): string | null {
  return exchange.caller?.consumer ?? null;
}

export function unknownResponse(id: string): { code: "unknown-response"; detail: string } {
  return { code: "unknown-response", detail: `there is no response ${id.slice(0, 100)}` };
}
