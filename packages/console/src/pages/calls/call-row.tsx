/** One call in the list: one line where there is room, two where there is not. */
import type { CallRecord } from "@parley/contract/call-record";
import { memo } from "react";
import { EntityName } from "../../components/entity-link.tsx";
import { StatusChip } from "../../components/status-chip.tsx";
import { absoluteText, clockText } from "../../format/moments.ts";
import { costText, durationText } from "../../format/quantities.ts";
import classes from "./calls.module.css";

interface CallRowProps {
  call: CallRecord;
  index: number;
  offsetPx: number;
  isChosen: boolean;
  onChoose: (id: string) => void;
}

export const CallRow = memo(function CallRow({ call, index, offsetPx, isChosen, onChoose }: CallRowProps) {
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
      <div role="gridcell" data-column="Time">
        <time dateTime={new Date(call.at).toISOString()} title={absoluteText(call.at)}>{clockText(call.at, Date.now())}</time>
      </div>
      <div role="gridcell" data-column="Status"><StatusChip status={call.status} /></div>
      <div role="gridcell" data-column="Method">{call.method}</div>
      <div role="gridcell" data-column="Path" title={call.path}>
        {call.path}
        {call.error ? <span className={classes["code"]}>{call.error}</span> : null}
      </div>
      <div role="gridcell" data-column="Service">{call.service ? <EntityName kind="service" name={call.service} /> : null}</div>
      <div role="gridcell" data-column="Consumer">{call.consumer ? <EntityName kind="consumer" name={call.consumer} /> : null}</div>
      <div role="gridcell" data-column="Model">{modelText(call)}</div>
      <div role="gridcell" data-column="Duration">{durationText(call.durationMs)}</div>
      <div role="gridcell" data-column="Cost">{call.costUsd === undefined ? null : costText(call.costUsd)}</div>
    </div>
  );
});

function modelText(call: CallRecord): string | undefined {
  return call.provider && call.model ? `${call.provider}/${call.model}` : call.modelRequested;
}
