/** What to do next, as a command that can be pasted and as a call of the client library. */
import type { IncomingHttpHeaders } from "node:http";
import type { Exchange } from "../../../exchange/exchange.ts";
import { curlCredential } from "../../../exchange/shown-credential.ts";
import type { NextStep } from "@parley/contract/conflicts/problem";
import type { Diagnosis } from "./diagnose.ts";

export interface Call {
  method: string;
  /** The resource's address as the client called it. */
  url: string;
  currentEtag: string | null;
  /** By what the service knows its callers. */
  access: keyof typeof curlCredential;
  /** Of the service, where a field names it. */
  version: { field: string; value: string } | null;
  contentType: string | null;
  /** What made the call safe to send, by its names in lower case; a repetition without it would be another call. */
  conditions: Conditions;
  /** It came under a lease. The token itself is no text for a record that others read. */
  underLease: boolean;
}

export type Conditions = readonly (readonly [name: string, value: string])[];

/** As the client sent them. */
export function conditionsOf(headers: IncomingHttpHeaders): Conditions {
  return conditional.flatMap((name) => {
    const value = headers[name];
    return typeof value === "string" ? [[name, value] as const] : [];
  });
}

/** A media type may have said the version in the place of Accept. */
export function versionOf({ versionField: field, headers }: Pick<Exchange, "versionField" | "headers">): Call["version"] {
  if (field === undefined) return null;
  const own = headers[field.toLowerCase()];
  const value = field === "Accept" && !/;\s*(?!q\s*=)[^\s;,=]+\s*=/i.test(String(own ?? "")) ? headers["content-type"] : own;
  return typeof value === "string" ? { field, value: value.slice(0, 200) } : null;
}

const conditional = ["if-match", "if-none-match", "if-unmodified-since", "idempotency-key", "timeout", "prefer"];

export interface Occasion {
  /** Random, and the same for whoever repeats the command: a key that is made anew each time would make two of one. */
  id: string;
  /** It is not there. */
  isAbsent: boolean;
}

export function nextStep(diagnosis: Diagnosis, call: Call, occasion: Occasion): NextStep {
  switch (diagnosis.cause) {
    case "busy":
    case "ledger-unavailable":
      return repeatLater(diagnosis, call);
    case "locked":
      return diagnosis.subcause === "held" ? repeatLater(diagnosis, call) : lockAgain(call);
    case "idempotency":
      return idempotencyStep(diagnosis, call, occasion);
    case "already-applied":
    case "outcome-unknown":
    case "state-mismatch":
      return { what: "Read it, and see what is there.", curl: get(call), sdk: read(call) };
    case "concurrent-modification":
    case "version-mismatch":
    case "precondition-required":
    case "lost-update":
      if (diagnosis.subcause === "untagged") return { what: untagged, curl: get(call), sdk: read(call) };
      return occasion.isAbsent ? createAgain(call) : changeAgain(call);
  }
}

/** Nothing that its client could send helps. */
const untagged = "No write can name what has no ETag: whoever runs the gateway raises `conflict.maxBody`, or sets a `validator` that does not need the body.";

/** There is no ETag of what is not there. */
function createAgain(call: Call): NextStep {
  const look: NextStep = { what: "It is not there (any more). Look whether that is as it should be.", curl: get(call), sdk: read(call) };
  if (call.method !== "PUT") return look;
  const sdk = `await client.fetch(${quoteJs(call.url)}, ${sdkRequest(call, [["If-None-Match", "*"]])});`;
  return { what: "It is not there (any more). If it is to be there again, create it, unless somebody else does so first.", curl: `${write(call)} -H 'If-None-Match: *'${body(call)} ${quote(call.url)}`, sdk };
}

function changeAgain(call: Call): NextStep {
  const tag = call.currentEtag ?? '"<the ETag of the answer>"';
  const again = `${write(call)} -H ${quote(`If-Match: ${tag}`)}${body(call)} ${quote(call.url)}`;
  return { what: "Read it again, put the change on top of what is there now, and send it with that ETag.", curl: `${get(call)} && ${again}`, sdk: sdkChange(call) };
}

function repeatLater(diagnosis: Diagnosis, call: Call): NextStep {
  const seconds = Math.max(1, Math.ceil((diagnosis.retry.afterMs ?? 1_000) / 1000));
  return {
    what: `Send the very same request again in ${seconds} s.`,
    curl: `sleep ${seconds} && ${write(call)}${conditions(call)}${body(call)} ${quote(call.url)}`,
    sdk: `await client.fetch(${quoteJs(call.url)}, ${sdkRequest(call, call.conditions)}); // waits and repeats by itself`,
  };
}

function lockAgain(call: Call): NextStep {
  return {
    what: "Take the lease again, and write under its new token.",
    curl: `${curl(call)} -X LOCK -H 'Timeout: Second-30' ${quote(call.url)}`,
    sdk: `await client.withLock(${quoteJs(call.url)}, async (lock) => lock.update((current) => ({ ...current /* your change */ })));`,
  };
}

function idempotencyStep(diagnosis: Diagnosis, call: Call, { id }: Occasion): NextStep {
  if (diagnosis.subcause === "in-flight") return repeatLater(diagnosis, call);
  if (diagnosis.subcause === "outcome-unknown") return { what: "Read what is there before anything is repeated.", curl: get(call), sdk: `const { value } = await client.read(${quoteJs(call.url)});` };
  return {
    what: "Send it with a fresh Idempotency-Key.",
    curl: `${write(call)} -H ${quote(`Idempotency-Key: "${id}"`)}${body(call)} ${quote(call.url)}`,
    sdk: `await client.create(${quoteJs(call.url)}, value); // makes a key, and keeps it when it repeats`,
  };
}

function read(call: Call): string {
  return `const { value, etag } = await client.read(${quoteJs(call.url)});`;
}

function get(call: Call): string {
  return `${curl(call)} -i ${quote(call.url)}`;
}

function curl(call: Call): string {
  const version = call.version === null ? "" : ` -H ${quote(`${call.version.field}: ${call.version.value}`)}`;
  return `curl${call.access === "open" ? "" : ` ${curlCredential[call.access]}`}${version}`;
}

/** The same call as another request: with the token of its lease, which comes from whoever holds it. */
function write(call: Call): string {
  return `${curl(call)} -X ${call.method}${call.underLease ? ' -H "Lock-Token: <$LOCK_TOKEN>"' : ""}`;
}

function conditions(call: Call): string {
  return call.conditions.map(([name, value]) => ` -H ${quote(`${name}: ${value}`)}`).join("");
}

function sdkRequest(call: Call, conditions: Conditions): string {
  const members = [...conditions.map(([name, value]) => `${quoteJs(name)}: ${quoteJs(value)}`), ...(call.underLease ? ["...lock.headers"] : [])];
  const headers = members.length === 0 ? "" : `, headers: { ${members.join(", ")} }`;
  return `{ method: ${quoteJs(call.method)}${headers}${hasBody(call) ? ", body" : ""} }`;
}

/** Under a lease by the object that `withLock` gave; what deletes under one has no call of its own there. */
function sdkChange(call: Call): string {
  if (call.method !== "DELETE") return call.underLease ? "await lock.update((current) => ({ ...current /* your change */ }));" : `await client.update(${quoteJs(call.url)}, (current) => ({ ...current /* your change */ }));`;
  return call.underLease ? `await client.fetch(${quoteJs(call.url)}, ${sdkRequest(call, [])});` : `await client.remove(${quoteJs(call.url)});`;
}

function hasBody({ method }: Call): boolean {
  return method !== "DELETE" && method !== "LOCK" && method !== "UNLOCK";
}

function body(call: Call): string {
  if (!hasBody(call)) return "";
  return ` -H ${quote(`Content-Type: ${call.contentType ?? "application/json"}`)} --data-binary @body.json`;
}

/** For a POSIX shell: nothing inside single quotes means anything but the quote itself. */
function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function quoteJs(text: string): string {
  return JSON.stringify(text);
}
