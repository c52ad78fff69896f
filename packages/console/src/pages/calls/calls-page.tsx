/** Which calls match this? The list goes on by itself; facets say what is in it; the chosen call's detail stands beside it. */
import { Button } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconLayoutSidebar, IconRefresh } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useDeferredValue, useEffect, useMemo, useState } from "react";
import { reading } from "../../api/queries.ts";
import { LinkButton } from "../../components/link-button.tsx";
import { useNow } from "../../components/now.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { counted, countText } from "../../format/quantities.ts";
import { askedQuery, ObservePage } from "../../observe/observe-page.tsx";
import { boundsOf } from "../../observe/range.ts";
import { rangeOf, sharedOf, withQuery, withRange } from "../../observe/search.ts";
import { CallBeside } from "../call/call-beside.tsx";
import classes from "./calls.module.css";
import { CallsEmpty } from "./calls-empty.tsx";
import { mostSorted } from "./call-list.ts";
import { type CallOrder, isUsual, orderLabel, orderOf, orderText } from "./call-order.ts";
import { CallTable } from "./call-table.tsx";
import { columnsOf } from "./columns.tsx";
import { Facets } from "./facets.tsx";
import { ColumnMenu, ExportMenu } from "./list-menus.tsx";
import { LiveControl } from "./live-control.tsx";
import { SavedSearches } from "./saved-searches.tsx";
import { type CallsSearch, listOf } from "./search.ts";
import { useCallList } from "./use-call-list.ts";
import { useWalk } from "./use-walk.ts";

const facetFields = "status,service,consumer,method,cause,error,model,version,kind,upstream";
const countAgainMs = 5_000;

export function CallsPage() {
  const search = useSearch({ from: "/shell/calls" });
  const navigate = useNavigate({ from: "/calls" });
  const setSearch = (next: CallsSearch) => void navigate({ search: next });
  const range = rangeOf(search);
  const query = askedQuery(search) ?? "";
  const order = useMemo(() => orderOf(search.sort), [search.sort]);
  const { list, state } = useCallList({ query, range, order });
  const [paused, setPaused] = useState(false);
  const [away, setAway] = useState(false);
  const [wantsFacets, setWantsFacets] = useState<boolean | null>(null);
  const isWide = useMediaQuery("(min-width: 1100px)", true, { getInitialValueInEffect: false });
  const isVeryWide = useMediaQuery("(min-width: 1560px)", false, { getInitialValueInEffect: false });
  useEffect(() => list.hold(paused || away), [list, paused, away]);
  const hasFacets = wantsFacets ?? (isVeryWide || (isWide && !search.call));
  const facets = useFacets(query, search);
  const columns = useMemo(() => columnsOf(search.columns), [search.columns]);

  const show = (id: string | undefined) => {
    if (id !== undefined && !isWide) return void navigate({ to: "/calls/$id", params: { id } });
    void navigate({ search: id === undefined ? listOf(search) : { ...search, call: id }, replace: true });
  };
  useWalk({ calls: state.calls, chosen: search.call, show, onPause: () => setPaused(!paused) });

  // The row is marked at once; its detail is drawn when there is time, and not for each row that is walked over.
  const beside = useDeferredValue(search.call);
  const chosen = state.calls.find((entry) => entry.id === beside);
  const isEmpty = state.read && state.calls.length === 0 && state.waiting === 0;
  const chooseColumns = (text: string | undefined) => {
    const { columns: _, ...rest } = search;
    setSearch(text === undefined ? rest : { ...rest, columns: text });
  };
  const chooseOrder = (next: CallOrder) => {
    const { sort: _, ...rest } = search;
    setSearch(isUsual(next) ? rest : { ...rest, sort: orderText(next) });
  };
  const isCut = !isUsual(order) && state.calls.length >= mostSorted && !state.hasOlder;
  return (
    <ObservePage
      title="Calls"
      width="full"
      search={search}
      onSearch={setSearch}
      aside={<span className={classes["count"]}>{facets.data ? counted(facets.data.calls, "call") : null}</span>}
      actions={
        <div className={classes["tools"]}>
          {range.kind !== "last" ? null : isUsual(order) ? <LiveControl state={state} paused={paused} onPause={setPaused} /> : <Button variant="default" leftSection={<IconRefresh size={15} stroke={1.6} />} onClick={() => void list.refresh()}>Read again</Button>}
          <Button variant="default" leftSection={<IconLayoutSidebar size={15} stroke={1.6} />} aria-pressed={hasFacets} onClick={() => setWantsFacets(!hasFacets)}>
            Facets
          </Button>
          <ColumnMenu columns={columns} onChange={chooseColumns} order={order} onOrder={chooseOrder} />
          <SavedSearches search={search} />
          <ExportMenu search={search} calls={facets.data?.calls} />
          <LinkButton variant="default" to="/analysis" search={sharedOf(search)}>
            Analyse
          </LinkButton>
        </div>
      }
    >
      {state.problem ? <ProblemNotice error={state.problem} onRetry={() => void list.refresh()} /> : null}
      {isEmpty ? <CallsEmpty filtered={query !== ""} range={range} onClear={() => setSearch(withQuery(search, ""))} onRange={(next) => setSearch(withRange(search, next))} /> : null}
      {isCut ? <p className={classes["cut"]} role="status">The first {countText(state.calls.length)} in this order. A narrower filter or range, or an export, has the rest.</p> : null}
      {isUsual(order) || isEmpty ? null : <p className={classes["ordered"]}>{orderLabel(order)}</p>}
      <div className={classes["split"]} hidden={isEmpty}>
        {hasFacets ? <Facets facets={facets.data} failed={facets.isError} query={query} onQuery={(next) => setSearch(withQuery(search, next))} /> : null}
        <CallTable list={list} state={state} columns={columns} chosen={search.call} onChoose={show} onAway={setAway} order={order} onOrder={chooseOrder} />
        {beside && isWide ? <CallBeside id={beside} known={chosen} onClose={() => show(undefined)} /> : null}
      </div>
    </ObservePage>
  );
}

function useFacets(query: string, search: CallsSearch) {
  const range = rangeOf(search);
  const bounds = boundsOf(range, useNow());
  return useQuery({
    ...reading("callFacets", { query: { query, ...bounds, by: facetFields, limit: 8 } }),
    placeholderData: keepPreviousData,
    refetchInterval: range.kind === "last" ? countAgainMs : false,
  });
}
