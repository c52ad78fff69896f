/**
 * Which members no call of a range has. The engine's statistics tell it within a millisecond or two, whatever the number of
 * calls, and a column without values is dearer to read than one with few. A call that is taken in just then may be missed: the
 * next question finds it.
 */
import { columns, isMember } from "./columns.ts";
import type { CallRange } from "../../ports/call-log.ts";
import { addRange, Conditions } from "./conditions.ts";
import type { Engine } from "./engine.ts";
import { membersToSearch } from "@parley/contract/query/matches";

interface Asked {
  range: CallRange;
  members: readonly string[];
  signal: AbortSignal | undefined;
}

export async function absentMembers(engine: Engine, { range, members, signal }: Asked): Promise<ReadonlySet<string>> {
  const optional = members.filter((member) => isMember(member) && columns[member].missing === undefined && member !== "id");
  if (optional.length === 0) return new Set();
  const conditions = new Conditions();
  addRange(conditions, timesOf(range));
  // A short look for each: as conditions of one row they take the engine seven times as long to plan.
  const looks = optional.map((member) => `(select '${member}' as member from calls where ${conditions.all} and "${member}" is not null limit 1)`);
  const present = new Set((await engine.read(looks.join(" union all "), conditions.values, signal)).map((row) => row["member"]));
  return new Set(optional.filter((member) => !present.has(member)));
}

/** Of a range what statistics can answer: when. */
function timesOf({ from, to, where }: CallRange): CallRange {
  return { from, to, ...(where ? { where: { clauses: where.clauses.filter((clause) => clause.kind === "field" && clause.field === "at") } } : {}) };
}

/** A range's conditions, with free text looked for only where there is any. */
export async function conditionsFor(engine: Engine, range: CallRange, signal: AbortSignal | undefined): Promise<Conditions> {
  const conditions = new Conditions([], await absentFromText(engine, range, signal));
  addRange(conditions, range);
  return conditions;
}

/** Nothing where the range has no free text. */
export async function absentFromText(engine: Engine, range: CallRange, signal: AbortSignal | undefined): Promise<ReadonlySet<string>> {
  const texts = range.where?.clauses.flatMap((clause) => (clause.kind === "text" ? [clause.text.toLowerCase()] : [])) ?? [];
  return texts.length === 0 ? new Set() : absentMembers(engine, { range, members: [...new Set(texts.flatMap(membersToSearch))], signal });
}
