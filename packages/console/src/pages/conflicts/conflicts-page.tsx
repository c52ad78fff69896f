/** Who collides with whom, on what, why, and what prevents it? Looks again by itself every few seconds. */
import { Button } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { call } from "../../api/client.ts";
import { reading } from "../../api/queries.ts";
import { DataTable } from "../../components/data-table.tsx";
import { useNow } from "../../components/now.tsx";
import { Page } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { conflictColumns } from "./conflict-columns.tsx";
import { ConflictFilters } from "./conflict-filters.tsx";
import { ConflictTabs } from "./conflict-tabs.tsx";
import classes from "./conflicts.module.css";
import { ConflictsEmpty } from "./conflicts-empty.tsx";
import { type ConflictsSearch, queryOf } from "./filter.ts";
import { Hottest } from "./hottest.tsx";

const lookAgainMs = 3_000;

export function ConflictsPage() {
  const search = useSearch({ from: "/shell/conflicts" });
  const navigate = useNavigate({ from: "/conflicts" });
  const setSearch = (next: ConflictsSearch) => void navigate({ search: next });
  const now = useNow();
  // Starts at whole minutes, so that a look is not another question each time.
  const from = Math.floor(now / 60_000) * 60_000 - dayMs;
  const summary = useQuery({ ...reading("summarizeConflicts", { query: { from, ...(search.service ? { service: search.service } : {}) } }), placeholderData: keepPreviousData, refetchInterval: lookAgainMs });
  const conflicts = useInfiniteQuery({
    queryKey: ["listConflicts", search],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => call("listConflicts", { query: { ...queryOf(search), ...(pageParam === "" ? {} : { after: pageParam }), limit: 50 } }, signal),
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    refetchInterval: lookAgainMs,
  });
  const rows = conflicts.data?.pages.flatMap((page) => page.items);
  const error = conflicts.error ?? summary.error;
  return (
    <Page title="Conflicts">
      <ConflictTabs search={search} summary={summary.data} onChange={setSearch} />
      <ConflictFilters search={search} onChange={setSearch} />
      {error ? <ProblemNotice error={error} onRetry={() => void conflicts.refetch()} /> : null}
      <div className={classes["columns"]}>
        <div className={classes["list"]}>
          {rows || conflicts.isLoading ? (
            <DataTable label="Conflicts" columns={conflictColumns} rows={rows} rowKey={(record) => record.id} empty={<ConflictsEmpty search={search} onClear={() => setSearch({})} />} />
          ) : null}
          {conflicts.hasNextPage ? (
            <div>
              <Button variant="default" loading={conflicts.isFetchingNextPage} onClick={() => void conflicts.fetchNextPage()}>
                Older conflicts
              </Button>
            </div>
          ) : null}
        </div>
        {summary.data && summary.data.total > 0 ? <Hottest summary={summary.data} search={search} onChange={setSearch} /> : null}
      </div>
    </Page>
  );
}

const dayMs = 24 * 3_600_000;
