/** Which collection a path belongs to, and what may be done there. */
import type { Exchange } from "../../../exchange/exchange.ts";
import { RefusalError } from "../../../exchange/answer.ts";
import type { AiMatch } from "../../endpoints-contract.ts";
import type { ObjectOwners } from "../../models/object-owners.ts";
import type { EndpointParts } from "../endpoint-parts.ts";
import { collections, geminiBatches, shared } from "./collections.ts";
import type { Collection } from "./collections.ts";
import { batchedModelOf } from "./google-batch.ts";
import { callUpload, isUploadPath } from "./google-upload.ts";
import { callKept } from "./kept-call.ts";

const stableCached = "/v1/cachedContents";
const idPattern = /^\/([\w.-]{1,256})([/:].*)?$/;

/** Batches of Google's are made below their model. Null for any other path. */
export function matchModelBatch(method: string, path: string, { parts, owners }: { parts: EndpointParts; owners: ObjectOwners }): AiMatch | { allow: string[] } | null {
  const batched = batchedModelOf(path);
  if (!batched) return null;
  return method === "POST" ? { operation: batched.verb, handle: callKept({ collection: geminiBatches, id: null, tail: "", batched }, parts, owners) } : { allow: ["POST"] };
}

/** Null where the path is no collection's. */
export function matchKept(method: string, path: string, { parts, owners }: { parts: EndpointParts; owners: ObjectOwners }): AiMatch | { allow: string[] } | null {
  if (isUploadPath(path)) return method === "POST" || method === "PUT" ? { operation: "gemini-file", handle: callUpload(parts, owners) } : { allow: ["POST", "PUT"] };
  // Google's clients call `/v1` as well as `/v1beta`, and mean the same.
  const own = path.startsWith(stableCached) ? `/v1beta${path.slice(3)}` : path;
  const sharing = shared.find(([usual]) => isBelow(usual, own));
  if (sharing) return matchShared(method, own, sharing, { parts, owners });
  const collection = collections.find((each) => isBelow(each, own));
  const place = collection && placeIn(collection, own);
  if (!collection || !place) return null;
  if (!place.methods.includes(method)) return { allow: [...place.methods] };
  return { operation: collection.kind, handle: callKept({ collection, id: place.id, tail: place.tail }, parts, owners) };
}

/** Whose it is shows in the header fields alone. */
function matchShared(method: string, path: string, [usual, ...others]: (typeof shared)[number], { parts, owners }: { parts: EndpointParts; owners: ObjectOwners }): AiMatch | { allow: string[] } | null {
  const places = [usual, ...others].flatMap((collection) => {
    const place = placeIn(collection, collection.root + path.slice(usual.root.length));
    return place ? [{ dialect: collection.caller.name, methods: place.methods, handle: callKept({ collection, id: place.id, tail: place.tail }, parts, owners) }] : [];
  });
  if (places.length === 0) return null;
  const allow = [...new Set(places.flatMap(({ methods }) => methods))];
  if (!allow.includes(method)) return { allow };
  return {
    operation: usual.kind,
    handle(exchange, sink) {
      const speaker = isAnthropic(exchange) ? "anthropic-messages" : isGoogle(exchange) ? "gemini" : usual.caller.name;
      const own = places.find(({ dialect }) => dialect === speaker) ?? places.find(({ dialect }) => dialect === usual.caller.name);
      if (!own?.methods.includes(method)) throw new RefusalError({ code: "method-not-allowed", detail: `${path} takes ${own?.methods.join(", ") ?? "nothing"} only in the caller's API.`, headers: { Allow: own?.methods.join(", ") ?? "" } });
      return own.handle(exchange, sink);
    },
  };
}

/** Anthropic's clients name the version of their API with every request. */
function isAnthropic({ headers }: Exchange): boolean {
  return headers["anthropic-version"] !== undefined;
}

/** Google's say who they are, and have a field of their own for the key. */
function isGoogle({ headers }: Exchange): boolean {
  return headers["x-goog-api-key"] !== undefined || headers["x-goog-api-client"] !== undefined;
}

function isBelow({ root }: Collection, path: string): boolean {
  return path.startsWith(root) && (path.length === root.length || path[root.length] === "/");
}

function placeIn(collection: Collection, path: string): { methods: readonly string[]; id: string | null; tail: string } | null {
  const rest = path.slice(collection.root.length);
  if (rest === "") return { methods: collection.methods, id: null, tail: "" };
  const [, id, tail = ""] = idPattern.exec(rest) ?? [];
  const below = id === undefined ? undefined : collection.below.find((each) => each.tail.test(tail));
  return id !== undefined && below ? { methods: below.methods, id, tail } : null;
}
