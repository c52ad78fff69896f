/** Answers about kept objects: who made what is noted, and of a list the caller sees what is its own. */
import type { ObjectKind, ObjectOwner } from "@parley/stores/ports/object-owners";
import { asObject, asObjects, asText, tryParseJson } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";
import type { ProviderError } from "../../conversation/provider-error.ts";
import type { ReadAnswer } from "../../calls/whole-relay.ts";
import type { ObjectOwners } from "../../models/object-owners.ts";
import { billBatch, expectBill } from "./batch-bill.ts";
import type { BillParts } from "./batch-bill.ts";
import type { Collection } from "./collections.ts";
import { followingPage } from "./keys-of-list.ts";

export interface KeptAnswerParts {
  collection: Collection;
  owners: ObjectOwners;
  owner: ObjectOwner;
  /** The names of all keys that the provider has. */
  keys: readonly string[];
  /** Takes the names of keys whose objects are not in a list. */
  missed: Set<string>;
  /** Another page of a list; null where it cannot be had. */
  nextPage: (page: NextPage) => Promise<JsonObject | null>;
  /** How many of a list the caller wants. */
  wanted: number;
  /** Where the caller finds a batch's results, in the place of the provider's own address. */
  resultsUrl: (id: string) => string;
  warn: (message: string) => void;
  bill: BillParts;
}

export interface NextPage {
  key: string | undefined;
  /** In the query; null leaves a parameter out. */
  change: Record<string, string | null>;
}

/** Bounds what one list costs where most of the account's objects are others'. */
export const maxPages = 10;

export async function readObject(body: Buffer, parts: KeptAnswerParts, isNew: boolean): Promise<ReadAnswer | ProviderError> {
  const value = asObject(tryParseJson(body.toString("utf8")));
  if (!value) return brokenAnswer("it is not a JSON object", body.toString("utf8", 0, 500));
  await note(value, parts, isNew);
  await billBatch(value, parts.bill, parts.owner).catch(() => parts.warn("the ledger was not there to tell whether a batch has been counted; it is the next time that it is asked for"));
  const withUrl = withResultsUrl(value, parts);
  return answer(withUrl === value ? body : Buffer.from(JSON.stringify(withUrl)));
}

export async function readList(body: Buffer, parts: KeptAnswerParts): Promise<ReadAnswer | ProviderError> {
  const first = asObject(tryParseJson(body.toString("utf8")));
  if (!first) return brokenAnswer("it is not a JSON object", body.toString("utf8", 0, 500));
  const { wanted, collection: { pageAfter } } = parts;
  const later = laterKeys(parts);
  let { key } = parts.owner;
  const found: JsonObject[] = [];
  let page: JsonObject | null = first;
  let hasMore = false;
  for (let pages = 1; page; pages++) {
    const objects = asObjects(page["data"]);
    found.push(...(await ownOf(objects, parts)));
    const last: string | undefined = asText(objects.at(-1)?.["id"]);
    const goesOn = page["has_more"] === true && last !== undefined;
    hasMore = goesOn || found.length > wanted || later.length > 0;
    if (found.length >= wanted || pages === maxPages || (!goesOn && later.length === 0)) break;
    if (!goesOn) key = later.shift();
    ({ key, page } = await followingPage({ key, change: { [pageAfter]: goesOn ? last : null } }, later, { ...parts, pageAfter }));
    // The next page would be this one again.
    if (!page) hasMore = false;
  }
  const shown = found.slice(0, wanted);
  for (const object of shown) await note(object, parts, false);
  const ids = shown.map((object) => asText(object["id"]) ?? null);
  const data = shown.map((object) => withResultsUrl(object, parts));
  return answer(Buffer.from(JSON.stringify({ ...first, data, first_id: ids[0] ?? null, last_id: ids.at(-1) ?? null, has_more: hasMore })));
}

/** The keys whose objects are not looked at yet. */
export function laterKeys({ keys, owner }: Pick<KeptAnswerParts, "keys" | "owner">): string[] {
  return owner.key === undefined ? [] : keys.slice(keys.indexOf(owner.key) + 1);
}

async function ownOf(objects: readonly JsonObject[], { collection, owners, owner }: KeptAnswerParts): Promise<JsonObject[]> {
  const found = await owners.ownersOf(collection.kind, objects.map((object) => asText(object["id"]) ?? "")).catch(() => []);
  return objects.filter((_, index) => found[index]?.consumer === owner.consumer && found[index]?.provider === owner.provider);
}

/** A new object is the caller's, and so is what an object of its own names, such as a batch's results. */
async function note(value: JsonObject, { collection, owners, owner, warn }: KeptAnswerParts, isNew: boolean): Promise<void> {
  const made: [ObjectKind, string][] = [];
  const id = asText(value["id"]);
  if (isNew && id !== undefined) made.push([collection.kind, id]);
  const expected = isNew && id !== undefined ? id : null;
  for (const [member, kind] of Object.entries(collection.names)) {
    const named = asText(value[member]) ?? asText(asObject(value[member])?.["id"]);
    if (named !== undefined) made.push([kind, named]);
  }
  try {
    for (const [kind, name] of made) await owners.remember(kind, name, owner);
    if (expected !== null) await expectBill(collection.kind, expected, { owners, owner });
  } catch {
    warn("the ledger did not take whose a new object at a provider is; only this worker knows, until it ends");
  }
}

function withResultsUrl(value: JsonObject, { resultsUrl }: Pick<KeptAnswerParts, "resultsUrl">): JsonObject {
  const id = asText(value["id"]);
  return typeof value["results_url"] === "string" && id !== undefined ? { ...value, results_url: resultsUrl(id) } : value;
}

function answer(body: Buffer): ReadAnswer {
  return { body, usage: undefined, finishReason: undefined };
}
