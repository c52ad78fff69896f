/**
 * Takes in spool segments: DuckDB reads the files itself, many in one statement and one transaction with their names. What
 * is inserted many thousand rows at a time goes compressed into the table once, past the write-ahead log; so whoever
 * can wait collects segments first. A segment is a Parquet file, which the engine sees only when it is whole, or lines of JSON.
 */
import { unlink } from "node:fs/promises";
import { listValue, type DuckDBConnection } from "@duckdb/node-api";
import type { IngestOutcome, Segment } from "../../ports/call-log.ts";
import { columnList, columnsOfFiles, columnsOfLines, insertedOfFiles, insertedOfLines } from "./columns.ts";
import { withJoinedLines } from "./joined-lines.ts";
import { repairSegment } from "./repair-segment.ts";
import { addToRollups } from "./rollups.ts";
import { inspectSegments } from "./whole-segments.ts";

type LinesTaken = Pick<IngestOutcome, "calls" | "skipped">;

/** With `ignore_errors` a line that is no JSON object becomes a row of nulls, and a member of a wrong type a null. */
const lines = `read_json($files, format = 'newline_delimited', ignore_errors = true, maximum_object_size = 4194304, columns = ${columnsOfLines})`;
const isCall = `id is not null and "at" is not null and isfinite("at")`;
const insertLines = `insert into calls (${columnList}) select ${insertedOfLines} from ${lines}`;
const insertFiles = `insert into calls (${columnList}) select ${insertedOfFiles} from read_parquet($files, schema = ${columnsOfFiles}) where "at" is not null`;

export async function ingestSegments(connection: DuckDBConnection, segments: readonly Segment[]): Promise<IngestOutcome> {
  const fresh = await unknownOf(connection, segments);
  const none = Object.fromEntries(segments.map(({ name }) => [name, 0]));
  const lineSegments = fresh.filter((segment) => !isFile(segment));
  const { whole, damaged } = await inspectSegments(fresh.filter(isFile));
  if (lineSegments.length === 0 && whole.length === 0) return { calls: 0, skipped: none, damaged };
  await connection.run("begin");
  try {
    const batch = await nextBatch(connection);
    // Lines first: should one be no call, all of the batch so far is taken away again.
    const ofLines = await takeInLines(connection, lineSegments, batch);
    const calls = await takeInFiles(connection, whole, batch);
    await addToRollups(connection, batch);
    await connection.run("commit");
    return { calls: calls + ofLines.calls, skipped: { ...none, ...ofLines.skipped }, damaged };
  } catch (error) {
    await connection.run("rollback").catch(() => undefined);
    throw error;
  }
}

async function unknownOf(connection: DuckDBConnection, segments: readonly Segment[]): Promise<Segment[]> {
  const found = await connection.runAndReadAll("select name from segments where list_contains($1, name)", [listValue(segments.map(({ name }) => name))]);
  const known = new Set(found.getRowObjectsJS().map((row) => row["name"]));
  return segments.filter(({ name }) => !known.has(name));
}

async function nextBatch(connection: DuckDBConnection): Promise<number> {
  return Number((await connection.runAndReadAll("select nextval('batches') as batch")).getRowObjectsJS()[0]?.["batch"]);
}

function isFile({ name }: Segment): boolean {
  return name.endsWith(".parquet");
}

/** How many calls there were. */
async function takeInFiles(connection: DuckDBConnection, segments: readonly Segment[], batch: number): Promise<number> {
  if (segments.length === 0) return 0;
  const inserted = await connection.run(insertFiles, { files: listValue(segments.map(({ path }) => path)), batch });
  await noteTogether(connection, segments);
  return inserted.rowsChanged;
}

/** All at once; only when something in them is no call, one by one, to say which segment it was. */
async function takeInLines(connection: DuckDBConnection, segments: readonly Segment[], batch: number): Promise<LinesTaken> {
  const [first, ...rest] = segments;
  if (first === undefined) return { calls: 0, skipped: {} };
  const { calls, others } = await withJoinedLines([first.path, ...rest.map(({ path }) => path)], (path) => insert(connection, path, batch));
  if (others > 0) {
    await connection.run("delete from calls where batch = $1", [batch]);
    return takeInOneByOne(connection, segments, batch);
  }
  if (segments.length === 1) for (const { name } of segments) await note(connection, { name, calls, skipped: 0 });
  else await noteTogether(connection, segments);
  return { calls, skipped: {} };
}

async function takeInOneByOne(connection: DuckDBConnection, segments: readonly Segment[], batch: number): Promise<LinesTaken> {
  const outcome: LinesTaken = { calls: 0, skipped: {} };
  for (const { name, path } of segments) {
    const { calls, skipped } = await insertRepaired(connection, path, batch);
    await note(connection, { name, calls, skipped });
    outcome.calls += calls;
    outcome.skipped[name] = skipped;
  }
  return outcome;
}

async function insertRepaired(connection: DuckDBConnection, path: string, batch: number): Promise<{ calls: number; skipped: number }> {
  const repaired = await repairSegment(path);
  try {
    const { calls, others } = await insert(connection, repaired ?? path, batch);
    if (others > 0) await connection.run(`delete from calls where batch = $1 and not (${isCall})`, [batch]);
    return { calls, skipped: others };
  } finally {
    if (repaired !== null) await unlink(repaired);
  }
}

/** `others` are rows that are no calls: of this statement, for those before were taken away again. */
async function insert(connection: DuckDBConnection, path: string, batch: number): Promise<{ calls: number; others: number }> {
  const inserted = (await connection.run(insertLines, { files: listValue([path]), batch })).rowsChanged;
  const found = await connection.runAndReadAll(`select count(*) as others from calls where batch = $1 and not (${isCall})`, [batch]);
  const others = Number(found.getRowObjectsJS()[0]?.["others"]);
  return { calls: inserted - others, others };
}

async function note(connection: DuckDBConnection, segment: { name: string; calls: number; skipped: number }): Promise<void> {
  await connection.run("insert into segments (name, calls, skipped) values ($1, $2::BIGINT, $3)", [segment.name, segment.calls, segment.skipped]);
}

/** How many calls a segment had is not known where several were read as one; a statement for each would be a twentieth of taking them in. */
async function noteTogether(connection: DuckDBConnection, segments: readonly Segment[]): Promise<void> {
  await connection.run("insert into segments (name, skipped) select unnest($1), 0", [listValue(segments.map(({ name }) => name))]);
}
