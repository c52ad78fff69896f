/** The figures of the last second, and how the last two minutes went. */
import type { CallRecord } from "@parley/contract/call-record";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { CauseChip } from "../../components/conflict-chips.tsx";
import { Notice } from "../../components/notice.tsx";
import { When } from "../../components/now.tsx";
import { costText, countText } from "../../format/quantities.ts";
import { Plot } from "../../plots/plot.tsx";
import classes from "./live.module.css";
import { plottedSeconds } from "./plotted-seconds.ts";
import type { Second } from "./use-seconds.ts";

const conflictsShown = 5;

export function LiveFigures({ seconds, calls }: { seconds: readonly Second[]; calls: readonly CallRecord[] }) {
  const last = seconds.at(-1);
  const leftOut = seconds.slice(-5).reduce((sum, second) => sum + second.leftOut, 0);
  return (
    <div className={classes["figures"]}>
      <dl className={classes["now"]}>
        <Figure name="Calls" value={last ? `${countText(last.calls)}/s` : "–"} />
        <Figure name="In flight" value={last?.inFlight === null || last === undefined ? "–" : countText(last.inFlight)} />
        <Figure name="Failed" value={last ? `${countText(last.errors)}/s` : "–"} />
        <Figure name="Conflicts" value={last ? `${countText(last.conflicts)}/s` : "–"} />
        <Figure name="Spent" value={costText(seconds.slice(-60).reduce((sum, second) => sum + second.costUsd, 0))} note="last minute" />
      </dl>
      <SecondsPlot seconds={seconds} />
      <LatestConflicts calls={calls} />
      {leftOut > 0 ? (
        <div className={classes["wholeRow"]}>
          <Notice meaning="warning" title={`${countText(leftOut)} calls in the last seconds were more than fits here`}>
            They are in the log. A narrower filter shows all that fit it.
          </Notice>
        </div>
      ) : null}
    </div>
  );
}

function Figure({ name, value, note }: { name: string; value: string; note?: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {value} {note ? <small>{note}</small> : null}
      </dd>
    </div>
  );
}

function SecondsPlot({ seconds }: { seconds: readonly Second[] }) {
  const [openedAt] = useState(() => Date.now());
  const { moments, line } = useMemo(() => plottedSeconds(seconds, openedAt), [seconds, openedAt]);
  const series = useMemo(
    () => [
      { label: "calls", values: line(({ calls }) => calls), colour: "--accent", filled: true },
      { label: "failed", values: line(({ errors }) => errors), colour: "--error-mark" },
      { label: "conflicts", values: line(({ conflicts }) => conflicts), colour: "--conflict-mark" },
    ],
    [line],
  );
  return <Plot title="Calls a second" moments={moments} series={series} text={(value) => countText(Math.round(value * 10) / 10)} group="live" />;
}

function LatestConflicts({ calls }: { calls: readonly CallRecord[] }) {
  const found = useMemo(() => {
    const met: CallRecord[] = [];
    for (const call of calls) {
      if (call.cause !== undefined && met.push(call) === conflictsShown) break;
    }
    return met;
  }, [calls]);
  return (
    <section className={classes["conflicts"]} aria-label="Latest conflicts">
      <h2>Latest conflicts</h2>
      {found.length === 0 ? <p>None among these calls.</p> : null}
      {found.map((call) => (
        <div key={call.id}>
          {call.cause ? <CauseChip cause={call.cause} /> : null}
          {call.conflict ? <Link to="/conflicts/$id" params={{ id: call.conflict }}>{call.method} {call.path}</Link> : <Link to="/calls/$id" params={{ id: call.id }}>{call.method} {call.path}</Link>}
          <When at={call.at} />
        </div>
      ))}
    </section>
  );
}
