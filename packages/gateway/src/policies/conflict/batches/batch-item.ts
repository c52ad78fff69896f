/** One item of a batch as it came: what it writes, under which precondition, and what keeps it from being carried out. */
import type { Batch } from "@parley/contract/config/batches";
import type { Refusal } from "@parley/contract/problems/problem";
import { isWithin, type Json, resolvePointer, scalarText } from "@parley/merge";
import { outsideOfScopes } from "../../../exchange/key-scopes.ts";
import type { GuardedCall } from "../guard/guarded-call.ts";
import { type UniqueValue, uniqueValue } from "../guard/create/unique-create.ts";
import { withoutValueAt } from "../requests/json-as-written.ts";
import type { BatchPlan } from "./batch-plan.ts";

export interface BatchItem {
  index: number;
  /** As the client names it; null for nothing. */
  id: Json;
  method: string;
  /** The client's own word for it; null where the item has none. */
  word: Json;
  /** On the gateway; "" where the item names none. */
  path: string;
  /** With its question mark; "" for none, which all have whose items are JSON. */
  query: string;
  /** It is about what another item of the batch is about to make, which nobody can have changed. */
  isOfCreated: boolean;
  /** Of those that are carried out all or none: which one it belongs to; null for none. */
  changeset: number | null;
  /** Field values, as a request of its own would have them. */
  ifMatch: string | null;
  ifNoneMatch: string | null;
  lockToken: string | null;
  idempotencyKey: string | null;
  /** Name, value, …: more fields of its own, in the place of the batch's. Null where it has the batch's. */
  fields: readonly string[] | null;
  /** Null where the service does not say where it is. */
  body: Buffer | null;
  contentType: string;
  /** Something stands where the gateway tells the upstream the fence. */
  hasFence: boolean;
  /** Of a create in a collection with a unique key. */
  unique: UniqueValue | null;
  /** It goes no further than this. */
  refusal: Refusal | null;
}

export function readItem(call: GuardedCall, plan: BatchPlan, about: { item: Json; index: number }): BatchItem {
  const { item, index } = about;
  const { settings } = plan;
  const body = bodyOf(settings, item);
  const method = methodOf(settings, item);
  const fields = { ifMatch: tagField(item, settings.item.ifMatch), ifNoneMatch: tagField(item, settings.item.ifNoneMatch), lockToken: textAt(item, settings.item.lockToken) };
  const read: BatchItem = {
    index, id: settings.item.id === undefined ? null : (resolvePointer(item, settings.item.id) ?? null), method: method ?? "", word: wordOf(settings, item) ?? null, path: plan.pathOf(item) ?? "",
    query: "", isOfCreated: false, changeset: null, idempotencyKey: null, fields: null,
    ifMatch: fields.ifMatch ?? null, ifNoneMatch: fields.ifNoneMatch ?? null, lockToken: fields.lockToken ?? null,
    body: body === undefined ? null : Buffer.from(JSON.stringify(body)),
    contentType: method === "PATCH" ? (Array.isArray(body) ? "application/json-patch+json" : "application/merge-patch+json") : "application/json", unique: null, refusal: null,
    hasFence: settings.item.fence !== undefined && resolvePointer(item, settings.item.fence) !== undefined,
  };
  if (read.path !== "" && read.body !== null && isCreate(read)) read.unique = uniqueValue(call.plan, { method: read.method, contentType: read.contentType, bytes: read.body });
  const wrong = Object.values(fields).includes(undefined) ? "has a precondition or a token that is no text" : complaintAbout(read, settings);
  return { ...read, refusal: wrong === null ? outOfScope(call, read) : { code: "malformed-batch", detail: `Item ${index} ${wrong}.` } };
}

function complaintAbout(read: BatchItem, { item }: Batch): string | null {
  if (read.method === "") return "names no method that there is";
  return read.path === "" && isGuarded(read) ? `names no resource of this service at ${item.resource ?? ""}` : null;
}

/** A key that may not DELETE may not do so in a batch. */
export function outOfScope({ plan, exchange }: GuardedCall, { method }: Pick<BatchItem, "method">): Refusal | null {
  return exchange.caller === null ? null : outsideOfScopes(exchange.caller, { service: plan.service, method });
}

/** The second of two that write the same, or create what may be there once, could only be judged by what the first has made of it. */
export function refuseRepeated(items: readonly BatchItem[]): void {
  const first = new Map<string, number>();
  for (const item of items) {
    if (item.refusal !== null || !isGuarded(item) || (isCreate(item) && item.unique === null)) continue;
    const written = item.unique === null ? item.path : `${item.path}#${item.unique.digest}`;
    const before = first.get(written);
    if (before === undefined) first.set(written, item.index);
    else item.refusal = { code: "malformed-batch", detail: item.unique === null ? `Item ${item.index} writes ${item.path}, which item ${before} writes already.` : `Item ${item.index} creates in ${item.path} what item ${before} creates already.` };
  }
}

/** Reads pass, and so do creates that neither name a state, nor come under a lease or a key, nor have a unique value: there is nothing yet that could be lost. */
export function isGuarded(item: BatchItem): boolean {
  if (item.method === "GET" || item.method === "HEAD" || item.isOfCreated) return false;
  return !isCreate(item) || item.unique !== null || item.idempotencyKey !== null;
}

/** It is about its collection, whose lease it minds; its place is a lane of its own. */
export function isCreate({ method, ifMatch, ifNoneMatch, lockToken }: Pick<BatchItem, "method" | "ifMatch" | "ifNoneMatch" | "lockToken">): boolean {
  return method === "POST" && ifMatch === null && ifNoneMatch === null && lockToken === null;
}

function wordOf({ item: { method } }: Batch, item: Json): Json | undefined {
  return method === undefined ? undefined : resolvePointer(item, method);
}

function methodOf(settings: Batch, item: Json): string | null {
  const { methods, defaultMethod } = settings.item;
  const word = wordOf(settings, item);
  if (word === undefined || word === null) return defaultMethod;
  const text = typeof word === "string" ? word : JSON.stringify(word);
  const named = Object.hasOwn(methods, text) ? (methods[text] as string) : text.toUpperCase();
  return known.has(named) ? named : word === false ? defaultMethod : null;
}

const known: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]);

/** What the item says to the gateway is no part of the document, wherever it stands. */
function bodyOf({ item: at }: Batch, item: Json): Json | undefined {
  const { body } = at;
  if (body === undefined) return undefined;
  const document = resolvePointer(item, body);
  const inside = [at.method, at.ifMatch, at.ifNoneMatch, at.lockToken, at.fence].filter((pointer) => pointer !== undefined).filter((pointer) => isWithin(pointer, body));
  return document === undefined ? undefined : inside.reduce<Json>((rest, pointer) => withoutValueAt(rest, pointer.slice(body.length)), document);
}

/** Undefined where something stands there that is no tag. */
function tagField(item: Json, pointer: string | undefined): string | null | undefined {
  const text = textAt(item, pointer);
  return typeof text !== "string" || text === "*" || /^\s*(?:W\/)?"/.test(text) ? text : `"${text}"`;
}

function textAt(item: Json, pointer: string | undefined): string | null | undefined {
  const value = pointer === undefined ? undefined : resolvePointer(item, pointer);
  if (value === undefined || value === null) return null;
  return scalarText(value);
}
