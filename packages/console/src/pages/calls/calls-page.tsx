/** Which calls match this? The list is live; the chosen call's detail stands beside it. */
import { useMediaQuery } from "@mantine/hooks";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { Page } from "../../components/page.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { CallBeside } from "../call/call-beside.tsx";
import classes from "./calls.module.css";
import { CallsEmpty } from "./calls-empty.tsx";
import { CallTable } from "./call-table.tsx";
import { type CallsSearch, filterOf } from "./filter.ts";
import { FilterBar } from "./filter-bar.tsx";
import { LiveControl } from "./live-control.tsx";
import { useCallList } from "./use-call-list.ts";
import { useWalk } from "./use-walk.ts";

export function CallsPage() {
  const search = useSearch({ from: "/shell/calls" });
  const navigate = useNavigate({ from: "/calls" });
  const filter = filterOf(search);
  const { list, state } = useCallList(filter);
  const [paused, setPaused] = useState(false);
  const [away, setAway] = useState(false);
  const isWide = useMediaQuery("(min-width: 1100px)", true, { getInitialValueInEffect: false });
  useEffect(() => list.hold(paused || away), [list, paused, away]);

  const show = (id: string | undefined) => {
    if (id !== undefined && !isWide) return void navigate({ to: "/calls/$id", params: { id } });
    const { call: _, ...rest } = search;
    void navigate({ search: id === undefined ? rest : { ...rest, call: id }, replace: true });
  };
  const setFilter = (next: CallsSearch) => void navigate({ search: search.call ? { ...next, call: search.call } : next });
  useWalk({ calls: state.calls, chosen: search.call, show, onPause: () => setPaused(!paused) });

  const chosen = state.calls.find((entry) => entry.id === search.call);
  const isEmpty = state.read && state.calls.length === 0 && state.waiting === 0;
  return (
    <Page title="Calls" width="full" actions={<LiveControl state={state} paused={paused} onPause={setPaused} />}>
      <FilterBar filter={filter} onChange={setFilter} />
      {state.problem ? <ProblemNotice error={state.problem} onRetry={() => void list.refresh()} /> : null}
      {isEmpty ? <CallsEmpty filtered={Object.keys(filter).length > 0} onClear={() => setFilter({})} /> : null}
      <div className={classes["split"]} hidden={isEmpty}>
        <CallTable list={list} state={state} chosen={search.call} onChoose={show} onAway={setAway} />
        {search.call && isWide ? <CallBeside id={search.call} known={chosen} onClose={() => show(undefined)} /> : null}
      </div>
    </Page>
  );
}
