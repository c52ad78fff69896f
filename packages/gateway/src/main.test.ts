import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import type { ControlMessage, GatewayMessage } from "@parley/contract/channel";
import { dataDirectory } from "@parley/contract/data-directory";
import { JsonLines } from "@parley/contract/json-lines";
import type { ChildMessage, GatewayProcessOptions } from "@parley/contract/processes";
import { hashKey, sealSecret } from "@parley/contract/secrets";
import { service } from "@parley/contract/config/service";
import { snapshotOf, testMasterKey } from "./main/gateway-under-test.ts";
import { readSpool } from "./main/read-spool.ts";
import { startUpstream, type UpstreamUnderTest } from "./main/upstream-under-test.ts";

/** Far longer than it ever takes, for machines that are busy. */
const patiently = { timeout: 10_000, interval: 10 };

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "parley-process-"));
  stops.push(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

interface GatewayProcess {
  child: ChildProcess;
  port: Promise<number>;
  exit: Promise<number | null>;
}

function forkGateway(data: string): GatewayProcess {
  const options: GatewayProcessOptions = { worker: 3, host: "127.0.0.1", port: 0, reusePort: false, data, countersSocket: null };
  const child = fork(join(import.meta.dirname, "main.ts"), [JSON.stringify(options)], {
    env: { ...process.env, PARLEY_MASTER_KEY: testMasterKey.toString("hex") },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    execArgv: [],
  });
  let errors = "";
  child.stderr?.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  stops.push(() => child.kill("SIGKILL"));
  const exit = once(child, "exit").then(([code]) => code as number | null);
  const port = new Promise<number>((resolve, reject) => {
    child.on("message", (message: ChildMessage) => {
      if (message.type === "ready") resolve(message.port);
    });
    void exit.then(() => reject(new Error(`the gateway ended: ${errors}`)));
  });
  port.catch(() => {});
  return { child, port, exit };
}

interface ControlPlane {
  messages: GatewayMessage[];
  send(message: ControlMessage): void;
  next<Type extends GatewayMessage["type"]>(type: Type, from?: number): Promise<Extract<GatewayMessage, { type: Type }>>;
  close(): Promise<void>;
}

/** The other end of the channel, as bare as can be. */
async function startControlPlane(data: string): Promise<ControlPlane> {
  const messages: GatewayMessage[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const lines = new JsonLines(1024 * 1024 * 1024, (message) => messages.push(message as GatewayMessage));
    socket.on("data", (chunk: Buffer) => lines.push(chunk));
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  }).listen(dataDirectory(data).socket);
  await once(server, "listening");
  return {
    messages,
    send: (message) => sockets.forEach((socket) => socket.write(`${JSON.stringify(message)}\n`)),
    next: async (type, from = 0) => {
      await vi.waitUntil(() => messages.slice(from).some((message) => message.type === type), { timeout: 30_000, interval: 10 });
      return messages.slice(from).find((message) => message.type === type) as never;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function upstreamSaying(text: string): Promise<UpstreamUnderTest> {
  const upstream = await startUpstream((request, response) => response.end(`${text} ${request.headers.authorization ?? ""}`));
  stops.push(() => upstream.close());
  return upstream;
}

const authorized = { headers: { authorization: "Bearer acme-secret" } };

it("waits for the control plane without a snapshot, applies deltas, and asks for the whole where one does not fit", async () => {
  const data = newDirectory();
  const upstream = await upstreamSaying("hello");
  const control = await startControlPlane(data);
  stops.push(() => control.close());
  const gateway = forkGateway(data);
  expect(await control.next("hello")).toMatchObject({ worker: 3, pid: gateway.child.pid, snapshotVersion: 0 });
  const snapshot = snapshotOf({ consumers: { acme: { key: "acme-secret" } }, services: { notes: { path: "/notes", upstream: { targets: [{ url: upstream.url }], credentials: { header: "Authorization", value: "x" } } } } }, 5);
  const { credentials } = snapshot.entities.service["notes"]?.upstream ?? {};
  if (credentials) credentials.value = sealSecret(testMasterKey, "service/notes/upstream/credentials/value", "Bearer sealed-token");
  control.send({ type: "snapshot", snapshot });
  expect(await control.next("applied")).toMatchObject({ version: 5 });
  const url = `http://127.0.0.1:${await gateway.port}`;
  expect(await (await fetch(`${url}/notes`, authorized)).text()).toBe("hello Bearer sealed-token");

  const moved = service.parse({ path: "/moved", upstream: { targets: [{ url: upstream.url }] } });
  control.send({
    type: "delta",
    delta: { base: 5, version: 6, publishedAt: 0, changes: [{ kind: "service", name: "notes", value: moved }, { kind: "key", name: hashKey("second-secret"), value: { id: "2", name: "second", consumer: "acme" } }] },
  });
  await vi.waitUntil(async () => (await fetch(`${url}/moved`, { headers: { "x-api-key": "second-secret" } })).status === 200, patiently);
  expect((await fetch(`${url}/notes`, authorized)).status).toBe(404);

  control.send({ type: "delta", delta: { base: 6, version: 7, publishedAt: 0, changes: [{ kind: "key", name: hashKey("second-secret"), value: null }] } });
  await vi.waitUntil(async () => (await fetch(`${url}/moved`, { headers: { "x-api-key": "second-secret" } })).status === 401, patiently);
  control.send({ type: "delta", delta: { base: 9, version: 10, publishedAt: 0, changes: [] } });
  await control.next("resync");
  gateway.child.send({ type: "drain", withinMs: 1000 });
  expect(await gateway.exit).toBe(0);
});

it("starts from the snapshot on disk while the control plane is down, and finds it when it comes", async () => {
  const data = newDirectory();
  const upstream = await upstreamSaying("from disk");
  writeFileSync(dataDirectory(data).snapshot, JSON.stringify(snapshotOf({ services: { open: { path: "/open", access: "open", upstream: { targets: [{ url: upstream.url }] } } } }, 42)));
  const gateway = forkGateway(data);
  const url = `http://127.0.0.1:${await gateway.port}`;
  expect((await fetch(`${url}/open`)).status).toBe(200);
  const control = await startControlPlane(data);
  expect(await control.next("hello")).toMatchObject({ snapshotVersion: 42 });
  await control.close();
  const again = await startControlPlane(data);
  stops.push(() => again.close());
  await again.next("hello");
  gateway.child.kill("SIGTERM");
  expect(await gateway.exit).toBe(0);
});

it("shows calls live while somebody watches, answers for its metrics, and says when a segment can be read", async () => {
  const data = newDirectory();
  const upstream = await upstreamSaying("hello");
  const control = await startControlPlane(data);
  stops.push(() => control.close());
  const gateway = forkGateway(data);
  await control.next("hello");
  control.send({ type: "snapshot", snapshot: snapshotOf({ services: { open: { path: "/open", access: "open", upstream: { targets: [{ url: upstream.url }] } } } }) });
  const url = `http://127.0.0.1:${await gateway.port}`;
  control.send({ type: "watch", on: true });
  control.send({ type: "metrics", request: 7 });
  await control.next("metrics");
  await fetch(`${url}/open?secret=1`);
  const live = await control.next("calls");
  expect(live.records).toMatchObject([{ service: "open", path: "/open", status: 200, worker: 3 }]);
  const { segment } = await control.next("sealed");
  expect(segment).toMatch(/^\d+-3-\d+\.ndjson$/);
  expect(readSpool(dataDirectory(data).spool)).toHaveLength(1);
  const from = control.messages.length;
  control.send({ type: "metrics", request: 8 });
  const { request, families } = await control.next("metrics", from);
  expect(request).toBe(8);
  expect(families.find((family) => family.name === "parley_calls_total")?.series).toEqual([{ labels: { service: "open", status: "200", kind: "http", worker: "3" }, value: 1 }]);
  expect(families.find((family) => family.name === "parley_call_duration_seconds")?.series[0]).toMatchObject({ count: 1, labels: { service: "open", worker: "3" } });
  gateway.child.kill("SIGTERM");
  expect(await gateway.exit).toBe(0);
});

it("drains and ends when its supervisor is gone", async () => {
  const data = newDirectory();
  writeFileSync(dataDirectory(data).snapshot, JSON.stringify(snapshotOf({})));
  const gateway = forkGateway(data);
  await gateway.port;
  gateway.child.disconnect();
  expect(await gateway.exit).toBe(0);
});

it("ends when its supervisor was gone before it could hear of that", async () => {
  const data = newDirectory();
  writeFileSync(dataDirectory(data).snapshot, JSON.stringify(snapshotOf({})));
  const gateway = forkGateway(data);
  gateway.child.disconnect();
  expect(await gateway.exit).toBe(0);
});

it("leaves everything but the last moment in the spool when it is killed, and its successor seals that", async () => {
  const data = newDirectory();
  const upstream = await upstreamSaying("hello");
  writeFileSync(dataDirectory(data).snapshot, JSON.stringify(snapshotOf({ services: { open: { path: "/open", access: "open", upstream: { targets: [{ url: upstream.url }] } } } })));
  const { spool } = dataDirectory(data);
  mkdirSync(spool, { recursive: true });
  writeFileSync(join(spool, "1000-3-9.open"), '{"id":"whole"}\n{"id":"half');
  const killed = forkGateway(data);
  const url = `http://127.0.0.1:${await killed.port}`;
  await vi.waitUntil(() => readdirSync(spool).includes("1000-3-9.ndjson"), patiently);
  expect(readSpool(spool)).toEqual([{ id: "whole" }]);
  await fetch(`${url}/open`);
  // In a segment, sealed or not; half a second on a machine that has nothing else to do.
  await vi.waitUntil(() => readdirSync(spool).some((name) => readFileSync(join(spool, name), "utf8").includes("/open")), { timeout: 5000, interval: 5 });
  killed.child.kill("SIGKILL");
  await killed.exit;
  const next = forkGateway(data);
  await next.port;
  next.child.kill("SIGTERM");
  expect(await next.exit).toBe(0);
  expect(readSpool(spool).map((record) => record.path).filter(Boolean)).toEqual(["/open"]);
});

it("says why it cannot start", async () => {
  const data = newDirectory();
  const options = { worker: 0, host: "127.0.0.1", port: 0, reusePort: false, data, countersSocket: null };
  const { PARLEY_MASTER_KEY: _key, ...environment } = process.env;
  const child = fork(join(import.meta.dirname, "main.ts"), [JSON.stringify(options)], { env: environment, stdio: ["ignore", "ignore", "ignore", "ipc"], execArgv: [] });
  const [message] = (await once(child, "message")) as [ChildMessage];
  expect(message).toMatchObject({ type: "fatal", message: expect.stringContaining("master key") });
  const [code] = (await once(child, "exit")) as [number];
  expect(code).toBe(1);
});
