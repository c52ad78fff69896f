/** What becomes of a write that was sent while the ledger goes away: anything but a ledger that is down is a bug, and thrown. */
import { LedgerUnavailableError } from "@parley/stores/ports/ledger";
import type { AnswerSink } from "../../../../exchange/answer.ts";
import type { Answer } from "../../../../exchange/whole-answer.ts";
import type { AfterConflict } from "../resolution/resolution.ts";
import { answerPlainly } from "./write-answer.ts";

/** Without the ledger nobody knows why; the upstream's own words are still an answer. */
export function unexplained(error: unknown, answer: Answer, sink: AnswerSink): AfterConflict {
  if (!(error instanceof LedgerUnavailableError)) throw error;
  return { kind: "answer", answer: () => answerPlainly(answer, sink) };
}

/** Then the upstream's own search has to do. */
export function ledgerIsDown(error: unknown): void {
  if (!(error instanceof LedgerUnavailableError)) throw error;
}
