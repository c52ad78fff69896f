/** One step of a call on the axis of its whole time, and the axis. */
import type { CSSProperties } from "react";
import { Chip } from "../../components/chip.tsx";
import { durationText } from "../../format/quantities.ts";
import classes from "./call.module.css";
import type { TimelineBar } from "./timeline.ts";

const leastWidthPercent = 0.6;

export function TimelineAxis({ wholeMs }: { wholeMs: number }) {
  return (
    <div role="row" className={classes["axis"]}>
      <span role="columnheader">0</span>
      <span role="columnheader">{durationText(wholeMs)}</span>
    </div>
  );
}

export function TimelineRow({ bar, index, style }: { bar: TimelineBar; index?: number; style?: CSSProperties }) {
  return (
    <div role="row" aria-rowindex={index} className={classes["bar"]} data-kind={bar.kind} data-failed={bar.failed || undefined} style={style}>
      <span role="rowheader" title={bar.name}>
        {bar.name}
      </span>
      <span className={classes["track"]} aria-hidden>
        <span style={{ left: `${Math.min(bar.left, 100 - leastWidthPercent)}%`, width: `${Math.max(bar.width, leastWidthPercent)}%` }} />
      </span>
      <span role="cell" className={classes["amount"]}>
        {bar.note ? <Chip meaning={bar.failed ? "error" : "neutral"}>{bar.note}</Chip> : null}
        {durationText(bar.durationMs)}
      </span>
    </div>
  );
}
