/** Which collection a path belongs to, and what may be done there. */
import type { Exchange } from "../../../exchange/exchange.ts";
import type { AiMatch } from "../../endpoints-contract.ts";
import type { ObjectOwners } from "../../models/object-owners.ts";
import type { EndpointParts } from "../endpoint-parts.ts";
import { anthropicFiles, collections, geminiFiles, openAiFiles } from "./collections.ts";
import type { Collection } from "./collections.ts";
import { callUpload, isUploadPath } from "./google-upload.ts";
import { callKept } from "./kept-call.ts";

const stableCached = "/v1/cachedContents";
const idPattern = /^\/([\w.-]{1,256})([/:].*)?$/;

/** Null where the path is no collection's. */
export function matchKept(method: string, path: string, { parts, owners }: { parts: EndpointParts; owners: ObjectOwners }): AiMatch | { allow: string[] } | null {
  if (isUploadPath(path)) return method === "POST" || method === "PUT" ? { operation: "gemini-file", handle: callUpload(parts, owners) } : { allow: ["POST", "PUT"] };
  // Google's clients call `/v1` as well as `/v1beta`, and mean the same.
  const own = path.startsWith(stableCached) ? `/v1beta${path.slice(3)}` : path;
  const collection = collectionAt(own);
  if (!collection) return null;
  const place = placeIn(collection, own.slice(collection.root.length));
  if (!place) return null;
  if (!place.methods.includes(method)) return { allow: [...place.methods] };
  const { id, tail } = place;
  const handle = callKept({ collection, id, tail }, parts, owners);
  if (collection !== openAiFiles) return { operation: collection.kind, handle };
  const towardsAnthropic = callKept({ collection: anthropicFiles, id, tail }, parts, owners);
  const towardsGoogle = callKept({ collection: geminiFiles, id, tail }, parts, owners);
  return { operation: "file", handle: (exchange, sink) => (isAnthropic(exchange) ? towardsAnthropic : isGoogle(exchange) ? towardsGoogle : handle)(exchange, sink) };
}

/** Three have their files below one path. Anthropic's clients name the version of their API with every request. */
function isAnthropic({ headers }: Exchange): boolean {
  return headers["anthropic-version"] !== undefined;
}

/** Google's say who they are, and have a field of their own for the key. */
function isGoogle({ headers }: Exchange): boolean {
  return headers["x-goog-api-key"] !== undefined || headers["x-goog-api-client"] !== undefined;
}

function collectionAt(path: string): Collection | undefined {
  return [openAiFiles, ...collections].find(({ root }) => path.startsWith(root) && (path.length === root.length || path[root.length] === "/"));
}

function placeIn(collection: Collection, rest: string): { methods: readonly string[]; id: string | null; tail: string } | null {
  if (rest === "") return { methods: collection.methods, id: null, tail: "" };
  const [, id, tail = ""] = idPattern.exec(rest) ?? [];
  const below = id === undefined ? undefined : collection.below.find((each) => each.tail.test(tail));
  return id !== undefined && below ? { methods: below.methods, id, tail } : null;
}
