import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { RunningFile } from "@parley/contract/processes";
import type { Flags } from "./settings.ts";

interface Run {
  child: ChildProcess;
  output: () => string;
  exited: Promise<number | null>;
}

interface PlaneAnswer {
  pid: number;
  options: { worker?: number; reusePort?: boolean; countersSocket?: string | null };
  secrets: string[];
}

let data: string;
let runs: Run[];

beforeEach(() => {
  data = join(mkdtempSync(join(tmpdir(), "parley-supervisor-")), "data");
  runs = [];
});

afterEach(async () => {
  for (const run of runs) run.child.kill("SIGKILL");
  await Promise.all(runs.map((run) => run.exited));
  rmSync(data, { recursive: true, force: true });
});

function start(flags: Flags = {}, environment: Record<string, string> = {}, within: (program: string[]) => [string, string[]] = ([command = "", ...rest]) => [command, rest]): Run {
  const program = [process.execPath, "--disable-warning=ExperimentalWarning", resolve(import.meta.dirname, "testing/run.ts"), JSON.stringify({ data, gatewayPort: 0, adminPort: 0, ...flags })];
  const child = spawn(...within(program), {
    env: { PATH: process.env["PATH"], ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const run = { child, output: () => output, exited: once(child, "close").then(([code]) => code as number | null) };
  runs.push(run);
  return run;
}

async function until<T>(look: () => T | Promise<T>, what: string): Promise<T> {
  const limit = performance.now() + 30_000;
  for (;;) {
    const result = await Promise.resolve().then(look).catch(() => null);
    if (result) return result;
    if (performance.now() > limit) throw new Error(`waited too long for ${what}; output so far:\n${runs.map((run) => run.output()).join("\n---\n")}`);
    await delay(10);
  }
}

async function up(run: Run): Promise<RunningFile> {
  await until(() => run.output().includes("Ctrl-C stops it"), "the start message");
  return running();
}

function running(): RunningFile {
  return JSON.parse(readFileSync(join(data, "running.json"), "utf8")) as RunningFile;
}

async function ask(url: string): Promise<PlaneAnswer> {
  return (await (await fetch(url, { headers: { connection: "close" } })).json()) as PlaneAnswer;
}

function events(): string[] {
  return readFileSync(join(data, "events.log"), "utf8").trim().split("\n");
}

function isGone(pid: number): boolean {
  try {
    return /^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return true;
  }
}

test("starts both planes, says where they are, and drains the gateway before the control plane", async () => {
  const run = start({}, { PARLEY_STAND_IN: "gateway:slow" });
  const { gatewayUrl, adminUrl } = await up(run);
  expect(run.output()).toContain(gatewayUrl);
  expect(run.output()).toContain(adminUrl);
  run.child.kill("SIGTERM");
  expect(await run.exited).toBe(0);
  expect(events()).toEqual(["gateway drain", "gateway end", "control drain", "control end"]);
  expect(() => running()).toThrow();
});

test("shows the sign-in link and the first call on the first run", async () => {
  const run = start({}, { PARLEY_STAND_IN: "control:first-run" });
  const { gatewayUrl } = await up(run);
  expect(run.output()).toContain("http://127.0.0.1/link");
  expect(run.output()).toContain(`curl ${gatewayUrl}/v1/chat/completions`);
  expect(run.output()).toContain("Bearer pk_test");
});

test("keeps the data directory and the local token from other users, and the tokens from the gateway", async () => {
  const run = start({}, { PARLEY_ADMIN_TOKEN: "0123456789abcdef" });
  const { gatewayUrl, adminUrl, localToken } = await up(run);
  expect(statSync(data).mode & 0o777).toBe(0o700);
  expect(statSync(join(data, "running.json")).mode & 0o777).toBe(0o600);
  expect(statSync(join(data, "master.key")).mode & 0o777).toBe(0o600);
  expect(localToken).toMatch(/^[\w-]{43}$/);
  expect((await ask(gatewayUrl)).secrets).toEqual([]);
  expect((await ask(adminUrl)).secrets).toEqual(["PARLEY_ADMIN_TOKEN", "PARLEY_LOCAL_TOKEN"]);
});

test.each(["gateway", "control"] as const)("starts the %s again after kill -9, on the same port, and the other keeps running", async (plane) => {
  const run = start();
  const { gatewayUrl, adminUrl } = await up(run);
  const before = { gateway: (await ask(gatewayUrl)).pid, control: (await ask(adminUrl)).pid };
  process.kill(before[plane], "SIGKILL");
  const url = plane === "gateway" ? gatewayUrl : adminUrl;
  const pid = await until(async () => {
    const answer = await ask(url);
    return answer.pid !== before[plane] ? answer.pid : 0;
  }, `the ${plane} to be back`);
  expect(pid).not.toBe(before[plane]);
  const other = plane === "gateway" ? "control" : "gateway";
  expect((await ask(other === "gateway" ? gatewayUrl : adminUrl)).pid).toBe(before[other]);
  expect(run.output()).toContain("signal SIGKILL; starting it again");
});

test("serves calls while the control plane cannot start, and tries it ever more slowly", async () => {
  const run = start({}, { PARLEY_STAND_IN: "control:dies" });
  await until(() => run.output().includes("4 times in a row"), "four deaths");
  expect(run.output()).toMatch(/starting it again in 0\.1 s[\s\S]*starting it again in 0\.2 s[\s\S]*starting it again in 0\.4 s/);
  await until(() => run.output().includes("not up yet; calls are carried meanwhile"), "word that the gateway serves");
  expect((await ask(running().gatewayUrl)).options.worker).toBe(0);
});

test("ends with the gateway's own reason where the gateway cannot start", async () => {
  const run = start({}, { PARLEY_STAND_IN: "gateway:fatal" });
  expect(await run.exited).toBe(1);
  expect(run.output()).toContain("port-in-use: no port for me");
});

test("ends with what is wrong in the configuration, and where, when the control plane finds a mistake in it before anything was ever served", async () => {
  const run = start({}, { PARLEY_STAND_IN: "control:mistaken" });
  expect(await run.exited).toBe(1);
  expect(run.output()).toMatch(/notes\.yaml is no document/);
  expect(run.output()).not.toContain("starting it again");
});

test("a first start on a full disk ends with the control plane's own reason, and with a snapshot of an earlier run calls are carried", async () => {
  const first = start({}, { PARLEY_STAND_IN: "control:full" });
  expect(await first.exited).toBe(1);
  expect(first.output()).toContain("data-unusable: config.db cannot be opened: database or disk is full");
  writeFileSync(join(data, "snapshot.json"), "{}");
  const second = start({}, { PARLEY_STAND_IN: "control:full" });
  await until(() => second.output().includes("not up yet; calls are carried meanwhile"), "word that the gateway serves");
  expect((await ask(running().gatewayUrl)).options.worker).toBe(0);
});

test("where the data directory takes no file that says where Parley runs, the start ends with a code", async () => {
  // Root can write anywhere, so that its name is taken by what cannot be replaced.
  mkdirSync(join(data, "running.json.part", "something"), { recursive: true });
  const run = start();
  expect(await run.exited).toBe(1);
  expect(run.output()).toContain(`data-unusable: the data directory ${data} cannot be used: `);
});

test("gives up on a gateway that never serves", async () => {
  const run = start({}, { PARLEY_STAND_IN: "gateway:dies" });
  expect(await run.exited).toBe(1);
  expect(run.output()).toContain("ended 5 times before it served");
});

test("kills a process that does not drain in time, and says so in its status", async () => {
  const run = start({}, { PARLEY_STAND_IN: "gateway:deaf", PARLEY_DRAIN_TIMEOUT: "50ms" });
  await up(run);
  run.child.kill("SIGTERM");
  expect(await run.exited).toBe(1);
  expect(events()).toEqual(["gateway drain", "control drain", "control end"]);
});

test("a second signal does not wait", async () => {
  const run = start({}, { PARLEY_STAND_IN: "gateway:deaf" });
  await up(run);
  run.child.kill("SIGINT");
  await until(() => events().includes("gateway drain"), "draining to begin");
  run.child.kill("SIGINT");
  expect(await run.exited).toBe(1);
});

test("SIGHUP without a terminal ends nothing, as under nohup: nobody has hung up", async () => {
  const run = start({}, { PARLEY_STAND_IN: "gateway:slow" });
  const { gatewayUrl } = await up(run);
  run.child.kill("SIGHUP");
  await until(() => run.output().includes("SIGHUP: going on"), "the signal to be heard");
  expect((await ask(gatewayUrl)).options.worker).toBe(0);
  run.child.kill("SIGTERM");
  expect(await run.exited).toBe(0);
  expect(events()[0]).toBe("gateway drain");
});

test("a terminal that hangs up drains", async () => {
  // `script` gives it a terminal, and gives back its exit status.
  const run = start({}, {}, (program) => ["script", ["--quiet", "--return", "--command", program.map((word) => `'${word}'`).join(" "), "/dev/null"]]);
  const { pid } = await up(run);
  process.kill(pid, "SIGHUP");
  expect(await run.exited).toBe(0);
  expect(events()).toEqual(["gateway drain", "gateway end", "control drain", "control end"]);
});

test("a signal during the start ends it", async () => {
  const run = start({}, { PARLEY_STAND_IN: "control:dies" });
  await until(() => run.output().includes("starting it again"), "the planes to be starting");
  run.child.kill("SIGTERM");
  expect(await run.exited).toBe(0);
});

test("takes its processes with it when it is killed, and leaves no lock", async () => {
  const run = start();
  const { gatewayUrl, adminUrl } = await up(run);
  const pids = [(await ask(gatewayUrl)).pid, (await ask(adminUrl)).pid];
  run.child.kill("SIGKILL");
  await run.exited;
  await until(() => pids.every(isGone), "the planes to end");
  const ports = { gatewayPort: Number(new URL(gatewayUrl).port), adminPort: Number(new URL(adminUrl).port) };
  expect((await up(start(ports))).gatewayUrl).toBe(gatewayUrl);
});

test("processes that were started before the configuration was read get their options, and no secret that is not theirs", async () => {
  const run = start({}, { NODE_COMPILE_CACHE: join(data, "../compiled") });
  const { gatewayUrl, adminUrl } = await up(run);
  expect((await ask(gatewayUrl)).options).toMatchObject({ worker: 0, data });
  expect([(await ask(gatewayUrl)).secrets, (await ask(adminUrl)).secrets]).toEqual([[], ["PARLEY_LOCAL_TOKEN"]]);
  run.child.kill("SIGTERM");
  expect(await run.exited).toBe(0);
  expect(events()).toEqual(["gateway drain", "gateway end", "control drain", "control end"]);
});

test("a process that was started ahead and has died is started again like any other", async () => {
  const run = start({}, { NODE_COMPILE_CACHE: join(data, "../compiled"), PARLEY_STAND_IN: "ahead:dies" });
  const { adminUrl } = await up(run);
  expect((await ask(adminUrl)).options).toMatchObject({ data });
});

test("leaves no process behind where the configuration has errors", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "parley-supervisor-")), "parley.yaml");
  writeFileSync(file, "gatway: {}\n");
  const run = start({ config: file }, { NODE_COMPILE_CACHE: join(data, "../compiled") });
  // Once nobody writes to its output any more, its processes included.
  expect(await run.exited).toBe(1);
  expect(run.output()).toContain("gatway");
});

test("refuses a data directory that another Parley uses, and names it", async () => {
  const first = start();
  const { pid } = await up(first);
  const second = start();
  expect(await second.exited).toBe(1);
  expect(second.output()).toContain("data-locked");
  expect(second.output()).toContain(`process ${pid}`);
  expect((await ask(running().gatewayUrl)).pid).toBeGreaterThan(0);
});

test("names a port that is taken, and how to choose another", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const run = start({ gatewayPort: port });
  expect(await run.exited).toBe(1);
  expect(run.output()).toMatch(new RegExp(`port-in-use: port ${port} .*--gateway-port`));
  other.close();
});

test("shares one set of counters between several workers", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "parley-supervisor-")), "parley.yaml");
  writeFileSync(file, "gateway: { workers: 2 }\n");
  const run = start({ config: file }, { PARLEY_STAND_IN: "gateway:" });
  // Two stand-ins cannot share a port, so one of them fails; what matters is what they were told.
  const answer = await until(async () => ask(running().gatewayUrl), "one of the workers");
  expect(answer.options).toMatchObject({ reusePort: true, countersSocket: expect.stringContaining("counters.sock") });
  expect(statSync(answer.options.countersSocket ?? "").mode & 0o777).toBe(0o600);
  run.child.kill("SIGKILL");
});
