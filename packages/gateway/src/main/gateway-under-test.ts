/** A worker of the gateway in the test's own process, on a free port, with a snapshot given as configuration would give it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CallRecord } from "@parley/contract/call-record";
import { aiSettings } from "@parley/contract/config/ai";
import { consumer, type ConsumerSource } from "@parley/contract/config/consumer";
import type { KeyScopes } from "@parley/contract/config/key-scopes";
import { limit } from "@parley/contract/config/limits";
import { prompt, type PromptSource } from "@parley/contract/config/prompt";
import { team, type TeamSource } from "@parley/contract/config/team";
import { dataDirectory } from "@parley/contract/data-directory";
import { documentSource, keepDocument } from "@parley/contract/document-texts";
import { connectLedger, type EmbeddedLedger, startLedger } from "@parley/stores/embedded/ledger";
import type { Ledger } from "@parley/stores/ports/ledger";
import { service, type ServiceSource } from "@parley/contract/config/service";
import { serverTls } from "@parley/contract/config/tls";
import { gatewaySettings, logging } from "@parley/contract/config/settings";
import { hashKey } from "@parley/contract/secrets";
import { emptySnapshot, type Snapshot } from "@parley/contract/snapshot";
import { pino } from "pino";
import type { z } from "zod";
import type { CompileAi } from "../ai/endpoints-contract.ts";
import { Http2Transport } from "../upstreams/http2/http2-transport.ts";
import { LeanTransport } from "../upstreams/lean/lean-transport.ts";
import { TransportByProtocol } from "../upstreams/transport-by-protocol.ts";
import { Gateway } from "./gateway.ts";
import { compileNoAi } from "./no-ai.ts";
import { readSpool } from "./read-spool.ts";

export interface TestConfiguration {
  services?: Record<string, ServiceSource>;
  consumers?: Record<string, ConsumerSource & { key: string; expiresAt?: number; keyLimits?: NonNullable<ConsumerSource["limits"]>; keyScopes?: KeyScopes }>;
  teams?: Record<string, TeamSource>;
  prompts?: Record<string, PromptSource>;
  /** OpenAPI documents by service, or service/version. */
  documents?: Record<string, Record<string, unknown>>;
  gateway?: z.input<typeof gatewaySettings>;
  logging?: z.input<typeof logging>;
  /** Null for no AI side. */
  ai?: z.input<typeof aiSettings> | null;
}

export interface GatewayOptions {
  compileAi?: CompileAi;
  countersSocket?: string | null;
  /** Serves a ledger in the data directory. */
  ledger?: boolean;
  tls?: z.input<typeof serverTls>;
}

export interface GatewayUnderTest {
  port: number;
  url: string;
  gateway: Gateway;
  dataDirectory: string;
  stopLedger(): Promise<void>;
  startLedger(): Promise<void>;
  /** As another worker would; to be closed by whoever asks for it. */
  connectLedger(): Ledger;
  /** Drains, and tells the records of all calls, in the order of their end. */
  stop(): Promise<CallRecord[]>;
}

export const testMasterKey = Buffer.alloc(32, 7);

export function snapshotOf(configuration: TestConfiguration, version = 1): Snapshot {
  const snapshot = emptySnapshot();
  snapshot.version = version;
  const { entities } = snapshot;
  for (const [name, source] of Object.entries(configuration.services ?? {})) entities.service[name] = service.parse(source);
  for (const [name, { key, expiresAt, keyLimits, keyScopes, ...source }] of Object.entries(configuration.consumers ?? {})) {
    entities.consumer[name] = consumer.parse(source);
    entities.key[hashKey(key)] = { id: `id-${name}`, name: "default", consumer: name, ...(expiresAt === undefined ? {} : { expiresAt }), ...(keyLimits === undefined ? {} : { limits: keyLimits.map((one) => limit.parse(one)) }), ...(keyScopes && { scopes: keyScopes }) };
  }
  for (const [name, source] of Object.entries(configuration.prompts ?? {})) entities.prompt[name] = prompt.parse(source);
  for (const [name, root] of Object.entries(configuration.documents ?? {})) entities.document[name] = { root, source: documentSource(JSON.stringify(root)) };
  for (const [name, source] of Object.entries(configuration.teams ?? {})) entities.team[name] = team.parse(source);
  const { limits, trustProxy } = gatewaySettings.parse(configuration.gateway ?? {});
  entities.gateway[""] = { limits, trustProxy };
  if (configuration.logging !== undefined) entities.logging[""] = logging.parse(configuration.logging);
  if (configuration.ai !== null) entities.ai[""] = aiSettings.parse(configuration.ai ?? {});
  return snapshot;
}

export async function startGateway(configuration: TestConfiguration, options: GatewayOptions = {}): Promise<GatewayUnderTest> {
  const directory = mkdtempSync(join(tmpdir(), "parley-gateway-"));
  const place = dataDirectory(directory);
  const open = (): Promise<EmbeddedLedger> => startLedger({ databasePath: place.ledgerDatabase, socketPath: place.ledgerSocket, died: () => {} });
  let ledger = options.ledger === true ? await open() : null;
  const gateway = new Gateway({
    options: { worker: 0, host: "127.0.0.1", port: 0, reusePort: false, data: directory, countersSocket: options.countersSocket ?? null, ...(options.tls === undefined ? {} : { tls: serverTls.parse(options.tls) }) },
    masterKey: testMasterKey,
    transport: new TransportByProtocol(new LeanTransport(), new Http2Transport()),
    compileAi: options.compileAi ?? compileNoAi,
    log: pino({ level: "silent" }),
  });
  for (const root of Object.values(configuration.documents ?? {})) await keepDocument(place.documents, JSON.stringify(root));
  await gateway.replaceSnapshot(snapshotOf(configuration));
  const port = await gateway.start();
  return {
    port,
    url: `${options.tls === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    gateway,
    dataDirectory: directory,
    stopLedger: async () => {
      await ledger?.close();
      ledger = null;
    },
    startLedger: async () => {
      ledger = await open();
    },
    connectLedger: () => connectLedger({ socketPath: place.ledgerSocket }),
    stop: async () => {
      await gateway.drain(5000);
      await ledger?.close();
      const records = readSpool(join(directory, "spool"));
      rmSync(directory, { recursive: true });
      return records;
    },
  };
}
