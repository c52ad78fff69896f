/** The processes of both planes, and the counters that several gateway workers share. */
import type { DataDirectory } from "@parley/contract/data-directory";
import type { ChildMessage, ControlProcessOptions, GatewayProcessOptions } from "@parley/contract/processes";
import { fileURLToPath } from "node:url";
import { localUrl } from "./addresses.ts";
import type { Ahead, AheadProcess } from "./ahead.ts";
import { Child, type Death } from "./child.ts";
import type { ForkedProgram } from "./fork-program.ts";
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
  ahead: PlanesAhead;
  events: PlaneEvents;
}

/** What was started ahead. */
export interface PlanesAhead {
  gateway?: AheadProcess;
  control?: AheadProcess;
}

export function ownPrograms(): Programs {
  return { gateway: fileURLToPath(import.meta.resolve("@parley/gateway/main")), control: fileURLToPath(import.meta.resolve("@parley/control/main")) };
}

/** One of each. Where compiled code has no place yet, which the data directory would be, they would compile all that they load. */
export function startAhead(ahead: Ahead, programs: Programs, environment: NodeJS.ProcessEnv): PlanesAhead {
  if (!environment["NODE_COMPILE_CACHE"]) return {};
  return { control: ahead.start({ module: programs.control, environment }), gateway: ahead.start(gatewayProgram(programs, environment)) };
}

function gatewayProgram(programs: Programs, environment: NodeJS.ProcessEnv): ForkedProgram {
  return { module: programs.gateway, environment: gatewayEnvironment(environment), nodeArguments: gatewayNodeArguments, standardOutput: 1 };
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
    return createChild({ ...gatewayProgram(programs, inherited), name, options: gateway, ...(worker === 0 ? { ahead: options.ahead.gateway } : {}) }, options.events);
  });
  const control: ControlProcessOptions = {
    host: settings.admin.host, port: settings.admin.port, data: data.root, file: settings.file,
    gatewayUrl: localUrl(settings.gateway.host, settings.gateway.port, settings.gateway.tls !== undefined),
    ...(settings.admin.tls === undefined ? {} : { tls: settings.admin.tls }),
  };
  const environment = { ...inherited, PARLEY_ADMIN_TOKEN: settings.admin.token, PARLEY_LOCAL_TOKEN: options.localToken };
  return { gateways, control: createChild({ name: "the control plane", module: programs.control, options: control, environment, ahead: options.ahead.control }, options.events) };
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
