/**
 * A measure now and before, by the values of many fields. Each side is counted by itself, of its own stretch of the log and of the
 * calls alone that add something to the measure; all of it exactly.
 */
import { fieldEntry, type FieldName } from "@parley/contract/query/fields";
import type { Query } from "@parley/contract/query/query";
import type { Change, ChangeAsked, ChangeMeasure } from "../../ports/call-figures.ts";
import { addRange, Conditions } from "./conditions.ts";
import type { Engine } from "./engine.ts";
import { absentMembers } from "./present-members.ts";

interface Measure {
  /** Its sum over calls. */
  sum: string;
  /** Which calls add something to it; all where it is absent. */
  of?: string;
}

const measures: Record<ChangeMeasure, Measure> = {
  calls: { sum: "count(*)" },
  errors: { sum: "count(*)", of: "status >= 500" },
  refused: { sum: "count(*)", of: "status between 400 and 499" },
  conflicts: { sum: "count(*)", of: "cause is not null" },
  costUsd: { sum: 'sum("costUsd")', of: '"costUsd" <> 0' },
  durationMs: { sum: 'sum("durationMs")' },
};

type Totals = Omit<Change, "values">;

export async function changeOf(engine: Engine, asked: ChangeAsked, signal: AbortSignal | undefined): Promise<Change> {
  const totals = await totalsOf(engine, asked, signal);
  const fields = await fieldsWithValues(engine, asked, signal);
  if (fields.length === 0) return { ...totals, values: [] };
  const { sql, values } = valuesSql(asked, { fields, totals });
  const rows = await engine.read(sql, values, signal);
  return {
    ...totals,
    values: rows.flatMap((row) => {
      const field = fields[Number(row["field"])];
      return field === undefined ? [] : [{ field, value: typeof row["value"] === "string" ? row["value"] : null, current: Number(row["current"]), baseline: Number(row["baseline"]), currentCalls: Number(row["current_calls"]), baselineCalls: Number(row["baseline_calls"]) }];
    }),
  };
}

async function totalsOf(engine: Engine, asked: ChangeAsked, signal: AbortSignal | undefined): Promise<Totals> {
  const { sum, of } = measures[asked.measure];
  const values: Conditions["values"] = [];
  const side = (query: Query): string => `select ${of === undefined ? sum : `${sum} filter (${of})`} as amount, count(*) as calls from calls ${conditionsOf(query, values).where}`;
  const sql = `select now.amount as current, now.calls as current_calls, "then".amount as baseline, "then".calls as baseline_calls from (${side(asked.current)}) as now, (${side(asked.baseline)}) as "then"`;
  const [row] = await engine.read(sql, values, signal);
  const number = (name: string): number => Number(row?.[name] ?? 0);
  return { current: number("current"), baseline: number("baseline"), currentCalls: number("current_calls"), baselineCalls: number("baseline_calls") };
}

/** What no call of either side has cannot tell them apart, and costs as much to count as anything else. */
async function fieldsWithValues(engine: Engine, { current, baseline, fields }: ChangeAsked, signal: AbortSignal | undefined): Promise<FieldName[]> {
  const absent = async (query: Query): Promise<ReadonlySet<string>> => absentMembers(engine, { range: { where: query }, members: fields.map(memberOf), signal });
  const [now, before] = [await absent(current), await absent(baseline)];
  return fields.filter((field) => !now.has(memberOf(field)) || !before.has(memberOf(field)));
}

function valuesSql({ current, baseline, measure, limit }: ChangeAsked, { fields, totals }: { fields: readonly FieldName[]; totals: Totals }): { sql: string; values: Conditions["values"] } {
  const { sum, of } = measures[measure];
  const values: Conditions["values"] = [];
  const counted = (query: Query, which: Measure): string => byValue(fields, `${which.sum} as amount, count(*) as calls`, conditionsOf(query, values, which.of).where);
  // Where there was nothing of it before, it matters what the calls were that had nothing of it.
  const before = totals.baseline === 0 ? { sum: "0" } : { sum, ...(of === undefined ? {} : { of }) };
  return {
    sql: `with sides as (
       select field, "value", amount as current, 0 as baseline, calls as current_calls, 0 as baseline_calls from (${counted(current, measures[measure])})
       union all
       select field, "value", 0 as current, amount as baseline, 0 as current_calls, calls as baseline_calls from (${counted(baseline, before)}))
     select field, "value", ${["current", "baseline", "current_calls", "baseline_calls"].map((name) => `sum(${name}) as ${name}`).join(", ")} from sides group by field, "value"
     qualify row_number() over (partition by field order by abs(sum(current) - sum(baseline)) desc, sum(current) desc, "value") <= ${Math.floor(limit)}`,
    values,
  };
}

/** One pass for all fields; values become text when they are counted. */
function byValue(fields: readonly FieldName[], what: string, where: string): string {
  const columns = fields.map((field) => `"${memberOf(field)}"`);
  const when = (result: (index: number) => string): string => `case ${columns.map((_, index) => `when g${index} = 0 then ${result(index)}`).join(" ")} end`;
  return `select * exclude (${columns.map((_, index) => `v${index}, g${index}`).join(", ")}), ${when(String)} as field, ${when((index) => `v${index}::VARCHAR`)} as "value"
    from (select ${columns.map((column, index) => `${column} as v${index}, grouping(${column}) as g${index}`).join(", ")}, ${what} from calls ${where} group by grouping sets (${columns.map((column) => `(${column})`).join(", ")}))`;
}

function memberOf(field: FieldName): string {
  return fieldEntry(field).member;
}

function conditionsOf(query: Query, values: Conditions["values"], besides?: string): Conditions {
  const conditions = new Conditions(values);
  addRange(conditions, { where: query });
  if (besides !== undefined) conditions.add(besides);
  return conditions;
}
