/** The client: one door for all of it. */
import { type LockOptions, type Lock, withLock } from "./lock.ts";
import { type ClientOptions, settingsFrom, type Settings } from "./options.ts";
import { type Change, createResource, readResource, type ReadResult, removeResource, replaceResource, updateResource } from "./resource.ts";
import { TagMemory } from "./tag-memory.ts";
import { absolute, failureOf, isTemporary, type Transport } from "./transport.ts";
import { Deadline } from "./waiting.ts";

export interface CallOptions {
  /** Ends the call, its waits included; it rejects with the signal's reason. What was sent by then may have been carried out. */
  signal?: AbortSignal;
}

/**
 * Documents are JSON; their types are what the caller says, and not checked. Addresses may be relative to `baseUrl`. Every call but
 * `fetch` rejects with a `ParleyError` where the server refuses it, and repeats what is refused for now until `deadlineMs`.
 */
export interface Client {
  /**
   * As `fetch`: it remembers ETags, sends If-Match with PUT, PATCH and DELETE where it knows one and none was given, and waits where
   * the server says that it is busy. Any other answer is given as it came; a change is re-applied by `update` alone.
   */
  fetch(url: string | URL, init?: RequestInit): Promise<Response>;
  /** What is there now, from no cache; it and its tag are remembered, for `replace`. Rejects with `HttpError` where nothing is there (404). */
  read<Value>(url: string | URL, options?: CallOptions): Promise<ReadResult<Value>>;
  /**
   * `change` gets what is there now and gives what is to be there, or undefined to leave it; it may run several times. The result is
   * what was stored. Rejects with `NoValidatorError` where the server sends no ETag, so that nothing could be guarded.
   */
  update<Value>(url: string | URL, change: Change<Value>, options?: CallOptions): Promise<ReadResult<Value>>;
  /**
   * For a document that was read by this client and edited: merged with what others changed meanwhile, or `MergeConflictError`. Rejects
   * with `NoValidatorError` where it was not read before, or no tag of it is known.
   */
  replace<Value>(url: string | URL, value: Value, options?: CallOptions): Promise<ReadResult<Value>>;
  /** Deletes the version that was read last, or else the one that is there now; `ConflictError` where somebody has changed it since. */
  remove(url: string | URL, options?: CallOptions): Promise<void>;
  /**
   * POSTs `value` once, however often it has to be sent. `key` is its Idempotency-Key, one of its own by default: give one where the same
   * create may come again from another process. `value` of the result is what the server answered, undefined for an empty body.
   */
  create<Value>(url: string | URL, value: unknown, options?: CallOptions & { key?: string }): Promise<ReadResult<Value>>;
  /**
   * Gives what `work` gives. The lease is waited for until `deadlineMs` (then `LockedError`), renewed while the work goes on, and given
   * back after it. Rejects with `LockLostError` where it was lost before the work ended, whatever the work itself gave.
   */
  withLock<Result>(url: string | URL, work: (lock: Lock) => Promise<Result>, options?: CallOptions & Partial<LockOptions>): Promise<Result>;
}

const lockTtlMs = 30_000;

/** Makes a client with a memory of its own for tags and documents: keep one for as long as the application edits. */
export function createClient(options: ClientOptions = {}): Client {
  const settings = settingsFrom(options);
  const transport: Transport = { settings, memory: new TagMemory(settings.remember), extraHeaders: {} };
  const call = async <Result>(url: string | URL, callOptions: CallOptions | undefined, run: (call: { url: string; deadline: Deadline }) => Promise<Result>): Promise<Result> => {
    const deadline = new Deadline(settings, callOptions?.signal);
    return run({ url: absolute(url, settings), deadline }).finally(() => deadline.over());
  };
  return {
    fetch: (url, init = {}) => call(url, init.signal ? { signal: init.signal } : {}, (one) => fetchRemembering(transport, one, init)),
    read: (url, one) => call(url, one, (target) => readResource(transport, target)),
    update: (url, change, one) => call(url, one, (target) => updateResource(transport, target, change)),
    replace: (url, value, one) => call(url, one, (target) => replaceResource(transport, target, value)),
    remove: (url, one) => call(url, one, (target) => removeResource(transport, target)),
    create: (url, value, one) => call(url, one, (target) => createResource(transport, target, { value, key: one?.key })),
    withLock: (url, work, one) => lockAndWork(transport, { url: absolute(url, settings), settings, one }, work),
  };
}

/** The deadline is for getting the lease; how long the work takes is the work's affair. */
async function lockAndWork<Result>(
  transport: Transport,
  lock: { url: string; settings: Settings; one: (CallOptions & Partial<LockOptions>) | undefined },
  work: (lock: Lock) => Promise<Result>,
): Promise<Result> {
  const deadline = new Deadline(lock.settings, lock.one?.signal);
  return withLock(transport, { url: lock.url, options: { ttlMs: lock.one?.ttlMs ?? lockTtlMs }, deadline }, (held) => {
    deadline.over();
    return work(held);
  }).finally(() => deadline.over());
}

const guarded = new Set(["PUT", "PATCH", "DELETE"]);

async function fetchRemembering(transport: Transport, call: { url: string; deadline: Deadline }, init: RequestInit): Promise<Response> {
  const { url, deadline } = call;
  const method = (init.method ?? "GET").toUpperCase();
  const headers = new Headers({ ...(await transport.settings.headers()) });
  new Headers(init.headers).forEach((value, name) => headers.set(name, value));
  const known = transport.memory.get(url);
  if (known && guarded.has(method) && !headers.has("if-match") && !headers.has("if-none-match")) headers.set("If-Match", known.etag);
  for (;;) {
    const response = await transport.settings.fetch(url, { ...init, method, headers, signal: deadline.signal });
    if (response.ok || response.status === 304) {
      remember(transport, { url, method, response });
      return response;
    }
    // A stream can be sent once only.
    if (init.body instanceof ReadableStream || ![409, 423, 425, 429, 503].includes(response.status)) return response;
    const failure = await failureOf(response.clone());
    if (!isTemporary(failure)) return response;
    const waited = await deadline.wait(failure.retryAfterMs, failure.error).then(() => true, () => false);
    if (!waited) return response;
    await response.body?.cancel();
  }
}

function remember(transport: Transport, seen: { url: string; method: string; response: Response }): void {
  const etag = seen.response.headers.get("etag");
  if (seen.method === "POST" || seen.response.status === 206) return;
  if (etag !== null && seen.method !== "DELETE") transport.memory.set(seen.url, etag, null);
  else if (guarded.has(seen.method)) transport.memory.forget(seen.url);
}
