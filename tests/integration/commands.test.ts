import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { problems } from "@parley/contract/problems/table";
import { describe, expect, test } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { nothingCompiled, parleyCommand, runCommand } from "../harness/run-command.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";
import { listen } from "../harness/test-server.ts";

const execute = promisify(execFile);

function directory(): string {
  return mkdtempSync(join(tmpdir(), "parley-commands-"));
}

describe("without anything that runs", () => {
  test("every command has help with an example or a description, and --json", async () => {
    for (const verb of ["up", "status", "doctor", "check", "plan", "apply", "export", "calls", "rollout status", "mirror status", "explain", "version", "completion"]) {
      const { status, out } = await parleyCommand([...verb.split(" "), "--help"]);
      expect(status).toBe(0);
      expect(out).toContain("--json");
    }
  }, 60_000);

  test("a misspelt command is answered with the nearest one", async () => {
    expect(await parleyCommand(["plna"])).toMatchObject({ status: 1, error: expect.stringContaining("plan") });
  });

  test("a wrong use leads to the help of the command, as far as the words name one", async () => {
    for (const [words, help] of [[["up", "--port", "1"], "./parley up --help"], [["rollout", "status"], "./parley rollout status --help"], [["nothing"], "./parley --help"]] as const) {
      expect(await parleyCommand([...words])).toMatchObject({ status: 1, error: expect.stringMatching(new RegExp(`^error\\[usage\\]: .*\n  fix: ${help}\n$`, "s")) });
    }
    expect(await parleyCommand(["nothing", "--json"])).toMatchObject({ status: 1, error: expect.stringContaining('"fix": "./parley --help"') });
  }, 60_000);

  test("--version says the version alone", async () => {
    expect(await parleyCommand(["--version"])).toMatchObject({ status: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  test("check says what is wrong with a file, for people and for programs", async () => {
    const file = join(directory(), "parley.yaml");
    writeFileSync(file, "gateway:\n  prot: 1\n");
    const human = await parleyCommand(["check", file]);
    expect(human.status).toBe(1);
    expect(human.out).toContain(`${file}:2:3`);
    expect(human.out).not.toContain("\u001B");
    const json = await parleyCommand(["check", file, "--json"]);
    expect(json.status).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({ valid: false, diagnostics: [{ code: "config-unknown-key", line: 2, column: 3 }] });
    writeFileSync(file, "gateway: { port: 1 }\n");
    expect((await parleyCommand(["check", file])).status).toBe(0);
  });

  test("check reads the OpenAPI documents that are files, and fetches none", async () => {
    const folder = directory();
    const [file, document] = [join(folder, "parley.yaml"), join(folder, "notes.openapi.yaml")];
    const service = (openapi: string): string => `services:\n  notes:\n    path: /notes\n    upstream: { targets: [{ url: "http://127.0.0.1:1" }] }\n    openapi: ${openapi}\n`;
    writeFileSync(file, service("./notes.openapi.yaml"));
    writeFileSync(document, "openapi: 2.0\n");
    expect(await parleyCommand(["check", file])).toMatchObject({ status: 1, out: expect.stringContaining(`${file}:5:14`) });
    writeFileSync(document, 'openapi: 3.1.0\ninfo: { title: Notes, version: "1" }\npaths: {}\n');
    expect((await parleyCommand(["check", file])).status).toBe(0);
    writeFileSync(file, service("http://127.0.0.1:1/notes.yaml"));
    expect((await parleyCommand(["check", file])).status).toBe(0);
  });

  test("explain knows every code, and the nearest one to a misspelt one", async () => {
    const all = JSON.parse((await parleyCommand(["explain", "--json"])).out) as { codes: { code: string }[] };
    expect(all.codes.map((entry) => entry.code)).toEqual(Object.keys(problems));
    const one = await parleyCommand(["explain", "config-unknown-key"]);
    expect(one.out).toContain(problems["config-unknown-key"].fix);
    expect(await parleyCommand(["explain", "config-unknwon-key"])).toMatchObject({ status: 1, error: expect.stringContaining("config-unknown-key") });
  });

  test("commands say that nothing runs, and what to do", async () => {
    for (const args of [["status"], ["calls"], ["export"]]) {
      expect(await parleyCommand([...args, "--data", directory()])).toMatchObject({ status: 1, error: expect.stringMatching(/error\[not-running\][\s\S]*\.\/parley up/) });
    }
  });

  test("something else at the admin address is not taken for Parley", async () => {
    await using other = await listen(createServer((_request, response) => response.writeHead(404).end("<html>")));
    expect(await parleyCommand(["status", "--admin", other.url])).toMatchObject({ status: 1, error: expect.stringContaining("not like Parley") });
  });

  test.each(["bash", "zsh", "fish", "powershell"])("completion for %s has every command", async (shell) => {
    const { status, out } = await parleyCommand(["completion", shell]);
    expect(status).toBe(0);
    for (const verb of ["up", "plan", "apply", "doctor", "--config", "--follow", "reset"]) expect(out).toContain(verb.replace("--", shell === "fish" ? "" : "--"));
  });

  test("23 bash accepts its completion and completes with it", async () => {
    const { out } = await parleyCommand(["completion", "bash"]);
    const script = `${out}\nCOMP_WORDS=(parley pl); COMP_CWORD=1; _parley; echo "\${COMPREPLY[@]}"; COMP_WORDS=(parley plan --o); COMP_CWORD=2; _parley; echo "\${COMPREPLY[@]}"; COMP_WORDS=(parley connect c); _parley; echo "\${COMPREPLY[@]}"; COMP_WORDS=(parley completion z); _parley; echo "\${COMPREPLY[@]}"`;
    expect((await execute("bash", ["-c", script])).stdout).toBe("plan\n--out\nclaude-code codex cursor\nzsh\n");
  });

  test("20 doctor runs every check to the end and has a fix for each failure", async () => {
    const file = join(directory(), "parley.yaml");
    writeFileSync(file, "gatway: {}\n");
    const { status, out } = await parleyCommand(["doctor", "--data", directory(), "--config", file, "--json"]);
    expect(status).toBe(1);
    const { checks } = JSON.parse(out) as { checks: { name: string; state: string; fix?: string }[] };
    expect(checks.length).toBeGreaterThan(10);
    const failed = checks.filter((check) => check.state === "failed");
    expect(failed.map((check) => check.name)).toEqual(expect.arrayContaining(["configuration", "control plane"]));
    for (const check of failed) expect(check.fix).toBeTruthy();
  });
});

test("status, doctor, calls and reset on a running Parley need nothing but its data directory", async () => {
  await using parley = await startParley();
  const here = { PARLEY_DATA: parley.dataDirectory };
  await fetch(`${parley.gatewayUrl}/nowhere`, { headers: { authorization: `Bearer ${parley.firstRun?.key}` } });
  expect(await parleyCommand(["status"], here)).toMatchObject({ status: 0, out: expect.stringContaining(parley.gatewayUrl) });
  const doctor = JSON.parse((await parleyCommand(["doctor", "--json"], here)).out) as { checks: { name: string; state: string; detail: string }[] };
  expect(doctor.checks.filter((check) => check.state === "failed" && check.name !== "console")).toEqual([]);
  await eventually(async () => (await parleyCommand(["calls", "--status", "4xx"], here)).out.includes("unknown-route"));
  const sorted = await parleyCommand(["calls", "--sort", "latency", "--ascending", "--limit", "1", "--json"], here);
  expect(JSON.parse(sorted.out)).toMatchObject({ items: [{ path: "/nowhere", status: 404 }] });
  expect(await parleyCommand(["calls", "--sort", "speed"], here)).toMatchObject({ status: 1, error: expect.stringContaining("latency") });
  await releases(parley, here);
  const reset = await parleyCommand(["admin", "reset", "--json"], here);
  expect(JSON.parse(reset.out)).toMatchObject({ url: expect.stringContaining(parley.adminUrl) });
});

/** A rollout is asked for and led, and a mirror asked for; nobody listens at their targets. */
async function releases(parley: Parley, here: Record<string, string>): Promise<void> {
  const spec = { path: "/led", access: "open", upstream: { targets: [{ url: "http://127.0.0.1:1" }] }, canary: { target: "http://127.0.0.1:1/next", percent: 10, rollout: { every: "1h" } }, mirror: { target: "http://127.0.0.1:1/copy" } };
  const created = await parley.admin("/api/services/led", { method: "PUT", headers: { "content-type": "application/json", "if-none-match": "*" }, body: JSON.stringify({ spec }) });
  expect(created.status).toBe(201);
  expect(await parleyCommand(["rollout", "promote", "led"], here)).toMatchObject({ status: 0, out: "led: running, 25 % of the calls go to the release\n" });
  expect(await parleyCommand(["rollout", "pause", "led", "--json"], here)).toMatchObject({ status: 0, out: expect.stringContaining('"phase": "paused"') });
  const paused = await parleyCommand(["rollout", "status", "led", "--wait"], here);
  expect([paused.status, paused.out]).toEqual([2, expect.stringMatching(/^led: paused, 25 % of the calls go to the release; 50 % next, after 60 min and 200 calls[\s\S]*calls +0 +0\n/)]);
  expect(await parleyCommand(["rollout", "rollback", "led"], here)).toMatchObject({ status: 0, out: "led: rolled-back, 0 % of the calls go to the release\n" });
  expect(await parleyCommand(["rollout", "status", "led", "--json"], here)).toMatchObject({ status: 2, out: expect.stringContaining('"percent": 0') });
  expect(await parleyCommand(["rollout", "status", "nothing"], here)).toMatchObject({ status: 1, error: expect.stringContaining("error[not-found]") });
  expect(await parleyCommand(["mirror", "status", "led"], here)).toMatchObject({ status: 0, out: expect.stringContaining("nothing compared yet") });
  expect(await parleyCommand(["mirror", "reset", "led"], here)).toMatchObject({ status: 0 });
}

test("20 doctor finds what is broken: rights of the data directory, a gateway that is gone", async () => {
  await using parley = await startParley();
  const { chmodSync } = await import("node:fs");
  chmodSync(parley.dataDirectory, 0o755);
  process.kill(parley.pids().gateways[0] ?? 0, "SIGSTOP");
  try {
    const { status, out } = await parleyCommand(["doctor", "--json"], { PARLEY_DATA: parley.dataDirectory });
    expect(status).toBe(1);
    const failed = (JSON.parse(out) as { checks: { name: string; state: string }[] }).checks.filter((check) => check.state === "failed").map((check) => check.name);
    expect(failed).toEqual(expect.arrayContaining(["data directory", "gateway"]));
  } finally {
    process.kill(parley.pids().gateways[0] ?? 0, "SIGCONT");
  }
});

test("calls --follow shows calls as they end", async () => {
  await using parley = await startParley();
  const follow = runCommand(tmpdir(), { args: ["calls", "--follow", "--json", "--data", parley.dataDirectory] });
  await eventually(async () => {
    await fetch(`${parley.gatewayUrl}/followed`, { headers: { authorization: `Bearer ${parley.firstRun?.key}` } });
    return follow.output().includes("/followed");
  });
  follow.child.kill("SIGTERM");
  expect(JSON.parse(follow.output().split("\n")[0] ?? "")).toMatchObject({ path: "/followed", status: 404 });
});

test("tail shows the calls that a query finds as they end, and refuses one that it cannot read", async () => {
  await using parley = await startParley();
  const data = ["--data", parley.dataDirectory];
  const tail = runCommand(tmpdir(), { args: ["tail", "--json", ...data, "status:404", "-path:/other*"] });
  await eventually(async () => {
    for (const path of ["/other", "/tailed"]) await fetch(`${parley.gatewayUrl}${path}`, { headers: { authorization: `Bearer ${parley.firstRun?.key}` } });
    return tail.output().includes("/tailed");
  });
  tail.child.kill("SIGTERM");
  expect(tail.output()).not.toContain("/other");
  const refused = await parleyCommand(["tail", "statsu:404", ...data]);
  expect([refused.status, refused.error]).toEqual([1, expect.stringContaining("did you mean status?")]);
});

test("the data directory holds nothing that other users can read", async () => {
  await using parley = await startParley({ environment: nothingCompiled });
  const { statSync } = await import("node:fs");
  const open = readdirSync(parley.dataDirectory, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => (statSync(path).mode & 0o077) !== 0);
  expect(open).toEqual([]);
});
