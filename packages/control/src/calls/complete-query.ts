/** What can stand next in a query: fields while a word has no colon, the commonest values of its field after it, and then what else it can be. */
import { fieldEntry, fieldNames, fieldOf, type FieldName } from "@parley/contract/query/fields";
import { term } from "@parley/contract/query/write";
import type { CallLog } from "@parley/stores/ports/call-log";

export interface Completion {
  text: string;
  about: string;
  calls?: number;
}

/** Values are those of the last day. */
const lookBackMs = 24 * 3_600_000;
const valuesLookedAt = 1_000;

export async function completeQuery(callLog: Pick<CallLog, "facets">, asked: { prefix: string; limit: number; now: number }): Promise<Completion[]> {
  const minus = asked.prefix.startsWith("-") ? "-" : "";
  const word = asked.prefix.slice(minus.length);
  const colon = word.indexOf(":");
  const items = colon === -1 ? fieldsFor(word) : await valuesFor(callLog, { field: fieldOf(word.slice(0, colon)), written: word.slice(colon + 1), now: asked.now });
  return items.slice(0, asked.limit).map((item) => ({ ...item, text: minus + item.text }));
}

/** Those that begin with it come before those that have it somewhere. */
function fieldsFor(word: string): Completion[] {
  const written = word.toLowerCase();
  const begin = fieldNames.filter((name) => name.startsWith(written));
  const hold = fieldNames.filter((name) => !name.startsWith(written) && name.includes(written));
  return [...begin, ...hold].map((name) => ({ text: `${name}:`, about: fieldEntry(name).about }));
}

async function valuesFor(callLog: Pick<CallLog, "facets">, { field, written, now }: { field: FieldName | null; written: string; now: number }): Promise<Completion[]> {
  if (field === null) return [];
  const { kind, about, words } = fieldEntry(field);
  // Of quantities nobody wants single values.
  if (kind !== "text" && kind !== "status" && kind !== "flag") return [];
  const { fields } = await callLog.facets({ from: now - lookBackMs }, { fields: [field], values: valuesLookedAt });
  const wanted = written.replace(/^"/, "").toLowerCase();
  const values = fields[0]?.values ?? [];
  const others = (words ?? (kind === "flag" ? ["true", "false"] : [])).filter((word) => !values.some(({ value }) => value === word)).map((value) => ({ value, calls: 0 }));
  return [...values, ...others].filter(({ value }) => value.toLowerCase().startsWith(wanted)).map(({ value, calls }) => ({ text: term(field, value), about, calls }));
}
