/**
 * Diagnosis: from what was found out about a conflict to why it happened, what became of the write, and what to do next;
 * and from there to the refusal that the client gets and the record that is kept. Hides redaction, caps and wording.
 * Pure: imports the contract, the preconditions' decision order and `@parley/merge`.
 */
export { diagnose, type Diagnosis } from "./diagnose.ts";
export type { Evidence, KnownState, TagFinding, UpstreamAnswer } from "./evidence.ts";
export { conditionsOf, versionOf } from "./next-step.ts";
export { conflictRecordOf, conflictRefusal, type ConflictContext } from "./refusal.ts";
export { diagnosisOfRow } from "./row.ts";
export { redactValue } from "./redact.ts";
export { findTag, type TagKnowledge } from "./tag-finding.ts";
