/** The configuration that Parley is measured with. */
import { createHash } from "node:crypto";
import { heldScenario, streamScenarios } from "./scenario.ts";

export interface ParleySize {
  routes: number;
  keys: number;
  /** How many different pairs of route and key the plain calls go through in turn. */
  variants: number;
}

export const usualSize: ParleySize = { routes: 10, keys: 10, variants: 10 };

export interface ParleyPorts {
  gateway: number;
  admin: number;
  fixed: number;
  scripted: number;
}

export const adminToken = "benchmark-admin-token-0001";

export function benchmarkKey(index: number): string {
  return `benchmark-key-${String(index).padStart(8, "0")}`;
}

/** JSON is YAML, and it is the quickest to write. */
export function parleyConfig(ports: ParleyPorts, size: ParleySize): string {
  return JSON.stringify({
    gateway: { host: "127.0.0.1", port: ports.gateway, workers: 1 },
    admin: { host: "127.0.0.1", port: ports.admin, token: adminToken },
    data: "./data",
    services: services(ports, size.routes),
    ai: { providers: providers(ports) },
    consumers: consumers(size.keys),
  }, null, 1);
}

function services(ports: ParleyPorts, routes: number): object {
  return Object.fromEntries(
    Array.from({ length: routes }, (_, index) => [
      `service-${index}`,
      { path: `/service-${index}`, upstream: { targets: [{ url: `http://127.0.0.1:${ports.fixed}` }] }, access: "key" },
    ]).concat([["uploads", { path: "/upload", upstream: { targets: [{ url: `http://127.0.0.1:${ports.scripted}/upload` }] }, access: "key" }], ["streams", { path: "/streams", upstream: { targets: [{ url: `http://127.0.0.1:${ports.scripted}` }] }, access: "key" }]]),
  );
}

/** A consumer for every ten keys; each has a limit that is counted and never reached. */
function consumers(keys: number): object {
  const keysPerConsumer = 10;
  return Object.fromEntries(
    Array.from({ length: Math.ceil(keys / keysPerConsumer) }, (_, consumer) => [
      `consumer-${consumer}`,
      {
        keys: Array.from({ length: Math.min(keysPerConsumer, keys - consumer * keysPerConsumer) }, (_, index) => ({
          name: `key-${index}`,
          hash: `sha256:${createHash("sha256").update(benchmarkKey(consumer * keysPerConsumer + index)).digest("hex")}`,
        })),
        limits: [{ requests: 1_000_000_000, per: "1m" }],
      },
    ]),
  );
}

function providers(ports: ParleyPorts): object {
  const streams = [...streamScenarios, heldScenario].map((scenario) => {
    const base = scenario.path.replace(scenario.family === "openai" ? "/chat/completions" : "/v1/messages", "");
    return [`${scenario.family}-stream-${scenario.stream!.chunks}`, provider(scenario.family, `http://127.0.0.1:${ports.scripted}${base}`)];
  });
  return Object.fromEntries([
    ["openai-fixed", provider("openai", `http://127.0.0.1:${ports.fixed}/v1`)],
    ["anthropic-fixed", provider("anthropic", `http://127.0.0.1:${ports.fixed}`)],
    ...streams,
  ]);
}

function provider(kind: string, baseUrl: string): object {
  return { kind, apiKey: "provider-key", baseUrl };
}
