import type { CallRecord } from "@parley/contract/call-record";
import { expect, it } from "vitest";
import { CallMetrics } from "./call-metrics.ts";

const many = 10_000;
const record: CallRecord = { id: "1", at: 1, worker: 0, service: "notes", kind: "http", method: "GET", path: "/", clientAddress: "::1", status: 200, durationMs: 1, requestBytes: 0, responseBytes: 0, attempts: 1, traceId: "ab" };

function linesOf(metrics: CallMetrics): number {
  return metrics.families({ worker: "0" }).reduce((lines, { series }) => lines + series.reduce((sum, { buckets }) => sum + (buckets === undefined ? 1 : buckets.length + 2), 0), 0);
}

const callsCounted = (metrics: CallMetrics): number => (metrics.families({})[0]?.series ?? []).reduce((sum, { value }) => sum + (value ?? 0), 0);

it("has no series for a consumer, a key, a path, an address or an agent, however many there are", () => {
  const metrics = new CallMetrics();
  metrics.ended(record);
  const one = linesOf(metrics);
  for (let index = 0; index < many; index++) metrics.ended({ ...record, consumer: `c${index}`, key: `k${index}`, team: `t${index}`, path: `/${index}`, clientAddress: `10.0.0.${index}`, userAgent: `a${index}`, host: `h${index}`, traceId: `t${index}` });
  expect([linesOf(metrics), callsCounted(metrics)]).toEqual([one, many + 1]);
});

it("bounds the series of services, statuses, operations and models, and loses no count", () => {
  const metrics = new CallMetrics();
  for (let index = 0; index < many; index++) {
    metrics.ended({ ...record, service: `s${index}`, status: 200 + (index % 400), operation: `o${index}`, cutBy: "client", provider: "openai", model: `m${index}`, inputTokens: 1, outputTokens: 1, upstreamMs: 1 });
    metrics.tried(`s${index}`, "answered");
    metrics.rateLimited(`s${index}`, "requests");
  }
  const families = metrics.families({});
  for (const { name, type, series } of families) expect(series.length, name).toBeLessThanOrEqual(type === "histogram" ? 1_001 : 5_001);
  expect(callsCounted(metrics)).toBe(many);
});

it("goes on counting under `other` what has no series of its own, under whatever status it comes and comes again", () => {
  const metrics = new CallMetrics();
  for (const status of [200, 404, 200, 200, 404]) for (let index = 0; index < many; index++) metrics.ended({ ...record, service: `s${index}`, status });
  const [calls] = metrics.families({});
  expect(calls?.series.reduce((sum, { value }) => sum + (value ?? 0), 0)).toBe(5 * many);
  // Half of the services have a series of their first status; all else is of the others.
  expect(calls?.series.find(({ labels }) => labels["service"] === "s0")?.value).toBe(3);
  expect(calls?.series.find(({ labels }) => labels["service"] === "other")?.value).toBe(5 * many - 3 * ((calls?.series.length ?? 0) - 1));
});

it("counts each status, kind and outcome of a service by itself, however they take turns, with and without its route", () => {
  const metrics = new CallMetrics();
  const route = { counts: null };
  const turns = [[200, "http", "answered"], [200, "websocket", "failed"], [404, "http", "answered"], [200, "http", "timeout"], [200, "http", "answered"]] as const;
  for (const by of [route, null, route]) {
    for (const [status, kind, outcome] of turns) {
      metrics.ended({ ...record, status, kind }, by);
      metrics.tried("notes", outcome, by);
    }
  }
  const counted = (name: string): unknown[] => (metrics.families({}).find((family) => family.name === name)?.series ?? []).map(({ labels, value }) => [...Object.values(labels).slice(1), value]);
  expect(counted("parley_calls_total")).toEqual([["200", "http", 9], ["200", "websocket", 3], ["404", "http", 3]]);
  expect(counted("parley_upstream_tries_total")).toEqual([["answered", 9], ["failed", 3], ["timeout", 3]]);
});
