/** A measure now and before, by the values of many fields: both sets of calls are read once, together. */
import { fieldEntry } from "@parley/contract/query/fields";
import type { Change, ChangeAsked, ChangeMeasure } from "../../ports/call-figures.ts";
import { addRange, Conditions } from "./conditions.ts";
import type { Engine } from "./engine.ts";

const measures: Record<ChangeMeasure, string> = {
  calls: "1",
  errors: "case when status >= 500 then 1 else 0 end",
  refused: "case when status between 400 and 499 then 1 else 0 end",
  conflicts: "case when cause is not null then 1 else 0 end",
  costUsd: 'coalesce("costUsd", 0)',
  durationMs: '"durationMs"',
};

export async function changeOf(engine: Engine, asked: ChangeAsked, signal: AbortSignal | undefined): Promise<Change> {
  const current = new Conditions();
  addRange(current, { where: asked.current });
  const baseline = new Conditions(current.values);
  addRange(baseline, { where: asked.baseline });
  const columns = asked.fields.map((field) => `"${fieldEntry(field).member}"`);
  const rows = await engine.read(
    `with looked as (select ${columns.map((column, index) => `${column}::VARCHAR as v${index}`).join(", ")}, ${measures[asked.measure]}::DOUBLE as measure, coalesce(${current.all}, false) as now, coalesce(${baseline.all}, false) as "then"
       from calls where coalesce(${current.all}, false) or coalesce(${baseline.all}, false)),
     counted as (select ${columns.map((_, index) => `v${index}, grouping(v${index}) as g${index}`).join(", ")},
         coalesce(sum(measure) filter (now), 0) as current, coalesce(sum(measure) filter ("then"), 0) as baseline, count(*) filter (now) as current_calls, count(*) filter ("then") as baseline_calls
       from looked group by grouping sets (${[...columns.map((_, index) => `(v${index})`), "()"].join(", ")})),
     named as (select case ${columns.map((_, index) => `when g${index} = 0 then ${index}`).join(" ")} else -1 end as field, case ${columns.map((_, index) => `when g${index} = 0 then v${index}`).join(" ")} end as "value", current, baseline, current_calls, baseline_calls from counted)
     select * from named qualify row_number() over (partition by field order by abs(current - baseline) desc, current desc, "value") <= ${Math.floor(asked.limit)}`,
    current.values,
    signal,
  );
  const total = rows.find((row) => Number(row["field"]) === -1);
  return {
    current: Number(total?.["current"] ?? 0), baseline: Number(total?.["baseline"] ?? 0), currentCalls: Number(total?.["current_calls"] ?? 0), baselineCalls: Number(total?.["baseline_calls"] ?? 0),
    values: rows.flatMap((row) => {
      const field = asked.fields[Number(row["field"])];
      return field === undefined ? [] : [{ field, value: typeof row["value"] === "string" ? row["value"] : null, current: Number(row["current"]), baseline: Number(row["baseline"]), baselineCalls: Number(row["baseline_calls"]) }];
    }),
  };
}
