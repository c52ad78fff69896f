/** Three times as many calls as an upstream can take, through the real program: how slow the admitted ones get, how much of the capacity is used, and who is shed. */
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { percentile } from "../measure/statistics.ts";
import { startPinned, stopChild, type Cores } from "../programs/child.ts";
import { atConstantRate, type RatedCall } from "./constant-rate.ts";
import { startParleyWith } from "./parley.ts";

export interface OverloadCase {
  parallel: number;
  serviceMs: number;
}

export interface OverloadFigures extends OverloadCase {
  capacityPerSecond: number;
  unloaded: { p50Ms: number; p99Ms: number };
  admitted: { p50Ms: number; p99Ms: number };
  /** Of the capacity, answered with 200. */
  goodput: number;
  limit: number;
  /** Of each class's calls, which share was answered with 200. */
  answered: Readonly<Record<string, number>>;
  /** Answers that are neither a 200 nor a 503 with Retry-After. */
  others: number;
}

/** A fifth is of high priority, and two fifths each are normal and low. */
const callers = ["high", "normal", "low", "normal", "low"].map((name) => ({ name, key: `overload-key-${name}-0000` }));
const timesCapacity = 3;

export async function measureOverload(directory: string, cores: Cores, { parallel, serviceMs }: OverloadCase): Promise<OverloadFigures> {
  const upstream = startPinned([process.execPath, fileURLToPath(new URL("upstream-of-capacity.ts", import.meta.url)), String(parallel), String(serviceMs)], { core: cores.load, ipc: true });
  const [{ port }] = (await once(upstream.process, "message")) as [{ port: number }];
  const consumers = Object.fromEntries(["high", "normal", "low"].map((name) => [name, { priority: name, keys: [{ name: "default", secret: `overload-key-${name}-0000` }] }]));
  const services = { busy: { path: "/busy", conflict: { mode: "off" }, upstream: { targets: [{ url: `http://127.0.0.1:${port}` }], concurrency: { adaptive: true, max: 500, queue: { length: 50 } } } } };
  const parley = await startParleyWith(join(directory, `overload-${parallel}-${serviceMs}`), cores.program, { services, consumers });
  try {
    const capacityPerSecond = (parallel * 1000) / serviceMs;
    const job = { url: `${parley.url}/busy`, callers };
    const unloaded = await atConstantRate({ ...job, perSecond: capacityPerSecond * 0.25, warmUpMs: 1_000, countedMs: 8_000 });
    const countedMs = 15_000;
    const overloaded = await atConstantRate({ ...job, perSecond: capacityPerSecond * timesCapacity, warmUpMs: 10_000, countedMs });
    return { parallel, serviceMs, capacityPerSecond, limit: await parley.metric("parley_upstream_concurrency_limit"), unloaded: timesOf(unloaded), ...figuresOf(overloaded, { capacityPerSecond, countedMs }) };
  } finally {
    await parley.stop();
    await stopChild(upstream);
  }
}

function timesOf(calls: readonly RatedCall[]): { p50Ms: number; p99Ms: number } {
  const times = calls.filter(({ status }) => status === 200).map(({ tookMs }) => tookMs).toSorted((one, other) => one - other);
  return { p50Ms: percentile(times, 50), p99Ms: percentile(times, 99) };
}

function figuresOf(calls: readonly RatedCall[], { capacityPerSecond, countedMs }: { capacityPerSecond: number; countedMs: number }): Pick<OverloadFigures, "admitted" | "goodput" | "answered" | "others"> {
  const good = calls.filter(({ status }) => status === 200);
  const inTime = good.filter(({ endedMs }) => endedMs <= countedMs);
  const answered = Object.fromEntries(["high", "normal", "low"].map((name) => {
    const own = calls.filter(({ caller }) => caller === name);
    return [name, own.filter(({ status }) => status === 200).length / own.length];
  }));
  return { admitted: timesOf(calls), goodput: (inTime.length * 1000) / countedMs / capacityPerSecond, answered, others: calls.filter(({ status, retryAfter }) => status !== 200 && !(status === 503 && retryAfter !== null)).length };
}
