/**
 * How the supervisor starts the two kinds of process, and what they tell it. Options travel as
 * given-options.ts says and hold no secret; the admin token and the master key travel in the environment (PARLEY_ADMIN_TOKEN, PARLEY_MASTER_KEY).
 * So does PARLEY_LOCAL_TOKEN, to the control plane alone: a random token that the supervisor makes at every start and
 * writes to running.json (0600). The admin API accepts it as a bearer token with the role owner and the audit actor
 * `cli`, so that the command line works on the machine itself without any set-up.
 */
import type { Diagnostic } from "./api/system.ts";
import type { Config } from "./config/config.ts";
import type { ServerTls } from "./config/tls.ts";

export interface GatewayProcessOptions {
  worker: number;
  /** How many there are; 1 where it is not said. */
  workers?: number;
  host: string;
  port: number;
  /** True with several workers: each binds the port itself and the kernel spreads connections. */
  reusePort: boolean;
  /** The data directory, absolute. */
  data: string;
  /** Where the counters that all workers share are served; null with one worker, which keeps them itself. */
  countersSocket: string | null;
  /** Paths absolute; plain HTTP without it. */
  tls?: ServerTls;
}

export interface ControlProcessOptions {
  host: string;
  port: number;
  data: string;
  /** The configuration file, absolute; null where the database is the truth. */
  file: string | null;
  gatewayUrl: string;
  /** Files of the admin port's certificate and key, absolute; plain HTTP without it. */
  tls?: { cert: string; key: string; minVersion: "1.2" | "1.3" };
}

/** What the supervisor needs of a configuration. */
export type SettingsOfFile = Pick<Config, "gateway" | "admin" | "data">;

/** Child to supervisor, over Node's IPC. */
export type ChildMessage =
  /** Where the data directory will be, unless something is wrong: nothing is checked by then. */
  | { type: "expected-data"; data: string }
  /** Of the file that it was told to expect, by a control plane that has no options yet. Null where there are mistakes. */
  | { type: "read"; config: SettingsOfFile | null; diagnostics: readonly Diagnostic[] }
  /** It serves; with port 0 configured, this is the port it got. `documents`: what is wrong with those that the configuration file names. */
  | { type: "ready"; port: number; documents?: readonly Diagnostic[] }
  /** Nobody can sign in yet: this link lets the first person in, and this key makes the first call. Comes before `ready`. */
  | { type: "first-run"; signInUrl: string; key: string | null }
  /** With `diagnostics` the configuration is what is wrong. */
  | { type: "fatal"; code: string; message: string; diagnostics?: readonly Diagnostic[] };

/** Supervisor to child. SIGTERM means the same as drain. */
export type SupervisorMessage = { type: "drain"; withinMs: number };

/** Written to the data directory while Parley runs, for the command line. */
export interface RunningFile {
  pid: number;
  gatewayUrl: string;
  adminUrl: string;
  /** The file of the certificate that the admin port shows, absolute; absent where it speaks plain HTTP. */
  adminCertificate?: string;
  file: string | null;
  /** The bearer token of this run, for the command line on this machine. */
  localToken: string;
}
