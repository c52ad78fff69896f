/** The mock upstreams, and sending to them directly: what every gateway's figures are held against. */
import { once } from "node:events";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { plain100k } from "../mock/fixtures.ts";
import { fixedUpstreamConfig } from "../mock/nginx-config.ts";
import { freePort, startPinned, stopChild, untilAnswers } from "./child.ts";
import type { Program } from "./program.ts";
import { rawRequest } from "./raw-request.ts";
import type { Scenario } from "./scenario.ts";

export interface Upstreams extends Program {
  fixedPort: number;
  scriptedPort: number;
}

export async function startUpstreams(directory: string, core: number): Promise<Upstreams> {
  const fixed = await startFixed(join(directory, "upstream"), core);
  const scripted = startPinned([process.execPath, fileURLToPath(new URL("../mock/scripted-upstream.ts", import.meta.url))], { core, ipc: true });
  const [{ port: scriptedPort }] = (await once(scripted.process, "message")) as [{ port: number }];
  const children = [fixed.child, scripted];
  return {
    name: "direct",
    fixedPort: fixed.port,
    scriptedPort,
    target: (scenario) => directTarget(scenario, scenario.upstream === "fixed" ? fixed.port : scriptedPort),
    processes: () => [],
    async stop() {
      await Promise.all(children.map((child) => stopChild(child)));
    },
  };
}

/** The scenario's calls as the upstream itself takes them. */
export function directTarget(scenario: Scenario, port: number): ReturnType<Program["target"]> & object {
  return {
    port,
    requests: [rawRequest({ method: scenario.method, path: scenario.path, port, body: scenario.body })],
    expect: scenario.answer === null ? { containing: "" } : { exactly: Buffer.from(scenario.answer) },
  };
}

async function startFixed(directory: string, core: number) {
  const port = await freePort();
  mkdirSync(directory, { recursive: true });
  chmodSync(directory, 0o755);
  writeFileSync(join(directory, "plain-100k.json"), plain100k);
  writeFileSync(join(directory, "nginx.conf"), fixedUpstreamConfig(port, directory));
  const child = startPinned(["nginx", "-p", directory, "-e", join(directory, "error.log"), "-c", join(directory, "nginx.conf")], { core });
  await untilAnswers(`http://127.0.0.1:${port}/plain/1k`, child, 5_000);
  return { port, child };
}
