/** What changed between the documents of two versions, the breaking changes first, each with the consumers that it concerns. */
import { Button, Select, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { isProblem } from "../../api/problem-error.ts";
import { reading } from "../../api/queries.ts";
import type { Answer } from "../../api/types.ts";
import { Chip, type Meaning } from "../../components/chip.tsx";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { EntityLink } from "../../components/entity-link.tsx";
import { Section } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { counted, countText } from "../../format/quantities.ts";
import classes from "./service-traffic.module.css";

type Change = Answer<"diffVersions">["changes"][number];

const meanings: Record<Change["severity"], Meaning> = { breaking: "error", unknown: "warning", "non-breaking": "neutral" };
const order: readonly Change["severity"][] = ["breaking", "unknown", "non-breaking"];
const mostShown = 300;

const columns: readonly Column<Change>[] = [
  { head: "Severity", cell: ({ severity }) => <Chip meaning={meanings[severity]}>{severity}</Chip> },
  { head: "Where", cell: ({ endpoint, place }) => <><code>{endpoint}</code>{place === "" ? "" : ` ${place}`}</> },
  { head: "What", cell: ({ message }) => message },
  { head: "Concerns, in 30 days", cell: ({ affected }) => <Affected affected={affected} /> },
];

export function DifferenceSection({ name, versions }: { name: string; versions: readonly string[] }) {
  const [from, setFrom] = useState(versions.at(-2) ?? "");
  const [to, setTo] = useState(versions.at(-1) ?? "");
  const difference = useQuery({ ...reading("diffVersions", { path: { name }, query: { from, to, days: 30 } }), enabled: false, retry: false });
  const changes = difference.data?.changes.toSorted((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity));
  return (
    <Section title="What changed between versions" hint="From their OpenAPI documents, held against the calls of the last 30 days: who would notice.">
      <form
        className={classes["row"]}
        onSubmit={(event) => {
          event.preventDefault();
          void difference.refetch();
        }}
      >
        <Select label="From" data={[...versions]} allowDeselect={false} value={from} onChange={(value) => setFrom(value ?? "")} w={140} />
        <Select label="To" data={[...versions]} allowDeselect={false} value={to} onChange={(value) => setTo(value ?? "")} w={140} />
        <Button type="submit" variant="default" loading={difference.isFetching} disabled={from === to}>Compare</Button>
      </form>
      {difference.isFetching && !difference.data ? <Skeleton height={80} /> : null}
      {isProblem(difference.error, "not-found") ? (
        <EmptyState title="There is nothing to compare yet">
          {difference.error.problem.detail}. A document is given with <code>{`versions.list.${to}.openapi`}</code> in the configuration.
        </EmptyState>
      ) : difference.error ? <ProblemNotice error={difference.error} /> : null}
      {difference.data && changes ? (
        <>
          <p className={classes["quiet"]}>
            {counted(difference.data.counts.breaking, "breaking change")}, {counted(difference.data.counts.unknown, "change")} of unknown effect, {counted(difference.data.counts.nonBreaking, "other change")}.
          </p>
          <DataTable label="Changes" columns={columns} rows={changes.slice(0, mostShown)} rowKey={({ id }) => id} empty={<EmptyState title="The documents say the same" />} />
          {difference.data.truncated || changes.length > mostShown ? <p className={classes["quiet"]}>There are more changes than these.</p> : null}
        </>
      ) : null}
    </Section>
  );
}

function Affected({ affected }: { affected: Change["affected"] }) {
  if (!affected) return <>nobody</>;
  if (affected.calls === 0) return <>no call{affected.sampled ? " of the sample" : ""}</>;
  return (
    <span className={classes["names"]}>
      {affected.consumers.map(({ consumer, calls }) => <span key={consumer ?? ""}>{consumer === null ? "without a key" : <EntityLink kind="consumer" name={consumer} />} {countText(calls)}</span>)}
      {affected.sampled ? <Chip title="Known of a sample of calls: there may be more">sample</Chip> : null}
    </span>
  );
}
