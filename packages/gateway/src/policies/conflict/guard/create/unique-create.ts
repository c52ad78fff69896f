/**
 * Creates with a unique value (`conflict.uniqueKey`). They come one after the other, so that each finds the one before: in what
 * the ledger remembers of creates, whose upstream's own search may lag behind, or by the upstream's refusal. What is found is
 * looked at with the caller's own credentials before anything is said of it, and then `conflict.onDuplicate` decides.
 */
import { createHash } from "node:crypto";
import { equalJson, isJsonObject, type Json, resolvePointer, scalarText } from "@parley/merge";
import { derivedExchange, noBody } from "../../../../exchange/derived-exchange.ts";
import { isJson, parseJson } from "../../requests/json-body.ts";
import { repeatedMember } from "../../requests/repeated-member.ts";
import { withoutSlashAtEnd } from "../../requests/resource-path.ts";
import { fieldValue } from "../../../../exchange/raw-fields.ts";
import { type Answer, takeAnswer } from "../../../../exchange/whole-answer.ts";
import type { GuardedCall } from "../guarded-call.ts";
import type { GuardPlan } from "../guard-plan.ts";
import type { ClientWrite } from "../resolution/merging.ts";
import { refetch } from "../representation/refetch.ts";
import { documentOf, type Representation } from "../representation/representation.ts";

export interface UniqueValue {
  value: Json;
  /** A member that the document has twice, of which the service could take the other one. */
  repeated: string | null;
  /** Names it in the ledger. */
  digest: string;
}

/** Null where the create has none. */
export function uniqueValue({ settings: { uniqueKey } }: GuardPlan, client: ClientWrite | null): UniqueValue | null {
  if (uniqueKey === undefined || client?.method !== "POST" || !isJson(client.contentType)) return null;
  const value = resolvePointer(parseJson(client.bytes), uniqueKey);
  if (value === undefined) return null;
  return { value, repeated: repeatedMember(client.bytes), digest: createHash("sha256").update(JSON.stringify(value)).digest("base64url") };
}

export interface Existing {
  /** On the gateway. */
  path: string;
  current: Representation;
}

/** What an earlier create through the gateway has made, if it is still there and still has the value. */
export async function rememberedDuplicate(call: GuardedCall, unique: UniqueValue): Promise<Existing | null> {
  const { location } = await call.plan.ports.ledger.findUnique({ service: call.plan.service, path: withoutSlashAtEnd(call.path), value: unique.digest });
  return location === null ? null : lookAt(call, location, unique);
}

/** What the upstream means by its 409: what its answer points to, or what its collection shows under the value. */
export async function refusedDuplicate(call: GuardedCall, unique: UniqueValue, answer: Answer): Promise<Existing | null> {
  for (const path of candidates(call, answer)) {
    const existing = await lookAt(call, path, unique);
    if (existing !== null) return existing;
  }
  const found = await searchCollection(call, unique);
  return found === null ? null : lookAt(call, found, unique);
}

/** From the answer to a create that was carried out. */
export async function rememberCreate(call: GuardedCall, unique: UniqueValue, answer: Answer | null): Promise<void> {
  const [location] = answer === null || answer.status >= 300 ? [] : candidates(call, answer);
  if (location === undefined) return;
  const { ledger } = call.plan.ports;
  await ledger.keepUnique({ service: call.plan.service, path: withoutSlashAtEnd(call.path), value: unique.digest, location, retainMs: call.plan.settings.idempotency.retain });
}

/** The same call in the place of another resource of the service. */
export function callOf(call: GuardedCall, path: string): GuardedCall {
  const { plan, exchange } = call;
  const rest = plan.servicePath === "/" ? path : path.slice(plan.servicePath.length);
  return { ...call, path, query: "", exchange: derivedExchange(exchange, { path, rest, target: path, body: noBody }) };
}

async function lookAt(call: GuardedCall, path: string, { value }: UniqueValue): Promise<Existing | null> {
  const found = await refetch(callOf(call, path), undefined);
  if (found.kind !== "seen" || !found.current.exists) return null;
  const there = resolvePointer(documentOf(found.current), call.plan.settings.uniqueKey ?? "");
  return there !== undefined && equalJson(there, value) ? { path, current: found.current } : null;
}

/** Where an answer says that something is. Upstreams know their own paths only, so the last segment below the collection counts as well. */
function candidates(call: GuardedCall, answer: Answer): string[] {
  const paths = ["location", "content-location"].flatMap((name) => pathsOf(call, fieldValue(answer.rawHeaders, name)));
  const document = isJson(fieldValue(answer.rawHeaders, "content-type") ?? "") ? parseJson(answer.body) : undefined;
  return [...new Set([...paths, ...pathsOfItem(call, document)])].slice(0, maxCandidates);
}

const maxCandidates = 4;
const maxPathLength = 2_000;

function pathsOf(call: GuardedCall, location: string | undefined): string[] {
  if (location === undefined || location.length > maxPathLength || !URL.canParse(location, "http://upstream")) return [];
  const { pathname } = new URL(location, "http://upstream");
  const last = pathname.split("/").findLast((segment) => segment !== "");
  const prefix = call.plan.servicePath === "/" ? "/" : `${call.plan.servicePath}/`;
  return [...(last === undefined ? [] : [below(call, last)]), ...(pathname.startsWith(prefix) ? [pathname] : [])];
}

function below({ path }: GuardedCall, segment: string): string {
  return `${path.endsWith("/") ? path.slice(0, -1) : path}/${segment}`;
}

function pathsOfItem(call: GuardedCall, item: Json | undefined): string[] {
  if (!isJsonObject(item)) return [];
  const ids = ["id", "_id", "uuid", "key"].map((name) => scalarText(Object.hasOwn(item, name) ? item[name] : undefined)).filter((id) => id !== undefined);
  return ids.filter((id) => id !== "" && id.length <= maxPathLength).map((id) => below(call, encodeURIComponent(id)));
}

/** `GET /people?email=…`: many collections filter by their fields; one that does not is looked through as far as it shows itself. */
async function searchCollection(call: GuardedCall, { value }: UniqueValue): Promise<string | null> {
  const { plan, exchange } = call;
  const pointer = plan.settings.uniqueKey ?? "";
  const name = pointer.slice(pointer.lastIndexOf("/") + 1).replaceAll("~1", "/").replaceAll("~0", "~");
  const text = scalarText(value);
  if (text === undefined) return null;
  const question = exchange.rest.indexOf("?");
  const rest = `${question === -1 ? exchange.rest : exchange.rest.slice(0, question)}?${encodeURIComponent(name)}=${encodeURIComponent(text)}`;
  const search = callOf(call, call.path).exchange;
  const headers = { ...search.headers };
  for (const field of ofTheWrite) delete headers[field];
  const rawHeaders = search.rawHeaders.filter((_, index) => !ofTheWrite.has((search.rawHeaders[index - (index % 2)] as string).toLowerCase()));
  const taken = await takeAnswer(plan.next, derivedExchange(search, { method: "GET", rest, headers, rawHeaders }), { maxBytes: plan.maxBodyBytes });
  if (taken.kind !== "whole" || taken.answer.status !== 200) return null;
  const matching = itemsOf(parseJson(taken.answer.body)).filter((item) => equalJson(resolvePointer(item, pointer) ?? null, value));
  return matching.length === 1 ? (pathsOfItem(call, matching[0])[0] ?? null) : null;
}

const ofTheWrite: ReadonlySet<string> = new Set(["content-type", "content-length", "transfer-encoding", "content-encoding", "idempotency-key", "expect", "accept-encoding"]);

/** A list, or an object with one in it. */
function itemsOf(document: Json | undefined): readonly Json[] {
  if (Array.isArray(document)) return document;
  return isJsonObject(document) ? (Object.values(document).find((member) => Array.isArray(member)) ?? []) : [];
}
