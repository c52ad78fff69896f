/** Forgets calls that have been kept for long enough, and the names of segments that nobody can bring again. */
import { listValue, type DuckDBConnection } from "@duckdb/node-api";

export async function deleteCallsBefore(connection: DuckDBConnection, at: number, of: { service: string } | { otherThan: readonly string[] } = { otherThan: [] }): Promise<number> {
  await connection.run("delete from segments where taken_in_at < now() - interval 30 days");
  if ("service" in of) return (await connection.run('delete from calls where "at" < $1::DOUBLE and service = $2', [at, of.service])).rowsChanged;
  if (of.otherThan.length === 0) return (await connection.run('delete from calls where "at" < $1::DOUBLE', [at])).rowsChanged;
  return (await connection.run('delete from calls where "at" < $1::DOUBLE and not list_contains($2, service)', [at, listValue([...of.otherThan])])).rowsChanged;
}
