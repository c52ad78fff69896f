/**
 * The AI endpoints as they run in the gateway, compiled and behind a real socket, with the real transport to the provider.
 * Access and limits, which belong to the pipeline, are not here: every call is granted.
 */
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { provider } from "@parley/contract/config/ai";
import type { Refusal } from "@parley/contract/problems/problem";
import { compileAi } from "../../packages/gateway/src/ai/index.ts";
import type { AiEndpoints } from "../../packages/gateway/src/ai/endpoints-contract.ts";
import { RefusalError } from "../../packages/gateway/src/exchange/answer.ts";
import type { AnswerSink } from "../../packages/gateway/src/exchange/answer.ts";
import type { Exchange } from "../../packages/gateway/src/exchange/exchange.ts";
import { UndiciTransport } from "../../packages/gateway/src/upstreams/undici-transport.ts";

export interface ProviderAccount {
  kind: string;
  baseUrl: string;
  models?: string[];
}

export class Gateway implements AsyncDisposable {
  /** The draft of the call record of each call, the latest last. */
  readonly records: Exchange["record"][] = [];
  readonly #endpoints: AiEndpoints;
  readonly #transport: UndiciTransport;
  readonly #server: Server;
  #calls = 0;

  private constructor(endpoints: AiEndpoints, transport: UndiciTransport) {
    this.#endpoints = endpoints;
    this.#transport = transport;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(accounts: Readonly<Record<string, ProviderAccount>>): Promise<Gateway> {
    const transport = new UndiciTransport();
    const providers = new Map(Object.entries(accounts).map(([name, account]) => [name, provider.parse({ ...account, apiKey: "provider-key" })]));
    const input = { ai: { path: "/", access: "open" as const }, providers, models: new Map() };
    const ports = { transport, now: () => Date.now(), random: () => Math.random(), warn: () => {} };
    const gateway = new Gateway(compileAi(input, ports), transport);
    await new Promise<void>((resolve) => gateway.#server.listen(0, "127.0.0.1", resolve));
    return gateway;
  }

  /** What an SDK takes as its base URL. */
  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#endpoints.close();
    await this.#transport.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange = exchangeOf(request, response, `call-${++this.#calls}`);
    this.records.push(exchange.record);
    const fault = (refusal: Refusal): void => {
      if (response.headersSent) return void response.socket?.resetAndDestroy();
      const { status, rawHeaders, body } = this.#endpoints.refusalBody(exchange.path, refusal, exchange.id);
      response.writeHead(status, [...rawHeaders, ...Object.entries(refusal.headers ?? {}).flat()]).end(body);
    };
    const match = this.#endpoints.match(exchange.method, exchange.path);
    if (match === null || "allow" in match) return fault({ code: "unknown-route", detail: exchange.path });
    try {
      await match.handle(exchange, sinkOf(response, exchange, fault));
    } catch (error) {
      fault(error instanceof RefusalError ? error.refusal : { code: "internal-error", detail: String(error) });
    }
  }
}

function exchangeOf(request: IncomingMessage, response: ServerResponse, id: string): Exchange {
  const target = request.url ?? "/";
  const whole = wholeBody(request);
  return {
    id, target, startedAt: performance.now(), method: request.method ?? "", path: target.split("?")[0] ?? "/", rest: target,
    rawHeaders: request.rawHeaders, headers: request.headers, clientAddress: "127.0.0.1", peer: { address: "127.0.0.1", trusted: false },
    incomingTraceId: null, traceFlags: "01", upgrade: null, caller: { consumer: "conformance", key: "default" }, keySecret: null, answerFields: [],
    record: { id, at: Date.now(), attempts: 0, requestBytes: 0, responseBytes: 0 },
    body: { stream: request, length: null, failure: null, whole: () => whole },
    onClientGone: (callback) => void response.on("close", () => response.writableFinished || callback()),
    onEnded: (callback) => void response.on("close", callback),
    step: () => {},
  };
}

async function wholeBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function sinkOf(response: ServerResponse, exchange: Exchange, fault: (refusal: Refusal) => void): AnswerSink {
  return {
    head: (status, rawHeaders) => void response.writeHead(status, [...rawHeaders, ...exchange.answerFields]),
    data: (chunk) => response.write(chunk),
    end: () => void response.end(),
    fault,
    onDrain: (callback) => void response.removeAllListeners("drain").on("drain", callback),
  };
}
