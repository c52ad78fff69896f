import { once } from "node:events";
import { request } from "node:http";
import { expect, test } from "vitest";
import { allowedMs } from "../harness/allowed-time.ts";
import { eventually } from "../harness/eventually.ts";
import { startFaultUpstream } from "../harness/fault-upstream.ts";
import { startParley } from "../harness/start-parley.ts";

const maxCancelMs = 1_000;

test.each(["/never", "/stream/200/50"])("a client that goes away cancels the upstream within a second: %s", async (path) => {
  await using upstream = await startFaultUpstream();
  await using parley = await startParley({ yaml: `services: { faulty: { path: /faulty, access: open, upstream: { targets: [{ url: "${upstream.url}" }] } } }\n` });
  const client = request(`${parley.gatewayUrl}/faulty${path}`);
  client.on("error", () => undefined).end();
  if (path.startsWith("/stream")) await once(client, "response");
  await eventually(() => upstream.arrived.includes(path));
  const goneAt = performance.now();
  client.destroy();
  await eventually(() => upstream.abandoned.includes(path));
  expect(performance.now() - goneAt).toBeLessThan(allowedMs(maxCancelMs));
});
