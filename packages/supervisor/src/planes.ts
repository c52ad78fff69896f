/** The processes of both planes, and the counters that several gateway workers share. */
import type { DataDirectory } from "@parley/contract/data-directory";
import { handedOverArgument, type ChildMessage, type ControlProcessOptions, type GatewayProcessOptions } from "@parley/contract/processes";
import { fileURLToPath } from "node:url";
import { localUrl } from "./addresses.ts";
import { Child, type Death } from "./child.ts";
import { gatewayNodeArguments, oneArena } from "./gateway-node-arguments.ts";
import type { Settings } from "./settings.ts";

/** The modules that the processes run. */
export interface Programs {
  gateway: string;
  control: string;
}

export interface PlaneEvents {
  message(child: Child, message: ChildMessage): void;
  died(child: Child, death: Death): void;
}

export interface Planes {
  gateways: readonly Child[];
  control: Child;
}

export interface PlaneOptions {
  settings: Settings;
  data: DataDirectory;
  environment: NodeJS.ProcessEnv;
  localToken: string;
  programs: Programs;
  events: PlaneEvents;
}

export function ownPrograms(): Programs {
  return { gateway: moduleOf("@parley/gateway/main"), control: moduleOf("@parley/control/main") };
}

function moduleOf(specifier: string): string {
  return fileURLToPath(import.meta.resolve(specifier));
}

export function createPlanes(options: PlaneOptions): Planes {
  const { settings, data, programs } = options;
  const inherited = { NODE_COMPILE_CACHE: data.compileCache, ...options.environment };
  const workers = settings.gateway.workers;
  const gateways = Array.from({ length: workers }, (_, worker) => {
    const gateway: GatewayProcessOptions = {
      worker, workers, host: settings.gateway.host, port: settings.gateway.port, reusePort: workers > 1, data: data.root,
      countersSocket: workers > 1 ? data.countersSocket : null, ...(settings.gateway.tls === undefined ? {} : { tls: settings.gateway.tls }),
    };
    const name = workers === 1 ? "the gateway" : `gateway worker ${worker}`;
    return createChild({ name, module: programs.gateway, options: gateway, environment: gatewayEnvironment(inherited), nodeArguments: gatewayNodeArguments, standardOutput: 1 }, options.events);
  });
  const control: ControlProcessOptions = {
    host: settings.admin.host, port: settings.admin.port, data: data.root, file: settings.file,
    gatewayUrl: localUrl(settings.gateway.host, settings.gateway.port, settings.gateway.tls !== undefined),
    ...(settings.admin.tls === undefined ? {} : { tls: settings.admin.tls }),
  };
  const environment = { ...inherited, PARLEY_ADMIN_TOKEN: settings.admin.token, PARLEY_LOCAL_TOKEN: options.localToken };
  return { gateways, control: createChild({ name: "the control plane", module: programs.control, options: control, environment, ...(settings.file === null ? {} : { input: { argument: handedOverArgument, take: settings.takeReading } }) }, options.events) };
}

function createChild(program: ConstructorParameters<typeof Child>[0], events: PlaneEvents): Child {
  const child: Child = new Child(program, {
    message: (message) => events.message(child, message),
    died: (death) => events.died(child, death),
  });
  return child;
}

/** The gateway needs nothing that opens the admin API. */
function gatewayEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { PARLEY_ADMIN_TOKEN: _admin, PARLEY_LOCAL_TOKEN: _local, ...rest } = environment;
  return { ...oneArena, ...rest };
}
