/** Leases: taken, renewed while the work goes on, given back after it; and noticed when they are lost. */
import { LockLostError } from "./errors.ts";
import { type Dialect, type Granted, grantedBy, lockRequest, wantsWebdav } from "./lock-request.ts";
import { type Change, type ReadResult, readResource, replaceResource, updateResource } from "./resource.ts";
import { type Failure, moreTelling, send, sendPatiently, type Transport } from "./transport.ts";
import { Deadline } from "./waiting.ts";

export interface Lock {
  /** As the server gave it (RFC 4918 §6.5); goes along with everything that this object sends. */
  token: string;
  /** Grows with every lease of the resource: something that remembers it can refuse an older one. 0 where the server has none, as one with WebDAV's locks. */
  fence: number;
  /** Aborts when the lease is lost; hand it to whatever must not go on then. */
  signal: AbortSignal;
  /** As the client's `read`, `update` and `replace` of the resource that is locked, each with a deadline of its own. */
  read<Value>(): Promise<ReadResult<Value>>;
  update<Value>(change: Change<Value>): Promise<ReadResult<Value>>;
  replace<Value>(value: Value): Promise<ReadResult<Value>>;
  /** For any request under the lease: to other addresses of Parley too, of a WebDAV server to this one alone. */
  headers: Record<string, string>;
}

export interface LockOptions {
  /** How long the lease is asked for, 30 s by default. It is renewed three times in that time, so this is how long it outlives a process that dies. */
  ttlMs: number;
}

/** Rejects with `LockLostError` where the lease was lost before the work ended, even if the work did not notice. */
export async function withLock<Result>(transport: Transport, lock: { url: string; options: LockOptions; deadline: Deadline }, work: (lock: Lock) => Promise<Result>): Promise<Result> {
  const { url, options, deadline } = lock;
  const granted = await acquire(transport, { url, ttlMs: options.ttlMs, deadline });
  const lost = new AbortController();
  const ended = new AbortController();
  const under: Transport = { ...transport, extraHeaders: { ...transport.extraHeaders, ...granted.headers } };
  const renewing = renew(under, { url, ttlMs: granted.ttlMs, lost, ended: ended.signal });
  try {
    const result = await work(lockFor(under, { url, granted, signal: lost.signal }));
    if (lost.signal.aborted) throw lost.signal.reason as Error;
    return result;
  } finally {
    ended.abort();
    await renewing;
    if (!lost.signal.aborted) await release(under, url);
  }
}

function lockFor(transport: Transport, lock: { url: string; granted: Granted; signal: AbortSignal }): Lock {
  const { url, granted, signal } = lock;
  const call = async <Result>(run: (deadline: Deadline) => Promise<Result>): Promise<Result> => {
    const deadline = new Deadline(transport.settings, signal);
    return run(deadline).finally(() => deadline.over());
  };
  return {
    token: granted.token,
    fence: granted.fence,
    signal,
    headers: transport.extraHeaders,
    read: () => call((deadline) => readResource(transport, { url, deadline })),
    update: (change) => call((deadline) => updateResource(transport, { url, deadline }, change)),
    replace: (value) => call((deadline) => replaceResource(transport, { url, deadline }, value)),
  };
}

/** Waits its turn: somebody else's lease is a temporary refusal. */
async function acquire(transport: Transport, lock: { url: string; ttlMs: number; deadline: Deadline }): Promise<Granted> {
  let dialect: Dialect = "parley";
  let held: Failure | null = null;
  try {
    for (;;) {
      const answer = await sendPatiently(transport, lockRequest(lock.url, lock.ttlMs, dialect), lock.deadline);
      if (answer instanceof Response) return grantedBy(answer, lock.ttlMs);
      if (dialect === "parley" && wantsWebdav(answer)) {
        dialect = "webdav";
        continue;
      }
      if (answer.status !== 423) throw answer.error;
      held = answer;
      await lock.deadline.wait(answer.retryAfterMs, answer.error);
    }
  } catch (error) {
    throw moreTelling(error, held);
  }
}

/** Three times in its life, so that one answer may be lost. */
async function renew(transport: Transport, lock: { url: string; ttlMs: number; lost: AbortController; ended: AbortSignal }): Promise<void> {
  const { now, sleep } = transport.settings;
  let aliveUntil = now() + lock.ttlMs;
  while (!lock.ended.aborted) {
    await sleep(lock.ttlMs / 3, lock.ended).catch(() => {});
    if (lock.ended.aborted) return;
    const renewed = await renewOnce(transport, lock);
    if (renewed === "yes") aliveUntil = now() + lock.ttlMs;
    if (renewed === "no" || now() >= aliveUntil) return lock.lost.abort(new LockLostError("the lease has ended"));
  }
}

async function renewOnce(transport: Transport, lock: { url: string; ttlMs: number; ended: AbortSignal }): Promise<"yes" | "no" | "unknown"> {
  try {
    const answer = await send(transport, lockRequest(lock.url, lock.ttlMs), AbortSignal.any([lock.ended, AbortSignal.timeout(lock.ttlMs / 3)]));
    await answer.body?.cancel();
    if (answer.ok) return "yes";
    return answer.status === 412 || answer.status === 423 || answer.status === 404 ? "no" : "unknown";
  } catch {
    return "unknown";
  }
}

/** Whatever comes of it: a lease that cannot be given back ends by itself. */
async function release(transport: Transport, url: string): Promise<void> {
  const answer = await send(transport, { method: "UNLOCK", url }, AbortSignal.timeout(5_000)).catch(() => null);
  await answer?.body?.cancel();
}
