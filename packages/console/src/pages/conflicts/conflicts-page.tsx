/** Who collides with whom, on what, why, and what prevents it? Looks again by itself every few seconds. */
import { Button } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { call } from "../../api/client.ts";
import { reading } from "../../api/queries.ts";
import { Below } from "../../components/below.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { LinkButton } from "../../components/link-button.tsx";
import { Notice } from "../../components/notice.tsx";
import { useNow } from "../../components/now.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { ObservePage } from "../../observe/observe-page.tsx";
import { boundsOf } from "../../observe/range.ts";
import { rangeOf, sharedOf, withQuery } from "../../observe/search.ts";
import { conflictColumns } from "./conflict-columns.tsx";
import { ConflictTabs } from "./conflict-tabs.tsx";
import classes from "./conflicts.module.css";
import { ConflictsEmpty } from "./conflicts-empty.tsx";
import { askableOf, type ConflictsSearch, fieldsOfConflicts, queryOf } from "./filter.ts";
import { Hottest } from "./hottest.tsx";

const lookAgainMs = 3_000;

export function ConflictsPage() {
  const search = useSearch({ from: "/shell/conflicts" });
  const navigate = useNavigate({ from: "/conflicts" });
  const setSearch = (next: ConflictsSearch) => void navigate({ search: next });
  const { query, left } = askableOf(search);
  const bounds = boundsOf(rangeOf(search), useNow());
  const summary = useQuery({ ...reading("summarizeConflicts", { query: { ...bounds, ...(query === "" ? {} : { query }) } }), placeholderData: keepPreviousData, refetchInterval: lookAgainMs });
  const conflicts = useInfiniteQuery({
    queryKey: ["listConflicts", search],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => call("listConflicts", { query: { ...queryOf(search, Date.now()), ...(pageParam === "" ? {} : { after: pageParam }), limit: 50 } }, signal),
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    refetchInterval: lookAgainMs,
  });
  const rows = conflicts.data?.pages.flatMap((page) => page.items);
  const error = conflicts.error ?? summary.error;
  return (
    <ObservePage title="Conflicts" search={search} onSearch={setSearch} example="service:notes cause:busy consumer:acme" actions={<Onwards search={search} />}>
      <ConflictTabs search={search} summary={summary.data} failed={summary.isError} onChange={setSearch} />
      {left.length > 0 ? <LeftOut left={left} onDrop={() => setSearch(withQuery(search, query))} /> : null}
      {error ? <ProblemNotice error={error} onRetry={() => void conflicts.refetch()} /> : null}
      <div className={classes["columns"]} data-alone={summary.data?.total === 0 || summary.isError || undefined}>
        <div className={classes["list"]}>
          {rows || conflicts.isLoading ? (
            <DataTable label="Conflicts" columns={conflictColumns} rows={rows} rowKey={(record) => record.id} empty={<ConflictsEmpty search={search} onChange={setSearch} />} />
          ) : null}
          {conflicts.hasNextPage ? (
            <div>
              <Button variant="default" loading={conflicts.isFetchingNextPage} onClick={() => void conflicts.fetchNextPage()}>
                Older conflicts
              </Button>
            </div>
          ) : null}
        </div>
        <Below ready={!conflicts.isLoading}>{summary.data && summary.data.total > 0 ? <Hottest summary={summary.data} search={search} onChange={setSearch} /> : null}</Below>
      </div>
    </ObservePage>
  );
}

/** The same filter and range elsewhere. */
function Onwards({ search }: { search: ConflictsSearch }) {
  return (
    <>
      <LinkButton variant="default" to="/bypasses">
        Past the gateway
      </LinkButton>
      <LinkButton variant="default" to="/analysis" search={{ ...sharedOf(search), view: "conflicts" }}>
        Who with whom
      </LinkButton>
      <LinkButton variant="default" to="/calls" search={sharedOf(withQuery(search, `${search.q ?? ""} cause:*`))}>
        Their calls
      </LinkButton>
    </>
  );
}

function LeftOut({ left, onDrop }: { left: readonly string[]; onDrop: () => void }) {
  return (
    <Notice title={left.length === 1 ? "A part of the filter says nothing of conflicts" : "Parts of the filter say nothing of conflicts"} action={<Button variant="default" onClick={onDrop}>Take it out</Button>}>
      <p>
        {left.map((text) => <code key={text} className={classes["leftOut"]}>{text}</code>)} is not asked here. Conflicts have {fieldsOfConflicts}.
      </p>
    </Notice>
  );
}
