/** A column's head; a click sorts by what the column shows, where the log can. */
import { SortButton } from "../../components/sort-button.tsx";
import { type CallOrder, turnedOrder } from "./call-order.ts";
import type { CallColumn } from "./columns.tsx";

interface CallHeadProps {
  column: CallColumn;
  order: CallOrder;
  onOrder: ((order: CallOrder) => void) | undefined;
}

export function CallHead({ column: { head, right, sort }, order, onOrder }: CallHeadProps) {
  const direction = sort !== order.sort ? "none" : order.order === "asc" ? "ascending" : "descending";
  return (
    <div role="columnheader" data-column={head} data-right={right || undefined} aria-sort={sort === undefined || !onOrder ? undefined : direction}>
      {sort === undefined || !onOrder ? head : <SortButton head={head} onSort={() => onOrder(turnedOrder(order, sort))} />}
    </div>
  );
}
