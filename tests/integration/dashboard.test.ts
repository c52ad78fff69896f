import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { startParley } from "../harness/start-parley.ts";

test("every metric that the Grafana dashboard draws is one that Parley exposes", async () => {
  await using parley = await startParley();
  const exposed = await (await fetch(new URL("/metrics", parley.adminUrl))).text();
  const dashboard = readFileSync(new URL("../../docs/grafana-dashboard.json", import.meta.url), "utf8");
  const drawn = [...new Set(dashboard.match(/parley_\w+/g))].map((name) => name.replace(/_bucket$/, ""));
  expect(drawn.length).toBeGreaterThan(5);
  expect(drawn.filter((name) => !exposed.includes(`# TYPE ${name} `))).toEqual([]);
});
