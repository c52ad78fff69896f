/** The horizontal timeline of a call. A table to those who cannot see it. */
import classes from "./call.module.css";
import { LongTimeline } from "./long-timeline.tsx";
import type { TimelineBar } from "./timeline.ts";
import { TimelineAxis, TimelineRow } from "./timeline-row.tsx";

/** Past so many the rows in sight alone are drawn. */
const mostDrawnWhole = 100;

export function TimelineChart({ bars, wholeMs }: { bars: readonly TimelineBar[]; wholeMs: number }) {
  if (bars.length > mostDrawnWhole) return <LongTimeline bars={bars} wholeMs={wholeMs} />;
  return (
    <div role="table" aria-label="Where the time went" className={classes["timeline"]}>
      <TimelineAxis wholeMs={wholeMs} />
      {bars.map((bar) => (
        <TimelineRow key={bar.id} bar={bar} />
      ))}
    </div>
  );
}
