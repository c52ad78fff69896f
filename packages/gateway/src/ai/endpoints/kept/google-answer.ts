/** Google's answers about kept objects: `name` is `files/…`, `batches/…` or `cachedContents/…`, and lists go on behind a token. */
import { asObject, asObjects, asText, tryParseJson } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";
import type { ProviderError } from "../../conversation/provider-error.ts";
import type { ReadAnswer } from "../../calls/whole-relay.ts";
import { laterKeys, maxPages } from "./kept-answer.ts";
import { followingPage } from "./keys-of-list.ts";
import type { KeptAnswerParts } from "./kept-answer.ts";

type Notes = Pick<KeptAnswerParts, "collection" | "owners" | "owner" | "warn">;

/** Deleting answers with an empty object, and a piece of an upload with nothing at all. */
export async function readGoogleObject(body: Buffer, parts: Notes, isNew: boolean): Promise<ReadAnswer | ProviderError> {
  const answer = { body, usage: undefined, finishReason: undefined };
  if (body.length === 0) return answer;
  const value = asObject(tryParseJson(body.toString("utf8")));
  if (!value) return brokenAnswer("it is not a JSON object", body.toString("utf8", 0, 500));
  const id = idOf(asObject(value["file"]) ?? value);
  if (isNew && id !== undefined) {
    await parts.owners.remember(parts.collection.kind, id, parts.owner).catch(() => parts.warn("the ledger did not take whose a new object at a provider is; only this worker knows, until it ends"));
  }
  return answer;
}

/** A page is never cut, because its token leads behind all of it: the pages after the first are asked for no more than is still wanted. */
export async function readGoogleList(body: Buffer, parts: KeptAnswerParts, list: string): Promise<ReadAnswer | ProviderError> {
  const first = asObject(tryParseJson(body.toString("utf8")));
  if (!first) return brokenAnswer("it is not a JSON object", body.toString("utf8", 0, 500));
  const later = laterKeys(parts);
  const found: JsonObject[] = [];
  let { key } = parts.owner;
  let next: string | null = null;
  let page: JsonObject | null = first;
  for (let pages = 1; page; pages++) {
    found.push(...(await ownOf(asObjects(page[list]), parts)));
    const token: string | undefined = asText(page["nextPageToken"]) || undefined;
    if (token === undefined) key = later.shift();
    next = token === undefined && key === undefined ? null : writePageToken({ key: parts.keys.indexOf(key ?? ""), token: token ?? "" }, parts.keys);
    if (next === null || found.length >= parts.wanted || pages === maxPages) break;
    const change = { pageToken: token ?? null, ...(parts.wanted < 10_000 && { pageSize: String(parts.wanted - found.length) }) };
    ({ key, page } = await followingPage({ key, change }, later, { ...parts, pageAfter: parts.collection.pageAfter }));
    if (!page) next = null;
  }
  const { nextPageToken: _theirs, ...rest } = first;
  return { body: Buffer.from(JSON.stringify({ ...rest, [list]: found, ...(next !== null && { nextPageToken: next }) })), usage: undefined, finishReason: undefined };
}

async function ownOf(objects: readonly JsonObject[], { collection, owners, owner }: Notes): Promise<JsonObject[]> {
  const found = await owners.ownersOf(collection.kind, objects.map((object) => idOf(object) ?? "")).catch(() => []);
  return objects.filter((_, index) => found[index]?.consumer === owner.consumer && found[index]?.provider === owner.provider);
}

function idOf(value: JsonObject): string | undefined {
  return /^(?:files|cachedContents|batches)\/([\w.-]{1,256})$/.exec(asText(value["name"]) ?? "")?.[1];
}

/** Where a provider has several keys, the token says with which of them the list goes on. */
export function readPageToken(token: string | null): { key: number; token: string } {
  const [, key, rest] = /^(\d{1,4})~(.*)$/.exec(token ?? "") ?? [];
  return key === undefined ? { key: 0, token: token ?? "" } : { key: Number(key), token: rest ?? "" };
}

function writePageToken({ key, token }: { key: number; token: string }, keys: readonly string[]): string {
  return keys.length > 1 ? `${key}~${token}` : token;
}

/** The provider's own token, in the place of the one that its caller was given. */
export function keepToken(query: URLSearchParams): void {
  const { token } = readPageToken(query.get("pageToken"));
  if (token === "") query.delete("pageToken");
  else query.set("pageToken", token);
}
