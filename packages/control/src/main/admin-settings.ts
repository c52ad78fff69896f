/** Settings of the admin port, from the environment and from the file as it was at start. */
import type { Logging } from "@parley/contract/config/settings";
import type { ControlProcessOptions } from "@parley/contract/processes";
import type { BearerTokens } from "../api/caller.ts";
import type { Hosts } from "../api/origin.ts";
import { specSchema } from "../configuration/entity.ts";
import type { Environment } from "./parts.ts";
import type { StartedConfiguration } from "./start-configuration.ts";

/** The environment's token before the file's: the supervisor passes the file's on as the environment's. */
export function tokensOf(environment: Environment, { file }: StartedConfiguration): BearerTokens {
  return { token: environment["PARLEY_ADMIN_TOKEN"] || file?.atStart?.admin.token || null, cli: environment["PARLEY_LOCAL_TOKEN"] || null };
}

export function hostsOf(options: ControlProcessOptions, environment: Environment, { file }: StartedConfiguration): Hosts {
  const named = (environment["PARLEY_ADMIN_NAMES"] ?? "").split(",").map((name) => name.trim().toLowerCase()).filter(Boolean);
  return { listens: options.host, names: [...named, ...(file?.atStart?.admin.names ?? [])] };
}

/** How long calls stay in the log, in milliseconds: those of these services, and all others. */
export interface Retention {
  services: ReadonlyMap<string, number>;
  othersMs: number;
  /** Bodies go with their calls, or sooner. */
  bodiesMs: number;
}

export function loggingOf({ configuration }: Pick<StartedConfiguration, "configuration">): Logging {
  const held = configuration.entities.get("settings", "logging");
  return (held?.resolved ?? specSchema("settings", "logging").parse(held?.spec ?? {})) as Logging;
}

export function retentionOf(started: StartedConfiguration): Retention {
  const { retain, services, retainBodies } = loggingOf(started);
  return { services: new Map(Object.entries(services).flatMap(([name, own]) => (own.retain === undefined ? [] : [[name, own.retain] as const]))), othersMs: retain, bodiesMs: retainBodies ?? Infinity };
}
