/** Calls of a search by one or two fields, with sums and percentiles of each group: one pass over them. */
import { fieldEntry, type FieldName } from "@parley/contract/query/fields";
import type { Groups, GroupsAsked, HeatMap } from "../../ports/call-figures.ts";
import type { CallRange } from "../../ports/call-log.ts";
import { latencyBucket } from "./columns.ts";
import type { Engine } from "./engine.ts";
import { countedFromCalls, countsOfCalls, figuresOf, figureSums } from "./figures.ts";
import { boundMs } from "./latency-sketch.ts";
import { percentilesOf, withPercentiles } from "./percentiles.ts";
import { conditionsFor } from "./present-members.ts";

export async function groupsOf(engine: Engine, range: CallRange, { asked, signal }: { asked: GroupsAsked; signal: AbortSignal | undefined }): Promise<Groups> {
  const conditions = await conditionsFor(engine, range, signal);
  const keys = asked.by.map((_, index) => `v${index}`);
  const columns = asked.by.map((field, index) => `"${fieldEntry(field).member}"::VARCHAR as v${index}`);
  const members = asked.by.map((field) => `"${fieldEntry(field).member}"`).join(", ");
  const order = asked.measure === "meanMs" ? '"durationMs" / calls' : `"${asked.measure}"`;
  const rows = await engine.read(
    `select *, count(*) over (partition by level) as found from (${figuresBy({ keys, columns, members, where: conditions.where, many: mayBeMany(asked.by) })})
     qualify row_number() over (partition by level order by ${order} desc nulls last, calls desc, ${keys.join(", ")}) <= ${Math.floor(asked.limit)}
     order by ${order} desc nulls last, calls desc, ${keys.join(", ")}`,
    conditions.values,
    signal,
  );
  const groups = rows.filter((row) => Number(row["level"]) === 0);
  return {
    totals: figuresOf(rows.find((row) => Number(row["level"]) !== 0)),
    groups: groups.map((row) => ({ values: keys.map((key) => (typeof row[key] === "string" ? row[key] : null)), ...figuresOf(row) })),
    found: Number(groups[0]?.["found"] ?? 0),
  };
}

/** Of which there are few values however many calls there are. */
const fewValued: ReadonlySet<FieldName> = new Set<FieldName>([
  "service", "kind", "version", "canary", "consumer", "key", "method", "host", "status", "error", "cause", "conditional", "cut", "upstream", "upstreamstatus", "attempts", "worker", "provider", "model", "dialect", "stream", "finish", "cache",
]);

function mayBeMany(by: readonly FieldName[]): boolean {
  return by.length > 1 || by.some((field) => !fewValued.has(field));
}

interface Grouping {
  keys: readonly string[];
  columns: readonly string[];
  members: string;
  where: string;
  many: boolean;
}

/**
 * Groups and the total from one scan: a grouping set for each. Few groups are counted by bucket of latency, which is a small
 * table; of many it would be as large as the calls, so that each keeps a list of its buckets instead.
 */
function figuresBy({ keys, columns, members, where, many }: Grouping): string {
  const counted = (figures: string, more: string): string => `select ${[...columns, `grouping(${members}) as level`, figures].join(", ")} from calls ${where} group by grouping sets ((${members}${more}), (${more.slice(2)}))`;
  if (!many) return withPercentiles(counted(countedFromCalls, ", bucket"), { keys: [...keys, "level"], sums: figureSums });
  const { listed, columns: percentiles } = percentilesOf(latencyBucket);
  return `select * exclude (buckets), ${percentiles} from (${counted(`${countsOfCalls}, ${listed}`, "")}) where calls > 0`;
}

const columnsOfMap = 120;
/** Buckets of the sketch that a cell spans: bounds double from cell to cell, about. */
const bucketsACell = 17;

export async function heatMapOf(engine: Engine, range: CallRange & { from: number; to: number }, signal: AbortSignal | undefined): Promise<HeatMap> {
  const conditions = await conditionsFor(engine, range, signal);
  const stepMs = Math.max(1_000, Math.ceil((range.to - range.from) / columnsOfMap / 1_000) * 1_000);
  const first = Math.floor(range.from / stepMs) * stepMs;
  // Calls are counted by two small numbers, and what these are is reckoned of the counts: that is near half of the price.
  const rows = await engine.read(
    `with counted as (select floor(("at" - ${first}) / ${stepMs})::UTINYINT as step, ${latencyBucket} as bucket, count(*) as calls from calls ${conditions.where} group by step, bucket)
     select ${first} + step::BIGINT * ${stepMs} as "at", floor(bucket / ${bucketsACell}) as cell, sum(calls) as calls from counted group by step, cell order by step, cell`,
    conditions.values,
    signal,
  );
  return { stepMs, cells: rows.map((row) => cellOf(Number(row["at"]), Number(row["cell"]), Number(row["calls"]))) };
}

function cellOf(at: number, cell: number, calls: number): HeatMap["cells"][number] {
  // A bucket's number is that of its upper bound.
  return { at, fromMs: boundMs(cell * bucketsACell - 1), toMs: boundMs((cell + 1) * bucketsACell - 1), calls };
}
