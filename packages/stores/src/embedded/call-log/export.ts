/**
 * Calls as a file, piece by piece: what does not fit the reader's pace waits in the engine, not in memory. Text that a
 * spreadsheet would take for a formula gets an apostrophe before it (OWASP, CSV injection).
 */
import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import type { CallRecord } from "@parley/contract/call-record";
import type { CallRange, ExportAsked } from "../../ports/call-log.ts";
import { recordOf } from "./columns.ts";
import { addRange, Conditions } from "./conditions.ts";
import type { Engine } from "./engine.ts";
import { columnsOf } from "./find.ts";

interface Statement {
  sql: string;
  values: Conditions["values"];
}

const encoder = new TextEncoder();

export async function* exportCalls(engine: Engine, database: string, { range, asked }: { range: CallRange; asked: ExportAsked }): AsyncGenerator<Uint8Array> {
  const conditions = new Conditions();
  addRange(conditions, range);
  const statement = { sql: `select ${columnsOf(asked.members)} from calls ${conditions.where} order by "at" desc, id desc limit ${Math.floor(asked.limit)}`, values: conditions.values };
  if (asked.format === "parquet") yield* parquet(engine, `${database}.export-${randomUUID()}`, statement);
  else yield* lines(engine, statement, asked);
}

async function* lines(engine: Engine, { sql, values }: Statement, { format, members }: ExportAsked): AsyncGenerator<Uint8Array> {
  const names = [...new Set<keyof CallRecord>(["id", "at", ...members])];
  if (format === "csv") yield encoder.encode(`${names.join(",")}\r\n`);
  const write = format === "csv" ? (record: CallRecord) => csvLine(names.map((name) => record[name])) : (record: CallRecord) => `${JSON.stringify(record)}\n`;
  const { connection, giveBack } = await engine.borrow();
  try {
    const result = await connection.stream(sql, values);
    for await (const rows of result.yieldRowObjectJs()) yield encoder.encode(rows.map((row) => write(recordOf(row))).join(""));
  } finally {
    connection.interrupt();
    giveBack();
  }
}

async function* parquet(engine: Engine, file: string, { sql, values }: Statement): AsyncGenerator<Uint8Array> {
  const { connection, giveBack } = await engine.borrow();
  try {
    await connection.run(`copy (${sql}) to '${file.replaceAll("'", "''")}' (format parquet, compression zstd)`, values).finally(giveBack);
    for await (const chunk of createReadStream(file)) yield chunk as Uint8Array;
  } finally {
    await rm(file, { force: true });
  }
}

function csvLine(values: readonly unknown[]): string {
  return `${values.map(csvValue).join(",")}\r\n`;
}

/** RFC 4180. */
function csvValue(value: unknown): string {
  if (value === undefined) return "";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const inert = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
