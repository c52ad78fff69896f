/** Each check of the doctor, with what it is about broken. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dataDirectory } from "@parley/contract/data-directory";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Terminal } from "../terminal.ts";
import { doctor } from "./doctor.ts";

interface Result {
  name: string;
  state: string;
  detail: string;
  fix?: string;
}

let folder: string;
let servers: Server[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-doctor-"));
});
afterEach(() => {
  for (const server of servers) server.close();
  servers = [];
  rmSync(folder, { recursive: true, force: true });
});

async function serve(answers: Record<string, { status?: number; body?: unknown }>): Promise<string> {
  const server = createServer((request, response) => {
    const { status = 200, body = {} } = answers[request.url ?? ""] ?? { status: 404 };
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An admin API and a gateway that are well, but for what `broken` says. */
async function installation(broken: { status?: Record<string, unknown>; answers?: Record<string, { status?: number; body?: unknown }> } = {}): Promise<string> {
  const gatewayUrl = await serve({ "/.well-known/parley/readyz": {} });
  const status = { version: "0", mode: "database", startedAt: "", gatewayUrl, adminUrl: "", snapshotVersion: 7, gateways: [{ worker: 0, pid: 1, snapshotVersion: 7 }], stores: [{ name: "configuration", engine: "SQLite", ok: true }], callLog: null, lost: [], configuration: [], ...broken.status };
  return serve({ "/healthz": {}, "/readyz": {}, "/api/status": { body: status }, "/api/providers": { body: { items: [{ name: "sandbox", spec: {} }] } }, ...broken.answers });
}

async function examined(options: { admin?: string; data?: string; config?: string }): Promise<{ exit: number; failed: Result[]; checks: Result[] }> {
  let out = "";
  const terminal: Terminal = { environment: {}, out: (text) => (out += text), error: () => undefined, colour: { out: false, error: false } };
  const exit = await doctor(terminal, { data: folder, ...options, json: true, token: "t" });
  const { checks } = JSON.parse(out) as { checks: Result[] };
  // Whether the page is built is this checkout's own matter.
  return { exit, checks, failed: checks.filter(({ state, name }) => state === "failed" && name !== "console") };
}

test("finds nothing where all is well, and runs every check", async () => {
  const { failed, checks } = await examined({ admin: await installation() });
  expect([failed, checks.length]).toEqual([[], 14]);
});

test("goes on to the end where nothing runs", async () => {
  const { exit, failed, checks } = await examined({});
  expect([exit, failed.map(({ name }) => name), checks.length]).toEqual([1, ["control plane"], 14]);
});

test.each<[check: string, broken: Parameters<typeof installation>[0]]>([
  ["control plane", { answers: { "/readyz": { status: 503 } } }],
  ["gateway", { status: { gatewayUrl: "http://127.0.0.1:1" } }],
  ["gateways up to date", { status: { gateways: [{ worker: 0, pid: 1, snapshotVersion: 3 }] } }],
  ["gateways up to date", { status: { gateways: [] } }],
  ["stores", { status: { stores: [{ name: "calls", engine: "DuckDB", ok: false, detail: "disk full" }] } }],
  ["records", { status: { lost: [{ metric: "parley_otlp_dropped_total", what: "OTLP spans that were not exported (full)", count: 7, firstAt: "2026-11-23T10:00:00.000Z", lastAt: "2026-11-23T10:05:00.000Z", goesOn: true }] } }],
  ["configuration in force", { status: { mode: "file", file: "/etc/parley.yaml", configuration: [{ code: "config-syntax", severity: "error", message: "not YAML", pointer: "", line: 3 }] } }],
  ["providers", { answers: { "/api/providers": { body: { items: [{ name: "openai", spec: {} }] } } } }],
])("%s: broken, it is the one that fails, with a way out", async (check, broken) => {
  const { exit, failed } = await examined({ admin: await installation(broken) });
  expect([exit, failed.map(({ name }) => name)]).toEqual([1, [check]]);
  expect(failed[0]?.fix?.length).toBeGreaterThan(10);
});

test("records: a loss that is over is told with its times, and fails nothing", async () => {
  const lost = [{ metric: "parley_otlp_dropped_total", what: "OTLP spans that were not exported (full)", count: 7, firstAt: "2026-11-23T10:00:00.000Z", lastAt: "2026-11-23T10:05:00.000Z", goesOn: false }];
  const { failed, checks } = await examined({ admin: await installation({ status: { lost } }) });
  expect(failed).toEqual([]);
  expect(checks.find(({ name }) => name === "records")?.detail).toBe("nothing was dropped in the last ten minutes; before: 7 OTLP spans that were not exported (full), from 2026-11-23T10:00:00.000Z to 2026-11-23T10:05:00.000Z");
});

test("admin access: a token that is refused fails it, and what needs it", async () => {
  const refused = { status: 401, body: { code: "not-signed-in", title: "Not signed in", detail: "the token is unknown", fix: "Send the right one." } };
  const { failed } = await examined({ admin: await installation({ answers: { "/api/status": refused, "/api/providers": refused } }) });
  expect(failed[0]).toMatchObject({ name: "admin access", detail: "the token is unknown", fix: "Send the right one." });
});

test("data directory: readable by others", async () => {
  chmodSync(folder, 0o755);
  expect((await examined({ admin: await installation() })).failed).toMatchObject([{ name: "data directory", fix: `chmod 700 ${folder}` }]);
});

test("master key: gone while there are secrets under it, damaged, or readable by others", async () => {
  const files = dataDirectory(folder);
  const admin = await installation();
  writeFileSync(files.configDatabase, "");
  expect((await examined({ admin })).failed).toMatchObject([{ name: "master key" }]);
  writeFileSync(files.masterKey, "short\n", { mode: 0o600 });
  expect((await examined({ admin })).failed).toMatchObject([{ name: "master key", detail: expect.stringContaining("not a master key") as string }]);
  writeFileSync(files.masterKey, `${"ab".repeat(32)}\n`);
  chmodSync(files.masterKey, 0o644);
  expect((await examined({ admin })).failed).toMatchObject([{ name: "master key", fix: `chmod 600 ${files.masterKey}` }]);
});

test("configuration: a file with a mistake is shown with its line", async () => {
  const config = join(folder, "parley.yaml");
  writeFileSync(config, "gateway:\n  prot: 1\n");
  expect((await examined({ admin: await installation(), config })).failed).toMatchObject([{ name: "configuration", detail: expect.stringContaining(`${config}:2`) as string, fix: `./parley check ${config}` }]);
});
