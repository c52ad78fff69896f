/** The columns that the list of calls can have. */
import type { CallRecord } from "@parley/contract/call-record";
import type { CallSort } from "@parley/contract/query/sort";
import type { ReactNode } from "react";
import { CauseChip } from "../../components/conflict-chips.tsx";
import { EntityName } from "../../components/entity-link.tsx";
import { StatusChip } from "../../components/status-chip.tsx";
import { absoluteText, clockText } from "../../format/moments.ts";
import { costText, countText, durationText, sizeText } from "../../format/quantities.ts";
import { scaledLength } from "../../theme/text-size.ts";
import classes from "./calls.module.css";

export interface CallColumn {
  head: string;
  /** As a track of a grid: pixels of the design, and the share of what is left where it grows. */
  width: number | { least: number; share: number };
  right?: boolean;
  /** What a click on its head sorts by. */
  sort?: CallSort;
  cell: (call: CallRecord) => ReactNode;
}

const columns = {
  time: { head: "Time", width: 104, sort: "at", cell: (call) => <time dateTime={new Date(call.at).toISOString()} title={absoluteText(call.at)}>{clockText(call.at, Date.now())}</time> },
  status: { head: "Status", width: 52, sort: "status", cell: (call) => <StatusChip status={call.status} /> },
  method: { head: "Method", width: 62, cell: (call) => call.method },
  path: {
    head: "Path", width: { least: 160, share: 3 }, cell: (call) => (
      <>
        <span>{call.path}</span>
        {call.error ? <span className={classes["code"]}>{call.error}</span> : null}
        {call.cause && !call.error ? <span className={classes["unnoticed"]}><CauseChip cause={call.cause} /></span> : null}
      </>
    ),
  },
  service: { head: "Service", width: { least: 72, share: 1 }, cell: (call) => (call.service ? <EntityName kind="service" name={call.service} /> : null) },
  consumer: { head: "Consumer", width: { least: 72, share: 1 }, cell: (call) => (call.consumer ? <EntityName kind="consumer" name={call.consumer} /> : null) },
  model: { head: "Model", width: { least: 90, share: 1.4 }, cell: (call) => modelText(call) },
  duration: { head: "Duration", width: 76, right: true, sort: "latency", cell: (call) => durationText(call.durationMs) },
  cost: { head: "Cost", width: 78, right: true, sort: "cost", cell: (call) => (call.costUsd === undefined ? null : costText(call.costUsd)) },
  cause: { head: "Conflict", width: 150, cell: (call) => (call.cause ? <CauseChip cause={call.cause} /> : null) },
  version: { head: "Version", width: 64, cell: (call) => call.version },
  key: { head: "Key", width: { least: 70, share: 1 }, cell: (call) => call.key },
  client: { head: "Client", width: 110, cell: (call) => call.clientAddress },
  agent: { head: "User agent", width: { least: 110, share: 1 }, cell: (call) => call.userAgent },
  upstream: { head: "Upstream", width: { least: 110, share: 1 }, cell: (call) => call.upstream },
  attempts: { head: "Attempts", width: 66, right: true, sort: "attempts", cell: (call) => countText(call.attempts) },
  firstbyte: { head: "First byte", width: 76, right: true, sort: "firstbyte", cell: (call) => (call.firstByteMs === undefined ? null : durationText(call.firstByteMs)) },
  size: { head: "Answer's size", width: 90, right: true, sort: "responsebytes", cell: (call) => sizeText(call.responseBytes) },
  tokens: { head: "Tokens", width: 110, right: true, sort: "tokens", cell: (call) => (call.inputTokens === undefined ? null : `${countText(call.inputTokens)} + ${countText(call.outputTokens ?? 0)}`) },
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
  return names.map((name) => trackOf(columnOf(name).width)).join(" ");
}

function trackOf(width: CallColumn["width"]): string {
  return typeof width === "number" ? scaledLength(width) : `minmax(${scaledLength(width.least)}, ${width.share}fr)`;
}

const gapPx = 12;
const sidesPx = 48;

/** Of columns at their narrowest; heads and rows are as wide as each other because it does not depend on what is in them. */
export function leastWidth(names: readonly ColumnName[]): string {
  return scaledLength(names.reduce((sum, name) => sum + leastOf(columnOf(name).width) + gapPx, sidesPx - gapPx));
}

function leastOf(width: CallColumn["width"]): number {
  return typeof width === "number" ? width : width.least;
}

function modelText(call: CallRecord): string | undefined {
  return call.provider && call.model ? `${call.provider}/${call.model}` : call.modelRequested;
}
