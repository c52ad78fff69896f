/** A gateway with a ledger, consumers with keys, and one provider on loopback whose model has a price: 1,000 USD for a million tokens, in and out. */
import type { CallRecord } from "@parley/contract/call-record";
import { model, provider, type aiSettings, type ModelSource } from "@parley/contract/config/ai";
import type { PromptSource } from "@parley/contract/config/prompt";
import type { z } from "zod";
import { startGateway, type TestConfiguration } from "../../main/gateway-under-test.ts";
import { compileAi } from "../index.ts";
import { type FakeProvider, json, type Respond, startProvider } from "./fake-provider.ts";

export interface BudgetedGateway extends AsyncDisposable {
  url: string;
  provider: FakeProvider;
  ask(options?: { body?: Record<string, unknown>; key?: string; path?: string; headers?: Record<string, string>; signal?: AbortSignal }): Promise<Response>;
  stopLedger(): Promise<void>;
  startLedger(): Promise<void>;
  records(): Promise<CallRecord[]>;
}

export interface BudgetedOptions {
  configuration?: TestConfiguration;
  ai?: z.input<typeof aiSettings>;
  models?: Record<string, ModelSource>;
  prompts?: Record<string, PromptSource>;
  respond?: Respond;
}

export const dearPrices = { "own/dear": { input: 1000, output: 1000 } };

/** An answer that took so many tokens. */
export function counted(inputTokens: number, outputTokens: number, content = "Hello"): Respond {
  return json({
    id: "chatcmpl-1", object: "chat.completion", created: 1, model: "dear",
    choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
    usage: { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: inputTokens + outputTokens },
  });
}

export async function startBudgeted(options: BudgetedOptions): Promise<BudgetedGateway> {
  const fake = await startProvider(options.respond ?? counted(5, 5));
  const own = {
    providers: new Map([["own", provider.parse({ kind: "openai-compatible", baseUrl: `${fake.url}/v1`, models: ["dear", "unknown"] })]]),
    models: new Map(Object.entries(options.models ?? {}).map(([name, source]) => [name, model.parse(source)])),
  };
  const ai = { prices: dearPrices, ...options.ai };
  const gateway = await startGateway({ consumers: { acme: { key: "acme-secret" } }, ai, prompts: options.prompts ?? {}, ...options.configuration }, { compileAi: (input, ports) => compileAi({ ...input, ...own }, ports), ledger: true });
  let records: Promise<CallRecord[]> | null = null;
  const stop = (): Promise<CallRecord[]> => (records ??= gateway.stop());
  return {
    url: gateway.url,
    provider: fake,
    ask: ({ body, key = "acme-secret", path = "/v1/chat/completions", headers = {}, signal } = {}) =>
      fetch(gateway.url + path, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${key}`, ...headers },
        body: JSON.stringify({ model: "own/dear", max_tokens: 20, messages: [{ role: "user", content: "Hi" }], ...body }),
        signal: signal ?? null,
      }),
    stopLedger: () => gateway.stopLedger(),
    startLedger: () => gateway.startLedger(),
    records: stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
      await fake[Symbol.asyncDispose]();
    },
  };
}
