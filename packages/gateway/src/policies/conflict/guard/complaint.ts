/** The one place at which a guarded call is refused: counted, kept, logged, and answered as problem details. */
import { conflictPath } from "@parley/contract/conflicts/record";
import type { AnswerSink } from "../../../exchange/answer.ts";
import { conflictRecordOf, conflictRefusal, type ConflictContext, type Diagnosis, diagnosisOfRow, type Evidence } from "../diagnosis/index.ts";
import { decisionOrder, type Situation } from "../preconditions/index.ts";
import { conflictContext, contender, type GuardedCall } from "./guarded-call.ts";

export interface Complaint {
  diagnosis: Diagnosis;
  evidence: Evidence | null;
  /** Of the ledger, so that recovery completes this very record. */
  id?: string;
  holder?: ConflictContext["holder"];
  currentEtag?: string | null;
}

export function complaintOfRow(situation: Situation, about: Omit<Complaint, "diagnosis" | "evidence"> & { detail?: string; afterMs?: number } = {}): Complaint {
  const { detail, afterMs, ...rest } = about;
  const occurrence = { ...(detail === undefined ? {} : { detail }), ...(afterMs === undefined ? {} : { afterMs }) };
  return { diagnosis: diagnosisOfRow(decisionOrder[situation], occurrence), evidence: null, ...rest };
}

/** What the client is told goes by what it may see, what is kept by what may be kept. */
export function complain(call: GuardedCall, complaint: Complaint, sink: AnswerSink = call.sink): void {
  const { diagnosis, evidence } = complaint;
  const context = keepRecord(call, complaint);
  const refusal = conflictRefusal(diagnosis, evidence, { ...context, redact: call.plan.ports.redaction().shown });
  const etag = complaint.currentEtag;
  sink.fault(etag ? { ...refusal, headers: { ...refusal.headers, ETag: etag } } : refusal);
}

/** Keeps the record without answering; gives the context that it was kept in. */
export function keepRecord(call: GuardedCall, complaint: Complaint): ConflictContext {
  const { plan } = call;
  const { diagnosis, evidence, holder } = complaint;
  const currentEtag = complaint.currentEtag ?? evidence?.current?.etag ?? null;
  const id = complaint.id ?? plan.ports.randomBytes(16).toString("hex");
  const context = conflictContext(call, { id, redact: plan.ports.redaction().kept, currentEtag, ...(holder ? { holder } : {}) });
  plan.contention.spend(contender(call));
  call.exchange.record.cause = diagnosis.cause;
  call.exchange.record.conflict = id;
  plan.ports.book.record(conflictRecordOf(diagnosis, evidence, context));
  return context;
}

/** Added to an upstream's own 409 or 412, which keeps its body: where the diagnosis is. */
export function diagnosisFields(context: ConflictContext): string[] {
  return ["Link", `<${conflictPath}${context.id}>; rel="describedby"; type="application/problem+json"`];
}
