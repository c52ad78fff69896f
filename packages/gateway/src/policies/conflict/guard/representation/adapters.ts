/**
 * Upstreams that compare versions in their own way. An adapter is data: where a representation carries its version, and
 * where a write has to carry it; the two functions below do it for all of them.
 */
import type { Conflict, VersionAdapter } from "@parley/contract/config/conflict";
import { isJsonObject, isLongNumber, type Json, parsePointer, resolvePointer, scalarText } from "@parley/merge";
import { parseAsWritten } from "../../requests/json-as-written.ts";
import { type StaleAnswers, staleAnswers } from "../../requests/stale-answers.ts";

export interface Adapter {
  /** Pointers of what makes up the version; several are joined by a dot. */
  version: readonly string[];
  /** Where a body carries it, in the same order; null where the query does. */
  body: readonly string[] | null;
  /** Query parameters, in the same order: instead of a body, or for a write that has none. */
  query: readonly string[] | null;
  /** Where the body of a DELETE carries it, which has none of its own. */
  deleteBody: readonly string[] | null;
  /** How the upstream says that a version is stale, besides 409 and 412. */
  stale: Conflict["stale"];
}

/** One for each name that the configuration takes: a service that names one with no entry here would be guarded by nothing. */
const adapters: Readonly<Record<VersionAdapter, Adapter>> = {
  couchdb: { version: ["/_rev"], body: ["/_rev"], query: ["rev"], deleteBody: null, stale: [] },
  github: { version: ["/sha"], body: ["/sha"], query: ["sha"], deleteBody: null, stale: [{ status: 422, body: "sha" }] },
  elasticsearch: { version: ["/_seq_no", "/_primary_term"], body: null, query: ["if_seq_no", "if_primary_term"], deleteBody: null, stale: [] },
  kubernetes: { version: ["/metadata/resourceVersion"], body: ["/metadata/resourceVersion"], query: null, deleteBody: ["/preconditions/resourceVersion"], stale: [] },
};

/** Null where the validator names none. */
export function findAdapter(validator: string | undefined): Adapter | null {
  if (validator?.startsWith("field:")) {
    const pointer = validator.slice("field:".length);
    return { version: [pointer], body: [pointer], query: null, deleteBody: null, stale: [] };
  }
  return validator?.startsWith("adapter:") ? adapters[validator.slice("adapter:".length) as VersionAdapter] : null;
}

/** What the service's configuration and its adapter know of the upstream's way to say that a version is stale. */
export function staleAnswersOf(settings: Pick<Conflict, "stale" | "validator">): StaleAnswers {
  return staleAnswers([...settings.stale, ...(findAdapter(settings.validator)?.stale ?? [])]);
}

/** As the opaque part of a tag; null where the document carries none, or one that no tag can have. */
export function versionIn(document: Json | undefined, adapter: Adapter): string | null {
  const parts = adapter.version.map((pointer) => scalarText(resolvePointer(document, pointer)));
  if (parts.includes(undefined)) return null;
  const text = parts.join(".");
  return /^[\x21\x23-\x7e]+$/.test(text) ? text : null;
}

export interface AdaptedWrite {
  method: string;
  /** Path below the route and query. */
  rest: string;
  bytes: Buffer;
}

/** `current` is the document that the version was read from, so that it goes back in its own type. */
export function withVersion(write: AdaptedWrite, current: Json, adapter: Adapter): AdaptedWrite {
  const values = adapter.version.map((pointer) => resolvePointer(current, pointer) ?? null);
  const pointers = write.bytes.length > 0 ? adapter.body : write.method === "DELETE" ? adapter.deleteBody : null;
  if (pointers !== null) return { ...write, bytes: inBody(write.bytes, pointers, values) };
  if (adapter.query === null) return write;
  const parameters = adapter.query.map((name, index) => `${name}=${encodeURIComponent(scalarText(values[index]) ?? "")}`);
  const question = write.rest.indexOf("?");
  const kept = question === -1 ? [] : write.rest.slice(question + 1).split("&").filter((pair) => !adapter.query?.includes(pair.split("=", 1)[0] ?? ""));
  return { ...write, rest: `${question === -1 ? write.rest : write.rest.slice(0, question)}?${[...kept, ...parameters].join("&")}` };
}

/** The document with the version that the other one has: versions are the upstream's to set, and no difference between documents. */
export function withVersionOf(document: Json, other: Json, adapter: Adapter): Json {
  if (!isJsonObject(document)) return document;
  return adapter.version.reduce<Json>((result, pointer) => {
    const version = resolvePointer(other, pointer);
    return version === undefined ? result : set(result, parsePointer(pointer) ?? [], version);
  }, document);
}

/** The document with a version that is no longer, or never was, the current one, and has the form of one. */
export function withStaleVersion(document: Json, adapter: Adapter): Json {
  const [first = ""] = adapter.version;
  return set(document, parsePointer(first) ?? [], staleVersion(resolvePointer(document, first)));
}

function staleVersion(version: Json | undefined): Json {
  if (isLongNumber(version)) return 1;
  if (typeof version === "number") return version > 0 ? version - 1 : version + 1;
  const text = scalarText(version) ?? "";
  if (/^\d{1,15}$/.test(text)) return String(Number(text) > 0 ? Number(text) - 1 : 1);
  // CouchDB's: the number of the change and a digest.
  if (/^\d+-/.test(text)) return `1-${"0".repeat(text.length - text.indexOf("-") - 1)}`;
  return "0".repeat(text.length);
}

/** All else of the document stays as the client wrote it. */
function inBody(bytes: Buffer, pointers: readonly string[], values: readonly Json[]): Buffer {
  let document = bytes.length === 0 ? {} : parseAsWritten(bytes);
  if (!isJsonObject(document)) return bytes;
  for (const [index, pointer] of pointers.entries()) document = set(document, parsePointer(pointer) ?? [], values[index] ?? null);
  return Buffer.from(JSON.stringify(document));
}

function set(document: Json, [token, ...below]: readonly string[], value: Json): Json {
  if (token === undefined) return value;
  const object = isJsonObject(document) ? document : {};
  return { ...object, [token]: set(object[token] ?? {}, below, value) };
}
