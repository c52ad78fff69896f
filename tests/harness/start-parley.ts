/**
 * Starts the real program (supervisor, gateway, control plane) on free ports in a directory of its own, for a test.
 * `await using parley = await startParley({ yaml })` ends it and removes the directory whatever happens.
 */
import type { RunningFile } from "@parley/contract/processes";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "./eventually.ts";
import { type ProcessIds, processIds } from "./process-ids.ts";
import { type Environment, type Running, runCommand } from "./run-command.ts";

export interface StartOptions {
  /** Runs from this configuration file; without it the database is the truth. */
  yaml?: string;
  /** Added to an environment that has nothing of the developer's own. */
  environment?: Environment;
  /** Further arguments of `parley up`. */
  args?: string[];
  /** A data directory to start on again; it is not removed. */
  dataDirectory?: string;
}

export interface Parley extends AsyncDisposable {
  gatewayUrl: string;
  adminUrl: string;
  /** Opens the admin API as `Authorization: Bearer`. */
  adminToken: string;
  dataDirectory: string;
  /** The configuration file, where there is one. */
  file: string | null;
  /** From the first start's message; null later. */
  firstRun: { signInUrl: string; key: string } | null;
  /** All that was printed so far, both streams. */
  output(): string;
  pids(): ProcessIds;
  /** The admin API with the token. */
  admin(path: string, init?: RequestInit): Promise<Response>;
  /** SIGTERM, unless another one; resolves to the exit status (or -1 after a signal). */
  stop(signal?: NodeJS.Signals): Promise<number>;
  /** kill -9 of one process. */
  kill(process: "gateway" | "control" | "supervisor"): void;
}

const startLimitMs = 45_000;

export async function startParley(options: StartOptions = {}): Promise<Parley> {
  const directory = mkdtempSync(join(tmpdir(), "parley-test-"));
  const dataDirectory = options.dataDirectory ?? join(directory, "data");
  const adminToken = options.environment?.["PARLEY_ADMIN_TOKEN"] ?? randomBytes(24).toString("hex");
  const file = options.yaml === undefined ? null : join(directory, "parley.yaml");
  if (file !== null) writeFileSync(file, options.yaml ?? "");
  const running = runCommand(directory, {
    args: ["up", "--gateway-port", "0", "--admin-port", "0", "--data", dataDirectory, ...(file === null ? [] : ["--config", file]), ...(options.args ?? [])],
    environment: { PARLEY_ADMIN_TOKEN: adminToken, ...options.environment },
  });
  try {
    await untilUp(running);
  } catch (error) {
    running.child.kill("SIGKILL");
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
  const addresses = JSON.parse(readFileSync(join(dataDirectory, "running.json"), "utf8")) as RunningFile;
  return handle(running, { directory, dataDirectory, adminToken, file, addresses });
}

async function untilUp(running: Running): Promise<void> {
  const up = eventually(() => running.output().includes("Ctrl-C stops it"), { withinMs: startLimitMs, what: () => `Parley to be up; it said:\n${running.output()}` });
  const ended = running.exited.then((code) => Promise.reject(new Error(`Parley ended with status ${code} instead of starting:\n${running.output()}`)));
  await Promise.race([up, ended]);
  ended.catch(() => undefined);
}

interface Facts {
  directory: string;
  dataDirectory: string;
  adminToken: string;
  file: string | null;
  addresses: RunningFile;
}

function handle(running: Running, facts: Facts): Parley {
  const { child, exited, output } = running;
  const { addresses, adminToken, dataDirectory, file } = facts;
  const pids = (): ProcessIds => processIds(child.pid ?? 0);
  const stop = (signal: NodeJS.Signals = "SIGTERM"): Promise<number> => {
    child.kill(signal);
    return exited;
  };
  return {
    gatewayUrl: addresses.gatewayUrl, adminUrl: addresses.adminUrl, adminToken, dataDirectory, file, firstRun: firstRunOf(output()), output, pids, stop,
    admin: (path, init = {}) => fetch(new URL(path, addresses.adminUrl), { ...init, headers: { authorization: `Bearer ${adminToken}`, ...(init.headers as Record<string, string> | undefined) } }),
    kill: (which) => {
      const ids = pids();
      const pid = which === "supervisor" ? ids.supervisor : which === "control" ? ids.control : ids.gateways[0];
      if (pid === undefined || pid === null) throw new Error(`there is no ${which} process now`);
      process.kill(pid, "SIGKILL");
    },
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) await stop();
      rmSync(facts.directory, { recursive: true, force: true });
    },
  };
}

function firstRunOf(text: string): Parley["firstRun"] {
  const signInUrl = /Sign in, once\s+(\S+)/.exec(text)?.[1];
  const key = /Authorization: Bearer ([^']+)'/.exec(text)?.[1];
  return signInUrl === undefined || key === undefined ? null : { signInUrl, key };
}
