/** Reading and changing one resource: every write names the version that it was made from. */
import { equalJson, type Json, threeWayMerge } from "@parley/merge";
import { ConflictError, MergeConflictError, NoValidatorError, OutcomeUnknownError } from "./errors.ts";
import { type Failure, isNetworkError, type Request, sendPatiently, sendSafely, type Transport } from "./transport.ts";
import type { Deadline } from "./waiting.ts";

/** A document as it is on the server after the call. */
export interface ReadResult<Value> {
  value: Value;
  /** As in the header; null where the server sends none. */
  etag: string | null;
  /** For its status and header; its body is used up. */
  response: Response;
}

/** Gives what is to be there instead of `current`, which is its own to change; undefined leaves it. Run anew for each version that it meets. */
export type Change<Value> = (current: Value) => Value | undefined | Promise<Value | undefined>;

export interface Call {
  url: string;
  deadline: Deadline;
}

export async function readResource<Value>(transport: Transport, call: Call): Promise<ReadResult<Value>> {
  // Not even revalidated: servers that make tags of a date and a length (nginx) have one tag for two changes within a second.
  const answer = await sendSafely(transport, { method: "GET", url: call.url, headers: { Accept: "application/json" }, cache: "no-store" }, call.deadline);
  if (!(answer instanceof Response)) throw answer.error;
  const text = await answer.text();
  const etag = answer.headers.get("etag");
  if (etag === null) transport.memory.forget(call.url);
  else transport.memory.set(call.url, etag, text);
  return { value: (text === "" ? undefined : JSON.parse(text)) as Value, etag, response: answer };
}

/** Reads, changes, writes; when somebody was faster, again from the beginning. */
export async function updateResource<Value>(transport: Transport, call: Call, change: Change<Value>): Promise<ReadResult<Value>> {
  const stuck = new StuckTag();
  for (;;) {
    const current = await readResource<Value>(transport, call);
    // The function may change what it is given, so it gets a copy of its own.
    const next = await change(structuredClone(current.value));
    if (next === undefined) return current;
    const written = await writeGuarded<Value>(transport, call, { value: next, etag: current.etag });
    if (!isFailure(written)) return written;
    await call.deadline.wait(stuck.refused(current.etag, written), written.error);
  }
}

/** Writes a document that was made from the last one that was read; when that has changed since, merges the two changes. */
export async function replaceResource<Value>(transport: Transport, call: Call, value: Value): Promise<ReadResult<Value>> {
  const base = transport.memory.get(call.url);
  if (!base) throw new NoValidatorError("what is replaced has to be read first, or nobody knows what the change is");
  const stuck = new StuckTag();
  let attempt: Attempt<Value> = { value, etag: base.etag };
  for (;;) {
    const written = await writeGuarded<Value>(transport, call, attempt);
    if (!isFailure(written)) return written;
    const waitMs = stuck.refused(attempt.etag, written);
    if (base.text === null) throw written.error;
    await call.deadline.wait(waitMs, written.error);
    const theirs = await readResource<Value>(transport, call);
    const merged = threeWayMerge({ base: JSON.parse(base.text) as Json, theirs: theirs.value as Json, yours: asJson(value) }, transport.settings.merge);
    if (merged.kind === "conflict") throw new MergeConflictError(merged.conflicts, theirs.value, theirs.etag);
    if (merged.kind === "refused") throw written.error;
    attempt = { value: merged.document as Value, etag: theirs.etag };
  }
}

interface Attempt<Value> {
  value: Value;
  etag: string | null;
}

/**
 * A failure only where reading again can help; any other is thrown. After a lost answer the same bytes may be sent again under the
 * same tag, since at most one of them can be taken; but a refusal is then no proof that the first was not.
 */
async function writeGuarded<Value>(transport: Transport, call: Call, next: Attempt<Value>): Promise<ReadResult<Value> | Failure> {
  if (next.etag === null) throw new NoValidatorError("the server sends no ETag, so a write could not say what it was made from");
  const request = { method: "PUT", url: call.url, headers: { "If-Match": next.etag, "Content-Type": "application/json", Accept: "application/json" }, body: JSON.stringify(next.value) };
  let doubt: unknown = null;
  for (;;) {
    const answer = await answerOrDoubt(transport, request, call.deadline);
    if (answer instanceof Response) return taken(transport, call, { value: next.value, response: answer });
    if ("doubt" in answer) doubt = answer.doubt;
    else if (!canReadAgain(answer)) throw answer.error;
    else if (doubt === null) return answer;
    const found = await lookAgain(transport, call, next);
    if (found !== "unchanged") return found;
    await call.deadline.wait(null, doubt);
  }
}

async function answerOrDoubt(transport: Transport, request: Request, deadline: Deadline): Promise<Response | Failure | { doubt: unknown }> {
  try {
    const answer = await sendPatiently(transport, request, deadline);
    if (answer instanceof Response) return answer;
    return answer.problem.outcome === "unknown" || answer.status === 504 || answer.status === 502 ? { doubt: answer.error } : answer;
  } catch (error) {
    if (deadline.signal.aborted || !isNetworkError(error)) throw error;
    return { doubt: error };
  }
}

/** A 409 of a server that says no more is its way to say 412; one that says what it means is believed. */
function canReadAgain({ status, problem }: Failure): boolean {
  if (status === 412 || status === 428) return problem.cause !== "locked";
  return status === 409 && (problem.cause === undefined || problem.cause === "concurrent-modification" || problem.cause === "version-mismatch");
}

/** The answer to a write was lost. What is there now tells, except where others have written as well. */
async function lookAgain<Value>(transport: Transport, call: Call, sent: Attempt<Value>): Promise<ReadResult<Value> | "unchanged"> {
  const current = await readResource<Value>(transport, call);
  if (equalJson(current.value as Json, asJson(sent.value))) return current;
  if (current.etag === sent.etag) return "unchanged";
  throw new OutcomeUnknownError("the answer to the write was lost, and what is there now is not what was sent");
}

/** What the server gets to see of a value: no undefined members, dates as text. */
function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

async function taken<Value>(transport: Transport, call: Call, write: { value: Value; response: Response }): Promise<ReadResult<Value>> {
  const { response } = write;
  const text = await response.text();
  const isJson = /^application\/(?:[\w.+-]+\+)?json\b/.test(response.headers.get("content-type") ?? "");
  const etag = response.headers.get("etag");
  // Without a tag nothing is known of what is there now (RFC 9110 §9.3.4: the server may have stored something else).
  if (etag === null) transport.memory.forget(call.url);
  else transport.memory.set(call.url, etag, isJson && text !== "" ? text : JSON.stringify(write.value));
  return { value: isJson && text !== "" ? (JSON.parse(text) as Value) : write.value, etag, response };
}

/** Deletes what was read, and nothing else. */
export async function removeResource(transport: Transport, call: Call): Promise<void> {
  const etag = transport.memory.get(call.url)?.etag ?? (await readResource(transport, call)).etag;
  if (etag === null) throw new NoValidatorError("the server sends no ETag, so it cannot be said what is to be deleted");
  const answer = await sendDelete(transport, call, etag);
  transport.memory.forget(call.url);
  if (!(answer instanceof Response)) throw answer.error;
  await answer.body?.cancel();
}

/** A tag that was weak when it was read is the same one once it is strong. */
async function sendDelete(transport: Transport, call: Call, etag: string): Promise<Response | Failure> {
  const deletion = (tag: string): Request => ({ method: "DELETE", url: call.url, headers: { "If-Match": tag } });
  const answer = await sendPatiently(transport, deletion(etag), call.deadline);
  if (answer instanceof Response || !isWeakForNow(etag, answer)) return answer;
  await call.deadline.wait(strongAfterMs, answer.error);
  const now = (await readResource(transport, call)).etag;
  return now !== null && `W/${now}` === etag ? sendPatiently(transport, deletion(now), call.deadline) : answer;
}

/** The same key for every repetition, so that the create is carried out once. */
export async function createResource<Value>(transport: Transport, call: Call, create: { value: unknown; key: string | undefined }): Promise<ReadResult<Value>> {
  const { repeatCreates, newKey } = transport.settings;
  const headers = { "Idempotency-Key": `"${create.key ?? newKey()}"`, "Content-Type": "application/json", Accept: "application/json" };
  const request = { method: "POST", url: call.url, headers, body: JSON.stringify(create.value) };
  const answer = await (repeatCreates ? sendSafely : sendPatiently)(transport, request, call.deadline);
  if (!(answer instanceof Response)) throw answer.error;
  const text = await answer.text();
  return { value: (text === "" ? undefined : JSON.parse(text)) as Value, etag: answer.headers.get("etag"), response: answer };
}

function isFailure<Value>(result: ReadResult<Value> | Failure): result is Failure {
  return "problem" in result;
}

/** Servers that make tags of dates (Apache) call them weak within the second of a change, and strong ones later. */
const strongAfterMs = 1_100;

function isWeakForNow(etag: string | null, { status }: Failure): boolean {
  return status === 412 && etag !== null && etag.startsWith("W/");
}

/** Notices that a tag is refused although it is the current one: then reading again is a loop without an end. */
class StuckTag {
  #last: string | null = null;
  #times = 0;

  /** How long to wait at least before it is read again; null for nothing in particular. */
  refused(etag: string | null, failure: Failure): number | null {
    this.#times = etag === this.#last ? this.#times + 1 : 1;
    this.#last = etag;
    if (failure.status === 412 && etag?.startsWith("W/") && this.#times > 1) {
      throw new NoValidatorError("the server sends weak ETags only, and refuses them in If-Match as it has to", { cause: failure.error });
    }
    if (this.#times > 3) throw new ConflictError(failure.status, failure.problem, `the current ETag ${String(etag)} is refused again and again`);
    return isWeakForNow(etag, failure) ? Math.max(strongAfterMs, failure.retryAfterMs ?? 0) : failure.retryAfterMs;
  }
}
