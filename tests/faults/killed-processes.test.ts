/** kill -9 of either process loses at most one second of the call log and no configuration; the other keeps running. */
import { expect, test } from "vitest";
import { startEcho } from "../harness/echo-upstream.ts";
import { eventually } from "../harness/eventually.ts";
import { loggedCalls } from "../harness/call-log.ts";
import { type LoadedCall, startLoad } from "../harness/load.ts";
import { isAlive } from "../harness/process-ids.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";

const maxLostMs = 1_000;
const key = "acme-key-0123456789";

function yaml(upstream: string): string {
  return `services: { notes: { path: /notes, upstream: { targets: [{ url: "${upstream}" }] } } }
consumers: { acme: { keys: [{ name: default, secret: ${key} }] } }
`;
}

/** The calls that ended long enough before the kill have to be in the log. */
async function expectLogged(parley: Parley, calls: readonly LoadedCall[]): Promise<void> {
  const wanted = calls.map((call) => call.id);
  expect(wanted.length).toBeGreaterThan(20);
  const missing = await eventually(
    async () => {
      const logged = new Set((await loggedCalls(parley)).map((record) => record.id));
      const lost = wanted.filter((id) => !logged.has(id ?? ""));
      return lost.length === 0 ? [] : null;
    },
    { what: () => "the calls to be in the log" },
  );
  expect(missing).toEqual([]);
}

test("the gateway: started again, the control plane keeps running, at most a second of the log is lost", async () => {
  await using echo = await startEcho();
  await using parley = await startParley({ yaml: yaml(echo.url) });
  const load = startLoad({ url: `${parley.gatewayUrl}/notes/1`, key });
  // As many as are looked for in the log, and older than what may be lost.
  await eventually(() => load.calls.filter((call) => call.status === 200 && call.endedAt < Date.now() - maxLostMs).length > 50);
  const before = parley.pids();
  const killedAt = Date.now();
  parley.kill("gateway");
  // An answer of the killed one can still be on its way: only those after the new one's start say that calls are carried again.
  await eventually(() => parley.pids().gateways.some((pid) => !before.gateways.includes(pid)), { what: () => "another gateway" });
  const startedAt = Date.now();
  await eventually(() => load.calls.some((call) => call.endedAt > startedAt && call.status === 200), { what: () => "calls to be carried again" });
  const calls = await load.stop();
  const after = parley.pids();
  expect(after.control).toBe(before.control);
  expect(after.gateways).toHaveLength(1);
  expect(after.gateways).not.toEqual(before.gateways);
  await expectLogged(parley, calls.filter((call) => call.status === 200 && call.endedAt < killedAt - maxLostMs));
});

test("the control plane: started again, no call notices, and nothing of the log is lost", async () => {
  await using echo = await startEcho();
  await using parley = await startParley({ yaml: yaml(echo.url) });
  const load = startLoad({ url: `${parley.gatewayUrl}/notes/1`, key });
  await eventually(() => load.calls.length > 50);
  const before = parley.pids();
  parley.kill("control");
  await eventually(async () => parley.pids().control !== before.control && (await parley.admin("/healthz")).ok);
  const calls = await load.stop();
  expect(calls.filter((call) => call.status !== 200)).toEqual([]);
  expect(parley.pids().gateways).toEqual(before.gateways);
  await expectLogged(parley, calls);
});

test("the control plane in database mode: a change that was answered is never lost", async () => {
  await using echo = await startEcho();
  await using parley = await startParley();
  const spec = { path: "/notes", access: "open", upstream: { targets: [{ url: echo.url }] } };
  const put = await parley.admin("/api/services/notes", { method: "PUT", headers: { "content-type": "application/json", "if-none-match": "*" }, body: JSON.stringify({ spec }) });
  expect(put.ok).toBe(true);
  const before = parley.pids().control;
  parley.kill("control");
  await eventually(async () => parley.pids().control !== before && (await parley.admin("/api/services/notes")).ok);
  await eventually(async () => (await fetch(`${parley.gatewayUrl}/notes/1`)).status === 200);
});

test("the supervisor: its processes end too, and the next start has configuration and log", async () => {
  await using echo = await startEcho();
  const parley = await startParley({ yaml: yaml(echo.url) });
  const load = startLoad({ url: `${parley.gatewayUrl}/notes/1`, key });
  await eventually(() => load.calls.length > 50);
  await load.stop();
  const { gateways, control } = parley.pids();
  parley.kill("supervisor");
  await eventually(() => [...gateways, control ?? 0].every((pid) => !isAlive(pid)));
  await using next = await startParley({ yaml: yaml(echo.url), dataDirectory: parley.dataDirectory });
  expect((await fetch(`${next.gatewayUrl}/notes/1`, { headers: { authorization: `Bearer ${key}` } })).status).toBe(200);
  await expectLogged(next, load.calls.filter((call) => call.status === 200));
  await next.stop();
  await parley[Symbol.asyncDispose]();
});
