import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CallRecord } from "@parley/contract/call-record";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { startControl, type TestControl } from "../testing/start-control.ts";

let control: TestControl;
/** The last whole minute. */
let end: number;
beforeEach(async () => {
  control = await startControl();
  end = Math.floor(Date.now() / 60_000) * 60_000;
});
afterEach(() => control.stop());

const hourMs = 3_600_000;

/** Two hours of calls; in the second, one consumer's writes to one service lose updates. */
function history(): CallRecord[] {
  return Array.from({ length: 1_200 }, (_, number) => {
    const late = number >= 600;
    const consumer = `consumer-${number % 4}`;
    const bad = late && number % 4 === 3 && number % 2 === 1;
    return {
      id: `c${number}`, at: end - 2 * hourMs + number * 6_000, worker: 0, service: number % 2 === 1 ? "orders" : "notes", kind: "http", method: number % 4 === 3 ? "PUT" : "GET", path: `/things/${number % 5}`,
      clientAddress: "::1", consumer, status: bad ? 409 : number % 100 === 50 ? 502 : 200, durationMs: 1 + (number % 100), requestBytes: 0, responseBytes: 10, attempts: 1, ...(bad ? { cause: "lost-update" as const } : {}),
    };
  });
}

async function written(): Promise<void> {
  const path = join(control.place.spool, "1700000000000-0-1.ndjson");
  writeFileSync(`${path}.part`, history().map((call) => `${JSON.stringify(call)}\n`).join(""));
  renameSync(`${path}.part`, path);
  await eventually(async () => (await control.call("GET", "/api/calls?limit=1")).body.items?.length).toBe(1);
}

const get = async <Body>(path: string): Promise<Body> => {
  const answer = await control.call("GET", path);
  expect([path, answer.status, answer.body["detail"]]).toEqual([path, 200, undefined]);
  return answer.body as unknown as Body;
};
const countOf = async (query: string): Promise<number> => (await get<{ calls: number }>(`/api/calls/facets?query=${encodeURIComponent(query)}`)).calls;

interface Linked {
  calls: number;
  errors: number;
  refused: number;
  conflicts: number;
  queries: Record<"calls" | "errors" | "refused" | "conflicts", string>;
}

async function expectLinked(figures: Linked): Promise<void> {
  for (const name of ["calls", "errors", "refused", "conflicts"] as const) expect([figures.queries[name], await countOf(figures.queries[name])]).toEqual([figures.queries[name], figures[name]]);
}

test("every number of the overview leads to as many calls", async () => {
  await written();
  const overview = await get<{ totals: Linked; services: Linked[]; causes: { calls: number; query: string }[]; consumers: { calls: number; query: string }[]; resources: { value: string; calls: number; conflicts: number; query: string }[]; statuses: { calls: number; query: string }[]; previous: { totals: Linked } }>(
    `/api/overview?from=${end - hourMs}&to=${end}&compare=previous`,
  );
  expect(overview.totals).toMatchObject({ calls: 600, errors: 6, conflicts: 150 });
  expect(overview.previous.totals).toMatchObject({ calls: 600, conflicts: 0 });
  await expectLinked(overview.totals);
  await expectLinked(overview.previous.totals);
  for (const service of overview.services) await expectLinked(service);
  for (const one of [...overview.causes, ...overview.statuses, ...overview.consumers, ...overview.resources]) expect([one.query, await countOf(one.query)]).toEqual([one.query, one.calls]);
  expect(overview.resources[0]?.conflicts).toBe(30);
});

test("groups and cells of the heat map lead to as many calls", async () => {
  await written();
  const analysis = await get<{ totals: Linked; found: number; groups: (Linked & { values: (string | null)[] })[] }>(`/api/analysis?by=consumer,cause&measure=conflicts&from=${end - hourMs}&to=${end}`);
  expect(analysis.groups[0]).toMatchObject({ values: ["consumer-3", "lost-update"], calls: 150, conflicts: 150 });
  expect(analysis.groups.reduce((sum, { calls }) => sum + calls, 0)).toBe(analysis.totals.calls);
  for (const group of analysis.groups) await expectLinked(group);
  const { cells } = await get<{ cells: { calls: number; query: string }[] }>(`/api/analysis/heatmap?from=${end - hourMs}&to=${end}&query=status:409`);
  expect(cells.reduce((sum, { calls }) => sum + calls, 0)).toBe(150);
  for (const cell of cells.slice(0, 10)) expect([cell.query, await countOf(cell.query)]).toEqual([cell.query, cell.calls]);
});

interface Reason {
  query: string;
  current: number;
  currentCalls: number;
}

test("a planted cause is among the first three reasons, and what did not change is none", async () => {
  await written();
  const { reasons, symptoms, current, baseline } = await get<{ reasons: { field: string; value: string | null }[]; symptoms: { field: string; value: string | null }[]; current: { value: number }; baseline: { value: number } }>(`/api/analysis/explain?measure=refused&from=${end - hourMs}&to=${end}`);
  expect([current.value, baseline.value]).toEqual([150, 0]);
  expect(reasons.slice(0, 3).map(({ field, value }) => `${field}:${value}`)).toEqual(expect.arrayContaining(["consumer:consumer-3", "method:PUT"]));
  expect(symptoms.map(({ field, value }) => `${field}:${value}`).toSorted()).toEqual(["cause:lost-update", "status:409"]);
  expect(reasons.map(({ field }) => field)).not.toContain("kind");
  const calls = await get<{ reasons: unknown[] }>(`/api/analysis/explain?measure=calls&from=${end - hourMs}&to=${end}&query=status:200`);
  expect(calls.reasons).not.toContainEqual(expect.objectContaining({ field: "kind" }));
});

test.each(["refused", "conflicts", "calls", "latency"])("every figure of what changed in %s leads to as many calls", async (measure) => {
  await written();
  const { reasons, symptoms, current } = await get<{ reasons: Reason[]; symptoms: Reason[]; current: { value: number; query: string } }>(`/api/analysis/explain?measure=${measure}&from=${end - hourMs}&to=${end}&query=-cause:busy`);
  if (measure !== "latency") expect(await countOf(current.query)).toBe(current.value);
  for (const reason of [...reasons, ...symptoms]) {
    expect([reason.query, await countOf(reason.query)]).toEqual([reason.query, reason.currentCalls]);
    if (measure !== "latency") expect(reason.currentCalls).toBe(reason.current);
  }
});

test("mistakes are refused", async () => {
  await eventually(async () => (await control.call("GET", "/api/overview")).status).toBe(200);
  for (const path of ["/api/overview?from=5&to=5", "/api/analysis?by=nonsense", "/api/analysis?by=service,status,method", "/api/analysis?by=service&measure=joy", "/api/analysis/explain?query=at:-1h..now"]) {
    expect([path, (await control.call("GET", path)).status]).toEqual([path, 400]);
  }
  expect(await control.call("GET", "/api/analysis/heatmap?query=servic:notes")).toMatchObject({ status: 400, body: { code: "invalid-query" } });
});
