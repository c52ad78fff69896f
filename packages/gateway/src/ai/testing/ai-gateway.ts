/** The whole gateway with AI providers, on a free port, and the official SDK as its client. */
import OpenAI from "openai";
import type { CallRecord } from "@parley/contract/call-record";
import { model, provider } from "@parley/contract/config/ai";
import type { ModelSource, ProviderSource } from "@parley/contract/config/ai";
import { startGateway } from "../../main/gateway-under-test.ts";
import type { GatewayUnderTest, TestConfiguration } from "../../main/gateway-under-test.ts";
import { compileAi } from "../index.ts";
import { ObjectOwners } from "../models/object-owners.ts";

export interface AiGateway extends AsyncDisposable {
  url: string;
  under: GatewayUnderTest;
  client: OpenAI;
  post(body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Stops the gateway and tells the records of all calls, in the order of their end. */
  records(): Promise<CallRecord[]>;
}

export interface AiGatewayOptions extends Pick<TestConfiguration, "ai" | "consumers" | "gateway"> {
  /** Serves a ledger, for what has to outlive the process or be known to other workers. */
  ledger?: boolean;
}

export async function startAi(providers: Record<string, ProviderSource>, models: Record<string, ModelSource> = {}, options: AiGatewayOptions = {}): Promise<AiGateway> {
  const own = {
    providers: new Map(Object.entries(providers).map(([name, source]) => [name, provider.parse(source)])),
    models: new Map(Object.entries(models).map(([name, source]) => [name, model.parse(source)])),
  };
  const { ledger = false, ...configuration } = options;
  // Nobody waits for a ledger that a test has not.
  const gateway = await startGateway({ ai: { access: "open" }, ...configuration }, { ledger, compileAi: (input, { turns, ...ports }) => compileAi({ ...input, ...own }, { ...ports, ...(ledger ? turns && { turns } : { owners: new ObjectOwners(null) }) }) });
  let records: Promise<CallRecord[]> | null = null;
  const stop = (): Promise<CallRecord[]> => (records ??= gateway.stop());
  return {
    url: gateway.url,
    under: gateway,
    client: new OpenAI({ apiKey: "unused", baseURL: `${gateway.url}/v1`, maxRetries: 0 }),
    post: (body, headers = {}) =>
      fetch(`${gateway.url}/v1/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
    records: stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  };
}
