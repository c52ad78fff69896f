/** Is anything wrong now, compared with the usual? Every figure leads to the calls that it counts. */
import { Switch } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { reading } from "../../api/queries.ts";
import { useNow } from "../../components/now.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { boundsOf } from "../../observe/range.ts";
import { ObservePage } from "../../observe/observe-page.tsx";
import { onlyService } from "../../observe/query-terms.ts";
import { rangeOf, sharedOf, withRange } from "../../observe/search.ts";
import { FilterBeyondSums } from "./filter-beyond-sums.tsx";
import { OverviewEmpty } from "./overview-empty.tsx";
import { OverviewPlots } from "./overview-plots.tsx";
import { OverviewTiles } from "./overview-tiles.tsx";
import { OverviewTops } from "./overview-tops.tsx";
import type { OverviewSearch } from "./search.ts";

const lookAgainMs = 10_000;

export function OverviewPage() {
  const search = useSearch({ from: "/shell/overview" });
  const navigate = useNavigate({ from: "/overview" });
  const setSearch = (next: OverviewSearch) => void navigate({ search: next });
  const range = rangeOf(search);
  const bounds = boundsOf(range, useNow());
  const service = onlyService(search.q ?? "");
  const compared = search.compare !== "none";
  const overview = useQuery({
    ...reading("getOverview", { query: { ...bounds, compare: compared ? "previous" : "none", ...(service ? { service } : {}) } }),
    placeholderData: keepPreviousData,
    refetchInterval: range.kind === "last" ? lookAgainMs : false,
  });
  const shown = overview.data;
  const compareSwitch = (
    <Switch label="Compare with the period before" checked={compared} onChange={(event) => {
      const { compare: _, ...rest } = search;
      setSearch(event.currentTarget.checked ? rest : { ...rest, compare: "none" });
    }} />
  );
  return (
    <ObservePage title="Overview" search={search} onSearch={setSearch} actions={compareSwitch}>
      {service === undefined ? <FilterBeyondSums search={search} onSearch={setSearch} /> : null}
      {overview.error ? <ProblemNotice error={overview.error} onRetry={() => void overview.refetch()} /> : null}
      {shown?.totals.calls === 0 ? <OverviewEmpty range={range} onRange={(next) => setSearch(withRange(search, next))} /> : null}
      {shown || !overview.error ? <OverviewTiles overview={shown} search={sharedOf(search)} /> : null}
      {shown ? <OverviewPlots overview={shown} onRange={(from, to) => setSearch(withRange(search, { kind: "between", from, to }))} /> : null}
      {shown ? <OverviewTops overview={shown} /> : null}
    </ObservePage>
  );
}
