/** Which versions are still in use, and by whom? */
import { Skeleton } from "@mantine/core";
import { allOf } from "@parley/contract/query/write";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { reading } from "../../api/queries.ts";
import type { Answer } from "../../api/types.ts";
import { Below } from "../../components/below.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { EntityName } from "../../components/entity-link.tsx";
import { Section } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { countText, percentText } from "../../format/quantities.ts";
import { CallsLink } from "../../observe/calls-link.tsx";
import { Bar } from "./bar.tsx";
import type { ViewProps } from "./view-props.ts";

type Group = Answer<"analyse">["groups"][number];

export function VersionsView({ asked }: ViewProps) {
  const query = allOf(asked.query, "version:*");
  const versions = useQuery({ ...reading("analyse", { query: { ...asked, query, by: "service,version", limit: 1_000 } }), placeholderData: keepPreviousData });
  const users = useQuery({ ...reading("analyse", { query: { ...asked, query, by: "version,consumer", limit: 1_000 } }), placeholderData: keepPreviousData });
  const error = versions.error ?? users.error;
  if (error) return <ProblemNotice error={error} onRetry={() => void Promise.all([versions.refetch(), users.refetch()])} />;
  if (versions.data?.groups.length === 0) {
    return <EmptyState title="No call named a version in this range">For services with <code>versions</code> you see here which consumers still use an old one, before you switch it off.</EmptyState>;
  }
  const services = Map.groupBy(versions.data?.groups ?? [], (group) => group.values[0] ?? "");
  const perVersion = Map.groupBy(users.data?.groups ?? [], (group) => group.values[0] ?? "");
  return (
    <>
      {versions.isLoading ? <Skeleton height={120} /> : null}
      {[...services].map(([service, groups]) => (
        <ServiceVersions key={service} service={service} groups={groups} />
      ))}
      <Below ready={!versions.isLoading}>
        <Section title="Who uses which version">
          <DataTable
            label="Consumers by version" rows={users.data ? [...perVersion] : undefined} rowKey={([version]) => version}
            columns={[
              { head: "Version", cell: ([version]) => <code>{version}</code> },
              { head: "Consumers", cell: ([, groups]) => <Consumers groups={groups} /> },
              { head: "Calls", right: true, cell: ([, groups]) => countText(groups.reduce((sum, group) => sum + group.calls, 0)) },
            ]}
          />
        </Section>
      </Below>
    </>
  );
}

function ServiceVersions({ service, groups }: { service: string; groups: readonly Group[] }) {
  const whole = groups.reduce((sum, group) => sum + group.calls, 0);
  const versions = groups.toSorted((one, other) => (other.values[1] ?? "").localeCompare(one.values[1] ?? "", "en", { numeric: true }));
  return (
    <Section title={`Versions of ${service}`}>
      <DataTable
        label={`Versions of ${service}`} rows={versions} rowKey={(group) => group.values.join(" ")}
        columns={[
          { head: "Version", cell: (group) => <code>{group.values[1]}</code> },
          { head: "Share of its calls", cell: (group) => <Bar share={group.calls / whole}>{percentText(group.calls / whole)}</Bar> },
          { head: "Calls", right: true, cell: (group) => <CallsLink query={group.queries.calls}>{countText(group.calls)}</CallsLink> },
          { head: "Errors", right: true, cell: (group) => <CallsLink query={group.queries.errors}>{percentText(group.errors / group.calls)}</CallsLink> },
        ]}
      />
    </Section>
  );
}

function Consumers({ groups }: { groups: readonly Group[] }) {
  return groups.map((group) => (
    <span key={group.values[1] ?? ""} style={{ marginRight: 14 }}>
      {group.values[1] === null || group.values[1] === undefined ? <em>without a key</em> : <EntityName kind="consumer" name={group.values[1]} />} <CallsLink query={group.queries.calls}>{countText(group.calls)}</CallsLink>
    </span>
  ));
}
