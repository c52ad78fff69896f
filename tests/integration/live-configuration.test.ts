/** A change of the file is in force within a second and drops no call; a mistake changes nothing. */
import { writeFileSync } from "node:fs";
import type { Status } from "@parley/contract/api/system";
import { expect, test } from "vitest";
import { startEcho } from "../harness/echo-upstream.ts";
import { eventually } from "../harness/eventually.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";

const maxLiveMs = 1_000;
const key = "acme-key-0123456789";

function yaml(upstream: string, paths: readonly string[]): string {
  const services = paths.map((path) => `  s-${path.slice(1)}: { path: ${path}, upstream: { targets: [{ url: "${upstream}" }] } }\n`);
  return `services:\n${services.join("")}consumers:\n  acme: { keys: [{ name: default, secret: ${key} }] }\n`;
}

function call(parley: Parley, path: string): Promise<Response> {
  return fetch(`${parley.gatewayUrl}${path}`, { headers: { authorization: `Bearer ${key}` } });
}

async function findings(parley: Parley): Promise<Status["configuration"]> {
  return ((await (await parley.admin("/api/status")).json()) as Status).configuration;
}

test("a change of the file is live within a second, and no call is dropped meanwhile", async () => {
  await using echo = await startEcho();
  await using parley = await startParley({ yaml: yaml(echo.url, ["/one"]) });
  const load = startLoad(parley, "/one");
  await eventually(() => load.statuses.length > 20);
  const changedAt = performance.now();
  writeFileSync(parley.file ?? "", yaml(echo.url, ["/one", "/two"]));
  await eventually(async () => (await call(parley, "/two")).status === 200, { withinMs: 5_000 });
  expect(performance.now() - changedAt).toBeLessThan(maxLiveMs);
  const before = load.statuses.length;
  await eventually(() => load.statuses.length > before + 20);
  await load.stop();
  expect(new Set(load.statuses)).toEqual(new Set([200]));
});

test("a file with a mistake keeps the configuration before, and says which line; a corrected one is taken over", async () => {
  await using echo = await startEcho();
  await using parley = await startParley({ yaml: yaml(echo.url, ["/one"]) });
  writeFileSync(parley.file ?? "", yaml(echo.url, ["/one", "/two"]).replace("path: /two", "pth: /two"));
  const finding = await eventually(async () => {
    const all = await findings(parley);
    return all[0];
  });
  expect(finding).toMatchObject({ severity: "error", code: "config-unknown-key", line: 3, suggestion: 'did you mean "path"?' });
  expect(parley.output()).toMatch(/line.?.?3|parley\.yaml:3/);
  expect((await call(parley, "/one")).status).toBe(200);
  expect((await call(parley, "/two")).status).toBe(404);
  writeFileSync(parley.file ?? "", yaml(echo.url, ["/two"]));
  await eventually(async () => (await call(parley, "/two")).status === 200);
  expect((await call(parley, "/one")).status).toBe(404);
  expect(await findings(parley)).toEqual([]);
});

test("a key that is taken out of the file stops working within a second", async () => {
  await using echo = await startEcho();
  await using parley = await startParley({ yaml: yaml(echo.url, ["/one"]) });
  expect((await call(parley, "/one")).status).toBe(200);
  const changedAt = performance.now();
  writeFileSync(parley.file ?? "", yaml(echo.url, ["/one"]).replace(key, "another-key-0123456789"));
  await eventually(async () => (await call(parley, "/one")).status === 401);
  expect(performance.now() - changedAt).toBeLessThan(maxLiveMs);
});

interface Load {
  /** Of the calls that have ended; 0 for one that got no answer. */
  statuses: number[];
  stop(): Promise<void>;
}

/** Four callers, one call after the other each. */
function startLoad(parley: Parley, path: string): Load {
  const statuses: number[] = [];
  let going = true;
  const callers = Array.from({ length: 4 }, async () => {
    while (going) {
      const response = await call(parley, path).catch(() => null);
      await response?.arrayBuffer();
      statuses.push(response?.status ?? 0);
    }
  });
  return {
    statuses,
    stop: async () => {
      going = false;
      await Promise.all(callers);
    },
  };
}
