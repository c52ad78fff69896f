/** Who collides with whom, on what? */
import { allOf, term } from "@parley/contract/query/write";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { reading } from "../../api/queries.ts";
import { DataTable } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { EntityName } from "../../components/entity-link.tsx";
import { Section } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { countText, counted } from "../../format/quantities.ts";
import { CallsLink } from "../../observe/calls-link.tsx";
import { type ObserveSearch, sharedOf } from "../../observe/search.ts";
import { askableOf } from "../conflicts/filter.ts";
import classes from "./analysis.module.css";
import { Bar } from "./bar.tsx";
import { type Collisions, collisionsOf } from "./collisions.ts";
import { ValueText } from "./value-text.tsx";
import type { ViewProps } from "./view-props.ts";

const mostRead = 1_000;

export function ConflictsView({ search, asked }: ViewProps) {
  const { query, ...range } = asked;
  const { query: askable, left } = askableOf({ q: query });
  const conflicts = useQuery({ ...reading("listConflicts", { query: { ...range, ...(askable === "" ? {} : { query: askable }), limit: mostRead } }), placeholderData: keepPreviousData });
  const calls = useQuery({ ...reading("analyse", { query: { ...asked, query: allOf(query, "cause:*"), by: "path,cause", limit: 30 } }), placeholderData: keepPreviousData });
  const error = conflicts.error ?? calls.error;
  const most = Math.max(1, ...(calls.data?.groups ?? []).map((group) => group.calls));
  const collisions = conflicts.data ? collisionsOf(conflicts.data.items) : null;
  return (
    <>
      {error ? <ProblemNotice error={error} onRetry={() => void Promise.all([conflicts.refetch(), calls.refetch()])} /> : null}
      <Section title="Who collides with whom" hint={`${conflicts.data?.next ? `Of the newest ${countText(mostRead)} conflicts that fit.` : "All conflicts on record that fit."}${left.length > 0 ? ` ${left.join(" ")} says nothing of conflicts and is not asked.` : ""}`}>
        {collisions && collisions.people.length > 0 ? <Matrix collisions={collisions} search={search} /> : null}
        {collisions?.people.length === 0 && calls.data ? <NobodyKnown calls={calls.data.totals.calls} /> : null}
      </Section>
      <Section title="On what, and why">
        {calls.data || calls.isPending ? <DataTable
          label="Resources and causes" rows={calls.data?.groups} rowKey={(group) => group.values.join("\u0000")}
          empty={<EmptyState title="No call met a conflict in this range" />}
          columns={[
            { head: "Resource", cell: (group) => <ValueText field="path" value={group.values[0] ?? null} /> },
            { head: "Cause", cell: (group) => <ValueText field="cause" value={group.values[1] ?? null} /> },
            { head: "Calls", cell: (group) => <Bar share={group.calls / most} meaning="conflict"><CallsLink query={group.queries.calls}>{countText(group.calls)}</CallsLink></Bar> },
          ]}
        /> : null}
      </Section>
    </>
  );
}

/** Calls are kept longer than who met whom in them, and some conflicts have no other side that is known. */
function NobodyKnown({ calls }: { calls: number }) {
  if (calls === 0) return <EmptyState title="No conflicts in this range">Conflicts are detected on every service whose conflict mode is not off.</EmptyState>;
  return (
    <EmptyState title="It is not recorded who took part">
      {counted(calls, "call")} met a conflict; their resources are below. Who took part is recorded only for conflicts that Parley detected itself.
    </EmptyState>
  );
}

function Matrix({ collisions: { people, count, most }, search }: { collisions: Collisions; search: ObserveSearch }) {
  return (
    <div className={classes["matrixFrame"]} role="region" tabIndex={0} aria-label="Who collides with whom">
      <table className={classes["matrix"]}>
        <thead>
          <tr>
            <th scope="col">Met by, with</th>
            {people.map((name) => (
              <th key={name} scope="col">{name}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {people.map((row) => (
            <tr key={row}>
              <th scope="row"><EntityName kind="consumer" name={row} /></th>
              {people.map((column) => {
                const conflicts = count(row, column);
                return (
                  <td key={column}>
                    {conflicts === 0 ? null : (
                      <Link to="/conflicts" search={{ ...sharedOf(search), q: allOf(search.q ?? "", term("consumer", row), term("consumer", column)) }} data-weight={Math.ceil((4 * conflicts) / most)}>
                        {countText(conflicts)}
                      </Link>
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
