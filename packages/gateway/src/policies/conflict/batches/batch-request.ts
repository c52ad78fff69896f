/** The batch as it goes upstream: without the items that were refused, and each of the others as the guard would send it alone. */
import { type Json, isWithin, resolvePointer } from "@parley/merge";
import type { Batch } from "@parley/contract/config/batches";
import type { Exchange } from "../../../exchange/exchange.ts";
import { formatOf } from "./batch-format.ts";
import type { BatchItem } from "./batch-item.ts";
import { parseAsWritten, withoutValueAt, withValueAt } from "../requests/json-as-written.ts";
import type { Outgoing } from "./shared-sending.ts";

export interface BatchBody {
  bytes: Buffer;
  /** All of the batch's. */
  items: readonly BatchItem[];
  settings: Batch;
}

/** The client's own bytes where nothing has to be changed. */
export async function outgoingBody({ bytes, items, settings }: BatchBody, outgoing: Outgoing): Promise<Buffer> {
  const edits = new Map<number, Edit[]>();
  for (const [index, exchange] of outgoing) {
    const needed = exchange === null ? fenceEdit(items[index] as BatchItem, null, settings.item.fence) : await editsOf(items[index] as BatchItem, exchange, settings);
    if (needed.length > 0) edits.set(index, needed);
  }
  if (outgoing.size === items.length && edits.size === 0) return bytes;
  const format = formatOf(settings);
  const document = format.readAsWritten(bytes) ?? null;
  const written = resolvePointer(document, settings.items) as Json[];
  const kept = [...outgoing.keys()].map((index) => (edits.get(index) ?? []).reduce(applied, written[index] ?? null));
  return format.write(withValueAt(document, settings.items, kept));
}

interface Edit {
  pointer: string;
  /** Undefined takes away what is there. */
  value: Json | undefined;
}

function applied(item: Json, { pointer, value }: Edit): Json {
  return value === undefined ? withoutValueAt(item, pointer) : withValueAt(item, pointer, value);
}

/** What the gateway has evaluated is taken out, and what the upstream is to compare by itself is put in. */
async function editsOf(item: BatchItem, exchange: Exchange, { item: at }: Batch): Promise<Edit[]> {
  const document = await replacedBody(item, exchange);
  const edits: Edit[] = document === undefined || at.body === undefined ? [] : [{ pointer: at.body, value: document }];
  // The document took its place with what stands inside of it.
  if (edits.length > 0 && at.method !== undefined && item.word !== null && isWithin(at.method, at.body ?? "")) edits.push({ pointer: at.method, value: item.word });
  const replaced = (pointer: string): boolean => edits.length > 0 && isWithin(pointer, at.body ?? "");
  for (const [pointer, name, came] of [[at.ifMatch, "if-match", item.ifMatch], [at.ifNoneMatch, "if-none-match", item.ifNoneMatch], [at.lockToken, "lock-token", item.lockToken]] as const) {
    const goes = exchange.headers[name] as string | undefined;
    if (pointer === undefined || goes === (came ?? undefined)) continue;
    if (goes !== undefined) edits.push({ pointer, value: goes });
    else if (!replaced(pointer)) edits.push({ pointer, value: undefined });
  }
  return [...edits, ...fenceEdit(item, exchange, at.fence)];
}

/** A number, or nothing, whatever the client has put there. */
function fenceEdit(item: BatchItem, exchange: Exchange | null, pointer: string | undefined): Edit[] {
  if (pointer === undefined) return [];
  const fields = exchange?.upstreamFields ?? [];
  const at = fields.indexOf("Parley-Fence");
  if (at !== -1) return [{ pointer, value: Number(fields[at + 1]) }];
  return item.hasFence ? [{ pointer, value: undefined }] : [];
}

async function replacedBody({ body }: BatchItem, exchange: Exchange): Promise<Json | undefined> {
  if (body === null) return undefined;
  const bytes = await exchange.body.whole();
  return bytes.equals(body) ? undefined : parseAsWritten(bytes);
}
