/** Changes of a query's text: a term added, taken out, or turned round, with the rest as it was written. */
import type { FieldName } from "@parley/contract/query/fields";
import { parseQuery } from "@parley/contract/query/parse";
import type { Clause } from "@parley/contract/query/query";
import { allOf, term } from "@parley/contract/query/write";

type FieldClause = Extract<Clause, { kind: "field" }>;

/** Values of the same field are alternatives: a second service widens the term, the only one taken out ends it. */
export function toggled(query: string, field: FieldName, value: string): string {
  const values = chosenValues(query, field);
  const rest = without(query, (clause) => clause.field === field && !clause.negated && isEquality(clause));
  const wanted = values.includes(value) ? values.filter((one) => one !== value) : [...values, value];
  return allOf(rest, listTerm(field, wanted));
}

export function excluding(query: string, field: FieldName, value: string): string {
  const positive = chosenValues(query, field).includes(value) ? toggled(query, field, value) : query;
  return allOf(positive, `-${term(field, value)}`);
}

/** The values that a field has to have one of. */
export function chosenValues(query: string, field: FieldName): string[] {
  return clausesOf(query).flatMap((clause) =>
    clause.kind === "field" && clause.field === field && !clause.negated && isEquality(clause) ? clause.tests.flatMap((test) => (test.kind === "equals" ? [String(test.value)] : [])) : [],
  );
}

/** The only service that a query names; undefined where it asks for more than that, or for something else. */
export function onlyService(query: string): string | null | undefined {
  const clauses = clausesOf(query);
  if (query.trim() === "") return null;
  const [first] = chosenValues(query, "service");
  const [only] = clauses;
  const isOne = clauses.length === 1 && only?.kind === "field" && only.tests.length === 1 && chosenValues(query, "service").length === 1;
  return isOne ? first : undefined;
}

function listTerm(field: FieldName, values: readonly string[]): string {
  if (values.length === 0) return "";
  return `${field}:${values.map((value) => term(field, value).slice(field.length + 1)).join(",")}`;
}

function isEquality(clause: FieldClause): boolean {
  return clause.tests.every((test) => test.kind === "equals");
}

function clausesOf(query: string): readonly Clause[] {
  const parsed = parseQuery(query, 0);
  return parsed.ok ? parsed.query.clauses : [];
}

function without(query: string, leaves: (clause: FieldClause) => boolean): string {
  let text = query;
  for (const clause of [...clausesOf(query)].reverse()) {
    if (clause.kind === "field" && leaves(clause)) text = allOf(text.slice(0, clause.place.from).trim(), text.slice(clause.place.to).trim());
  }
  return text.trim();
}
