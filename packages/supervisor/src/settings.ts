/** Decides what to start with: a flag goes before the environment, the environment before the file, the file before the default. */
import { readConfigFile } from "@parley/config";
import type { Diagnostic } from "@parley/contract/api/system";
import { type Config, config as configSchema } from "@parley/contract/config/config";
import type { ServerTls } from "@parley/contract/config/tls";
import type { ControlProcessOptions, SettingsOfFile } from "@parley/contract/processes";
import { parseDuration } from "@parley/contract/units";
import { statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { ConfigError } from "./config-error.ts";
import { StartError } from "./start-error.ts";

export interface Flags {
  config?: string | undefined;
  data?: string | undefined;
  host?: string | undefined;
  adminHost?: string | undefined;
  gatewayPort?: number | undefined;
  adminPort?: number | undefined;
}

export interface Settings {
  /** Absolute; null where the database is the truth. */
  file: string | null;
  gateway: { host: string; port: number; workers: number; tls?: ServerTls };
  admin: { host: string; port: number; token: string; tls?: NonNullable<ControlProcessOptions["tls"]> };
  /** Absolute. */
  data: string;
  /** How long the calls in flight have to end when Parley is stopped. */
  drainMs: number;
  warnings: readonly Diagnostic[];
}

/** What was read of the file: no settings where it has mistakes. */
export interface SettingsReading {
  config: SettingsOfFile | null;
  diagnostics: readonly Diagnostic[];
}

export interface ReadingPorts {
  /** Hears where the data directory will be, where nothing turns out to be wrong: of a large file that is long before all of it is checked. */
  expectData: (directory: string) => void;
  /** Has a large file read by whoever needs all of it; null where nobody does. */
  readElsewhere: (file: string, expectData: (directory: string) => void) => Promise<SettingsReading | null>;
}

const defaultDrainMs = 60_000;
/** Past this size reading takes longer than to start a process and be told what it has read. */
const largeBytes = 1024 * 1024;
const alone: ReadingPorts = { expectData: () => undefined, readElsewhere: async () => null };

export async function resolveSettings(flags: Flags, environment: NodeJS.ProcessEnv, ports: ReadingPorts = alone): Promise<Settings> {
  refuseEmptyFlags(flags);
  const file = flags.config === undefined ? null : resolve(flags.config);
  const data = flags.data ?? (environment["PARLEY_DATA"] || undefined);
  if (data !== undefined || file === null) ports.expectData(resolve(data ?? defaults().data));
  const reading = file === null ? null : await readFile(file, environment, data === undefined ? ports : { ...ports, expectData: () => undefined });
  const config = reading?.config ?? defaults();
  const text = (name: string): string | undefined => environment[name] || undefined;
  checkLogLevel(environment);
  const workers = config.gateway.workers === "auto" ? availableParallelism() : config.gateway.workers;
  const settings: Settings = {
    file,
    gateway: {
      host: flags.host ?? text("PARLEY_HOST") ?? config.gateway.host,
      port: flags.gatewayPort ?? portFrom(environment, "PARLEY_GATEWAY_PORT") ?? config.gateway.port,
      workers,
      ...(config.gateway.tls === undefined ? {} : { tls: config.gateway.tls }),
    },
    admin: {
      host: flags.adminHost ?? text("PARLEY_ADMIN_HOST") ?? config.admin.host,
      port: flags.adminPort ?? portFrom(environment, "PARLEY_ADMIN_PORT") ?? config.admin.port,
      token: config.admin.token || (text("PARLEY_ADMIN_TOKEN") ?? ""),
      ...(config.admin.tls === undefined ? {} : { tls: config.admin.tls }),
    },
    data: resolve(data ?? config.data),
    drainMs: drainFrom(environment),
    warnings: reading?.diagnostics ?? [],
  };
  refuseSharedPort(settings);
  return settings;
}

const textFlags = { config: ["--config", "a path"], data: ["--data", "a path"], host: ["--host", "an address"], adminHost: ["--admin-host", "an address"] } as const;

/** A shell makes one of a variable that is not set. As a path it would be the working directory, and as a host every address of the machine. */
function refuseEmptyFlags(flags: Flags): void {
  for (const name of ["config", "data", "host", "adminHost"] as const) {
    const [flag, what] = textFlags[name];
    if (flags[name] === "") throw new StartError("config-invalid-value", `${flag} is empty`, `Give ${what}, or leave ${flag} out.`);
  }
}

async function readFile(file: string, environment: NodeJS.ProcessEnv, { expectData, readElsewhere }: ReadingPorts): Promise<{ config: SettingsOfFile; diagnostics: readonly Diagnostic[] }> {
  const elsewhere = isLarge(file) ? await readElsewhere(file, expectData) : null;
  const { config, diagnostics } = elsewhere ?? (await readConfigFile(file, environment, { dataDirectory: expectData, isFollowed: true }));
  if (!config) throw new ConfigError(file, diagnostics);
  return { config, diagnostics };
}

/** Why one is out of reach is said by its reader. */
function isLarge(file: string): boolean {
  try {
    return statSync(file).size >= largeBytes;
  } catch {
    return false;
  }
}

function defaults(): Config {
  return configSchema.parse({});
}

const everyAddress = ["0.0.0.0", "::"];

/** Each would be free before either plane takes it. 0 is any free port. */
function refuseSharedPort({ gateway, admin }: Settings): void {
  const meet = gateway.host === admin.host || [gateway.host, admin.host].some((host) => everyAddress.includes(host));
  if (gateway.port === 0 || gateway.port !== admin.port || !meet) return;
  throw new StartError("port-in-use", `gateway.port and admin.port are both ${gateway.port}`, "Choose another for one of them, with --gateway-port or --admin-port or in the configuration.");
}

function portFrom(environment: NodeJS.ProcessEnv, name: string): number | undefined {
  const text = environment[name];
  if (text === undefined || text === "") return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new StartError("config-invalid-value", `${name} is "${text}", and has to be a port from 0 to 65535`);
}

const logLevels = ["debug", "info", "warn", "error"];

/** The planes read it themselves; here a mistake is told once, before either of them ends over it. */
function checkLogLevel(environment: NodeJS.ProcessEnv): void {
  const level = environment["PARLEY_LOG_LEVEL"];
  if (level !== undefined && !logLevels.includes(level)) throw new StartError("config-invalid-value", `PARLEY_LOG_LEVEL is "${level}", and has to be one of ${logLevels.join(", ")}`);
}

function drainFrom(environment: NodeJS.ProcessEnv): number {
  const text = environment["PARLEY_DRAIN_TIMEOUT"];
  if (text === undefined || text === "") return defaultDrainMs;
  const milliseconds = parseDuration(text);
  if (milliseconds !== null) return milliseconds;
  throw new StartError("config-invalid-value", `PARLEY_DRAIN_TIMEOUT is "${text}", and has to be a duration such as 60s`);
}
