/** Where the admin API is and what opens it: what was said, or else what runs on this machine. */
import { dataDirectory } from "@parley/contract/data-directory";
import type { RunningFile } from "@parley/contract/processes";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Failure } from "../failure.ts";
import type { Trust } from "./trusting-fetch.ts";
import type { CommonOptions, Terminal } from "../terminal.ts";

export interface Connection {
  url: string;
  token: string | null;
  /** Whose certificates are believed; null for the usual ones. */
  trust: Trust | null;
  /** What the supervisor wrote down, where the connection is to this machine's own. */
  running: RunningFile | null;
}

export interface ConnectionOptions extends CommonOptions {
  admin?: string;
  token?: string;
  ca?: string;
  data?: string;
}

export function findConnection(terminal: Terminal, options: ConnectionOptions): Connection {
  const said = options.admin ?? terminal.environment["PARLEY_ADMIN_URL"];
  const token = options.token ?? (terminal.environment["PARLEY_ADMIN_TOKEN"] || null);
  if (said !== undefined && said !== "") return { url: checkedUrl(said), token, trust: saidTrust(terminal, options), running: null };
  const root = dataRoot(terminal, options);
  const running = readRunning(root);
  if (!running) throw new Failure("not-running", `no Parley runs on the data directory ${root}`, "Start it with ./parley up. If it runs, say where: --data <directory> (beside the configuration file, if that names no other), or --admin <url> on another machine.");
  // The token of this run opens the admin API of this run alone, so it is never sent anywhere else.
  return { url: running.adminUrl, token: token ?? running.localToken, trust: saidTrust(terminal, options) ?? ownTrust(running), running };
}

function saidTrust(terminal: Terminal, { ca }: ConnectionOptions): Trust | null {
  const file = ca ?? terminal.environment["PARLEY_ADMIN_CA"];
  if (file === undefined || file === "") return null;
  try {
    return { pem: readFileSync(file, "utf8"), exactly: false };
  } catch (error) {
    throw new Failure("usage", `the authorities in ${file} cannot be read: ${(error as Error).message}`, "Name a PEM file with --ca or PARLEY_ADMIN_CA.");
  }
}

/** What runs here shows what it was told to show, whatever name that is for. */
function ownTrust({ adminCertificate }: RunningFile): Trust | null {
  if (adminCertificate === undefined) return null;
  try {
    return { pem: readFileSync(adminCertificate, "utf8"), exactly: true };
  } catch {
    return null;
  }
}

export function dataRoot(terminal: Terminal, options: { data?: string }): string {
  return resolve(options.data ?? (terminal.environment["PARLEY_DATA"] || "./.parley"));
}

/** Null where there is none; one that a killed Parley left behind is found out by calling it. */
export function readRunning(root: string): RunningFile | null {
  try {
    return JSON.parse(readFileSync(dataDirectory(root).running, "utf8")) as RunningFile;
  } catch {
    return null;
  }
}

function checkedUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new Failure("usage", `"${text}" is not the address of an admin API`, "Write it as http://127.0.0.1:8081.");
}
