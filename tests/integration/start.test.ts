import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { allowedMs } from "../harness/allowed-time.ts";
import { nothingCompiled, parleyCommand, runCommand } from "../harness/run-command.ts";
import { startParley } from "../harness/start-parley.ts";
import { listen } from "../harness/test-server.ts";

const maxSecondStartMs = 3_000;

function directory(): string {
  return mkdtempSync(join(tmpdir(), "parley-start-"));
}

test("the first start gives a link and a call to paste, and the call works as it stands", async () => {
  await using parley = await startParley({ environment: nothingCompiled });
  expect(parley.firstRun?.signInUrl).toContain(parley.adminUrl);
  const curl = /curl [\s\S]*?\}'/.exec(parley.output())?.[0] ?? "";
  const { execFile } = await import("node:child_process");
  const { promisify } = await import("node:util");
  const { stdout } = await promisify(execFile)("sh", ["-c", `${curl} --silent --show-error`]);
  expect(JSON.parse(stdout)).toMatchObject({ choices: [{ message: { role: "assistant", content: expect.stringContaining("Hello, Parley") } }] });
});

test("a second start is quick, shows no new key, and the first key still works", async () => {
  const first = await startParley({ environment: nothingCompiled });
  const key = first.firstRun?.key;
  expect(await first.stop()).toBe(0);
  const startedAt = performance.now();
  await using second = await startParley({ dataDirectory: first.dataDirectory, environment: nothingCompiled });
  expect(performance.now() - startedAt).toBeLessThan(allowedMs(maxSecondStartMs));
  const models = await fetch(`${second.gatewayUrl}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
  expect(models.status).toBe(200);
  expect(second.output()).not.toContain("Authorization: Bearer");
  expect(second.output()).toContain("makes a key, and has a first call to paste");
  await first[Symbol.asyncDispose]();
});

test("a second start on the same data directory is refused, and the first goes on", async () => {
  await using parley = await startParley();
  const second = await parleyCommand(["up", "--data", parley.dataDirectory, "--gateway-port", "0", "--admin-port", "0"]);
  expect(second.status).toBe(1);
  expect(second.error).toContain("error[data-locked]");
  expect(second.error).toContain(parley.dataDirectory);
  expect((await fetch(`${parley.gatewayUrl}/.well-known/parley/readyz`)).status).toBe(200);
});

test("a port that is taken is named, with the way to choose another", async () => {
  await using other = await listen(createServer());
  const { status, error } = await parleyCommand(["up", "--data", join(directory(), "data"), "--gateway-port", String(other.port), "--admin-port", "0"]);
  expect(status).toBe(1);
  expect(error).toContain("error[port-in-use]");
  expect(error).toContain(String(other.port));
  expect(error).toContain("--gateway-port");
});

test("a file with errors starts nothing and shows all of them with their lines", async () => {
  const home = directory();
  writeFileSync(join(home, "parley.yaml"), "gateway:\n  prot: 8080\nservices:\n  notes: { path: /notes, upstream: { targets: [{ url: nowhere }] } }\n");
  const { status, error } = await parleyCommand(["up", "--config", "parley.yaml"], {}, home);
  expect(status).toBe(1);
  expect(error).toMatch(/parley\.yaml:2:3[\s\S]*did you mean "port"\?[\s\S]*parley\.yaml:4:\d+[\s\S]*2 errors/);
  expect(existsSync(join(home, ".parley"))).toBe(false);
});

test("a pipe is no configuration, and nobody has to write to it to be told so", async () => {
  const home = directory();
  execFileSync("mkfifo", [join(home, "pipe")]);
  const { status, error } = await parleyCommand(["up", "--config", "pipe"], {}, home);
  expect([status, error]).toEqual([1, expect.stringMatching(/error\[config-unreadable\]: .*pipe is a pipe or a device/)]);
  expect(existsSync(join(home, ".parley"))).toBe(false);
});

test("a data directory elsewhere is named, since other commands have to be told of it", async () => {
  await using parley = await startParley();
  expect(parley.output()).toMatch(/Data +data {2}\(for other commands: --data or PARLEY_DATA\)/);
});

test("relative paths start at the file's folder, whatever the working directory", async () => {
  const home = directory();
  writeFileSync(join(home, "parley.yaml"), "data: ./state\n");
  const running = runCommand(tmpdir(), { args: ["up", "--config", join(home, "parley.yaml"), "--gateway-port", "0", "--admin-port", "0"] });
  const { eventually } = await import("../harness/eventually.ts");
  await eventually(() => running.output().includes("Ctrl-C stops it"), { withinMs: 30_000, what: () => running.output() });
  expect(existsSync(join(home, "state", "running.json"))).toBe(true);
  running.child.kill("SIGTERM");
  expect(await running.exited).toBe(0);
});
