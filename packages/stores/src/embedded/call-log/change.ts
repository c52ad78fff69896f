/** A measure now and before, by the values of many fields: both sets of calls are read together. */
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

/** Most calls add nothing to these; the values of those that do are counted in a small part of the time. */
const rare: ReadonlySet<ChangeMeasure> = new Set<ChangeMeasure>(["errors", "refused", "conflicts", "costUsd"]);

export async function changeOf(engine: Engine, asked: ChangeAsked, signal: AbortSignal | undefined): Promise<Change> {
  const looked = lookedAt(asked);
  const [total] = await engine.read(`with looked as (${looked.sql}) select ${sums} from looked`, looked.values, signal);
  const whole = { current: Number(total?.["current"] ?? 0), baseline: Number(total?.["baseline"] ?? 0), currentCalls: Number(total?.["current_calls"] ?? 0), baselineCalls: Number(total?.["baseline_calls"] ?? 0) };
  // Where there was nothing of it before, it matters what the calls were that had nothing of it.
  const where = rare.has(asked.measure) && whole.baseline > 0 ? "where measure <> 0" : "";
  const keys = asked.fields.map((_, index) => `v${index}`);
  const when = (result: (index: number) => string): string => keys.map((_, index) => `when g${index} = 0 then ${result(index)}`).join(" ");
  const rows = await engine.read(
    `with looked as (${looked.sql}),
     counted as (select ${keys.map((key, index) => `${key}, grouping(${key}) as g${index}`).join(", ")}, ${sums} from looked ${where} group by grouping sets (${keys.map((key) => `(${key})`).join(", ")})),
     named as (select case ${when(String)} end as field, case ${when((index) => `v${index}`)} end as "value", current, baseline, baseline_calls from counted)
     select * from named qualify row_number() over (partition by field order by abs(current - baseline) desc, current desc, "value") <= ${Math.floor(asked.limit)}`,
    looked.values,
    signal,
  );
  return {
    ...whole,
    values: rows.flatMap((row) => {
      const field = asked.fields[Number(row["field"])];
      return field === undefined ? [] : [{ field, value: typeof row["value"] === "string" ? row["value"] : null, current: Number(row["current"]), baseline: Number(row["baseline"]), baselineCalls: Number(row["baseline_calls"]) }];
    }),
  };
}

const sums = `coalesce(sum(measure) filter (now), 0) as current, coalesce(sum(measure) filter ("then"), 0) as baseline, count(*) filter (now) as current_calls, count(*) filter ("then") as baseline_calls`;

function lookedAt(asked: ChangeAsked): { sql: string; values: Conditions["values"] } {
  const current = new Conditions();
  addRange(current, { where: asked.current });
  const baseline = new Conditions(current.values);
  addRange(baseline, { where: asked.baseline });
  const columns = asked.fields.map((field, index) => `"${fieldEntry(field).member}"::VARCHAR as v${index}`);
  return {
    sql: `select ${columns.join(", ")}, ${measures[asked.measure]}::DOUBLE as measure, coalesce(${current.all}, false) as now, coalesce(${baseline.all}, false) as "then"
      from calls where coalesce(${current.all}, false) or coalesce(${baseline.all}, false)`,
    values: current.values,
  };
}
