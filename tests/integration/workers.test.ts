import { expect, test } from "vitest";
import { startEcho } from "../harness/echo-upstream.ts";
import { eventually } from "../harness/eventually.ts";
import { startParley } from "../harness/start-parley.ts";

const key = "acme-key-0123456789";

test("two workers share one limit, and one that dies is started again", async () => {
  await using echo = await startEcho();
  await using parley = await startParley({
    yaml: `gateway: { workers: 2 }
services: { notes: { path: /notes, upstream: { targets: [{ url: "${echo.url}" }] } } }
consumers:
  acme: { keys: [{ name: default, secret: ${key} }], limits: [{ requests: 10, per: 1h }] }
`,
  });
  expect(parley.pids().gateways).toHaveLength(2);
  // A connection for each call, so that the kernel spreads them over the workers.
  const call = (): Promise<Response> => fetch(`${parley.gatewayUrl}/notes/1`, { headers: { authorization: `Bearer ${key}`, connection: "close" } });
  const statuses: number[] = [];
  for (let count = 0; count < 30; count++) statuses.push((await call()).status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(10);
  expect(statuses.filter((status) => status === 429)).toHaveLength(20);
  const [killed] = parley.pids().gateways;
  process.kill(killed as number, "SIGKILL");
  await eventually(() => parley.pids().gateways.length === 2 && !parley.pids().gateways.includes(killed as number));
  await eventually(async () => (await call()).status === 429);
});
