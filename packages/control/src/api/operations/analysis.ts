/** What calls look like together: the overview, groups, heat maps, and what changed. */
import { fieldEntry } from "@parley/contract/query/fields";
import { allOf, between, term } from "@parley/contract/query/write";
import { refuse } from "../../refusal.ts";
import { readFields, readRange } from "../../calls/call-question.ts";
import { explainChange } from "../../calls/explain-change.ts";
import { linked } from "../../calls/linked-figures.ts";
import { overviewFor } from "../../calls/overview.ts";
import type { ControlPlane } from "../control-plane.ts";
import type { Handlers, OperationRequest } from "../handler.ts";
import { fromCallLog } from "./from-call-log.ts";

const hourMs = 3_600_000;

export function analysisHandlers(plane: ControlPlane): Pick<Handlers, "getOverview" | "analyse" | "heatMap" | "explainChange"> {
  const { callLog } = plane;
  return {
    getOverview: async ({ query, signal }) => {
      expectOrder(query.from, query.to);
      return { body: await fromCallLog(() => overviewFor(callLog, query, { now: plane.now(), signal })) };
    },
    analyse: (request) => analyse(plane, request),
    heatMap: async ({ query, signal }) => {
      expectOrder(query.from, query.to);
      const to = query.to ?? plane.now();
      const from = query.from ?? to - hourMs;
      const { range, text } = readRange({ ...query, from, to }, plane.now());
      const { stepMs, cells } = await fromCallLog(() => callLog.heatMap({ ...range, from, to }, signal));
      const cellQuery = (cell: (typeof cells)[number]): string => allOf(text, between(Math.max(cell.at, from), Math.min(cell.at + stepMs, to)), `latency:>${cell.fromMs.toFixed(6)}`, `latency:<=${cell.toMs.toFixed(6)}`);
      return { body: { from, to, stepMs, cells: cells.map((cell) => ({ ...cell, query: cellQuery(cell) })) } };
    },
    explainChange: async ({ query, signal }) => {
      expectOrder(query.from, query.to);
      return { body: await fromCallLog(() => explainChange(callLog, query, { now: plane.now(), signal })) };
    },
  };
}

async function analyse(plane: ControlPlane, { query, signal }: OperationRequest<"analyse">): ReturnType<Handlers["analyse"]> {
  expectOrder(query.from, query.to);
  const by = readFields(query.by, 2);
  const { range, text } = readRange(query, plane.now());
  const { totals, groups, found } = await fromCallLog(() => plane.callLog.groups(range, { by, measure: query.measure, limit: query.limit }, signal));
  const whole = allOf(query.from === undefined && query.to === undefined ? "" : between(query.from ?? 0, query.to ?? plane.now()), text);
  const queryOf = (values: readonly (string | null)[]): string =>
    allOf(whole, ...by.map((field, index) => {
      const value = values[index];
      if (value === null || value === undefined) return `-${field}:*`;
      return fieldEntry(field).kind === "text" ? term(field, value) : `${field}:${value}`;
    }));
  return { body: { by, totals: linked(totals, whole), found, groups: groups.map((group) => ({ ...linked(group, queryOf(group.values)), values: group.values })) } };
}

function expectOrder(from: number | undefined, to: number | undefined): void {
  if (from !== undefined && to !== undefined && from >= to) refuse("invalid-parameter", "`from` is not before `to`");
}
