import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import type { CallRecord } from "@parley/contract/call-record";
import { type GatewayOptions, startGateway, type TestConfiguration } from "../main/gateway-under-test.ts";
import { startUpstream } from "../main/upstream-under-test.ts";
import { type ExchangeInput, HttpExchange } from "./http-exchange.ts";

function exchangeAt(clock: { now: number }): HttpExchange {
  const input = { request: { method: "GET", rawHeaders: [], headers: {} }, body: { bytes: 0 }, path: "/", target: "/", id: "1", spanId: "1", at: 0, startedAt: clock.now, worker: 0, clientAddress: "", traceParent: null, upgrade: null, peer: { address: "", trusted: false }, monotonicMs: () => clock.now };
  return new HttpExchange(input as unknown as ExchangeInput);
}

it("keeps the parts of the pipeline that took a while, each until the next begins, and the service for itself", () => {
  const clock = { now: 1000 };
  const exchange = exchangeAt(clock);
  const at = (now: number, act: () => void): void => {
    clock.now = 1000 + now;
    act();
  };
  at(1, () => exchange.enter("access"));
  at(3, () => exchange.enter(null));
  at(3, () => exchange.enter("limits"));
  at(3.05, () => exchange.enter(null));
  at(4, () => exchange.enter("guard"));
  at(9, () => exchange.enter(null));
  at(20, () => Object.assign(exchange.record, { firstByteMs: 12, durationMs: 20 }));
  exchange.endSteps();
  expect(exchange.record.steps).toEqual([["access", 1, 2], ["guard", 4, 5], ["response", 12, 8]]);
});

it("ends a part that answers itself where its answer begins", () => {
  const clock = { now: 0 };
  const exchange = exchangeAt(clock);
  exchange.enter("access");
  Object.assign(exchange.record, { firstByteMs: 30, durationMs: 30.01 });
  exchange.endSteps();
  expect(exchange.record.steps).toEqual([["access", 0, 30]]);
});

async function recordsOf(conflict: { mode: "off" | "enforce" }, init: RequestInit, options: GatewayOptions = {}): Promise<CallRecord[]> {
  // The rest comes after the client has seen the beginning, however late that was; a guarded write's answer comes whole.
  const begun = Promise.withResolvers<void>();
  const upstream = await startUpstream((request, response) => {
    void delay(request.method === "PUT" ? 40 : 0).then(async () => {
      response.writeHead(200, { "Content-Type": "application/json", ETag: '"1"' }).write("{");
      if (conflict.mode === "off") await begun.promise;
      await delay(40);
      response.end("}");
    });
  });
  const configuration: TestConfiguration = { services: { notes: { path: "/notes", access: "open", upstream: { targets: [{ url: upstream.url }] }, conflict } } };
  const gateway = await startGateway(configuration, options);
  try {
    const answer = await fetch(`${gateway.url}/notes/7`, init);
    begun.resolve();
    await answer.text();
  } finally {
    await upstream.close();
  }
  return gateway.stop();
}

it("tells the wait for the upstream, and for the rest of its answer", async () => {
  const [record] = await recordsOf({ mode: "off" }, { method: "PUT", body: "{}" });
  const steps = new Map((record?.steps ?? []).map(([name, startMs, durationMs]) => [name, { startMs, durationMs }]));
  // On a busy machine a policy, too, can take long enough to be told.
  expect([...steps.keys()].slice(-2)).toEqual(["upstream", "response"]);
  expect(steps.get("upstream")?.durationMs).toBeGreaterThan(35);
  expect(steps.get("response")?.durationMs).toBeGreaterThan(35);
});

it("tells a guarded write's wait as the guard's, with what it is made of inside", async () => {
  const [record] = await recordsOf({ mode: "enforce" }, { method: "PUT", body: "{}", headers: { "content-type": "application/json" } }, { ledger: true });
  const names = (record?.steps ?? []).map(([name]) => name);
  expect(names).toEqual(expect.arrayContaining(["guard", "write", "upstream"]));
});
