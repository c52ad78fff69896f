/**
 * What is known of calls by minute, hour and day, so that a year stays cheap and an overview reads no calls. Rows are
 * sums: several of one key are added up when they are read, so that taking calls in only appends. Each call is counted
 * in one row of `rollups` and, once for each dimension that it has, in one of `rollup_tops`; rows grow coarser as they age.
 */
import type { DuckDBConnection } from "@duckdb/node-api";

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;
/** Until when rows are kept by the minute, and by the hour. */
export const rollupAges = { minutesForMs: 2 * dayMs, hoursForMs: 62 * dayMs } as const;

const sums = ["calls", "durationMs", "requestBytes", "responseBytes", "inputTokens", "outputTokens", "costUsd"] as const;
const topSums = ["calls", "errors", "conflicts", "inputTokens", "outputTokens", "costUsd"] as const;
/** Values of a dimension that one batch names; what is rarer counts as others (a null value), for paths have no end. */
const mostValues = 200;

export const rollupSchema: readonly string[] = [
  `create table if not exists rollups ("at" BIGINT, width INTEGER, service VARCHAR, kind VARCHAR, status INTEGER, cause VARCHAR, bucket SMALLINT, ${sums.map((name) => `"${name}" ${typeOf(name)}`).join(", ")})`,
  `create table if not exists rollup_tops ("at" BIGINT, width INTEGER, service VARCHAR, dimension VARCHAR, "value" VARCHAR, ${topSums.map((name) => `"${name}" ${typeOf(name)}`).join(", ")})`,
];

const keys = 'service, kind, status, cause, bucket';
const topKeys = 'service, dimension, "value"';

const added = (names: readonly string[]): string => names.map((name) => `sum("${name}")::${typeOf(name)} as "${name}"`).join(", ");

const rollUpBatch = `insert into rollups
  select floor("at" / ${minuteMs})::BIGINT * ${minuteMs} as minute, ${minuteMs}, service, kind, status, cause, latency as bucket,
    count(*), sum("durationMs"), sum("requestBytes"), sum("responseBytes"), sum(coalesce("inputTokens", 0)), sum(coalesce("outputTokens", 0)), sum(coalesce("costUsd", 0))
  from calls where batch = $1 group by minute, service, kind, status, cause, bucket`;

/** A resource is written to; what is only read collides with nobody. */
const dimensions = { consumer: "consumer", model: "model", resource: "case when method in ('PUT', 'PATCH', 'POST', 'DELETE') and kind = 'http' then path end" } as const;

const rollUpTops = Object.entries(dimensions).map(([dimension, place]) => `insert into rollup_tops
  with named as (
    select floor("at" / ${minuteMs})::BIGINT * ${minuteMs} as minute, service, ${place} as named, count(*) as calls, count(*) filter (status >= 500) as errors, count(cause) as conflicts,
      sum(coalesce("inputTokens", 0)) as input, sum(coalesce("outputTokens", 0)) as output, sum(coalesce("costUsd", 0)) as cost
    from calls where batch = $1 and ${place} is not null group by all),
  kept as (select named from named group by named order by sum(conflicts) desc, sum(calls) desc, named limit ${mostValues})
  select minute, ${minuteMs}, service, '${dimension}', case when named in (select named from kept) then named end as "value",
    sum(calls), sum(errors), sum(conflicts), sum(input), sum(output), sum(cost) from named group by all`);

export async function addToRollups(connection: DuckDBConnection, batch: number): Promise<void> {
  for (const statement of [rollUpBatch, ...rollUpTops]) await connection.run(statement, [batch]);
}

/**
 * Adds up rows of one key, which every batch brings, and makes those that have aged coarser. One transaction, so that
 * nothing is counted twice or not at all; only what can have changed is written again.
 */
export async function tidyRollups(connection: DuckDBConnection, now: number): Promise<void> {
  const { hoursFrom, daysFrom } = agesAt(now);
  const recent = `width = ${minuteMs} and "at" >= ${Math.floor(now) - 2 * hourMs}`;
  const aged = `(width < ${hourMs} and "at" < ${hoursFrom}) or (width < ${dayMs} and "at" < ${daysFrom})`;
  await connection.run("begin");
  try {
    for (const which of [recent, aged]) for (const table of tables) await addUp(connection, table, { which, wide: widthByAge(hoursFrom, daysFrom) });
    await connection.run("commit");
  } catch (error) {
    await connection.run("rollback").catch(() => undefined);
    throw error;
  }
}

const tables = [
  { name: "rollups", key: keys, sums: sums as readonly string[] },
  { name: "rollup_tops", key: topKeys, sums: topSums as readonly string[] },
];

async function addUp(connection: DuckDBConnection, { name, key, sums: names }: (typeof tables)[number], { which, wide }: { which: string; wide: string }): Promise<void> {
  await connection.run(`create or replace temp table tidied as
    select ("at" // wide)::BIGINT * wide as "at", wide as width, ${key}, ${added(names)}
    from (select *, ${wide} as wide from ${name} where ${which}) group by all`);
  await connection.run(`delete from ${name} where ${which}`);
  await connection.run(`insert into ${name} select * from tidied order by "at", service`);
  await connection.run("drop table tidied");
}

export async function deleteRollupsBefore(connection: DuckDBConnection, at: number): Promise<void> {
  for (const table of ["rollups", "rollup_tops"]) await connection.run(`delete from ${table} where "at" + width <= $1::BIGINT`, [BigInt(Math.floor(at))]);
}

/** From when on there may be rows by the minute, and by the hour. Whole hours and days age at once. */
function agesAt(now: number): { hoursFrom: number; daysFrom: number } {
  return { hoursFrom: Math.floor((now - rollupAges.minutesForMs) / hourMs) * hourMs, daysFrom: Math.floor((now - rollupAges.hoursForMs) / dayMs) * dayMs };
}

function widthByAge(hoursFrom: number, daysFrom: number): string {
  return `case when "at" < ${daysFrom} then ${dayMs} when "at" < ${hoursFrom} then greatest(width, ${hourMs}) else width end`;
}

/** How exactly a range that begins at `at` can be cut. */
export function widthAt(at: number, now: number): number {
  const { hoursFrom, daysFrom } = agesAt(now);
  if (at < daysFrom) return dayMs;
  return at < hoursFrom ? hourMs : minuteMs;
}

function typeOf(name: string): string {
  return name === "durationMs" || name === "costUsd" ? "DOUBLE" : "BIGINT";
}
