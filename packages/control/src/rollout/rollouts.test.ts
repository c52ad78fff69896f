import { randomBytes } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import type { CallRecord } from "@parley/contract/call-record";
import type { Snapshot } from "@parley/contract/snapshot";
import { eventually } from "../testing/eventually.ts";
import { startControl, type TestControl } from "../testing/start-control.ts";

const running: TestControl[] = [];
afterEach(async () => {
  for (const control of running.splice(0)) await control.stop();
});

const canary = { target: "http://127.0.0.1:2", percent: 5, consumers: ["tester"], rollout: { steps: [25, 100], every: "1s", minCalls: 20 } };

async function start(over: object = {}): Promise<TestControl> {
  const control = await startControl();
  running.push(control);
  const made = await control.call("PUT", "/api/services/notes", { create: true, body: { spec: { path: "/notes", upstream: { targets: [{ url: "http://127.0.0.1:1" }] }, canary: { ...canary, ...over } } } });
  expect(made.status).toBe(201);
  // From here on calls count.
  await eventually(async () => (await control.call("GET", "/api/services/notes/rollout")).status).toBe(200);
  return control;
}

interface Kind {
  canary: boolean;
  status?: number;
  upstreamMs?: number;
  cause?: CallRecord["cause"];
  /** How many consumers take turns; without them the calls are nobody's. */
  consumers?: number;
}

const lasting = { segment: 0 };

/** As gateways leave them in the spool. */
function record(control: TestControl, count: number, { canary: byRelease, status = 200, upstreamMs = 10, cause, consumers }: Kind): void {
  const number = ++lasting.segment;
  const lines = Array.from({ length: count }, (_, index): CallRecord => ({
    id: randomBytes(16).toString("hex"), at: Date.now(), worker: 0, service: "notes", kind: "http", method: "GET", path: "/notes/1", clientAddress: "", status,
    durationMs: upstreamMs + 1, upstreamMs: upstreamMs + (index % 7) / 10, requestBytes: 0, responseBytes: 0, attempts: 1, ...(byRelease ? { canary: true } : {}), ...(consumers ? { consumer: `${byRelease ? "early" : "usual"}-${index % consumers}` } : {}), ...(cause ? { cause } : {}),
  }));
  writeFileSync(join(control.place.spool, `${Date.now()}-0-${number}.ndjson`), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

const shown = async (control: TestControl) => (await control.call("GET", "/api/services/notes/rollout")).body as unknown as { decision: unknown; phase: string; percent: number; next: number | null; arms: Record<"release" | "baseline", { calls: number; errors: number }>; events: { phase: string; percent: number; actor: string; why: string }[] };
const published = (control: TestControl) => (JSON.parse(readFileSync(control.place.snapshot, "utf8")) as Snapshot).entities.service["notes"]?.canary;

it("takes a release with more errors back at once: nobody gets it, gateways are told, and the audit log says why", async () => {
  const control = await start();
  record(control, 60, { canary: true, status: 502 });
  record(control, 400, { canary: false });
  await eventually(async () => (await shown(control)).phase === "rolled-back").toBe(true);
  const state = await shown(control);
  expect(state).toMatchObject({ percent: 0, next: null });
  expect(state.events.at(-1)).toMatchObject({ actor: "rollout", phase: "rolled-back", why: expect.stringMatching(/^worse in errors: 60 of 60 calls against 0 of 400 \(fisher-exact, p = /) as string });
  const decided = { phase: "rolled-back", of: 5, arms: { release: { calls: 60, errors: 60 }, baseline: { calls: 400, errors: 0 } }, tests: [{ measure: "errors", worse: true }, { worse: false }, { worse: false }] };
  expect(state).toMatchObject({ decision: decided, arms: { release: { calls: 0 } } });
  await eventually(() => published(control)?.percent === 0).toBe(true);
  expect(published(control)?.consumers).toBeUndefined();
  const audit = await control.call("GET", "/api/audit?kind=service&name=notes");
  expect(audit.body.items?.[0]).toMatchObject({ actor: "rollout", action: "change" });
  expect(statSync(control.place.rollouts).mode & 0o777).toBe(0o600);
  const again = await control.restart();
  running.splice(0, 1, again);
  await eventually(() => shown(again)).toMatchObject({ decision: decided });
});

it("takes a release back that is slower, or that meets more conflicts", async () => {
  const bad: [kind: Kind, measure: string][] = [[{ canary: true, upstreamMs: 100 }, "latency"], [{ canary: true, cause: "version-mismatch", status: 409 }, "conflicts"]];
  for (const [kind, measure] of bad) {
    const control = await start();
    record(control, 60, kind);
    record(control, 400, { canary: false });
    await eventually(async () => (await shown(control)).phase === "rolled-back").toBe(true);
    expect((await shown(control)).events.at(-1)?.why).toContain(`worse in ${measure}`);
  }
});

it("takes no release back because the service was slower for everybody for a while: both arms' times are of the whole step", async () => {
  const control = await start({ rollout: { steps: [100], every: "2s", minCalls: 20 } });
  record(control, 150, { canary: true, upstreamMs: 100 });
  record(control, 5_000, { canary: false, upstreamMs: 100 });
  await eventually(async () => (await shown(control)).arms.baseline.calls === 5_000).toBe(true);
  // As fast as ever again, and more of the baseline's calls than are compared.
  record(control, 150, { canary: true });
  record(control, 5_000, { canary: false });
  await eventually(async () => (await shown(control)).phase === "promoted").toBe(true);
});

it("goes on step by step while the release is no worse, and begins anew with other settings, also after a restart", async () => {
  let control = await start();
  record(control, 40, { canary: true });
  record(control, 200, { canary: false });
  await eventually(async () => (await shown(control)).percent === 25).toBe(true);
  await eventually(() => published(control)?.percent === 25).toBe(true);
  expect(published(control)?.consumers).toEqual(["tester"]);
  control = await control.restart();
  running.splice(0, 1, control);
  await eventually(() => shown(control)).toMatchObject({ phase: "running", percent: 25, next: 100 });
  record(control, 40, { canary: true });
  record(control, 200, { canary: false });
  await eventually(async () => (await shown(control)).phase === "promoted").toBe(true);
  await eventually(() => published(control)?.percent === 100).toBe(true);
  const { etag } = await control.call("GET", "/api/services/notes");
  await control.call("PATCH", "/api/services/notes", { ifMatch: etag, body: { canary: { target: "http://127.0.0.1:3" } }, headers: { "content-type": "application/merge-patch+json" } });
  expect(await shown(control)).toMatchObject({ phase: "running", percent: 5 });
});

it("waits for enough calls, and does what people order", async () => {
  const control = await start({ rollout: { steps: [50], every: "1s", minCalls: 1000 } });
  const order = async (what: string) => (await control.call("POST", "/api/services/notes/rollout", { body: { order: what } })).body as { phase: string; percent: number };
  record(control, 30, { canary: true });
  await eventually(async () => (await shown(control)).arms?.release.calls === 30).toBe(true);
  expect(await shown(control)).toMatchObject({ phase: "running", percent: 5 });
  expect(await order("pause")).toMatchObject({ phase: "paused", percent: 5 });
  expect(await order("resume")).toMatchObject({ phase: "running" });
  expect(await order("promote")).toMatchObject({ phase: "running", percent: 50 });
  expect(await order("rollback")).toMatchObject({ phase: "rolled-back", percent: 0 });
  expect(await order("restart")).toMatchObject({ phase: "running", percent: 5 });
  expect((await shown(control)).events.map(({ phase, percent }) => [phase, percent])).toEqual([["running", 5], ["paused", 5], ["running", 5], ["running", 50], ["rolled-back", 0], ["running", 5]]);
  expect((await control.call("POST", "/api/services/notes/rollout", { body: { order: "explode" } })).status).toBe(400);
});

it("compares callers where whole callers were assigned, and leaves it to people where too few have the release", async () => {
  const sticky = { sticky: true, rollout: { steps: [100], every: "1s", minCalls: 20 } };
  const told = await start(sticky);
  record(told, 800, { canary: false, consumers: 40 });
  record(told, 60, { canary: true, status: 502, consumers: 12 });
  record(told, 60, { canary: true, consumers: 12 });
  await eventually(async () => (await shown(told)).phase === "rolled-back").toBe(true);
  expect((await shown(told)).events.at(-1)?.why).toMatch(/^worse in errors: 60 of 120 calls against 0 of 800 \(callers-rank-sum, p = /);
  const untold = await start(sticky);
  record(untold, 800, { canary: false, consumers: 40 });
  record(untold, 30, { canary: true, status: 502, consumers: 1 });
  record(untold, 60, { canary: true, consumers: 1 });
  await eventually(async () => (await shown(untold)).phase === "paused").toBe(true);
  const state = await shown(untold);
  expect(state).toMatchObject({ percent: 5, decision: { phase: "paused", tests: [{ measure: "errors", worse: false, tooFewCallers: { release: 1, baseline: 40 } }, {}, {}] } });
  expect(state.events.at(-1)).toMatchObject({ actor: "rollout", why: expect.stringMatching(/^errors look worse, and too few callers have the release to tell .* \(1, and 40 beside it\): 30 of 90 calls against 0 of 800$/) as string });
});

it("shows both arms of a canary without a rollout, and says so where there is none", async () => {
  const control = await start({ rollout: undefined });
  record(control, 3, { canary: true, status: 500 });
  record(control, 7, { canary: false });
  await eventually(async () => (await shown(control)).arms?.baseline.calls === 7).toBe(true);
  expect(await shown(control)).toMatchObject({ phase: "manual", percent: 5, arms: { release: { calls: 3, errors: 3 }, baseline: { calls: 7, errors: 0 } } });
  expect((await control.call("POST", "/api/services/notes/rollout", { body: { order: "promote" } })).status).toBe(404);
  expect((await control.call("GET", "/api/services/nobody/rollout")).status).toBe(404);
});
