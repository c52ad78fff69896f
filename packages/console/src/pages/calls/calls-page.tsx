/** Which calls match this? The list goes on by itself; facets say what is in it; the chosen call's detail stands beside it. */
import { useMediaQuery } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useDeferredValue, useEffect, useMemo, useState } from "react";
import { reading } from "../../api/queries.ts";
import { useNow } from "../../components/now.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { counted, countText } from "../../format/quantities.ts";
import { askedQuery, ObservePage } from "../../observe/observe-page.tsx";
import { boundsOf } from "../../observe/range.ts";
import { rangeOf, withQuery, withRange } from "../../observe/search.ts";
import { veryWideWindow, wideWindow } from "../../theme/text-size.ts";
import { CallBeside } from "../call/call-beside.tsx";
import classes from "./calls.module.css";
import { CallsEmpty } from "./calls-empty.tsx";
import { mostSorted } from "./call-list.ts";
import { type CallOrder, isUsual, orderLabel, orderOf } from "./call-order.ts";
import { CallTable } from "./call-table.tsx";
import { CallsTools } from "./calls-tools.tsx";
import { columnsOf } from "./columns.tsx";
import { Facets } from "./facets.tsx";
import { type CallsSearch, listOf, withOrder } from "./search.ts";
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
  const isWide = useMediaQuery(wideWindow, true, { getInitialValueInEffect: false });
  const isVeryWide = useMediaQuery(veryWideWindow, false, { getInitialValueInEffect: false });
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
  const chooseOrder = (next: CallOrder) => setSearch(withOrder(search, next));
  const isCut = !isUsual(order) && state.calls.length >= mostSorted && !state.hasOlder;
  return (
    <ObservePage
      title="Calls"
      width="full"
      search={search}
      onSearch={setSearch}
      aside={<span className={classes["count"]}>{facets.data ? counted(facets.data.calls, "call") : null}</span>}
      actions={
        <CallsTools
          list={list} state={state} search={search} onSearch={setSearch} calls={facets.data?.calls} columns={columns} order={order} onOrder={chooseOrder}
          paused={paused} onPause={setPaused} hasFacets={hasFacets} onFacets={setWantsFacets}
        />
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
