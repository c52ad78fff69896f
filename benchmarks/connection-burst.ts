/**
 * What a burst of calls to one upstream costs, as a stall of the gateway makes it: `node benchmarks/connection-burst.ts [--rounds 100]`.
 * 30 connections have been used and are idle when the calls come, all in one turn of the event loop. In process, calls that wait for
 * a connection in turns with calls that each have one opened. It knows the transport's inside, because that alone is what it measures.
 */
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { fileURLToPath } from "node:url";
import { LeanTransport } from "../packages/gateway/src/upstreams/lean/lean-transport.ts";
import { percentile } from "./measure/statistics.ts";

const warmConnections = 30;
const warmBursts = 6;
const bursts = [60, 120, 240];
const timeouts = { connectMs: 10_000, firstByteMs: 10_000, idleMs: 10_000 };
const sides = { waiting: {}, opening: { patienceMs: 0 } };

interface Burst {
  cpuMs: number;
  lastAnsweredMs: number;
}

/** Answers every read with 1 KB; the calls of this benchmark fit into one. */
function serve(): void {
  const answer = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: 1024\r\n\r\n${"x".repeat(1024)}`);
  const server = createServer({ noDelay: true }, (socket) => socket.on("data", () => socket.write(answer)).on("error", () => socket.destroy()));
  server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => parentPort?.postMessage((server.address() as AddressInfo).port));
}

async function together(transport: LeanTransport, origin: string, calls: number): Promise<number> {
  const startedMs = performance.now();
  const request = { origin, method: "GET", path: "/", rawHeaders: ["Host", "upstream", "Accept", "*/*"], body: null, timeouts };
  await Promise.all(Array.from({ length: calls }, () => new Promise<void>((resolve, reject) => transport.send(request, { head: () => {}, data: () => true, end: () => resolve(), failure: reject }))));
  return performance.now() - startedMs;
}

async function takeBurst(origin: string, calls: number, options: { patienceMs?: number }): Promise<Burst> {
  const transport = new LeanTransport(options);
  for (let burst = 0; burst < warmBursts; burst++) await together(transport, origin, burst === 0 ? warmConnections : warmConnections - 1);
  // Of this thread, as the upstream has one of its own.
  const before = process.threadCpuUsage();
  const lastAnsweredMs = await together(transport, origin, calls);
  const { user, system } = process.threadCpuUsage(before);
  await transport.close();
  return { cpuMs: (user + system) / 1000, lastAnsweredMs };
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { rounds: { type: "string", default: "100" } } });
  const upstream = new Worker(fileURLToPath(import.meta.url));
  const [port] = (await once(upstream, "message")) as [number];
  for (const calls of bursts) {
    const taken: Record<keyof typeof sides, Burst[]> = { waiting: [], opening: [] };
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const side of round % 2 === 0 ? (["waiting", "opening"] as const) : (["opening", "waiting"] as const)) taken[side].push(await takeBurst(`http://127.0.0.1:${port}`, calls, sides[side]));
    }
    const median = (side: keyof typeof sides, figure: keyof Burst): string => percentile(taken[side].map((burst) => burst[figure]).sort((one, other) => one - other), 50).toFixed(2);
    for (const side of ["opening", "waiting"] as const) process.stdout.write(`${calls} calls, ${side}: ${median(side, "cpuMs")} ms of CPU, the last answered after ${median(side, "lastAnsweredMs")} ms\n`);
  }
  await upstream.terminate();
}

if (isMainThread) await main();
else serve();
