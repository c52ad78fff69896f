/**
 * What the control plane publishes and the gateway runs on: all configuration a call can meet, resolved (milliseconds,
 * bytes, no ${…}) and validated. Secrets in it are sealed (see secrets.ts) and opened only in the gateway's memory;
 * consumers' keys are hashes. A snapshot never changes; a change is a new one, sent as a delta.
 */
import type { Conflict } from "./config/conflict.ts";
import type { AiSettings, Model, Provider } from "./config/ai.ts";
import type { Consumer } from "./config/consumer.ts";
import type { KeyScopes } from "./config/key-scopes.ts";
import type { Limit } from "./config/limits.ts";
import type { Prompt } from "./config/prompt.ts";
import type { Service } from "./config/service.ts";
import type { GatewaySettings, Logging } from "./config/settings.ts";
import type { Team } from "./config/team.ts";
import type { Telemetry } from "./config/telemetry.ts";

export type { Conflict };

/** An OpenAPI document without what calls never meet; found good when it was taken in. */
export interface SnapshotDocument {
  root: Record<string, unknown>;
  /** Where its text is in the data directory, as the digest of that text; absent in snapshots of older releases. */
  source?: string;
}

/** A document's name: the service's, or service/version. */
export function documentName(service: string, version: string | undefined): string {
  return version === undefined ? service : `${service}/${version}`;
}

export interface SnapshotKey {
  /** The key's id in the admin API. */
  id: string;
  name: string;
  consumer: string;
  /** Unix milliseconds. */
  expiresAt?: number;
  limits?: Limit[];
  scopes?: KeyScopes;
}

/** The kinds of things in a snapshot and what one of each is. Keys are named by `sha256:<hex>` of their secret. */
export interface SnapshotKinds {
  service: Service;
  provider: Provider;
  model: Model;
  consumer: Consumer;
  team: Team;
  prompt: Prompt;
  document: SnapshotDocument;
  key: SnapshotKey;
  /** Singletons, all under the name "". */
  ai: AiSettings;
  logging: Logging;
  telemetry: Telemetry;
  gateway: Pick<GatewaySettings, "trustProxy" | "limits">;
}
export type SnapshotKind = keyof SnapshotKinds;
export const snapshotKinds = ["service", "provider", "model", "consumer", "team", "prompt", "document", "key", "ai", "logging", "telemetry", "gateway"] as const satisfies SnapshotKind[];

export interface Snapshot {
  /** Grows with every publication and survives restarts. */
  version: number;
  publishedAt: number;
  entities: { [K in SnapshotKind]: Record<string, SnapshotKinds[K]> };
}

export type SnapshotChange = { [K in SnapshotKind]: { kind: K; name: string; value: SnapshotKinds[K] | null } }[SnapshotKind];

/** Leads from the snapshot `base` to the snapshot `version`. A null value removes the entity. */
export interface SnapshotDelta {
  base: number;
  version: number;
  publishedAt: number;
  changes: SnapshotChange[];
}

/** A snapshot with nothing in it. */
export function emptySnapshot(): Snapshot {
  return {
    version: 0,
    publishedAt: 0,
    entities: { service: {}, provider: {}, model: {}, consumer: {}, team: {}, prompt: {}, document: {}, key: {}, ai: {}, logging: {}, telemetry: {}, gateway: {} },
  };
}
