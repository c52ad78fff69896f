/** `parley up`: from the settings to two planes that serve, and back to nothing that runs. */
import type { ChildMessage, RunningFile } from "@parley/contract/processes";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { localUrl } from "./addresses.ts";
import { Ahead } from "./ahead.ts";
import type { Child, Death } from "./child.ts";
import type { DataDirectory } from "@parley/contract/data-directory";
import { ensureMasterKey, prepareDataDirectory } from "./data-directory.ts";
import { type DataLock, lockData } from "./data-lock.ts";
import { freePort } from "./free-port.ts";
import { keepLedger } from "./ledger.ts";
import { type Planes, type PlanesAhead, type Programs, createPlanes, ownPrograms, startAhead } from "./planes.ts";
import { readRunningFile, removeRunningFile, writeRunningFile } from "./running-file.ts";
import type { Flags, Settings } from "./settings.ts";
import { startMessage } from "./start-message.ts";
import { Shutdown } from "./shutdown.ts";
import { type StartResult, StartUp } from "./start-up.ts";
import { unusableFolder } from "./unusable-folder.ts";
import { expectUsableCertificate } from "./usable-certificate.ts";

export interface SupervisorOptions {
  flags: Flags;
  environment: NodeJS.ProcessEnv;
  /** What people are to read. */
  say: (text: string) => void;
  /** What happens to the processes meanwhile, one line each. */
  note: (line: string) => void;
  programs?: Programs;
}

/** What a killed supervisor's processes take at most to notice, end, and free their ports. */
const leftoverMs = 3_000;

/** Runs until it is told to stop; gives the exit status. Throws a StartError or ConfigError where nothing could be started. */
export async function runSupervisor(options: SupervisorOptions): Promise<number> {
  const startedAt = performance.now();
  // The planes inherit it, so that what Node writes before their own code runs is for this user alone, too.
  process.umask(0o077);
  // From here on a signal is heard, also one that comes while the planes are starting.
  const shutdown = new Shutdown(options.note);
  const ahead = new Ahead();
  try {
    const programs = options.programs ?? ownPrograms();
    const planesAhead = startAhead(ahead, programs, options.environment);
    // Nothing serves yet, and whoever reads the configuration may never come to its end.
    const settings = await Promise.race([settingsOf(options, planesAhead), shutdown.requested]);
    if (settings === "stop") return 0;
    expectUsableCertificate(settings.admin);
    const data = await prepareDataDirectory(settings.data);
    const lock = lockData(data.lock, () => holder(settings.data, data.running));
    try {
      return await runLocked({ options, settings, data, programs, ahead: planesAhead, startedAt, shutdown });
    } finally {
      releaseAll(lock, data.running);
    }
  } finally {
    ahead.close();
    shutdown.close();
  }
}

async function settingsOf({ flags, environment }: SupervisorOptions, ahead: PlanesAhead): Promise<Settings> {
  // The schema is most of what a supervisor loads; the planes load theirs meanwhile.
  const { resolveSettings } = await import("./settings.ts");
  return resolveSettings(flags, environment, {
    expectData: (data) => ahead.gateway?.expect({ data }),
    readElsewhere: async (file, expectData) => (await ahead.control?.read(file, expectData)) ?? null,
  });
}

function holder(root: string, runningFile: string): string {
  const running = readRunningFile(runningFile);
  const who = running ? ` (process ${running.pid}, console at ${running.adminUrl})` : "";
  return `the data directory ${root} is in use by another Parley${who}`;
}

function releaseAll(lock: DataLock, runningFile: string): void {
  removeRunningFile(runningFile);
  lock.release();
}

interface Run {
  options: SupervisorOptions;
  settings: Settings;
  data: DataDirectory;
  programs: Programs;
  ahead: PlanesAhead;
  startedAt: number;
  shutdown: Shutdown;
}

async function runLocked(run: Run): Promise<number> {
  const { data, options, shutdown } = run;
  const settings = await withFreePorts(run.settings, data.running);
  ensureMasterKey(data.masterKey, options.environment);
  const localToken = randomBytes(32).toString("base64url");
  const running: RunningFile = {
    pid: process.pid, file: settings.file, localToken,
    gatewayUrl: localUrl(settings.gateway.host, settings.gateway.port, settings.gateway.tls !== undefined), adminUrl: localUrl(settings.admin.host, settings.admin.port, settings.admin.tls !== undefined),
    ...(settings.admin.tls === undefined ? {} : { adminCertificate: settings.admin.tls.cert }),
  };
  const say = (result: StartResult): void => options.say(startMessage({ ...running, ...result, data: settings.data, tookMs: performance.now() - run.startedAt, warnings: [...settings.warnings, ...result.documents] }));
  const startUp = new StartUp({ workers: settings.gateway.workers, file: settings.file, hasSnapshot: existsSync(data.snapshot) }, say);
  const planes: Planes = createPlanes({
    settings, data, localToken, environment: options.environment, programs: run.programs, ahead: run.ahead,
    events: {
      message: (child, message) => received(planes, startUp, { child, message, note: options.note }),
      died: (child, death) => {
        options.note(deathNote(child, death));
        if (child === planes.control) startUp.controlDied(death.deaths);
        else startUp.gatewayDied(planes.gateways.indexOf(child), death.deaths);
      },
    },
  });
  tellWhere(data, running);
  shutdown.onForce(() => killAll(planes));
  // It has the longest way to go, and asks for nothing of what is opened meanwhile. Gateways find all of it there.
  planes.control.start();
  try {
    return await runPlanes(run, { planes, startUp, workers: settings.gateway.workers });
  } finally {
    startUp.close();
    killAll(planes);
  }
}

/** The first that is written at every start, and so what a full disk stops first. */
function tellWhere(data: DataDirectory, running: RunningFile): void {
  try {
    writeRunningFile(data.running, running);
  } catch (error) {
    throw unusableFolder(data.root, error);
  }
}

async function runPlanes({ data, options, settings, shutdown }: Run, { planes, startUp, workers }: { planes: Planes; startUp: StartUp; workers: number }): Promise<number> {
  const ledger = keepLedger(data, options.note);
  let counters: Awaited<ReturnType<typeof shareCounters>> | null = null;
  try {
    // What the control plane cannot start with ends the start at once.
    await Promise.race([ledger, startUp.served]);
    if (workers > 1) counters = await shareCounters(data, options.note);
    for (const child of planes.gateways) child.start();
    await Promise.race([startUp.served, shutdown.requested]);
    await shutdown.requested;
    startUp.close();
    return (await drainAll(planes, settings.drainMs)) && !shutdown.forced ? 0 : 1;
  } finally {
    killAll(planes);
    await counters?.close();
    await (await ledger).close();
  }
}

/** A run that was killed leaves its running file, and perhaps processes that still hold the ports for a moment. */
async function withFreePorts(settings: Settings, runningFile: string): Promise<Settings> {
  const until = readRunningFile(runningFile) ? Date.now() + leftoverMs : 0;
  const { gateway, admin } = settings;
  return {
    ...settings,
    gateway: { ...gateway, port: await freePort({ host: gateway.host, port: gateway.port, flag: "--gateway-port", setting: "gateway.port", until }) },
    admin: { ...admin, port: await freePort({ host: admin.host, port: admin.port, flag: "--admin-port", setting: "admin.port", until }) },
  };
}

/** With several workers the counters live here, in the one process that outlives all of them. */
async function shareCounters(data: DataDirectory, note: (text: string) => void): Promise<{ close(): Promise<void> }> {
  const [{ openCounters }, { serveCounters }] = await Promise.all([import("@parley/stores/embedded/counters"), import("@parley/stores/embedded/counters-server")]);
  const counters = openCounters({ path: data.quotaJournal, warn: note });
  const server = await serveCounters(data.countersSocket, counters);
  return {
    close: async () => {
      await server.close();
      await counters.close();
    },
  };
}

function received(planes: Planes, startUp: StartUp, event: { child: Child; message: ChildMessage; note: (line: string) => void }): void {
  if (event.message.type === "fatal" && event.message.diagnostics === undefined) event.note(`${event.child.name} cannot go on: ${event.message.message} (${event.message.code})`);
  if (event.child === planes.control) startUp.controlMessage(event.message);
  else startUp.gatewayMessage(planes.gateways.indexOf(event.child), event.message);
}

function deathNote(child: Child, death: Death): string {
  const again = death.delayMs === 0 ? "starting it again" : `starting it again in ${death.delayMs / 1000} s`;
  const times = death.deaths > 1 ? `, ${death.deaths} times in a row` : "";
  return `${child.name} (process ${death.pid}) ended with ${death.reason}${times}; ${again}`;
}

/**
 * The gateway first: while calls end, the control plane takes in their records. What it had not taken in when it ends
 * waits in the spool for the next start, so the exit status speaks of the calls alone.
 */
async function drainAll(planes: Planes, withinMs: number): Promise<boolean> {
  const gateways = await Promise.all(planes.gateways.map((child) => child.drain(withinMs)));
  await planes.control.drain(controlDrainMs);
  return gateways.every(Boolean);
}

const controlDrainMs = 10_000;

function killAll(planes: Planes): void {
  for (const child of [...planes.gateways, planes.control]) child.kill();
}
