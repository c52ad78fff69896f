/** SIGTERM ends Parley with 0 after the calls in flight have ended, and loses neither them nor their records. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { allowedMs } from "../harness/allowed-time.ts";
import { eventually } from "../harness/eventually.ts";
import { startFaultUpstream } from "../harness/fault-upstream.ts";
import { loggedCalls } from "../harness/call-log.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";

const key = "acme-key-0123456789";

function yaml(upstream: string): string {
  return `services: { faulty: { path: /faulty, upstream: { targets: [{ url: "${upstream}" }] } } }
consumers: { acme: { keys: [{ name: default, secret: ${key} }] } }
`;
}

function call(parley: Parley, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${parley.gatewayUrl}${path}`, { ...init, headers: { authorization: `Bearer ${key}` } });
}

test.each(["SIGTERM", "SIGINT"] as const)("%s waits for a slow answer and a stream, and their records are there after the next start", async (signal) => {
  await using upstream = await startFaultUpstream();
  const dataDirectory = join(mkdtempSync(join(tmpdir(), "parley-drain-")), "data");
  const parley = await startParley({ yaml: yaml(upstream.url), dataDirectory });
  const slow = call(parley, "/faulty/slow/1000").then((response) => response.text());
  const stream = await call(parley, "/faulty/stream/20/50");
  await eventually(() => upstream.arrived.length === 2);
  const exited = parley.stop(signal);
  expect(await slow).toBe("slow but whole");
  expect(await stream.text()).toMatch(/data: 0\n\n[\s\S]*data: 19\n\ndata: end\n\n$/);
  expect(await exited).toBe(0);
  await using next = await startParley({ yaml: yaml(upstream.url), dataDirectory });
  const paths = await eventually(async () => {
    const found = (await loggedCalls(next)).map((record) => record.path);
    return found.length >= 2 ? found.toSorted() : null;
  });
  expect(paths).toEqual(["/faulty/slow/1000", "/faulty/stream/20/50"]);
  await parley[Symbol.asyncDispose]();
});

test("no new call is taken while it drains, and the load balancer's probe says so first", async () => {
  await using upstream = await startFaultUpstream();
  const parley = await startParley({ yaml: yaml(upstream.url) });
  const slow = call(parley, "/faulty/slow/1500").then((response) => response.text());
  await eventually(() => upstream.arrived.length === 1);
  const exited = parley.stop();
  await eventually(() => /drain/i.test(parley.output()));
  await eventually(async () => {
    const refused = await call(parley, "/faulty/status/200", { headers: { connection: "close" } }).then((response) => response.status === 503, () => true);
    return refused;
  });
  expect(await slow).toBe("slow but whole");
  expect(await exited).toBe(0);
  expect(upstream.arrived.filter((path) => path === "/slow/1500")).toHaveLength(1);
  await parley[Symbol.asyncDispose]();
});

test("a call that does not end is cut at the limit", async () => {
  await using upstream = await startFaultUpstream();
  const parley = await startParley({ yaml: yaml(upstream.url), environment: { PARLEY_DRAIN_TIMEOUT: "300ms" } });
  const never = call(parley, "/faulty/never").then((response) => response.status, () => "cut");
  await eventually(() => upstream.arrived.length === 1);
  const startedAt = performance.now();
  await parley.stop();
  expect(await never).not.toBe(200);
  expect(performance.now() - startedAt).toBeLessThan(allowedMs(4_000));
  await parley[Symbol.asyncDispose]();
});
