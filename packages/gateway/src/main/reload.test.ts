/** Ten thousand routes put in force under load: nobody's call fails, and nobody's waits for all of it. */
import { once } from "node:events";
import { request } from "node:http";
import { expect, it } from "vitest";
import { snapshotOf, startGateway, type TestConfiguration } from "./gateway-under-test.ts";
import { startUpstream } from "./upstream-under-test.ts";

const routes = 10_000;

it("a reload of 10,000 routes fails no call, and calls have their turns while it goes on", { timeout: 180_000 }, async () => {
  const upstream = await startUpstream((_request, response) => response.end("ok"));
  const target = { upstream: { targets: [{ url: upstream.url }] }, access: "open" as const, conflict: { mode: "off" as const } };
  const gateway = await startGateway({ services: { always: { path: "/always", ...target } } });
  const services: TestConfiguration["services"] = { always: { path: "/always", ...target } };
  for (let index = 0; index < routes; index += 1) services[`s${index}`] = { path: `/group${index % 100}/s${index}`, ...target };
  const snapshot = snapshotOf({ services }, 2);
  const ask = async (path: string): Promise<number> => {
    const [answer] = (await once(request(gateway.url + path, { agent: false }).end(), "response")) as [{ statusCode: number; resume(): void }];
    answer.resume();
    return answer.statusCode;
  };
  let isOver = false;
  let turns = 0;
  const failed: number[] = [];
  const callers = Array.from({ length: 4 }, async () => {
    while (!isOver) {
      const status = await ask("/always/1");
      if (status !== 200) failed.push(status);
    }
  });
  void (async () => {
    for (; !isOver; turns += 1) await new Promise(setImmediate);
  })();
  const before = process.cpuUsage();
  await gateway.gateway.replaceSnapshot(snapshot);
  const spentMs = process.cpuUsage(before).user / 1_000;
  isOver = true;
  await Promise.all(callers);
  expect(failed).toEqual([]);
  // In one go it would be one.
  expect(turns).toBeGreaterThan(5);
  expect(await ask(`/group7/s${routes - 93}/x`)).toBe(200);
  // A tenth of a second; the calls, with both of their ends, are a part of it.
  expect(spentMs).toBeLessThan(1_500);
  await gateway.stop();
  await upstream.close();
});
