import { expect, it } from "vitest";
import { snapshotOf, startGateway, type TestConfiguration } from "./gateway-under-test.ts";
import { startUpstream } from "./upstream-under-test.ts";

it("services that nobody has called are told of as the others are, and as they are configured now", async () => {
  const upstream = await startUpstream((_request, response) => response.end("ok"));
  const target = { upstream: { targets: [{ url: `${upstream.url}/base` }] }, access: "open" as const };
  const configured = (mode: "observe" | "off" | "enforce"): TestConfiguration => ({ services: { called: { path: "/called", ...target }, changed: { path: "/changed", ...target, conflict: { mode } } } });
  const started = await startGateway(configured("enforce"));
  const { gateway, url } = started;
  const guarantees = (): Record<string, string> => Object.fromEntries(gateway.guarantees().map(({ service, mode }) => [service, mode]));
  const states = (): unknown => gateway.targets().map(({ service, target: of, state, inFlight }) => ({ service, of, state, inFlight })).toSorted((one, other) => (one.service < other.service ? -1 : 1));
  const expected = ["called", "changed"].map((service) => ({ service, of: `${upstream.url}/base`, state: "in-rotation", inFlight: 0 }));
  expect([guarantees(), states()]).toEqual([{ called: "observe", changed: "enforce" }, expected]);
  expect((await fetch(`${url}/called/1`)).status).toBe(200);
  await expect.poll(states).toEqual(expected);
  await gateway.replaceSnapshot(snapshotOf(configured("off"), 2));
  expect([guarantees(), states(), gateway.guarantees().length]).toEqual([{ called: "observe", changed: "off" }, expected, 2]);
  expect((await fetch(`${url}/changed/1`)).status).toBe(200);
  await gateway.replaceSnapshot(snapshotOf(configured("observe"), 3));
  expect([guarantees(), gateway.guarantees().length]).toEqual([{ called: "observe", changed: "observe" }, 2]);
  await gateway.replaceSnapshot(snapshotOf({}, 4));
  expect([guarantees(), states()]).toEqual([{}, []]);
  await started.stop();
  await upstream.close();
});
