/** A change of the file is in force within a second and drops no call; a mistake changes nothing. */
import { writeFileSync } from "node:fs";
import type { Status } from "@parley/contract/api/system";
import { expect, test } from "vitest";
import { allowedMs } from "../harness/allowed-time.ts";
import { startEcho } from "../harness/echo-upstream.ts";
import { eventually } from "../harness/eventually.ts";
import { startLoad } from "../harness/load.ts";
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

test("a change of the file is live within a second, and no call is dropped meanwhile (maximhq/bifrost#1480)", async () => {
  await using echo = await startEcho();
  await using parley = await startParley({ yaml: yaml(echo.url, ["/one"]) });
  const load = startLoad({ url: `${parley.gatewayUrl}/one`, key });
  await eventually(() => load.calls.length > 20);
  const changedAt = performance.now();
  writeFileSync(parley.file ?? "", yaml(echo.url, ["/one", "/two"]));
  await eventually(async () => (await call(parley, "/two")).status === 200);
  expect(performance.now() - changedAt).toBeLessThan(allowedMs(maxLiveMs));
  const before = load.calls.length;
  await eventually(() => load.calls.length > before + 20);
  expect((await load.stop()).filter((loaded) => loaded.status !== 200)).toEqual([]);
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
  await eventually(() => /line.?.?3|parley\.yaml:3/.test(parley.output()), { what: () => `the line to be printed; it said:\n${parley.output()}` });
  expect((await call(parley, "/one")).status).toBe(200);
  expect((await call(parley, "/two")).status).toBe(404);
  writeFileSync(parley.file ?? "", yaml(echo.url, ["/two"]));
  await eventually(async () => (await call(parley, "/two")).status === 200);
  expect((await call(parley, "/one")).status).toBe(404);
  await eventually(async () => (await findings(parley)).length === 0);
});

test("a key that is taken out of the file stops working within a second (BerriAI/litellm#9820, BerriAI/litellm#25553)", async () => {
  await using echo = await startEcho();
  await using parley = await startParley({ yaml: yaml(echo.url, ["/one"]) });
  expect((await call(parley, "/one")).status).toBe(200);
  const changedAt = performance.now();
  writeFileSync(parley.file ?? "", yaml(echo.url, ["/one"]).replace(key, "another-key-0123456789"));
  await eventually(async () => (await call(parley, "/one")).status === 401);
  expect(performance.now() - changedAt).toBeLessThan(allowedMs(maxLiveMs));
});
