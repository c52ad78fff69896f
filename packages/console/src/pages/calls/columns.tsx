/** The columns that the list of calls can have. */
import type { CallRecord } from "@parley/contract/call-record";
import type { CallSort } from "@parley/contract/query/sort";
import type { ReactNode } from "react";
import { CauseChip } from "../../components/conflict-chips.tsx";
import { EntityName } from "../../components/entity-link.tsx";
import { StatusChip } from "../../components/status-chip.tsx";
import { absoluteText, clockText } from "../../format/moments.ts";
import { costText, countText, durationText, sizeText } from "../../format/quantities.ts";
import classes from "./calls.module.css";

export interface CallColumn {
  head: string;
  /** As a track of a grid. */
  width: string;
  right?: boolean;
  /** What a click on its head sorts by. */
  sort?: CallSort;
  cell: (call: CallRecord) => ReactNode;
}

const columns = {
  time: { head: "Time", width: "104px", sort: "at", cell: (call) => <time dateTime={new Date(call.at).toISOString()} title={absoluteText(call.at)}>{clockText(call.at, Date.now())}</time> },
  status: { head: "Status", width: "52px", sort: "status", cell: (call) => <StatusChip status={call.status} /> },
  method: { head: "Method", width: "62px", cell: (call) => call.method },
  path: {
    head: "Path", width: "minmax(160px, 3fr)", cell: (call) => (
      <>
        <span>{call.path}</span>
        {call.error ? <span className={classes["code"]}>{call.error}</span> : null}
        {call.cause && !call.error ? <span className={classes["unnoticed"]}><CauseChip cause={call.cause} /></span> : null}
      </>
    ),
  },
  service: { head: "Service", width: "minmax(72px, 1fr)", cell: (call) => (call.service ? <EntityName kind="service" name={call.service} /> : null) },
  consumer: { head: "Consumer", width: "minmax(72px, 1fr)", cell: (call) => (call.consumer ? <EntityName kind="consumer" name={call.consumer} /> : null) },
  model: { head: "Model", width: "minmax(90px, 1.4fr)", cell: (call) => modelText(call) },
  duration: { head: "Duration", width: "76px", right: true, sort: "latency", cell: (call) => durationText(call.durationMs) },
  cost: { head: "Cost", width: "78px", right: true, sort: "cost", cell: (call) => (call.costUsd === undefined ? null : costText(call.costUsd)) },
  cause: { head: "Conflict", width: "150px", cell: (call) => (call.cause ? <CauseChip cause={call.cause} /> : null) },
  version: { head: "Version", width: "64px", cell: (call) => call.version },
  key: { head: "Key", width: "minmax(70px, 1fr)", cell: (call) => call.key },
  client: { head: "Client", width: "110px", cell: (call) => call.clientAddress },
  agent: { head: "User agent", width: "minmax(110px, 1fr)", cell: (call) => call.userAgent },
  upstream: { head: "Upstream", width: "minmax(110px, 1fr)", cell: (call) => call.upstream },
  attempts: { head: "Attempts", width: "66px", right: true, sort: "attempts", cell: (call) => countText(call.attempts) },
  firstbyte: { head: "First byte", width: "76px", right: true, sort: "firstbyte", cell: (call) => (call.firstByteMs === undefined ? null : durationText(call.firstByteMs)) },
  size: { head: "Answer's size", width: "90px", right: true, sort: "responsebytes", cell: (call) => sizeText(call.responseBytes) },
  tokens: { head: "Tokens", width: "110px", right: true, sort: "tokens", cell: (call) => (call.inputTokens === undefined ? null : `${countText(call.inputTokens)} + ${countText(call.outputTokens ?? 0)}`) },
} as const satisfies Record<string, CallColumn>;

export type ColumnName = keyof typeof columns;
export const allColumns = Object.keys(columns) as ColumnName[];
export const usualColumns: readonly ColumnName[] = ["time", "status", "method", "path", "service", "consumer", "model", "duration", "cost"];

export function columnOf(name: ColumnName): CallColumn {
  return columns[name];
}

/** The columns that an address names, in its order; the usual ones where it names none. */
export function columnsOf(text: string | undefined): readonly ColumnName[] {
  const named = (text ?? "").split(",").filter((name): name is ColumnName => Object.hasOwn(columns, name));
  return named.length > 0 ? [...new Set(named)] : usualColumns;
}

export function trackList(names: readonly ColumnName[]): string {
  return names.map((name) => columns[name].width).join(" ");
}

const gapPx = 12;
const sidesPx = 48;

/** Of columns at their narrowest; heads and rows are as wide as each other because it does not depend on what is in them. */
export function leastWidthPx(names: readonly ColumnName[]): number {
  return names.reduce((sum, name) => sum + Number(/\d+/.exec(columns[name].width)?.[0] ?? 0) + gapPx, sidesPx - gapPx);
}

function modelText(call: CallRecord): string | undefined {
  return call.provider && call.model ? `${call.provider}/${call.model}` : call.modelRequested;
}
