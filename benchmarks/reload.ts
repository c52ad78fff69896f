/**
 * How long a file that changes every one of its routes takes to be live, with calls going on: `node benchmarks/reload.ts [--routes 10000]
 * [--reloads 6]`. From the saved file until the first and the last of the routes answer at their new paths; beside it the slowest call of a service
 * that does not change, and how many calls of it failed. On a machine that works at other things, `chrt -r 1` before it gives it the processor.
 */
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { Agent, createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startParley } from "../tests/harness/start-parley.ts";

const callers = 4;
const betweenReloadsMs = 2_500;
const betweenCallsMs = 5;

const { values } = parseArgs({ options: { routes: { type: "string", default: "10000" }, reloads: { type: "string", default: "6" } } });
const routes = Number(values.routes);
const upstream = createServer((_request, response) => response.end("well")).listen(0, "127.0.0.1");
await once(upstream, "listening");
const target = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
const agent = new Agent({ keepAlive: true });

/** Every path but one's differs from one generation to the next. */
function configuration(generation: number): string {
  const changing = Array.from({ length: routes }, (_, index) => `  service-${index}:\n    path: /service-${index}-${generation}\n    access: open\n    upstream:\n      targets:\n        - url: ${target}/api/${index}\n`);
  return `services:\n  stays:\n    path: /stays\n    access: open\n    upstream: { targets: [{ url: "${target}" }] }\n${changing.join("")}`;
}

await using parley = await startParley({ yaml: configuration(0), environment: { PARLEY_LOG_LEVEL: "error" } });
const { port } = new URL(parley.gatewayUrl);

/** 0 where the connection broke. */
async function statusOf(path: string): Promise<number> {
  return new Promise((resolve) => {
    get({ port, path, agent }, (answer) => answer.resume().once("end", () => resolve(answer.statusCode ?? 0))).once("error", () => resolve(0));
  });
}

const seen = { calls: 0, failed: 0, slowestMs: 0 };
let isOver = false;

async function keepCalling(): Promise<void> {
  while (!isOver) {
    const begun = performance.now();
    const status = await statusOf("/stays/7");
    seen.calls++;
    if (status !== 200) seen.failed++;
    seen.slowestMs = Math.max(seen.slowestMs, performance.now() - begun);
    await pause(betweenCallsMs);
  }
}

async function reload(generation: number): Promise<number> {
  const text = configuration(generation);
  writeFileSync(parley.file ?? "", text);
  const saved = performance.now();
  while ((await statusOf(`/service-0-${generation}/7`)) !== 200 || (await statusOf(`/service-${routes - 1}-${generation}/7`)) !== 200) await pause(betweenCallsMs);
  return performance.now() - saved;
}

const calling = Array.from({ length: callers }, keepCalling);
for (let generation = 1; generation <= Number(values.reloads); generation++) {
  await pause(betweenReloadsMs);
  seen.slowestMs = 0;
  const tookMs = await reload(generation);
  console.log(`reload ${generation} of ${routes} routes: live after ${tookMs.toFixed(0)} ms; slowest call meanwhile ${seen.slowestMs.toFixed(0)} ms`);
}
isOver = true;
await Promise.all(calling);
console.log(`${seen.calls} calls of the service that stays, ${seen.failed} of them failed`);
agent.destroy();
upstream.close();
