/**
 * The call log in one DuckDB file: few threads, a memory limit, a time limit on every question. Hides SQL and the
 * engine's own types. A damaged file is set aside and a new one begun, because a log must not stop the program.
 * May import: the port, the contract, @duckdb/node-api.
 */
import { stat } from "node:fs/promises";
import type { CallLog } from "../ports/call-log.ts";
import { recordOf } from "./call-log/columns.ts";
import { changeOf } from "./call-log/change.ts";
import { countWrites } from "./call-log/count-writes.ts";
import { openEngine, type Engine, type EngineOptions } from "./call-log/engine.ts";
import { deleteCallsBefore } from "./call-log/delete-calls.ts";
import { exportCalls } from "./call-log/export.ts";
import { facetsOf } from "./call-log/facets.ts";
import { findCalls } from "./call-log/find.ts";
import { groupsOf, heatMapOf } from "./call-log/groups.ts";
import { ingestSegments } from "./call-log/ingest.ts";
import { seriesOf } from "./call-log/series.ts";
import { overviewOf } from "./call-log/overview.ts";
import { deleteRollupsBefore, tidyRollups } from "./call-log/rollups.ts";
import { spendOf } from "./call-log/spend.ts";

export interface EmbeddedCallLogOptions extends Pick<EngineOptions, "path" | "onDamage"> {
  threads?: number;
  /** As DuckDB writes it, such as 512MB. */
  memoryLimit?: string;
  queryTimeoutMs?: number;
}

export async function openEmbeddedCallLog(options: EmbeddedCallLogOptions): Promise<CallLog> {
  const engine = await openEngine({ threads: 2, memoryLimit: "512MB", queryTimeoutMs: 10_000, ...options });
  return {
    engine: "DuckDB",
    get trouble() {
      return engine.trouble;
    },
    ingest: (segments) => engine.write((connection) => ingestSegments(connection, segments)),
    find: (search, signal) => findCalls(engine, search, signal),
    facets: (range, asked, signal) => facetsOf(engine, range, asked, signal),
    export: (range, asked) => exportCalls(engine, options.path, { range, asked }),
    get: async (id) => {
      const row = (await engine.read("select * from calls where id = $1 limit 1", [id]))[0];
      return row ? recordOf(row) : null;
    },
    countWrites: (query) => countWrites(engine, query),
    lastUse: (consumer) => lastUse(engine, consumer),
    spend: (query, limit) => spendOf(engine, query, limit),
    size: async () => ({ calls: Number((await engine.read("select count(*) as calls from calls"))[0]?.["calls"] ?? 0), bytes: await bytesOf(options.path) }),
    deleteBefore: (at, of) => engine.write((connection) => deleteCallsBefore(connection, at, of)),
    overview: (asked, now, signal) => overviewOf(engine, asked, { now, signal }),
    groups: (range, asked, signal) => groupsOf(engine, range, { asked, signal }),
    series: (range, asked, signal) => seriesOf(engine, range, { asked, signal }),
    heatMap: (range, signal) => heatMapOf(engine, range, signal),
    change: (asked, signal) => changeOf(engine, asked, signal),
    tidy: (now) => engine.write((connection) => tidyRollups(connection, now)),
    deleteFiguresBefore: (at) => engine.write((connection) => deleteRollupsBefore(connection, at)),
    close: () => engine.close(),
  };
}

async function lastUse(engine: Engine, consumer: string): Promise<Map<string, number>> {
  const rows = await engine.read('select key, max("at") as used from calls where consumer = $1 and key is not null group by key', [consumer]);
  return new Map(rows.map((row) => [String(row["key"]), Number(row["used"])]));
}

async function bytesOf(path: string): Promise<number> {
  const sizes = await Promise.all([path, `${path}.wal`].map((file) => stat(file).then((found) => found.size, () => 0)));
  return sizes.reduce((sum, size) => sum + size, 0);
}
