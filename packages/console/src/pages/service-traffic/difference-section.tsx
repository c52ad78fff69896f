/** What changed between the documents of two versions, the breaking changes first, each with the consumers that it concerns. */
import { Button, Select, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { isProblem } from "../../api/problem-error.ts";
import { reading } from "../../api/queries.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { Section } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { ChangesTable } from "./changes-table.tsx";
import classes from "./service-traffic.module.css";

export function DifferenceSection({ name, versions }: { name: string; versions: readonly string[] }) {
  const [from, setFrom] = useState(versions.at(-2) ?? "");
  const [to, setTo] = useState(versions.at(-1) ?? "");
  const difference = useQuery({ ...reading("diffVersions", { path: { name }, query: { from, to, days: 30 } }), enabled: false, retry: false });
  return (
    <Section title="What changed between versions" hint="Compares their OpenAPI documents, and names the callers of the last 30 days who are affected.">
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
          {difference.error.problem.detail}. Add a document below, or with <code>{`versions.list.${to}.openapi`}</code> in the configuration.
        </EmptyState>
      ) : difference.error ? <ProblemNotice error={difference.error} /> : null}
      {difference.data ? <ChangesTable difference={difference.data} /> : null}
    </Section>
  );
}
