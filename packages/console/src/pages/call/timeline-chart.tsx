/** The horizontal timeline of a call. A table to those who cannot see it. */
import { durationText } from "../../format/quantities.ts";
import { Chip } from "../../components/chip.tsx";
import classes from "./call.module.css";
import type { TimelineBar } from "./timeline.ts";

const leastWidthPercent = 0.6;

export function TimelineChart({ bars, wholeMs }: { bars: readonly TimelineBar[]; wholeMs: number }) {
  return (
    <div role="table" aria-label="Where the time went" className={classes["timeline"]}>
      <div role="row" className={classes["axis"]}>
        <span role="columnheader">0</span>
        <span role="columnheader">{durationText(wholeMs)}</span>
      </div>
      {bars.map((bar) => (
        <div role="row" key={bar.id} className={classes["bar"]} data-kind={bar.kind} data-failed={bar.failed || undefined}>
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
      ))}
    </div>
  );
}
