/** The virtualised list. Only the rows in sight are in the document; older ones are read as the end comes near. */
import { Skeleton } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useVirtualizer, type Virtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, type KeyboardEvent, type RefObject, useCallback, useEffect, useRef } from "react";
import { countText } from "../../format/quantities.ts";
import { narrowWindow, scaledPx } from "../../theme/text-size.ts";
import type { CallList, CallListState } from "./call-list.ts";
import { CallHead } from "./call-head.tsx";
import { type CallOrder, usualOrder } from "./call-order.ts";
import { CallRow } from "./call-row.tsx";
import classes from "./calls.module.css";
import { type ColumnName, columnOf, leastWidth, trackList, usualColumns } from "./columns.tsx";

interface CallTableProps {
  list: CallList;
  state: CallListState;
  columns: readonly ColumnName[];
  chosen: string | undefined;
  onChoose: (id: string) => void;
  /** Told when the reader has left the top, where new calls would move the rows under the eyes. */
  onAway: (away: boolean) => void;
  order?: CallOrder;
  /** Without it the list is newest first, and no head is to be clicked. */
  onOrder?: (order: CallOrder) => void;
}

const awayPx = 24;
const readAhead = 30;

export function CallTable({ list, state, columns, chosen, onChoose, onAway, order = usualOrder, onOrder }: CallTableProps) {
  const frame = useRef<HTMLDivElement>(null);
  const choose = useSteady(onChoose);
  const isNarrow = useMediaQuery(narrowWindow, false, { getInitialValueInEffect: false });
  // Other columns than the usual ones keep their widths, and the list is scrolled sideways.
  const isCustom = columns !== usualColumns;
  const rows = useRows(frame, state.calls.length, scaledPx(isNarrow && !isCustom ? 56 : 32));
  const items = rows.getVirtualItems();
  const lastIndex = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (state.hasOlder && lastIndex >= state.calls.length - readAhead) void list.loadOlder();
  }, [list, lastIndex, state.calls.length, state.hasOlder]);
  useChosenInSight(rows, state, chosen);
  const tracks = isCustom ? ({ "--tracks": trackList(columns), "--least-width": leastWidth(columns) } as CSSProperties) : undefined;
  return (
    <div className={classes["list"]} data-custom={isCustom || undefined} style={tracks}>
      {state.waiting > 0 && state.read ? (
        <button type="button" className={classes["waiting"]} onClick={() => frame.current?.scrollTo({ top: 0 })}>
          +{countText(state.waiting)} new
        </button>
      ) : null}
      <div ref={frame} className={classes["frame"]} role="grid" aria-label="Calls" aria-rowcount={-1} tabIndex={0} aria-activedescendant={chosen ? `call-${chosen}` : undefined}
        onScroll={(event) => onAway(event.currentTarget.scrollTop > awayPx)}
        onKeyDown={(event) => walkByArrows(event, state, chosen, onChoose)}>
        <div role="row" className={classes["heads"]}>
          {columns.map((name) => (
            <CallHead key={name} column={columnOf(name)} order={order} onOrder={onOrder} />
          ))}
        </div>
        <div role="rowgroup" className={classes["rows"]} style={{ height: rows.getTotalSize() }}>
          {items.map((item) => {
            const call = state.calls[item.index];
            return call ? <CallRow key={call.id} call={call} columns={columns} index={item.index} offsetPx={item.start} isChosen={call.id === chosen} onChoose={choose} /> : null;
          })}
        </div>
        {state.read || state.problem ? null : <SkeletonRows />}
      </div>
    </div>
  );
}

/** The same function for as long as the table stands, so that a row is drawn again only when it changes itself. */
function useSteady(act: (id: string) => void): (id: string) => void {
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  return useCallback((id: string) => latest.current(id), []);
}

function useRows(frame: RefObject<HTMLDivElement | null>, count: number, heightPx: number): Virtualizer<HTMLDivElement, Element> {
  const rows = useVirtualizer({ count, getScrollElement: () => frame.current, estimateSize: () => heightPx, overscan: 12 });
  useEffect(() => rows.measure(), [rows, heightPx]);
  return rows;
}

/** Keeps the chosen call in sight when the choice changes, and leaves scrolling alone otherwise. */
function useChosenInSight(rows: Virtualizer<HTMLDivElement, Element>, state: CallListState, chosen: string | undefined): void {
  const seen = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (seen.current === chosen) return;
    const index = state.calls.findIndex((call) => call.id === chosen);
    if (index === -1) return;
    seen.current = chosen;
    rows.scrollToIndex(index, { align: "auto" });
  }, [rows, state.calls, chosen]);
}

function walkByArrows(event: KeyboardEvent, state: CallListState, chosen: string | undefined, onChoose: (id: string) => void): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step === 0) return;
  event.preventDefault();
  const position = state.calls.findIndex((call) => call.id === chosen);
  const next = state.calls[position === -1 ? 0 : position + step];
  if (next) onChoose(next.id);
}

const skeletons = [0, 1, 2, 3, 4, 5, 6, 7];

function SkeletonRows() {
  return (
    <div className={classes["skeletons"]} aria-hidden>
      {skeletons.map((row) => (
        <Skeleton key={row} height={12} width={`${90 - row * 6}%`} />
      ))}
    </div>
  );
}
