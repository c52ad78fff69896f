/**
 * The control plane put together: stores, configuration, channel, call log and the admin port, in the order in which each
 * needs the one before, and taken apart in the opposite order. Only in this folder implementations of ports are chosen.
 */
import type { ConfigFile } from "@parley/config";
import type { Diagnostic } from "@parley/contract/api/system";
import { setTimeout as pause } from "node:timers/promises";
import { dataDirectory } from "@parley/contract/data-directory";
import type { ControlProcessOptions } from "@parley/contract/processes";
import type { ConfigStore } from "@parley/stores/ports/config-store";
import type { Logger } from "pino";
import { createApp } from "../api/app.ts";
import { startAlerts } from "../alerts/start-alerts.ts";
import type { DocumentSpec } from "../configuration/entity.ts";
import type { ControlPlane } from "../api/control-plane.ts";
import { documentationIn } from "../api/documentation.ts";
import { staticConsole } from "../console/static-console.ts";
import { Rollouts } from "../rollout/rollouts.ts";
import { signInUrl, type SignIn } from "../sign-in/sign-in.ts";
import { AdminCertificate } from "./admin-certificate.ts";
import { hostsOf, loggingOf, retentionOf, tokensOf } from "./admin-settings.ts";
import { diskSpaceOf } from "./disk-space.ts";
import { startHousekeeping } from "./housekeeping.ts";
import { listen, type HttpServer } from "./listen.ts";
import { openParts, type Environment, type Parts } from "./parts.ts";
import { startConfiguration } from "./start-configuration.ts";

export interface ControlProcessPorts {
  environment: Environment;
  /** Where the built console is. */
  consoleFolder: string;
  /** Where the documentation is, as Markdown. */
  documentationFolder: string;
  version: string;
  now: () => number;
  log: Logger;
  /** Nobody has started it before: what it cannot start with ends the start. */
  isFirst: boolean;
  /** The configuration's, where its reading was begun ahead. */
  file?: ConfigFile | null;
}

export interface ControlProcess {
  port: number;
  /** Null when somebody can sign in already. */
  firstRun: { signInUrl: string; key: string | null } | null;
  /** What is wrong with the OpenAPI documents that the configuration file names. */
  documents: Diagnostic[];
  /** Takes in every sealed segment, closes everything. */
  drain(): Promise<void>;
}

export async function startControlProcess(options: ControlProcessOptions, ports: ControlProcessPorts): Promise<ControlProcess> {
  const { environment, log } = ports;
  const place = dataDirectory(options.data);
  const parts: Parts = openParts(place, { ...ports, bodiesBytes: () => loggingOf(started).bodiesBytes });
  // Gateways come while the configuration is taken in, and are told of it the moment it is there.
  await parts.channel.listen(place.socket);
  const started = await startConfiguration({ ...parts, options, environment, log, isFirst: ports.isFirst, file: ports.file ?? null });
  const gatewaysHaveIt = parts.channel.begin();
  parts.ingestor.start();
  parts.bodies?.start();
  let http: HttpServer | null = null;
  const port = (): number => http?.port ?? options.port;
  const publicOrigin = (): string => environment["PARLEY_ADMIN_PUBLIC_URL"]?.replace(/\/+$/, "") || originOf(options.host, port(), options.tls ? "https" : "http");
  const diskSpace = (): ReturnType<typeof diskSpaceOf> => diskSpaceOf(place.root);
  const alerts = await startAlerts({ ...parts, options, diskSpace, configuration: started.configuration, origin: publicOrigin, onError: (message, error) => log.error({ err: error }, message) });
  const rollouts = new Rollouts({ ...parts, configuration: started.configuration, book: parts.rolloutBook, audit: parts.store.audit, onError: (message, error) => log.error({ err: error }, message) });
  rollouts.start();
  const plane: ControlPlane = {
    ...parts, options, environment, version: ports.version, startedAt: ports.now(),
    configuration: started.configuration, database: started.database, alerts, rollouts, port, publicOrigin, diskSpace,
  };
  const app = createApp({ plane, tokens: tokensOf(environment, started), hosts: () => hostsOf(options, environment, started), console: staticConsole(ports.consoleFolder), documentation: documentationIn(ports.documentationFolder), log });
  const certificate = options.tls === undefined ? null : new AdminCertificate(options.tls, (error) => log.warn({ err: error }, "the admin port's certificate cannot be renewed; the one before stays"));
  http = await listen(app.fetch, options, certificate);
  // What carries calls goes before the disk.
  await Promise.race([gatewaysHaveIt, pause(gatewaysFirstMs, undefined, { ref: false })]);
  // From here on a gateway can start without us.
  await parts.publisher.flush();
  const stopHousekeeping = startHousekeeping({ ...parts, monotonicMs: () => performance.now(), documentTexts: () => started.configuration.entities.list("document").map(({ spec }) => (spec as unknown as DocumentSpec).text), retention: () => retentionOf(started), onError: (error) => log.error({ err: error }, "housekeeping failed") });
  return {
    port: http.port,
    firstRun: await firstRunOf({ ...parts, origin: originOf(options.host, http.port, options.tls ? "https" : "http"), key: started.firstKey }),
    documents: started.configuration.diagnostics().filter(({ code }) => code === "config-document"),
    drain: async () => {
      stopHousekeeping();
      started.stop();
      parts.live.close();
      await http?.close();
      certificate?.close();
      await alerts.stop();
      await rollouts.stop();
      await close(parts);
    },
  };
}

/** A gateway that hangs keeps nothing else waiting. */
const gatewaysFirstMs = 5_000;

/** Records first, so that none is left behind; the stores last, because everything before may need them. */
async function close({ publisher, documentReader, callLog, bodies, ledger, ingestor, channel, store }: Parts): Promise<void> {
  await publisher.flush();
  await documentReader.end();
  await callLog.settled;
  await ingestor.stop();
  await bodies?.stop();
  await channel.close();
  await callLog.close();
  await ledger.close();
  await store.close();
}

async function firstRunOf(of: { store: ConfigStore; signIn: SignIn; origin: string; key: string | null }): Promise<ControlProcess["firstRun"]> {
  if ((await of.store.people.list()).length > 0) return null;
  const { token } = await of.signIn.newLink(null);
  return { signInUrl: signInUrl(of.origin, token), key: of.key };
}

/** An address that means every one is no address to open. */
export function originOf(host: string, port: number, scheme: "http" | "https" = "http"): string {
  const name = host === "0.0.0.0" || host === "::" ? "localhost" : host.includes(":") ? `[${host}]` : host;
  return `${scheme}://${name}:${port}`;
}
