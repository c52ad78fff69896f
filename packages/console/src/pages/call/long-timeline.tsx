/** A call of hundreds of steps and more: a list that is scrolled, by time or by length, of which only what is in sight is drawn. */
import { SegmentedControl } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";
import { countText } from "../../format/quantities.ts";
import { scaledPx } from "../../theme/text-size.ts";
import classes from "./call.module.css";
import type { TimelineBar } from "./timeline.ts";
import { TimelineAxis, TimelineRow } from "./timeline-row.tsx";

const rowPx = 24;
const orders = [{ value: "time", label: "As they came" }, { value: "length", label: "Longest first" }];

export function LongTimeline({ bars, wholeMs }: { bars: readonly TimelineBar[]; wholeMs: number }) {
  const frame = useRef<HTMLDivElement>(null);
  const [order, setOrder] = useState("time");
  const ordered = useMemo(() => (order === "time" ? bars : bars.toSorted((first, second) => second.durationMs - first.durationMs)), [bars, order]);
  const rows = useVirtualizer({ count: ordered.length, getScrollElement: () => frame.current, estimateSize: () => scaledPx(rowPx), overscan: 10 });
  return (
    <>
      <div className={classes["timelineHead"]}>
        <span>{countText(bars.length)} steps</span>
        <SegmentedControl aria-label="Order of the steps" value={order} onChange={setOrder} data={orders} />
      </div>
      <div role="table" aria-label="Where the time went" aria-rowcount={bars.length + 1} className={classes["timeline"]} data-long>
        <TimelineAxis wholeMs={wholeMs} />
        <div ref={frame} role="rowgroup" tabIndex={0} aria-label="Steps" className={classes["timelineFrame"]}>
          <div role="presentation" className={classes["timelineRows"]} style={{ height: rows.getTotalSize() }}>
            {rows.getVirtualItems().map((item) => {
              const bar = ordered[item.index];
              return bar ? <TimelineRow key={bar.id} bar={bar} index={item.index + 2} style={{ transform: `translateY(${item.start}px)` }} /> : null;
            })}
          </div>
        </div>
      </div>
    </>
  );
}
