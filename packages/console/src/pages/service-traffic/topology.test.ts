import { expect, test } from "vitest";
import type { ServiceSource } from "@parley/contract/config/service";
import { type Flows, topologyOf } from "./topology.ts";

const spec: ServiceSource = {
  path: "/notes",
  upstream: { targets: [{ url: "http://a:1/api" }, { url: "http://b:1/api" }] },
  versions: { select: { by: "header" }, list: { v1: { deprecated: "2026-01-01" }, v2: { upstream: { targets: [{ url: "http://c:1" }] } } } },
  canary: { version: "v2", target: "http://d:1", percent: 5 },
};

function group(values: (string | null)[], calls: number, errors = 0) {
  return { values, calls, errors } as Flows["byRelease"][number];
}

const now = Date.UTC(2026, 5, 1);

const flows: Flows = {
  now,
  byRelease: [group(["v1", "acme", "false"], 60), group(["v2", "acme", "false"], 30), group(["v2", "acme", "true"], 10, 5), group(["v2", null, "false"], 20)],
  byUpstream: [group(["http://a:1"], 60, 30), group(["http://d:1"], 10)],
  seconds: 10,
  targets: [{ service: "notes", target: "http://a:1/api", state: "in-rotation", inFlight: 2, averageMs: 1, failures: 0, restsForMs: 0 }, { service: "notes", target: "http://a:1/api", state: "resting", inFlight: 1, averageMs: 1, failures: 5, restsForMs: 10 }],
};

test("calls flow from consumers through versions and the canary to targets", () => {
  const { consumers, releases, targets, edges } = topologyOf(spec, flows);
  expect(consumers.map(({ name, rate }) => [name, rate])).toEqual([["acme", 10], ["without a key", 2]]);
  expect(releases.map(({ name, rate, note }) => [name, rate, note])).toEqual([["v1", 6, "deprecated"], ["v2", 5, "published"], ["canary", 1, "5 % of v2"]]);
  expect(targets.map(({ name }) => name)).toEqual(["http://a:1/api", "http://b:1/api", "http://c:1", "http://d:1"]);
  expect(edges).toContainEqual({ from: "consumer acme", to: "canary", rate: 1 });
  expect(edges).toContainEqual({ from: "version v1", to: "target http://a:1/api", rate: 6 });
  expect(edges).toContainEqual({ from: "canary", to: "target http://d:1", rate: 1 });
});

test("a target is as the worst of the gateway's workers sees it, and an arm that fails says so", () => {
  const { targets, releases } = topologyOf(spec, flows);
  expect(targets[0]).toMatchObject({ state: "error", note: "resting, 3 under way" });
  expect(targets[1]).toMatchObject({ state: "idle", rate: 0 });
  expect(releases[2]).toMatchObject({ state: "error", failedShare: 0.5 });
});

test("a service without versions has one release, and one without calls is drawn all the same", () => {
  const { versions: _, canary: __, ...plain } = spec;
  const topology = topologyOf(plain, { byRelease: [], byUpstream: [], seconds: 10, targets: [], now });
  expect(topology.consumers).toEqual([]);
  expect(topology.releases.map(({ name, state }) => [name, state])).toEqual([["all calls", "idle"]]);
  expect(topology.targets).toHaveLength(2);
});

test("a version that is gone leads nowhere, and an adapted one to where its newer one runs", () => {
  const upstream = { targets: [{ url: "http://c:1" }] };
  const versions = { select: { by: "header" as const }, list: { v0: { sunset: "2026-01-01" }, v1: { adapt: { to: "v2" } }, v2: { upstream } } };
  const { releases, targets, edges } = topologyOf({ path: "/notes", versions }, { ...flows, byRelease: [], byUpstream: [], targets: [] });
  expect(releases.map(({ name, note }) => [name, note])).toEqual([["v0", "retired"], ["v1", "published"], ["v2", "published"]]);
  expect([targets.map(({ name }) => name), edges.map(({ from }) => from)]).toEqual([["http://c:1"], ["version v1", "version v2"]]);
});
