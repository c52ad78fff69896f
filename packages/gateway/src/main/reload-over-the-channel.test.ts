/** Ten thousand routes and thirty thousand keys as the control plane sends them: calls get their turn between the parts. */
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import type { ControlMessage, GatewayMessage } from "@parley/contract/channel";
import { service } from "@parley/contract/config/service";
import { dataDirectory } from "@parley/contract/data-directory";
import { JsonLines } from "@parley/contract/json-lines";
import { emptySnapshot, type SnapshotChange } from "@parley/contract/snapshot";
import { expect, it } from "vitest";
import { startGateway } from "./gateway-under-test.ts";

const routes = 10_000;
const keys = 30_000;
const changesInPart = 200;

function changes(): SnapshotChange[] {
  const one = service.parse({ path: "/one", upstream: { targets: [{ url: "http://127.0.0.1:1" }] }, access: "open" });
  return [
    ...Array.from({ length: routes }, (_, index): SnapshotChange => ({ kind: "service", name: `s${index}`, value: { ...one, path: `/group${index % 100}/s${index}` } })),
    ...Array.from({ length: keys }, (_, index): SnapshotChange => ({ kind: "key", name: `sha256:${index.toString(16).padStart(64, "0")}`, value: { id: `shop~${index}`, name: `key-${index}`, consumer: "shop" } })),
  ];
}

function linesOf(all: readonly SnapshotChange[], of: "snapshot" | "delta", last: ControlMessage): string {
  const parts: ControlMessage[] = [];
  for (let start = 0; start < all.length; start += changesInPart) parts.push({ type: "part", of, changes: all.slice(start, start + changesInPart) });
  return [...parts, last].map((message) => `${JSON.stringify(message)}\n`).join("");
}

/** The CPU time of the longest turn of the event loop until then: waiting for the processor is no work of ours. */
async function longestTurnMs(until: Promise<unknown>): Promise<number> {
  let isOver = false;
  let longest = 0;
  void until.finally(() => (isOver = true));
  let before = process.threadCpuUsage();
  while (!isOver) {
    await new Promise(setImmediate);
    const { user, system } = process.threadCpuUsage(before);
    longest = Math.max(longest, (user + system) / 1_000);
    before = process.threadCpuUsage();
  }
  return longest;
}

it("a delta and a snapshot in parts are put in force without a long turn", { timeout: 180_000 }, async () => {
  const gateway = await startGateway({});
  const heard: GatewayMessage[] = [];
  const server = createServer().listen(dataDirectory(gateway.dataDirectory).socket);
  const [socket] = (await once(server, "connection")) as [Socket];
  const lines = new JsonLines(1024 * 1024, (message) => {
    heard.push(message as GatewayMessage);
    socket.emit("message", message);
  });
  socket.on("data", (chunk: Buffer) => lines.push(chunk));
  const applied = async (version: number): Promise<void> => {
    while (!heard.some((message) => message.type === "applied" && message.version === version)) await once(socket, "message");
  };
  await once(socket, "message");
  const delta = linesOf(changes(), "delta", { type: "delta", delta: { base: 1, version: 2, publishedAt: 0, changes: [] } });
  socket.write(delta);
  const turnsMs = [await longestTurnMs(applied(2))];
  expect((await fetch(`${gateway.url}/group7/s9907/x`)).status).toBe(502);
  const snapshot = linesOf(changes().slice(1), "snapshot", { type: "snapshot", snapshot: { ...emptySnapshot(), version: 3 } });
  socket.write(snapshot);
  turnsMs.push(await longestTurnMs(applied(3)));
  expect((await fetch(`${gateway.url}/group7/s9907/x`)).status).toBe(502);
  expect((await fetch(`${gateway.url}/group0/s0/x`)).status).toBe(404);
  // Some 11 ms of processor time for the delta and 12 for the snapshot; in one go it would be hundreds.
  expect(Math.max(...turnsMs)).toBeLessThan(60);
  await gateway.stop();
  socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});
