/** A start with a configuration so large that the control plane reads it for both, over stand-ins for the planes. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { RunningFile } from "@parley/contract/processes";

let folder: string;
let ends: (() => Promise<unknown>)[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-large-"));
  ends = [];
});
afterEach(async () => {
  await Promise.all(ends.map((end) => end()));
  rmSync(folder, { recursive: true, force: true });
});

function start(settings: string, standIn = ""): { child: ChildProcess; output: () => string; exited: Promise<unknown[]> } {
  const config = join(folder, "parley.yaml");
  writeFileSync(config, `${settings}\n${"# A comment that makes it large.\n".repeat(40_000)}`);
  const flags = { config, data: join(folder, "data"), gatewayPort: 0, adminPort: 0 };
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", resolve(import.meta.dirname, "testing/run.ts"), JSON.stringify(flags)], {
    env: { PATH: process.env["PATH"], NODE_COMPILE_CACHE: join(folder, "compiled"), PARLEY_STAND_IN: standIn }, stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  // Once nobody writes to its output any more, its processes included.
  const exited = once(child, "close");
  ends.push(() => {
    child.kill("SIGKILL");
    return exited;
  });
  return { child, output: () => output, exited };
}

/** The stand-in that reads the file adds a token to what it says. */
async function secretsOfControl(run: { output: () => string }): Promise<string[]> {
  await vi.waitFor(() => expect(run.output()).toContain("Ctrl-C stops it"), { timeout: 60_000 });
  const { adminUrl } = JSON.parse(readFileSync(join(folder, "data/running.json"), "utf8")) as RunningFile;
  const answer = (await (await fetch(adminUrl, { headers: { connection: "close" } })).json()) as { secrets: string[] };
  return answer.secrets;
}

test("its settings are those that the control plane has read", { timeout: 90_000 }, async () => {
  expect(await secretsOfControl(start("services: {}"))).toEqual(["PARLEY_ADMIN_TOKEN", "PARLEY_LOCAL_TOKEN"]);
});

test("it is read by the supervisor where the control plane ends over it, which is started again", { timeout: 90_000 }, async () => {
  expect(await secretsOfControl(start("services: {}", "ahead:unread"))).toEqual(["PARLEY_LOCAL_TOKEN"]);
});

test("its mistakes are told once, and no process stays behind", { timeout: 90_000 }, async () => {
  const run = start("gatway: {}");
  expect(await run.exited).toEqual([1, null]);
  expect(run.output().match(/config-unknown-key/g)).toHaveLength(1);
});

test("whoever stops Parley does not wait until it has been read, and no process stays behind", { timeout: 90_000 }, async () => {
  const run = start("services: {}", "ahead:stuck");
  await vi.waitFor(() => expect(run.output()).toContain("it is stuck"), { timeout: 60_000 });
  run.child.kill("SIGINT");
  expect(await run.exited).toEqual([0, null]);
});
