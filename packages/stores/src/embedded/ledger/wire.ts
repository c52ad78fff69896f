/** What travels between a worker and the ledger's thread: newline-delimited JSON over a Unix socket, answers in any order. */
import type { LedgerOperation } from "../../ports/ledger.ts";

export type LedgerRequest = [id: number, operation: LedgerOperation, input: unknown];
export type LedgerAnswer = [id: number, output: unknown] | [id: number, output: null, failure: string];

/** A base and a stored response of 1 MiB each in base64, and room to spare. */
export const maxLedgerLineBytes = 8 * 1024 * 1024;
