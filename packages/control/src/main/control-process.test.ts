import { fork, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dataDirectory } from "@parley/contract/data-directory";
import type { ChildMessage, ControlProcessOptions } from "@parley/contract/processes";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { adminToken, startControl } from "../testing/start-control.ts";

const entry = fileURLToPath(new URL("../main.ts", import.meta.url));
let data: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "parley-process-"));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(data, { recursive: true, force: true });
});

const optionsOf = (over: Partial<ControlProcessOptions> = {}): ControlProcessOptions => ({ host: "127.0.0.1", port: 0, data, file: null, gatewayUrl: "http://127.0.0.1:8080", ...over });

/** Starts the process as the supervisor does. */
function start(over: Partial<ControlProcessOptions> = {}, environment: Record<string, string> = {}): { child: ChildProcess; message: (type: ChildMessage["type"]) => Promise<ChildMessage>; errors: () => string } {
  const child = fork(entry, [JSON.stringify(optionsOf(over))], { env: { PATH: process.env["PATH"], NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"], PARLEY_ADMIN_TOKEN: adminToken, ...environment }, stdio: ["ignore", "ignore", "pipe", "ipc"] });
  children.push(child);
  let errors = "";
  child.stderr?.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const received: ChildMessage[] = [];
  child.on("message", (message: ChildMessage) => received.push(message));
  const message = async (type: ChildMessage["type"]): Promise<ChildMessage> => {
    for (;;) {
      const found = received.find((candidate) => candidate.type === type);
      if (found) return found;
      await once(child, "message");
    }
  };
  return { child, message, errors: () => errors };
}

const exitOf = async (child: ChildProcess): Promise<number | null> => (child.exitCode === null && child.signalCode === null ? ((await once(child, "exit"))[0] as number | null) : child.exitCode);
const call = (id: string) => `${JSON.stringify({ id, at: Date.now(), worker: 0, service: "s", kind: "http", method: "GET", path: "/", clientAddress: "", status: 200, durationMs: 1, requestBytes: 0, responseBytes: 0, attempts: 1 })}\n`;

describe("the control plane's process", () => {
  test("says when it serves and lets the first person in; on SIGTERM it takes in what is sealed and ends with 0", async () => {
    const { child, message, errors } = start();
    const ready = await message("ready");
    const port = ready.type === "ready" ? ready.port : 0;
    expect(await message("first-run")).toMatchObject({ signInUrl: expect.stringContaining(`http://127.0.0.1:${port}/welcome#token=`) as string, key: expect.stringMatching(/^pk_/) as string });
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    const { spool, root } = dataDirectory(data);
    writeFileSync(join(spool, "1-0-1.ndjson"), call("last"));
    child.kill("SIGTERM");
    expect(await exitOf(child)).toBe(0);
    expect(readdirSync(spool)).toEqual([]);
    expect(statSync(root).mode & 0o777).toBe(0o700);
    for (const file of readdirSync(root).filter((name) => name !== "spool")) expect([file, statSync(join(root, file)).mode & 0o077]).toEqual([file, 0]);
    expect(errors()).not.toMatch(/pk_|token=/);
  });

  test("ends when the supervisor is gone", async () => {
    const { child, message } = start();
    await message("ready");
    child.disconnect();
    expect(await exitOf(child)).toBe(0);
  });

  test("ends when the supervisor was gone before it could hear of that", async () => {
    const { child, errors } = start();
    child.disconnect();
    expect(await exitOf(child)).toBe(0);
    expect(errors()).toContain("the supervisor is gone");
  });

  test("keeps over kill -9 everything that it had answered for", async () => {
    const first = start();
    const ready = await first.message("ready");
    const url = `http://127.0.0.1:${ready.type === "ready" ? ready.port : 0}`;
    const made = await fetch(`${url}/api/consumers/acme`, { method: "PUT", headers: { authorization: `Bearer ${adminToken}`, "if-none-match": "*", "content-type": "application/json" }, body: '{"spec":{}}' });
    first.child.kill("SIGKILL");
    expect(made.status).toBe(201);
    await exitOf(first.child);
    const control = await startControl({ data });
    expect(await control.call("GET", "/api/consumers/acme")).toMatchObject({ status: 200, etag: made.headers.get("etag") });
    await control.stop();
  });

  test("says why it cannot start", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as { port: number };
    const refused = start({ port });
    expect(await refused.message("fatal")).toMatchObject({ code: "port-in-use" });
    expect(await exitOf(refused.child)).toBe(1);
    taken.close();
  });

  test("does not start with a master key that does not open what is stored", async () => {
    const control = await startControl({ data });
    await control.call("PUT", "/api/providers/openai", { create: true, body: { spec: { apiKey: "sk-secret" } } });
    await control.drain();
    const refused = start({}, { PARLEY_MASTER_KEY: "ab".repeat(32) });
    expect(await refused.message("fatal")).toMatchObject({ code: "master-key-wrong", message: expect.stringContaining("provider openai") as string });
  });

  test("started by hand it logs the link", async () => {
    const child = spawn(process.execPath, [entry, JSON.stringify(optionsOf())], { stdio: ["ignore", "ignore", "pipe"] });
    children.push(child);
    let text = "";
    for await (const chunk of child.stderr) {
      text += (chunk as Buffer).toString();
      if (text.includes("signInUrl")) break;
    }
    expect(text).toContain("/welcome#token=");
  });
});

describe("host names", () => {
  test("that another site could have resolve to this machine are refused", async () => {
    const control = await startControl({ data, environment: { PARLEY_ADMIN_NAMES: "parley.example.com" } });
    const { request } = await import("node:http");
    const status = (host: string) => new Promise<number>((resolve, reject) => request(`${control.url}/api/session`, { headers: { host } }, (answer) => resolve(answer.resume().statusCode ?? 0)).on("error", reject).end());
    expect(await Promise.all(["localhost:1", "127.0.0.1:8081", "[::1]:9", "parley.example.com"].map(status))).toEqual([401, 401, 401, 401]);
    expect(await Promise.all(["evil.example", "localhost.evil.example", "127.0.0.1.evil.example"].map(status))).toEqual([421, 421, 421]);
    await control.stop();
  });
});
