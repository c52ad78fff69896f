/**
 * Portkey's gateway, the peer. In this form it checks no key of its own, limits nothing and keeps no call log; its plain
 * path is /v1/proxy. It runs with @hono/node-server 1.14.1, since streams fail in it with newer ones (its issue 1389).
 */
import { processTree } from "../measure/cpu-time.ts";
import { chatRequest } from "../mock/fixtures.ts";
import { freePort, startPinned, stopChild, untilAnswers } from "./child.ts";
import type { Program } from "./program.ts";
import { rawRequest } from "./raw-request.ts";
import { type Scenario, translatedMarker } from "./scenario.ts";
import type { Upstreams } from "./upstreams.ts";

export async function startPortkey(startScript: string, core: number, upstreams: Upstreams): Promise<Program> {
  const port = await freePort();
  const child = startPinned([process.execPath, startScript, `--port=${port}`, "--headless"], { core, environment: { NODE_ENV: "production" } });
  await untilAnswers(`http://127.0.0.1:${port}/`, child, 15_000);
  return {
    name: "portkey",
    target: (scenario) => target(scenario, port, upstreams),
    processes: () => processTree(child.process.pid!).map(({ pid }) => ({ part: "gateway", pid })),
    stop: () => stopChild(child),
  };
}

function target(scenario: Scenario, port: number, upstreams: Upstreams): ReturnType<Program["target"]> {
  const upstreamPort = scenario.upstream === "fixed" ? upstreams.fixedPort : upstreams.scriptedPort;
  const origin = `http://127.0.0.1:${upstreamPort}`;
  if (scenario.family === "plain") {
    const request = rawRequest({ method: scenario.method, path: `/v1/proxy${scenario.path}`, port, headers: headers("openai", origin), body: scenario.body });
    return { port, requests: [request], expect: { exactly: Buffer.from(scenario.answer!) } };
  }
  const model = scenario.family === "openai" ? "gpt-5-mini" : "claude-sonnet-4-5";
  const base = scenario.path.replace(/\/(?:chat\/completions|messages)$/, "");
  const request = rawRequest({
    method: "POST",
    path: "/v1/chat/completions",
    port,
    headers: headers(scenario.family, `${origin}${base}`),
    body: chatRequest(model, scenario.stream !== null),
  });
  return { port, requests: [request], expect: { containing: scenario.stream ? "" : translatedMarker } };
}

function headers(provider: string, customHost: string): Record<string, string> {
  return { Authorization: "Bearer provider-key", "x-portkey-provider": provider, "x-portkey-custom-host": customHost };
}
