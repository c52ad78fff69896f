/** Parley as a user runs it, from a configuration, for the figures of traffic. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findProgram } from "../../tests/harness/parley-program.ts";
import { freePort, startPinned, stopChild, untilAnswers } from "../programs/child.ts";

export interface RunningParley {
  url: string;
  /** A metric's value, summed over its series. */
  metric(name: string): Promise<number>;
  stop(): Promise<void>;
}

export async function startParleyWith(directory: string, core: number, configuration: object): Promise<RunningParley> {
  const [port, adminPort] = [await freePort(), await freePort()];
  mkdirSync(directory, { recursive: true });
  const file = join(directory, "parley.yaml");
  writeFileSync(file, JSON.stringify({ gateway: { host: "127.0.0.1", port }, admin: { host: "127.0.0.1", port: adminPort, token: adminToken }, data: "./data", ...configuration }));
  const child = startPinned([process.execPath, "--disable-warning=ExperimentalWarning", findProgram().module, "up", "--config", file], { core });
  const url = `http://127.0.0.1:${port}`;
  await untilAnswers(`${url}/.well-known/parley/readyz`, child, 120_000);
  return { url, metric: (name) => readMetric(`http://127.0.0.1:${adminPort}/metrics`, name), stop: () => stopChild(child, 40_000) };
}

const adminToken = "traffic-figures-token";

async function readMetric(url: string, name: string): Promise<number> {
  const text = await (await fetch(url, { headers: { authorization: `Bearer ${adminToken}` } })).text();
  const values = text.split("\n").filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  return values.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}
