/** For tests: a control plane of its own in a temporary folder, over real sockets, with people and programs that call it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { ConfigFile } from "@parley/config";
import { dataDirectory, type DataDirectory } from "@parley/contract/data-directory";
import { pino } from "pino";
import { startControlProcess, type ControlProcess } from "../main/control-process.ts";

export const adminToken = "an-admin-token-for-tests";
export const password = "correct horse battery staple";

export interface TestControl {
  url: string;
  data: string;
  place: DataDirectory;
  process: ControlProcess;
  /** What was logged, one object a line. */
  logged: Record<string, unknown>[];
  /** Calls with the admin token. */
  call: (method: string, path: string, options?: CallOptions) => Promise<Answer>;
  /** Stops it and starts it again on the same folder. */
  restart: (environment?: Record<string, string>) => Promise<TestControl>;
  /** Ends it as SIGTERM does; its folder stays. */
  drain: () => Promise<void>;
  stop: () => Promise<void>;
}

export interface CallOptions {
  body?: unknown;
  ifMatch?: string;
  create?: boolean;
  headers?: Record<string, string>;
  /** Instead of the admin token; null sends neither. */
  cookie?: string | null;
}

export interface Answer {
  status: number;
  headers: Headers;
  /** Parsed where it is JSON. */
  body: Record<string, unknown> & { items?: Record<string, unknown>[]; spec?: Record<string, unknown>; errors?: { pointer: string }[] };
  etag: string;
}

export interface StartOptions {
  environment?: Record<string, string>;
  file?: string | null;
  data?: string;
  now?: () => number;
  consoleFolder?: string;
  /** As a supervisor's first start; a later one, unless it is said. */
  isFirst?: boolean;
  /** Where the reading of the file was begun ahead. */
  ahead?: ConfigFile;
}

export async function startControl(options: StartOptions = {}): Promise<TestControl> {
  const data = options.data ?? mkdtempSync(join(tmpdir(), "parley-control-"));
  const logged: Record<string, unknown>[] = [];
  const log = pino({ level: "debug" }, { write: (line: string) => void logged.push(JSON.parse(line) as Record<string, unknown>) });
  const process = await startControlProcess(
    { host: "127.0.0.1", port: 0, data, file: options.file ?? null, gatewayUrl: "http://127.0.0.1:8080" },
    { environment: { PARLEY_ADMIN_TOKEN: adminToken, ...options.environment }, consoleFolder: options.consoleFolder ?? join(data, "no-console"), documentationFolder: resolve(import.meta.dirname, "../../../../docs"), version: "0.0.0", now: options.now ?? Date.now, log, isFirst: options.isFirst ?? false, file: options.ahead ?? null },
  );
  const url = `http://127.0.0.1:${process.port}`;
  let stopped: Promise<void> | null = null;
  const drain = (): Promise<void> => (stopped ??= process.drain());
  return {
    url, data, process, logged, drain, place: dataDirectory(data),
    call: (method, path, callOptions = {}) => call(url + path, method, callOptions),
    restart: async (environment) => {
      await drain();
      return startControl({ ...options, data, environment: { ...options.environment, ...environment } });
    },
    stop: async () => {
      await drain();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

async function call(url: string, method: string, options: CallOptions): Promise<Answer> {
  const headers = new Headers(options.headers);
  if (options.cookie === undefined) headers.set("authorization", `Bearer ${adminToken}`);
  else if (options.cookie !== null) headers.set("cookie", options.cookie);
  if (options.ifMatch !== undefined) headers.set("if-match", options.ifMatch);
  if (options.create) headers.set("if-none-match", "*");
  if (options.body !== undefined && !headers.has("content-type")) headers.set("content-type", "application/json");
  const body = options.body === undefined ? {} : { body: typeof options.body === "string" ? options.body : JSON.stringify(options.body) };
  const response = await fetch(url, { method, headers, ...body });
  const text = await response.text();
  const parsed = /json/.test(response.headers.get("content-type") ?? "") ? (JSON.parse(text) as Answer["body"]) : ({ text } as Answer["body"]);
  return { status: response.status, headers: response.headers, body: parsed, etag: response.headers.get("etag") ?? "" };
}

/** Lets the first person in through the link of the first run; gives their cookie. */
export async function signInFirst(control: TestControl, name = "ann"): Promise<string> {
  const token = tokenOf(control.process.firstRun?.signInUrl ?? "");
  return cookieOf(await control.call("POST", "/api/session/link", { cookie: null, body: { token, name, password } }));
}

/** Adds a person with a role and signs them in. */
export async function addPerson(control: TestControl, name: string, role: string): Promise<string> {
  const added = await control.call("POST", "/api/people", { body: { name, role } });
  const { url } = added.body["link"] as { url: string };
  return cookieOf(await control.call("POST", "/api/session/link", { cookie: null, body: { token: tokenOf(url), password } }));
}

export function tokenOf(url: string): string {
  return new URLSearchParams(new URL(url).hash.slice(1)).get("token") ?? "";
}

export function cookieOf(answer: Answer): string {
  return answer.headers.get("set-cookie")?.split(";")[0] ?? "";
}

export const aService = (path = "/notes"): { spec: Record<string, unknown> } => ({ spec: { path, upstream: { targets: [{ url: "http://127.0.0.1:9001/api" }] } } });
