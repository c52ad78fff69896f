/** One part of a multipart batch as an item of it: what its request line and fields say is what a request of its own would have said. */
import type { Refusal } from "@parley/contract/problems/problem";
import { fieldValue } from "../../../../exchange/raw-fields.ts";
import type { GuardedCall } from "../../guard/guarded-call.ts";
import { uniqueValue } from "../../guard/create/unique-create.ts";
import { partialPut } from "../../requests/partial-put.ts";
import { repeatedMember } from "../../requests/repeated-member.ts";
import { isJson, parseJson } from "../../requests/json-body.ts";
import { methodOverrideFields, overriddenMethod } from "../../requests/method-override.ts";
import { isRefusal, parseWriteTokens } from "../../requests/write-tokens.ts";
import { type BatchItem, isCreate, isGuarded, outOfScope } from "../batch-item.ts";
import type { BatchPlan, ItemAddress } from "../batch-plan.ts";
import { contentId, isChangeset, type PartsBatch, type RequestPart } from "./parts-batch.ts";

/** That go with the part's own request, in the place of the batch's. */
const ofThePart = ["if-unmodified-since", "accept", "accept-language", "prefer"] as const;

export function readPartItems(call: GuardedCall, plan: BatchPlan, batch: PartsBatch): BatchItem[] {
  const items: BatchItem[] = [];
  for (const [place, part] of batch.parts.entries()) {
    const members = isChangeset(part) ? part.members : [part];
    for (const member of members) items.push(readPartItem(call, plan, { member, changeset: isChangeset(part) ? place : null, before: items }));
  }
  return items;
}

interface About {
  member: RequestPart;
  changeset: number | null;
  /** Of the same batch. */
  before: readonly BatchItem[];
}

function readPartItem(call: GuardedCall, plan: BatchPlan, about: About): BatchItem {
  const { member: { mime, request, index }, changeset } = about;
  const field = (name: string): string | null => fieldValue(request.rawHeaders, name) ?? null;
  const headers = Object.fromEntries([...methodOverrideFields, "idempotency-key", "lock-token"].flatMap((name) => (field(name) === null ? [] : [[name, field(name) as string]])));
  const tokens = parseWriteTokens(headers);
  const method = methodOf(request.method, headers);
  const address = addressOf(plan, about);
  const read: BatchItem = {
    index, id: contentId(mime) ?? field("content-id"), method: method ?? "", word: null, path: address?.path ?? "", query: address?.query ?? "", isOfCreated: address?.isOfCreated === true, changeset,
    ifMatch: field("if-match"), ifNoneMatch: field("if-none-match"), lockToken: isRefusal(tokens) ? null : tokens.lockToken, idempotencyKey: isRefusal(tokens) ? null : tokens.idempotencyKey,
    body: request.body, contentType: field("content-type") ?? "", fields: ofThePart.flatMap((name) => (field(name) === null ? [] : [name, field(name) as string])), unique: null, hasFence: false, refusal: null,
  };
  if (read.path !== "" && isCreate(read)) read.unique = uniqueValue(call.plan, { method: read.method, contentType: read.contentType, bytes: request.body });
  return { ...read, refusal: isRefusal(tokens) ? tokens : (complaintAbout(read, field("content-range") !== null) ?? outOfScope(call, read)) };
}

function complaintAbout(read: BatchItem, hasRange: boolean): Refusal | null {
  if (hasRange && read.method === "PUT") return partialPut;
  const malformed = (what: string): Refusal => ({ code: "malformed-batch", detail: `Part ${read.index} ${what}.` });
  if (read.method === "") return malformed("names no method that there is");
  if (!isGuarded(read)) return null;
  if (read.path === "") return malformed("names no resource of this service in its request line");
  const repeated = read.body !== null && isJson(read.contentType) && parseJson(read.body) !== undefined ? repeatedMember(read.body) : null;
  return repeated === null ? null : malformed(`has the member ${repeated} twice, of which the service could take the other one`);
}

const known: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]);

/** OData's MERGE is what became PATCH. */
function methodOf(word: string, headers: Record<string, string>): string | null {
  const method = word === "MERGE" ? "PATCH" : word;
  return method === "POST" ? (overriddenMethod(headers) ?? method) : known.has(method) ? method : null;
}

/** `$1/Orders` is below what the part with the Content-ID 1 writes, or is about to make. */
function addressOf(plan: BatchPlan, { member: { request }, changeset, before }: About): (ItemAddress & { isOfCreated?: true }) | null {
  const [, id, rest = ""] = /^\/?\$([^/?]+)(.*)$/.exec(request.target) ?? [];
  const named = id === undefined ? undefined : before.findLast((item) => item.changeset === changeset && typeof item.id === "string" && plainId(item.id) === id);
  if (named === undefined) return plan.addressOf(request.target);
  if (named.isOfCreated || named.method === "POST") return { path: "", query: "", isOfCreated: true };
  return named.path === "" ? null : plan.addressOf(named.path + rest);
}

/** As RFC 2392 writes it, without the angle brackets. */
export function plainId(id: string): string {
  return id.trim().replace(/^<(.*)>$/, "$1");
}
