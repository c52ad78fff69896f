/** How many calls a search finds, and the commonest values of fields among them: one pass, whatever the number of fields. */
import { fieldEntry, type FieldName } from "@parley/contract/query/fields";
import type { CallRange, Facets } from "../../ports/call-log.ts";
import type { Engine } from "./engine.ts";
import { absentMembers, conditionsFor } from "./present-members.ts";

export interface FacetsAsked {
  fields: readonly FieldName[];
  values: number;
}

export async function facetsOf(engine: Engine, range: CallRange, { fields, values }: FacetsAsked, signal?: AbortSignal): Promise<Facets> {
  const conditions = await conditionsFor(engine, range, signal);
  const absent = await absentMembers(engine, { range, members: fields.map(memberOf), signal });
  const counted = fields.filter((field) => !absent.has(memberOf(field)));
  const rows = await engine.read(facetsSql(counted.map((field) => `"${memberOf(field)}"`), { where: conditions.where, values }), conditions.values, signal);
  const total = Number(rows.find((row) => Number(row["field"]) === -1)?.["calls"] ?? 0);
  const of = (field: FieldName): Record<string, unknown>[] => rows.filter((row) => counted[Number(row["field"])] === field);
  return { calls: total, fields: fields.map((field) => (absent.has(memberOf(field)) ? { field, values: [], absent: total, others: 0 } : facetOf(field, of(field), total))) };
}

function memberOf(field: FieldName): string {
  return fieldEntry(field).member;
}

/** Of many distinct values only the commonest leave the database; what is left of the total are the others. */
function facetsSql(columns: readonly string[], { where, values }: { where: string; values: number }): string {
  if (columns.length === 0) return `select -1 as field, null as "value", count(*) as calls from calls ${where}`;
  return `with counted as (
       select ${["count(*) as calls", ...columns.map((column, index) => `${column}::VARCHAR as v${index}`), ...columns.map((column, index) => `grouping(${column}) as g${index}`)].join(", ")}
       from calls ${where} group by grouping sets (${[...columns.map((column) => `(${column})`), "()"].join(", ")})),
     named as (
       select calls, case ${columns.map((_, index) => `when g${index} = 0 then ${index}`).join(" ")} else -1 end as field, case ${columns.map((_, index) => `when g${index} = 0 then v${index}`).join(" ")} end as "value" from counted)
     select field, "value", calls from named
     qualify row_number() over (partition by field, "value" is null order by calls desc, "value") <= ${Math.floor(values)}
     order by calls desc, "value"`;
}

function facetOf(field: FieldName, rows: readonly Record<string, unknown>[], total: number): Facets["fields"][number] {
  const absent = Number(rows.find((row) => row["value"] === null)?.["calls"] ?? 0);
  const values = rows.filter((row) => row["value"] !== null).map((row) => ({ value: String(row["value"]), calls: Number(row["calls"]) }));
  return { field, values, absent, others: total - absent - values.reduce((sum, { calls }) => sum + calls, 0) };
}
