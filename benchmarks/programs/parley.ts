/**
 * Parley as a user runs it: `parley up` with a configuration file, a key for each call, a request limit, metrics, and
 * the call log being ingested by the control plane. All of its processes share the program's core.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findProgram, planeOf } from "../../tests/harness/parley-program.ts";
import { processTree } from "../measure/cpu-time.ts";
import { chatRequest } from "../mock/fixtures.ts";
import { type Child, freePort, startPinned, stopChild, untilAnswers } from "./child.ts";
import { adminToken, benchmarkKey, type ParleySize, parleyConfig } from "./parley-config.ts";
import type { Program } from "./program.ts";
import { rawRequest } from "./raw-request.ts";
import { type Scenario, translatedMarker } from "./scenario.ts";
import type { Upstreams } from "./upstreams.ts";

export interface Parley extends Program {
  /** From starting the command until the gateway said that it serves. */
  startedInMs: number;
  gatewayPort: number;
  /** Its configuration. */
  file: string;
  gatewayPid(): number;
}

export interface ParleyOptions {
  name: string;
  directory: string;
  core: number;
  upstreams: Upstreams;
  size: ParleySize;
  /** Arguments for Node in the gateway's process, such as a profiler's. */
  nodeOptions?: string;
}


/** As ./parley does when it installs. */
export function compileAhead(): void {
  execFileSync(process.execPath, [fileURLToPath(new URL("../../scripts/compile-ahead.ts", import.meta.url))]);
}

export async function startParley(options: ParleyOptions): Promise<Parley> {
  const ports = { gateway: await freePort(), admin: await freePort(), fixed: options.upstreams.fixedPort, scripted: options.upstreams.scriptedPort };
  const home = join(options.directory, options.name);
  mkdirSync(home, { recursive: true });
  const file = join(home, "parley.yaml");
  writeFileSync(file, parleyConfig(ports, options.size));
  const startedAtMs = performance.now();
  // What ./parley runs once everything is installed; a benchmark installs nothing of Parley.
  const program = findProgram();
  const child = startPinned([process.execPath, "--disable-warning=ExperimentalWarning", program.module, "up", "--config", file], {
    core: options.core,
    environment: { NODE_COMPILE_CACHE: program.compiled, ...(options.nodeOptions ? { NODE_OPTIONS: options.nodeOptions } : {}) },
  });
  await untilAnswers(`http://127.0.0.1:${ports.gateway}/.well-known/parley/readyz`, child, 120_000);
  const startedInMs = performance.now() - startedAtMs;
  return {
    name: options.name,
    startedInMs,
    gatewayPort: ports.gateway,
    file,
    target: (scenario) => parleyTarget(scenario, ports.gateway, options.size),
    processes: () => processes(child),
    // The call log is taken in once somebody asks, or there is enough of it.
    digest: () => askCallLog(ports.admin),
    gatewayPid: () => processes(child).find(({ part }) => part === "gateway")!.pid,
    stop: () => stopChild(child, 40_000),
  };
}

async function askCallLog(adminPort: number): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${adminPort}/api/calls?limit=1`, { headers: { authorization: `Bearer ${adminToken}` } });
  if (!answer.ok) throw new Error(`the call log answered ${answer.status}`);
  await answer.arrayBuffer();
}

function processes(child: Child): { part: string; pid: number }[] {
  return processTree(child.process.pid!).map(({ pid, command }) => ({ pid, part: partOf(command) }));
}

/** By its command line. */
export function partOf(command: string): string {
  const plane = planeOf(command);
  return plane === null ? "supervisor" : plane === "control" ? "control plane" : plane;
}

function parleyTarget(scenario: Scenario, port: number, size: ParleySize): ReturnType<Program["target"]> {
  if (scenario.family === "plain") return plainTarget(scenario, port, size);
  const provider = scenario.stream ? `${scenario.family}-stream-${scenario.stream.chunks}` : `${scenario.family}-fixed`;
  const model = `${provider}/${scenario.family === "openai" ? "gpt-5-mini" : "claude-sonnet-4-5"}`;
  const request = rawRequest({
    method: "POST", path: "/v1/chat/completions", port,
    headers: { Authorization: `Bearer ${benchmarkKey(0)}` },
    body: chatRequest(model, scenario.stream !== null),
  });
  if (scenario.stream || scenario.family === "anthropic") return { port, requests: [request], expect: { containing: scenario.stream ? "" : translatedMarker } };
  // Every byte is the provider's, but for the model, which is called as the application called it.
  return { port, requests: [request], expect: { exactly: Buffer.from(scenario.answer!.replace("gpt-5-mini", model)) } };
}

/** Scattered over the configured routes and keys, so that a large configuration is really looked up and not one hot entry of it. */
function plainTarget(scenario: Scenario, port: number, size: ParleySize): ReturnType<Program["target"]> {
  const variants = size.variants;
  const requests = Array.from({ length: variants }, (_, index) => {
    // Primes, so that neighbours are far apart and every route and key has its turn.
    const route = (index * 7_919) % size.routes;
    const key = (index * 104_729) % size.keys;
    return rawRequest({
      method: scenario.method, path: scenario.upstream === "fixed" ? `/service-${route}${scenario.path}` : scenario.path, port,
      headers: { Authorization: `Bearer ${benchmarkKey(key)}` },
      body: scenario.body,
    });
  });
  return { port, requests, expect: { exactly: Buffer.from(scenario.answer!) } };
}
