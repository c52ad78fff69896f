/** One call in the list: one line where there is room, two where there is not. */
import type { CallRecord } from "@parley/contract/call-record";
import { memo } from "react";
import classes from "./calls.module.css";
import { type ColumnName, columnOf } from "./columns.tsx";

interface CallRowProps {
  call: CallRecord;
  columns: readonly ColumnName[];
  index: number;
  offsetPx: number;
  isChosen: boolean;
  onChoose: (id: string) => void;
}

export const CallRow = memo(function CallRow({ call, columns, index, offsetPx, isChosen, onChoose }: CallRowProps) {
  return (
    <div
      role="row"
      id={`call-${call.id}`}
      aria-rowindex={index + 2}
      aria-selected={isChosen}
      className={classes["row"]}
      style={{ transform: `translateY(${offsetPx}px)` }}
      onClick={() => onChoose(call.id)}
    >
      {columns.map((name) => {
        const { head, right, cell } = columnOf(name);
        return (
          <div key={name} role="gridcell" data-column={head} data-right={right || undefined} title={name === "path" ? call.path : undefined}>
            {cell(call)}
          </div>
        );
      })}
    </div>
  );
});
