import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";

test("every metric that the Grafana dashboard draws is one that Parley exposes", async () => {
  await using parley = await startParley();
  const exposed = await scrapedWhole(parley);
  const dashboard = readFileSync(new URL("../../docs/grafana-dashboard.json", import.meta.url), "utf8");
  const drawn = [...new Set(dashboard.match(/parley_\w+/g))].map((name) => name.replace(/_bucket$/, ""));
  expect(drawn.length).toBeGreaterThan(5);
  expect(drawn.filter((name) => !exposed.includes(`# TYPE ${name} `))).toEqual([]);
});

/** A gateway that is too busy to answer in time is left out of a scrape, and counted. */
async function scrapedWhole({ adminUrl }: Parley): Promise<string> {
  return eventually(async () => {
    const text = await (await fetch(new URL("/metrics", adminUrl))).text();
    return /^parley_gateways_silent 0$/m.test(text) && /^parley_gateways_connected [1-9]/m.test(text) ? text : null;
  });
}
