/** Takes in one spool segment: DuckDB reads the file itself, in one transaction with the segment's name. */
import { unlink } from "node:fs/promises";
import type { DuckDBConnection } from "@duckdb/node-api";
import { columnList, columnsForInserting, columnsForReading } from "./columns.ts";
import { repairSegment } from "./repair-segment.ts";

interface Taken {
  calls: number;
  skipped: number;
}

/** With `ignore_errors` a line that is no JSON object becomes a row of nulls, and a member of a wrong type a null. */
const readLines = `create or replace temp table incoming as
  select * from read_json($1, format = 'newline_delimited', ignore_errors = true, maximum_object_size = 4194304, columns = ${columnsForReading})`;
const isCall = `id is not null and "at" is not null and isfinite("at")`;

export async function ingestSegment(connection: DuckDBConnection, segment: { name: string; path: string }): Promise<Taken> {
  const known = await connection.runAndReadAll("select 1 from segments where name = $1", [segment.name]);
  if (known.currentRowCount > 0) return { calls: 0, skipped: 0 };
  let taken = await load(connection, segment.path);
  if (taken.skipped > 0) taken = await loadRepaired(connection, segment.path, taken);
  await connection.run("begin");
  try {
    await connection.run("insert into segments (name, calls, skipped) values ($1, $2, $3)", [segment.name, taken.calls, taken.skipped]);
    await connection.run(`insert into calls (${columnList}) select ${columnsForInserting} from incoming where ${isCall}`);
    await connection.run("commit");
  } catch (error) {
    await connection.run("rollback").catch(() => undefined);
    throw error;
  } finally {
    await connection.run("drop table if exists incoming");
  }
  return taken;
}

async function load(connection: DuckDBConnection, path: string): Promise<Taken> {
  await connection.run(readLines, [path]);
  const result = await connection.runAndReadAll(`select count(*) as total, count(*) filter (${isCall}) as calls from incoming`);
  const row = result.getRowObjectsJS()[0] ?? {};
  const calls = Number(row["calls"]);
  return { calls, skipped: Number(row["total"]) - calls };
}

async function loadRepaired(connection: DuckDBConnection, path: string, taken: Taken): Promise<Taken> {
  const repaired = await repairSegment(path);
  if (repaired === null) return taken;
  try {
    return await load(connection, repaired);
  } finally {
    await unlink(repaired);
  }
}
