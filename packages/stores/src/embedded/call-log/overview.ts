/** An overview of a range, from rollups alone: its price depends on the range's length and not on the number of calls. */
import type { Overview, OverviewAsked, TopValue } from "../../ports/call-figures.ts";
import type { Engine } from "./engine.ts";
import { countedFromRollups, figuresOf, figureSums } from "./figures.ts";
import { withPercentiles } from "./percentiles.ts";
import { widthAt } from "./rollups.ts";

const stepsMs = [1, 2, 5, 10, 15, 30, 60, 120, 360, 720, 1_440, 10_080].map((minutes) => minutes * 60_000);

interface Range {
  from: number;
  to: number;
  stepMs: number;
  where: string;
  values: (string | number)[];
}

export async function overviewOf(engine: Engine, asked: OverviewAsked, { now, signal }: { now: number; signal: AbortSignal | undefined }): Promise<Overview> {
  const range = rangeOf(asked, now);
  const { where, values } = range;
  const read = (sql: string, more: number[] = []) => engine.read(sql, [...values, ...more], signal);
  // One after the other, each over the same few rows, so that an overview never takes all of the readers.
  const figures = await read(figuresSql(range));
  const of = (level: Level): Record<string, unknown>[] => figures.filter((row) => row["level"] === level);
  const counts = await read(`select cause, status, sum(calls) as calls from rollups where ${where} group by grouping sets ((cause), (status)) order by calls desc, cause, status`);
  const tops = await read(topsSql(where, asked.tops));
  return {
    from: range.from, to: range.to, stepMs: range.stepMs,
    totals: figuresOf(of("all")[0]),
    series: of("step").map((row) => ({ at: Number(row["name"]), ...figuresOf(row) })).toSorted((one, other) => one.at - other.at),
    services: of("service").map((row) => ({ service: textOf(row["name"]), ...figuresOf(row) })).toSorted((one, other) => other.calls - one.calls || (one.service < other.service ? -1 : 1)).slice(0, asked.tops),
    causes: counts.filter((row) => row["cause"] !== null).map((row) => ({ cause: textOf(row["cause"]), calls: Number(row["calls"]) })),
    statuses: counts.filter((row) => row["status"] !== null).map((row) => ({ status: Number(row["status"]), calls: Number(row["calls"]) })),
    tops: { consumer: topsOf(tops, "consumer"), model: topsOf(tops, "model"), resource: topsOf(tops, "resource") },
  };
}

function rangeOf(asked: OverviewAsked, now: number): Range {
  const width = widthAt(asked.from, now);
  const from = Math.floor(asked.from / width) * width;
  const endWidth = widthAt(asked.to, now);
  const to = Math.max(Math.ceil(asked.to / endWidth) * endWidth, from + width);
  const stepMs = stepsMs.find((step) => step >= width && (to - from) / step <= asked.points) ?? 10_080 * 60_000;
  const service = asked.service === null ? "" : " and service = $3";
  return { from, to, stepMs, where: `"at" >= $1::DOUBLE and "at" < $2::DOUBLE${service}`, values: [from, to, ...(asked.service === null ? [] : [asked.service])] };
}

/** What a row of figures is of. */
type Level = "all" | "step" | "service";

/** One scan counts steps and services, and all of it are the services together. */
function figuresSql({ where, from, stepMs }: Range): string {
  const stepped = `select *, greatest(("at" // ${stepMs}) * ${stepMs}, ${from}) as step from rollups where ${where}`;
  const added = ["calls", ...figureSums].map((name) => `sum("${name}") as "${name}"`).join(", ");
  const counted = `with scanned as materialized (select step, service, grouping(step) = 1 as of_service, ${countedFromRollups} from (${stepped}) group by grouping sets ((step, bucket), (service, bucket)))
    select case when of_service then 'service' else 'step' end as level, case when of_service then service else step::VARCHAR end as name, * exclude (step, service, of_service) from scanned
    union all by name select 'all' as level, '' as name, bucket, ${added} from scanned where of_service group by bucket`;
  return withPercentiles(counted, { keys: ["level", "name"], sums: figureSums });
}

/** Resources by the conflicts that they had, the others by calls. */
function topsSql(where: string, most: number): string {
  return `select dimension, "value", case when count(distinct service) = 1 or dimension = 'resource' then min(service) else '' end as service,
      sum(calls) as calls, sum(errors) as errors, sum(conflicts) as conflicts, sum("inputTokens") as "inputTokens", sum("outputTokens") as "outputTokens", sum("costUsd") as "costUsd"
    from rollup_tops where ${where} and "value" is not null group by dimension, "value"
    qualify row_number() over (partition by dimension order by case when dimension = 'resource' then sum(conflicts) end desc nulls last, sum(calls) desc, "value") <= ${Math.floor(most)}
    order by case when dimension = 'resource' then sum(conflicts) end desc nulls last, calls desc, "value"`;
}

function topsOf(rows: readonly Record<string, unknown>[], dimension: string): TopValue[] {
  return rows.filter((row) => row["dimension"] === dimension).map((row) => {
    const { calls, errors, conflicts, inputTokens, outputTokens, costUsd } = figuresOf(row);
    return { value: textOf(row["value"]), service: textOf(row["service"]), calls, errors, conflicts, inputTokens, outputTokens, costUsd };
  });
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
