/** Who did what, and when? Newest first. */
import { Button, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { Page } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import classes from "./audit.module.css";
import { auditColumns } from "./audit-columns.tsx";

interface AuditFilter {
  actor: string;
  kind: string;
  name: string;
}

const members = [
  { member: "actor", label: "Who" },
  { member: "kind", label: "Kind" },
  { member: "name", label: "Name" },
] as const;

export function AuditPage() {
  const [filter, setFilter] = useState<AuditFilter>({ actor: "", kind: "", name: "" });
  const [settled] = useDebouncedValue(filter, 250);
  const audit = useInfiniteQuery({
    queryKey: ["listAudit", settled],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => call("listAudit", { query: { ...settled, after: pageParam, limit: 100 } }, signal),
    getNextPageParam: (page) => page.next,
  });
  const rows = audit.data?.pages.flatMap((page) => page.items);
  return (
    <Page title="Audit">
      <search className={classes["filters"]} aria-label="Filter the audit">
        {members.map(({ member, label }) => (
          <TextInput key={member} aria-label={label} placeholder={label} value={filter[member]} onChange={(event) => setFilter({ ...filter, [member]: event.currentTarget.value })} />
        ))}
      </search>
      {audit.error ? <ProblemNotice error={audit.error} onRetry={() => void audit.refetch()} /> : null}
      {rows || audit.isLoading ? <DataTable label="Audit" columns={auditColumns} rows={rows} rowKey={(entry) => String(entry.id)} empty={<EmptyState title="No entries">Every change and every sign-in is recorded here, with who did it.</EmptyState>} /> : null}
      {audit.hasNextPage ? (
        <div>
          <Button variant="default" loading={audit.isFetchingNextPage} onClick={() => void audit.fetchNextPage()}>
            Older entries
          </Button>
        </div>
      ) : null}
    </Page>
  );
}
