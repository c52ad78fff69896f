/**
 * What choosing a target costs, in process: nanoseconds of CPU for a choice with its end, at so many targets that have calls
 * under way, for each algorithm. The median of nine rounds.
 *
 *   node benchmarks/balancing.ts [targets]
 */
import { performance } from "node:perf_hooks";
import { balanceAlgorithm, upstream as upstreamSchema } from "@parley/contract/config/upstream";
import { compileBalancer, type Balancer } from "../packages/gateway/src/upstreams/balance/balancer.ts";
import { compileTarget } from "../packages/gateway/src/upstreams/target.ts";

const [targetCount = 100] = process.argv.slice(2).map(Number);
const choices = 100_000;
const rounds = 9;
const underWay = 150;

function balancerFor(balance: (typeof balanceAlgorithm.options)[number]): Balancer {
  const urls = Array.from({ length: targetCount }, (_, index) => ({ url: `http://10.0.${index >> 8}.${index & 255}:8080/api` }));
  const upstream = upstreamSchema.parse({ targets: urls, balance });
  const targets = upstream.targets.map(({ url, weight }, index) => compileTarget(url, weight, index));
  return compileBalancer(upstream, targets, { monotonicMs: () => performance.now(), random: Math.random });
}

/** A call each to a thousand resources, as hash keys. */
const calls = Array.from({ length: 1_000 }, (_, index) => ({ method: "GET", rest: `/orders/${index}`, headers: {}, caller: null, clientAddress: "127.0.0.1" }));

function nanosecondsPerChoice(balancer: Balancer): number {
  const before = process.cpuUsage();
  for (let choice = 0; choice < choices; choice++) {
    const target = balancer.pick(calls[choice % calls.length] as (typeof calls)[number], []);
    if (!target) throw new Error("there is always a target");
    balancer.ended(target, "answered", 5);
    balancer.released(target);
  }
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1_000) / choices;
}

for (const balance of balanceAlgorithm.options) {
  const balancer = balancerFor(balance);
  for (let call = 0; call < underWay; call++) balancer.pick(calls[call] as (typeof calls)[number], []);
  nanosecondsPerChoice(balancer);
  const figures = Array.from({ length: rounds }, () => nanosecondsPerChoice(balancer)).toSorted((one, other) => one - other);
  console.log(`${balance.padEnd(16)} ${figures[rounds >> 1]?.toFixed(0).padStart(6)} ns  (${figures[0]?.toFixed(0)} to ${figures.at(-1)?.toFixed(0)})`);
}
