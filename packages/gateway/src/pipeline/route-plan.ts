/** What the policies of one route are compiled from, and what they may use. */
import type { X509Certificate } from "node:crypto";
import type { Adapt } from "@parley/contract/config/adapt";
import type { Compression } from "@parley/contract/config/compression";
import type { Conflict } from "@parley/contract/config/conflict";
import type { JsonWebTokens } from "@parley/contract/config/access";
import type { Priority } from "@parley/contract/config/consumer";
import type { Limit } from "@parley/contract/config/limits";
import type { Team } from "@parley/contract/config/team";
import type { Canary } from "@parley/contract/config/canary";
import type { Addresses, Cors, FieldChanges, Redirect } from "@parley/contract/config/rewrites";
import type { MutualTls } from "@parley/contract/config/tls";
import type { Validation } from "@parley/contract/config/openapi";
import type { Versions } from "@parley/contract/config/versions";
import type { ApiDocument } from "@parley/openapi";
import type { Counters } from "@parley/stores/ports/counters";
import type { RevocationList } from "../certificates/index.ts";
import type { Caller } from "../exchange/exchange.ts";
import type { KeySets } from "../policies/access/tokens/key-sets.ts";
import type { CachePlan } from "../policies/cache/cache-plan.ts";
import type { Caches } from "../policies/cache/caches.ts";
import type { ConflictPorts } from "../policies/conflict/conflict-ports.ts";
import type { SharedCallerLimits } from "../policies/limits/caller-limits.ts";
import type { CompiledLimits } from "../policies/limits/compiled-limits.ts";
import type { Places } from "../policies/limits/places.ts";
import type { WrongKeys } from "../policies/access/wrong-keys.ts";

export interface RoutePlan {
  /** The service's name, as consumers' `access` lists it; `ai` for the AI endpoints. */
  service: string;
  kind: "http" | "ai";
  access: "open" | "key" | "jwt" | "mtls";
  /** Set with access by jwt. */
  tokens?: JsonWebTokens | undefined;
  /** With access by mtls; without it, the gateway's own authorities count. */
  certificates?: MutualTls | undefined;
  /** The service's own limits, counted for each consumer. */
  limits: readonly Limit[];
  /** Null where there is nothing that could meet a conflict: the AI endpoints. */
  conflict: ConflictPlan | null;
  versions?: VersionPlan | null;
  /** Null where no version is adapted. */
  adapters?: AdapterPlan | null;
  /** Null where there is no OpenAPI document. */
  documents?: DocumentPlan | null;
  /** The service's path on the gateway. */
  path?: string;
  addresses?: Addresses | undefined;
  cors?: Cors | undefined;
  compression?: Compression | undefined;
  redirects?: readonly Redirect[] | undefined;
  answerHeaders?: FieldChanges | undefined;
  /** Null where nothing is kept. */
  cache?: CachePlan | null;
}

export interface VersionPlan {
  service: string;
  /** The service's path on the gateway. */
  path: string;
  settings: Versions;
  /** Those with an upstream of their own: their resources are not the other versions'. */
  separate: ReadonlySet<string>;
  /** Where people read about the versions. */
  page: string;
  /** `Link` to how it is called; null where no document says so. */
  link: string | null;
  /** A version that is new and gets calls that name none; null where there is no such release. */
  canary: Canary | null;
  /** From 0 to under 1. */
  random: () => number;
}

export interface AdapterPlan {
  /** The service's path on the gateway. */
  path: string;
  /** `separate`: the version that it is adapted to has an upstream of its own. */
  list: readonly { version: string; adapt: Adapt; separate: boolean }[];
}

export interface DocumentPlan {
  /** The service's path on the gateway. */
  path: string;
  /** Versions that stand in front of what is below the service's path. */
  separate: ReadonlySet<string>;
  /** By version; undefined for the service itself. */
  list: readonly { version: string | undefined; document: ApiDocument; validate: Validation; upstreamPath: string | null }[];
  /** Versions, or undefined for the service itself, whose calls have to be held to a document that is not there. */
  missing: readonly (string | undefined)[];
  /** Which share of the answers is held to the document. */
  answers: number;
  /** From 0 to under 1. */
  random: () => number;
}

export interface ConflictPlan {
  /** The service's path on the gateway. */
  path: string;
  settings: Conflict;
  /** Of the query, where it names a version: resources are the same whatever it says. */
  versionParameter?: string;
  /** How long the upstream may take. */
  timeouts: { connectMs: number; firstByteMs: number; idleMs: number };
}

/** A key that is in force, as the snapshot has it. */
export interface KnownKey extends Caller {
  /** Unix milliseconds; null for one that does not expire. */
  readonly expiresAt: number | null;
  /** The addresses that used it last; what protects from guessing keeps them here. */
  usedFrom: string | Set<string> | null;
  /** Its consumer as it was found last; `consumerOf` keeps it here. */
  known?: KnownConsumer | undefined;
}

/** A consumer as the snapshot has it. */
export interface KnownConsumer {
  readonly name: string;
  /** Null where the consumer may call everything. */
  readonly access: ReadonlySet<string> | null;
  /** By service, the version where it names none. */
  readonly versions?: Readonly<Record<string, string>> | undefined;
  readonly limits: readonly Limit[];
  readonly priority?: Priority;
  readonly team?: string;
  /** Its limits on services without limits of their own; the limits policy keeps them here from the first call on. */
  sharedLimits?: CompiledLimits | null | undefined;
  /** Another one has its name by now, or none: nobody who has kept it may go by it. */
  isReplaced?: boolean;
}

export interface PipelinePorts {
  /** Looks up `sha256:<hex>` of a key's secret. */
  findKey(hash: string): KnownKey | undefined;
  findConsumer(name: string): KnownConsumer | undefined;
  keySets: Pick<KeySets, "at">;
  /** Those of a file, or without one the gateway's own; `generation` counts their changes. */
  authorities: { certificates(file: string | undefined): readonly X509Certificate[]; all(): readonly X509Certificate[]; readonly generation: number };
  /** The lists that a service's certificates are held against; null where it asks for none. `generation` counts the files' changes. */
  revocations: { lists(settings: Pick<MutualTls, "ca" | "crl">): readonly RevocationList[] | null; readonly generation: number };
  findTeam(name: string): Team | undefined;
  counters: Counters;
  places: Places;
  /** Those that are the same on all services. */
  callerLimits: SharedCallerLimits;
  wrongKeys: WrongKeys;
  conflicts: ConflictPorts;
  caches: Caches;
  /** Unix milliseconds. */
  now(): number;
  /** Counts a refusal by a limit, for the metrics. */
  rateLimited(service: string, limit: "requests" | "concurrent"): void;
}
