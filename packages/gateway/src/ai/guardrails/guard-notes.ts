/** What guardrails did to a call, for its record: names and counts, never what was found. */
import type { CallRecord } from "@parley/contract/call-record";

const maxNotes = 50;

export class GuardNotes {
  readonly #record: Partial<CallRecord>;
  readonly #counts = new Map<string, number>();

  constructor(record: Partial<CallRecord>) {
    this.#record = record;
  }

  /** Such as `secrets input redact api-key`. */
  add(guardrail: string, phase: "input" | "output", what: string): void {
    const note = `${guardrail} ${phase} ${what}`;
    if (!this.#counts.has(note) && this.#counts.size >= maxNotes) return;
    this.#counts.set(note, (this.#counts.get(note) ?? 0) + 1);
    this.#record.guardrails = [...this.#counts].map(([text, count]) => (count === 1 ? text : `${text} ×${count}`));
  }
}
