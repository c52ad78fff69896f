/**
 * Brings a kept version back: a guarded write of the gateway's own, in the name of whoever asked for it in the console, with
 * the service's own credentials. It stands in the queue, is compared, fenced and noted as any other; what it overwrites is kept.
 */
import type { RestoreOrder, RestoreOutcome } from "@parley/contract/channel";
import type { Refusal } from "@parley/contract/problems/problem";
import { isProblemCode, problemEntry } from "@parley/contract/problems/table";
import type { KeptBody } from "@parley/stores/ports/ledger";
import type { AnswerSink } from "../../../exchange/answer.ts";
import type { Exchange } from "../../../exchange/exchange.ts";
import { parsePreconditions } from "../preconditions/index.ts";
import { bodyOf, noBody } from "../../../exchange/derived-exchange.ts";
import { type GuardedCall, guardedCall } from "./guarded-call.ts";
import type { GuardPlan } from "./guard-plan.ts";
import { refetch } from "./representation/refetch.ts";
import { type Representation, shownTag } from "./representation/representation.ts";
import { keepOverwritten } from "./resolution/resolution.ts";
import { guardedWrite } from "./write/write.ts";

export async function restoreVersion(plan: GuardPlan, order: RestoreOrder): Promise<RestoreOutcome> {
  const { ledger } = plan.ports;
  const place = { service: plan.service, path: order.resource };
  const kept = await ledger.readBase({ ...place, digest: order.digest });
  if (kept === null) return { kind: "not-kept" };
  const looking = callOf(plan, order, { method: "GET", fields: [], bytes: null, sink: new Verdict() });
  const found = await refetch(looking, undefined);
  if (found.kind === "failed") return refusedBy(found.refusal);
  if (found.kind === "hidden") return { kind: "refused", status: found.status, code: null, detail: "the upstream does not show the resource to the service's own credentials" };
  const state = await ledger.readResource({ ...place, view: "" });
  const revision = state?.revision ?? 0;
  if (revision !== order.expected) return { kind: "stale", revision };
  if (found.current.exists) await keepOverwritten({ call: looking, current: found.current, state, bypassed: false });
  return write(plan, order, { kept, current: found.current, revision });
}

async function write(plan: GuardPlan, order: RestoreOrder, about: { kept: KeptBody; current: Representation; revision: number }): Promise<RestoreOutcome> {
  const { kept, current, revision } = about;
  const verdict = new Verdict();
  // Whatever the strategy is: nothing but the state that was looked at may be overwritten.
  const strict: GuardPlan = { ...plan, settings: { ...plan.settings, strategy: "reject" } };
  const tag = current.exists ? shownTag(current, revision) : null;
  const precondition = !current.exists ? ["If-None-Match", "*"] : tag === null ? [] : ["If-Match", tag];
  const fields = ["Content-Type", kept.contentType, ...precondition, "Idempotency-Key", `"${plan.ports.randomBytes(16).toString("hex")}"`];
  await guardedWrite(callOf(strict, order, { method: "PUT", fields, bytes: Buffer.from(kept.body, "base64"), sink: verdict }));
  const outcome = verdict.outcome();
  if (outcome.kind !== "applied") return outcome;
  const after = await plan.ports.ledger.readResource({ service: plan.service, path: order.resource, view: "" });
  return { ...outcome, revision: after?.revision ?? revision };
}

function callOf(plan: GuardPlan, order: RestoreOrder, write: { method: string; fields: string[]; bytes: Buffer | null; sink: AnswerSink }): GuardedCall {
  const rest = plan.servicePath === "/" ? order.resource : order.resource.slice(plan.servicePath.length);
  const headers: Record<string, string> = {};
  for (let index = 0; index < write.fields.length; index += 2) headers[(write.fields[index] as string).toLowerCase()] = write.fields[index + 1] as string;
  const id = plan.ports.randomBytes(16).toString("hex");
  const exchange: Exchange = {
    id, startedAt: plan.ports.monotonicMs(), method: write.method, target: order.resource, path: order.resource, rest, rawHeaders: write.fields, headers,
    clientAddress: "127.0.0.1", peer: { address: "127.0.0.1", trusted: false }, incomingTraceId: null, traceFlags: "00", upgrade: null, caller: null, keySecret: null, answerFields: [],
    record: { id, at: plan.ports.now(), attempts: 0, requestBytes: 0, responseBytes: 0, traceId: id, spanId: id.slice(16) },
    body: write.bytes === null ? noBody : bodyOf(write.bytes), onClientGone: () => {}, onEnded: () => {}, step: () => {},
  };
  const parsed = parsePreconditions(headers, plan.ports.now());
  if (!parsed.ok) throw new Error(`a tag of the gateway's own cannot be read: ${parsed.problem}`);
  // No consumer has a colon in its name.
  return { ...guardedCall(plan, exchange, { sink: write.sink, preconditions: parsed.value }), consumer: `console:${order.actor}` };
}

/** Takes the answer that a client would have got. */
class Verdict implements AnswerSink {
  #status = 0;
  #refusal: Refusal | null = null;

  head(status: number): void {
    this.#status = status;
  }

  data(): boolean {
    return true;
  }

  end(): void {}

  fault(refusal: Refusal): void {
    this.#refusal = refusal;
  }

  onDrain(): void {}

  outcome(): Exclude<RestoreOutcome, { kind: "stale" | "not-kept" | "not-guarded" }> {
    if (this.#refusal !== null) return refusedBy(this.#refusal);
    if (this.#status >= 200 && this.#status < 300) return { kind: "applied", status: this.#status, revision: 0 };
    return { kind: "refused", status: this.#status, code: null, detail: "this is the upstream's answer to a PUT with the service's own credentials" };
  }
}

function refusedBy({ code, status, detail }: Refusal): Extract<RestoreOutcome, { kind: "refused" }> {
  return { kind: "refused", status: status ?? (isProblemCode(code) ? problemEntry(code).status : 500), code, detail };
}
