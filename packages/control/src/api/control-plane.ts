/** What the operations work with: put together in `main/`, passed to every handler's factory. */
import type { DiskSpace } from "@parley/contract/disk-space";
import type { ControlProcessOptions } from "@parley/contract/processes";
import type { ConfigStore } from "@parley/stores/ports/config-store";
import type { Ledger } from "@parley/stores/ports/ledger";
import type { Alerts } from "../alerts/alerts.ts";
import type { BackgroundCallLog } from "../calls/background-call-log.ts";
import type { BodyIntake } from "../calls/body-intake.ts";
import type { Ingestor } from "../calls/ingestor.ts";
import type { LiveCalls } from "../calls/live-calls.ts";
import type { ChannelServer } from "../channel/channel-server.ts";
import type { Configuration } from "../configuration/configuration.ts";
import type { DatabaseConfiguration } from "../configuration/database-configuration.ts";
import type { DocumentReader } from "../documents/document-reader.ts";
import type { Publisher } from "../publishing/publisher.ts";
import type { Rollouts } from "../rollout/rollouts.ts";
import type { SignIn } from "../sign-in/sign-in.ts";
import type { RandomBytes } from "../sign-in/tokens.ts";

export interface ControlPlane {
  options: ControlProcessOptions;
  version: string;
  startedAt: number;
  configuration: Configuration;
  /** Null in file mode, where the configuration cannot be changed from here. */
  database: DatabaseConfiguration | null;
  /** Everything that must never be lost; in file mode too it has people, sessions and the audit log. */
  store: ConfigStore;
  callLog: BackgroundCallLog;
  /** Null where none can be kept. */
  bodies: BodyIntake | null;
  /** Served by the supervisor, so it may be there when gateways are not. */
  ledger: Ledger;
  /** For the status page. */
  ledgerEngine: string;
  ingestor: Ingestor;
  live: LiveCalls;
  channel: ChannelServer;
  publisher: Publisher;
  signIn: SignIn;
  alerts: Alerts;
  rollouts: Rollouts;
  documentReader: DocumentReader;
  masterKey: Buffer;
  environment: Readonly<Record<string, string | undefined>>;
  /** Of the data directory; null where it is not known. */
  diskSpace: () => Promise<DiskSpace | null>;
  /** What the HTTP port turned out to be. */
  port: () => number;
  /** Where people reach the console, for links that leave the house. */
  publicOrigin: () => string;
  random: RandomBytes;
  now: () => number;
}
