/** How many calls a search finds, and the commonest values of fields among them: one pass, whatever the number of fields. */
import { fieldEntry, type FieldName } from "@parley/contract/query/fields";
import type { CallRange, Facets } from "../../ports/call-log.ts";
import { addRange, Conditions } from "./conditions.ts";
import type { Engine } from "./engine.ts";

export interface FacetsAsked {
  fields: readonly FieldName[];
  values: number;
}

export async function facetsOf(engine: Engine, range: CallRange, { fields, values }: FacetsAsked, signal?: AbortSignal): Promise<Facets> {
  const conditions = new Conditions();
  addRange(conditions, range);
  const columns = fields.map((field) => `"${fieldEntry(field).member}"`);
  const sets = columns.map((column) => `(${column})`);
  // Of many distinct values only the commonest leave the database; what is left of the total are the others.
  const rows = await engine.read(
    `with counted as (
       select ${["count(*) as calls", ...columns.map((column, index) => `${column}::VARCHAR as v${index}`), ...columns.map((column, index) => `grouping(${column}) as g${index}`)].join(", ")}
       from calls ${conditions.where} group by grouping sets (${[...sets, "()"].join(", ")})),
     named as (
       select calls, case ${columns.map((_, index) => `when g${index} = 0 then ${index}`).join(" ")} else -1 end as field, case ${columns.map((_, index) => `when g${index} = 0 then v${index}`).join(" ")} end as "value" from counted)
     select field, "value", calls from named
     qualify row_number() over (partition by field, "value" is null order by calls desc, "value") <= ${Math.floor(values)}
     order by calls desc, "value"`,
    conditions.values,
    signal,
  );
  const total = Number(rows.find((row) => Number(row["field"]) === -1)?.["calls"] ?? 0);
  return { calls: total, fields: fields.map((field, index) => facetOf(field, rows.filter((row) => Number(row["field"]) === index), total)) };
}

function facetOf(field: FieldName, rows: readonly Record<string, unknown>[], total: number): Facets["fields"][number] {
  const absent = Number(rows.find((row) => row["value"] === null)?.["calls"] ?? 0);
  const values = rows.filter((row) => row["value"] !== null).map((row) => ({ value: String(row["value"]), calls: Number(row["calls"]) }));
  return { field, values, absent, others: total - absent - values.reduce((sum, { calls }) => sum + calls, 0) };
}
