/** The operations that are packed: those on the way of every guarded read and write. */
import type { LedgerOperation } from "../../../../ports/ledger.ts";
import type { Codec } from "./codec.ts";
import { noteStateCodec } from "./note-state.ts";
import { prepareWriteCodec } from "./prepare-write.ts";
import { finishWriteCodec, sendWriteCodec } from "./sent-write.ts";

/** Of an operation that only the message knows: what it packs is what it unpacks. */
type AnyCodec = Codec<never>;

const codecs = { noteState: noteStateCodec, prepareWrite: prepareWriteCodec, sendWrite: sendWriteCodec, finishWrite: finishWriteCodec };
const byOperation = new Map(Object.entries(codecs).map(([name, codec]) => [name as LedgerOperation, codec as unknown as AnyCodec]));
const byKind = new Map(Object.entries(codecs).map(([name, codec]) => [codec.kind, { operation: name as LedgerOperation, codec: codec as unknown as AnyCodec }]));

export function codecOf(operation: LedgerOperation): AnyCodec | undefined {
  return byOperation.get(operation);
}

export function codecOfKind(kind: number): { operation: LedgerOperation; codec: AnyCodec } {
  const found = byKind.get(kind);
  if (found === undefined) throw new Error(`there is no kind ${kind} of message`);
  return found;
}
