/** A page of calls, newest first. Pages are cut at the last call seen (its time and id), so that new calls shift nothing. */
import type { CallQuery } from "@parley/contract/api/calls";
import { InvalidCursorError, type CallPage } from "../../ports/call-log.ts";
import { recordOf } from "./columns.ts";
import type { Engine } from "./engine.ts";

interface Conditions {
  sql: string[];
  values: (string | number)[];
}

export async function findCalls(engine: Engine, query: CallQuery): Promise<CallPage> {
  const { sql, values } = conditionsOf(query);
  const where = sql.length > 0 ? `where ${sql.join(" and ")}` : "";
  const rows = await engine.read(`select * from calls ${where} order by "at" desc, id desc limit ${query.limit + 1}`, values);
  const items = rows.slice(0, query.limit).map(recordOf);
  const last = items.at(-1);
  return { items, next: rows.length > query.limit && last ? encodeCursor(last.at, last.id) : null };
}

function conditionsOf(query: CallQuery): Conditions {
  const conditions: Conditions = { sql: [], values: [] };
  const add = (value: string | number | undefined, condition: (place: string) => string): void => {
    if (value === undefined) return;
    conditions.values.push(value);
    conditions.sql.push(condition(`$${conditions.values.length}`));
  };
  for (const name of ["service", "consumer", "kind", "method", "provider"] as const) add(query[name], (place) => `"${name}" = ${place}`);
  add(query.model, (place) => `(model = ${place} or "modelRequested" = ${place})`);
  add(query.path, (place) => `contains(path, ${place})`);
  add(query.from, (place) => `"at" >= ${place}::DOUBLE`);
  add(query.to, (place) => `"at" < ${place}::DOUBLE`);
  if (query.status !== undefined) conditions.sql.push(statusCondition(query.status));
  if (query.after !== undefined) addCursor(conditions, query.after);
  return conditions;
}

/** The words are checked by the contract's schema: `409`, `4xx` or `error`. */
function statusCondition(status: string): string {
  if (status === "error") return "status >= 400";
  if (status.endsWith("xx")) return `status // 100 = ${Number(status[0])}`;
  return `status = ${Number(status)}`;
}

function addCursor(conditions: Conditions, cursor: string): void {
  const { at, id } = decodeCursor(cursor);
  const first = conditions.values.push(at, id) - 1;
  conditions.sql.push(`("at" < $${first}::DOUBLE or ("at" = $${first}::DOUBLE and id < $${first + 1}))`);
}

function encodeCursor(at: number, id: string): string {
  return Buffer.from(JSON.stringify([at, id])).toString("base64url");
}

function decodeCursor(cursor: string): { at: number; id: string } {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if (Array.isArray(parts) && typeof parts[0] === "number" && typeof parts[1] === "string") return { at: parts[0], id: parts[1] };
  } catch {
    // Falls through to the one refusal below.
  }
  throw new InvalidCursorError("`after` is not what `next` of a page was");
}
