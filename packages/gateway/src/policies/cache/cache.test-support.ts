/** For tests of the cache: a gateway before an upstream that answers what it is told to, and what came of a call. */
import { request, type ServerResponse } from "node:http";
import type { CallRecord } from "@parley/contract/call-record";
import type { cache } from "@parley/contract/config/cache";
import type { ServiceSource } from "@parley/contract/config/service";
import type { z } from "zod";
import { startGateway, type GatewayUnderTest } from "../../main/gateway-under-test.ts";
import { startUpstream, type UpstreamUnderTest } from "../../main/upstream-under-test.ts";

export interface Scene extends AsyncDisposable {
  upstream: UpstreamUnderTest;
  gateway: GatewayUnderTest;
  url: string;
  /** How many requests have come to the upstream. */
  asked(): number;
  /** Ends the gateway. */
  records(): Promise<CallRecord[]>;
}

type Answering = (request: { method: string; url: string; headers: NodeJS.Dict<string | string[]> }, response: ServerResponse, count: number) => void;

export async function startScene(answer: Answering, settings: z.input<typeof cache> = {}, more: Partial<ServiceSource> = {}): Promise<Scene> {
  let count = 0;
  const upstream = await startUpstream((request, response) => {
    count += 1;
    answer({ method: request.method ?? "", url: request.url ?? "", headers: request.headers }, response, count);
  });
  const service: ServiceSource = { path: "/things", access: "open", upstream: { targets: [{ url: upstream.url }] }, cache: settings, conflict: { mode: "off" }, ...more };
  const gateway = await startGateway({ services: { things: service }, consumers: { acme: { key: "key-of-acme-0001" }, umbrella: { key: "key-of-umbrella-1" } } });
  let records: CallRecord[] | null = null;
  const end = async (): Promise<CallRecord[]> => (records ??= await gateway.stop());
  return {
    upstream, gateway, url: gateway.url, asked: () => count, records: end,
    [Symbol.asyncDispose]: async () => {
      await end();
      await upstream.close();
    },
  };
}

export interface Got {
  status: number;
  text: string;
  headers: Headers;
  /** Of Cache-Status, the part that says what was done. */
  use: string;
}

/** `fetch` would add Cache-Control by itself where a condition is set; this asks for what it is told and no more. */
export function get(url: string, headers: Record<string, string> = {}, method = "GET"): Promise<Got> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const got = new Headers();
        for (const [name, value] of Object.entries(response.headers)) for (const one of [value].flat()) if (one !== undefined) got.append(name, one);
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString(), headers: got, use: (got.get("cache-status") ?? "").replace(/^parley; /, "").replace(/; ttl=-?\d+/, "") });
      });
    });
    sent.on("error", reject);
    sent.end();
  });
}
