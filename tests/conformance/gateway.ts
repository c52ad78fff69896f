/** A whole worker of the gateway in this process: listener, access by key, AI endpoints, transport, call records. */
import type { CallRecord } from "@parley/contract/call-record";
import { provider } from "@parley/contract/config/ai";
import type { ProviderSource } from "@parley/contract/config/ai";
import { compileAi } from "../../packages/gateway/src/ai/index.ts";
import { ObjectOwners } from "../../packages/gateway/src/ai/models/object-owners.ts";
import { startGateway } from "../../packages/gateway/src/main/gateway-under-test.ts";
import type { GatewayUnderTest } from "../../packages/gateway/src/main/gateway-under-test.ts";

/** The application's own key, and the gateway's for every provider. */
export const applicationKey = "application-key";
export const providerKey = "provider-key";

export class Gateway implements AsyncDisposable {
  readonly #gateway: GatewayUnderTest;
  #records: Promise<CallRecord[]> | null = null;

  private constructor(gateway: GatewayUnderTest) {
    this.#gateway = gateway;
  }

  static async start(accounts: Readonly<Record<string, ProviderSource>>): Promise<Gateway> {
    const providers = new Map(Object.entries(accounts).map(([name, account]) => [name, provider.parse({ ...account, apiKey: providerKey })]));
    const configuration = { ai: {}, consumers: { application: { key: applicationKey } } };
    const gateway = await startGateway(configuration, { compileAi: (input, ports) => compileAi({ ...input, providers }, { ...ports, owners: new ObjectOwners(null) }) });
    return new Gateway(gateway);
  }

  /** What an SDK takes as its base URL. */
  get baseUrl(): string {
    return `${this.#gateway.url}/v1`;
  }

  /** Stops it, and tells the records of all calls in the order of their end. */
  stop(): Promise<CallRecord[]> {
    return (this.#records ??= this.#gateway.stop());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
