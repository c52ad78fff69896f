/** A configuration so large that the control plane reads it for both while it has no options yet: starts, changes and mistakes are as with any other. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startEcho } from "../harness/echo-upstream.ts";
import { eventually } from "../harness/eventually.ts";
import { parleyCommand } from "../harness/run-command.ts";
import { startParley } from "../harness/start-parley.ts";

const key = "acme-key-0123456789";

/** Over the mebibyte from which on it is large. */
function yaml(upstream: string, path: string): string {
  const services = Array.from({ length: 9_000 }, (_, index) => `  service-${index}:\n    path: /service-${index}\n    access: key\n    upstream:\n      targets:\n        - url: ${upstream}\n`);
  return `data: "./\${PLACE}"\nservices:\n  first: { path: ${path}, upstream: { targets: [{ url: "${upstream}" }] } }\n${services.join("")}consumers:\n  acme: { keys: [{ name: default, secret: "\${ACME_KEY}" }] }\n`;
}

test("it starts on an empty data directory, takes a change over, and starts again with it", { timeout: 180_000 }, async () => {
  await using echo = await startEcho();
  const text = yaml(echo.url, "/first");
  expect(text.length).toBeGreaterThan(1024 * 1024);
  const dataDirectory = mkdtempSync(join(tmpdir(), "parley-large-"));
  const environment = { ACME_KEY: key, PLACE: "data" };
  const status = async (gatewayUrl: string, path: string): Promise<number> => (await fetch(gatewayUrl + path, { headers: { authorization: `Bearer ${key}` } })).status;
  const first = await startParley({ dataDirectory, yaml: text, environment });
  expect(await Promise.all(["/first", "/service-8999", "/second"].map((path) => status(first.gatewayUrl, path)))).toEqual([200, 200, 404]);
  writeFileSync(first.file ?? "", yaml(echo.url, "/second"));
  await eventually(async () => (await status(first.gatewayUrl, "/second")) === 200);
  expect(await first.stop()).toBe(0);
  const second = await startParley({ dataDirectory, yaml: yaml(echo.url, "/second"), environment });
  expect(await Promise.all(["/first", "/service-8999", "/second"].map((path) => status(second.gatewayUrl, path)))).toEqual([404, 200, 200]);
  expect(await second.stop()).toBe(0);
  rmSync(dataDirectory, { recursive: true, force: true });
});

test("its mistakes and missing variables start nothing and are told once, with their lines", { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-large-"));
  const file = join(folder, "parley.yaml");
  writeFileSync(file, yaml("http://127.0.0.1:9", "/first").replace("    access: key\n", "    acces: key\n"));
  const { status, error } = await parleyCommand(["up", "--config", file], { PLACE: "data" });
  expect(status).not.toBe(0);
  expect(error.match(/config-unknown-key\]/g)).toHaveLength(1);
  expect(error.match(/config-missing-variable\]/g)).toHaveLength(1);
  expect(error).toMatch(/parley\.yaml:6:5/);
  rmSync(folder, { recursive: true, force: true });
});
