/** What AI calls took, summed in whole billionths of a USD, so that nothing drifts. Periods are UTC's. */
import type { SpendPeriod, SpendQuery, SpendRow } from "@parley/contract/api/spend";
import type { Engine } from "./engine.ts";

const names: Record<SpendQuery["by"], string> = {
  consumer: "consumer",
  key: "case when consumer is null then null else concat(consumer, '/', key) end",
  team: "team",
  model: "case when model is null then null else concat(provider, '/', model) end",
  provider: "provider",
  service: "service",
};

const starts: Record<SpendPeriod, string> = {
  hour: '(floor("at" / 3600000) * 3600000)::BIGINT',
  day: '(floor("at" / 86400000) * 86400000)::BIGINT',
  month: `epoch_ms(date_trunc('month', make_timestamp(("at" * 1000)::BIGINT)))`,
};

export async function spendOf(engine: Engine, query: SpendQuery, limit: number): Promise<SpendRow[]> {
  const start = query.per === undefined ? "null" : starts[query.per];
  const conditions = ["kind = 'ai'"];
  const values: number[] = [];
  if (query.from !== undefined) conditions.push(`"at" >= $${values.push(query.from)}::DOUBLE`);
  if (query.to !== undefined) conditions.push(`"at" < $${values.push(query.to)}::DOUBLE`);
  const rows = await engine.read(
    `select ${names[query.by]} as name, ${start} as start, count(*) as calls,
       sum(coalesce("inputTokens", 0)) as input, sum(coalesce("outputTokens", 0)) as output, sum(coalesce("cacheReadTokens", 0)) as read,
       sum(coalesce("costNanoUsd", round("costUsd" * 1000000000)::BIGINT, 0)) as cost,
       count(*) filter ("inputTokens" is not null and "costUsd" is null) as unpriced
     from calls where ${conditions.join(" and ")} group by all order by start, cost desc, name limit ${limit}`,
    values,
  );
  return rows.map(rowOf);
}

function rowOf(row: Record<string, unknown>): SpendRow {
  const costNanoUsd = Number(row["cost"]);
  return {
    name: row["name"] as string | null,
    start: row["start"] === null ? null : new Date(Number(row["start"])).toISOString(),
    calls: Number(row["calls"]),
    inputTokens: Number(row["input"]),
    outputTokens: Number(row["output"]),
    cacheReadTokens: Number(row["read"]),
    costUsd: costNanoUsd / 1_000_000_000,
    costNanoUsd,
    unpricedCalls: Number(row["unpriced"]),
  };
}
