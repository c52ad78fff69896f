/**
 * How one operation's input and output are packed: numbers and texts in one order, without the names of its fields. Whatever is not of the usual form (a key, a
 * refusal, a stored answer) gives null, and goes as JSON. A field that is added to such an operation has to be added to its codec.
 */
import type { LedgerInput, LedgerOperation, LedgerOutput } from "../../../../ports/ledger.ts";

/** What `MessageBuffer` writes. */
export interface Packed {
  numbers: readonly number[];
  texts: readonly (string | null)[];
}

export interface Codec<Name extends LedgerOperation> {
  /** Of the message, in both directions; 0 is JSON. */
  kind: number;
  packInput(input: LedgerInput<Name>): Packed | null;
  /** `body`: what came with it, good for the moment only. */
  unpackInput(packed: Packed, body: Uint8Array): LedgerInput<Name>;
  packOutput(output: LedgerOutput<Name>): Packed | null;
  unpackOutput(packed: Packed): LedgerOutput<Name>;
}

export function numberAt({ numbers }: Packed, index: number): number {
  const number = numbers[index];
  if (number === undefined) throw new Error("a message lacks a number");
  return number;
}

export function textAt({ texts }: Packed, index: number): string {
  const text = texts[index];
  if (text === null || text === undefined) throw new Error("a message lacks a text");
  return text;
}

export function nullableTextAt({ texts }: Packed, index: number): string | null {
  return texts[index] ?? null;
}

/** All texts from there on. */
export function textsFrom(packed: Packed, index: number): string[] {
  return packed.texts.slice(index).map((_, offset) => textAt(packed, index + offset));
}
