/** What is happening this second? Figures by the second, and calls as they end; a pause counts what waits and loses nothing. */
import { useMediaQuery } from "@mantine/hooks";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { LinkButton } from "../../components/link-button.tsx";
import { ProblemNotice } from "../../components/problem-notice.tsx";
import { askedQuery, ObservePage } from "../../observe/observe-page.tsx";
import type { Range } from "../../observe/range.ts";
import { sharedOf } from "../../observe/search.ts";
import { wideWindow } from "../../theme/text-size.ts";
import { CallBeside } from "../call/call-beside.tsx";
import { CallTable } from "../calls/call-table.tsx";
import { usualColumns } from "../calls/columns.tsx";
import { LiveControl } from "../calls/live-control.tsx";
import { useCallList } from "../calls/use-call-list.ts";
import { useWalk } from "../calls/use-walk.ts";
import { LiveFigures } from "./live-figures.tsx";
import classes from "./live.module.css";
import { LiveEmpty } from "./live-empty.tsx";
import type { LiveSearch } from "./search.ts";
import { useSeconds } from "./use-seconds.ts";

/** What the list begins with; it goes on from there. */
const lately: Range = { kind: "last", span: "5m" };

export function LivePage() {
  const search = useSearch({ from: "/shell/live" });
  const navigate = useNavigate({ from: "/live" });
  const setSearch = (next: LiveSearch) => void navigate({ search: next });
  const query = askedQuery(search) ?? "";
  const { seconds, addSecond } = useSeconds(query);
  const { list, state } = useCallList({ query, range: lately }, addSecond);
  const [paused, setPaused] = useState(false);
  const [away, setAway] = useState(false);
  const isWide = useMediaQuery(wideWindow, true, { getInitialValueInEffect: false });
  useEffect(() => list.hold(paused || away), [list, paused, away]);
  const show = (id: string | undefined) => {
    if (id !== undefined && !isWide) return void navigate({ to: "/calls/$id", params: { id } });
    void navigate({ search: id === undefined ? sharedOf(search) : { ...search, call: id }, replace: true });
  };
  useWalk({ calls: state.calls, chosen: search.call, show, onPause: () => setPaused(!paused) });
  const chosen = state.calls.find((entry) => entry.id === search.call);
  const isEmpty = state.read && state.calls.length === 0 && state.waiting === 0;
  const actions = (
    <>
      <LiveControl state={state} paused={paused} onPause={setPaused} />
      <LinkButton variant="default" to="/calls" search={sharedOf(search)}>
        In the log
      </LinkButton>
    </>
  );
  return (
    <ObservePage title="Live" width="full" ranged={false} search={search} onSearch={setSearch} actions={actions}>
      {state.problem ? <ProblemNotice error={state.problem} onRetry={() => void list.refresh()} /> : null}
      <LiveFigures seconds={seconds} calls={state.calls} />
      {isEmpty ? <LiveEmpty filtered={query !== ""} /> : null}
      <div className={classes["split"]} hidden={isEmpty}>
        <CallTable list={list} state={state} columns={usualColumns} chosen={search.call} onChoose={show} onAway={setAway} />
        {search.call && isWide ? <CallBeside id={search.call} known={chosen} onClose={() => show(undefined)} /> : null}
      </div>
    </ObservePage>
  );
}
