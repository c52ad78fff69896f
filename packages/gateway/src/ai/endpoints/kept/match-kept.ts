/** Which collection a path belongs to, and what may be done there. */
import type { AiMatch } from "../../endpoints-contract.ts";
import type { ObjectOwners } from "../../models/object-owners.ts";
import type { EndpointParts } from "../generate.ts";
import { anthropicFiles, collections, openAiFiles } from "./collections.ts";
import type { Collection } from "./collections.ts";
import { callKept } from "./kept-call.ts";

const idPattern = /^\/([\w.-]{1,256})(\/.*)?$/;

/** Null where the path is no collection's. */
export function matchKept(method: string, path: string, { parts, owners }: { parts: EndpointParts; owners: ObjectOwners }): AiMatch | { allow: string[] } | null {
  const collection = collectionAt(path);
  if (!collection) return null;
  const place = placeIn(collection, path.slice(collection.root.length));
  if (!place) return null;
  if (!place.methods.includes(method)) return { allow: [...place.methods] };
  const { id, tail } = place;
  const handle = callKept({ collection, id, tail }, parts, owners);
  if (collection !== openAiFiles) return { operation: collection.kind, handle };
  // Both have their files below one path; Anthropic's clients name the version of their API with every request.
  const towardsAnthropic = callKept({ collection: anthropicFiles, id, tail }, parts, owners);
  return { operation: "file", handle: (exchange, sink) => (exchange.headers["anthropic-version"] === undefined ? handle : towardsAnthropic)(exchange, sink) };
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
