/**
 * What the traffic's promises come to in the real program: `node benchmarks/traffic.ts [--only overload|hashing] [--rounds 3] [--note text]`. Writes results/traffic.md.
 * Needs Linux, two cores, taskset and setpriv; everything listens on loopback, every load is bounded, and everything that was started is ended.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { describeMachine } from "./measure/machine.ts";
import { type Balance, type HashingFigures, measureHashing } from "./traffic/hashing.ts";
import { measureOverload, type OverloadFigures } from "./traffic/overload.ts";

const cores = { load: 0, program: 1 };
const repository = fileURLToPath(new URL("..", import.meta.url));
const overloadCases = [{ parallel: 20, serviceMs: 100 }, { parallel: 8, serviceMs: 40 }, { parallel: 64, serviceMs: 200 }];
const hashingCases = [{ clients: 8, documents: 20 }, { clients: 32, documents: 20 }, { clients: 32, documents: 4 }];
const balances: readonly Balance[] = ["round-robin", "ewma", "consistent-hash"];
const say = (text: string): void => void process.stderr.write(`${text}\n`);

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: "string" }, rounds: { type: "string", default: "3" }, note: { type: "string", default: "" } } });
  const machine = describeMachine({ nginx: "", portkey: "", repository });
  const directory = mkdtempSync(join(tmpdir(), "parley-traffic-"));
  try {
    const overloads: OverloadFigures[] = [];
    for (const one of values.only === "hashing" ? [] : overloadCases) {
      say(`overload: ${one.parallel} at a time of ${one.serviceMs} ms`);
      overloads.push(await measureOverload(directory, cores, one));
    }
    const hashings: HashingFigures[] = [];
    for (const one of values.only === "overload" ? [] : hashingCases) {
      say(`hashing: ${one.clients} clients, ${one.documents} documents`);
      hashings.push(await measureHashing(join(directory, `${one.clients}-${one.documents}`), cores, { ...one, instances: 4, workMs: 10, editsEach: 40, rounds: Number(values.rounds) }));
    }
    const text = [head(machine, values.note), ...(overloads.length > 0 ? [overloadText(overloads)] : []), ...(hashings.length > 0 ? [hashingText(hashings)] : [])].join("\n");
    if (values.only === undefined) writeFileSync(join(repository, "benchmarks/results/traffic.md"), text);
    process.stdout.write(text);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function head({ cpu, cores: count, kernel, node, parley, loadAverage }: ReturnType<typeof describeMachine>, note: string): string {
  return `# What the traffic's promises come to, ${new Date().toISOString().slice(0, 10)}

${cpu}, ${count} cores, Linux ${kernel}, Node ${node}, Parley ${parley}. Load average ${loadAverage.toFixed(1)} before the run and ${(loadavg()[0] ?? 0).toFixed(1)} after it.
Load and upstreams share one core, all of Parley's processes the other. Command: \`node benchmarks/traffic.ts\`.${note === "" ? "" : ` ${note}`}
`;
}

function overloadText(figures: readonly OverloadFigures[]): string {
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  const rows = figures.map(({ parallel, serviceMs, capacityPerSecond, unloaded, admitted, goodput, answered, limit, others }) =>
    `| ${parallel} × ${serviceMs} ms | ${capacityPerSecond.toFixed(0)}/s | ${unloaded.p50Ms.toFixed(0)} / ${unloaded.p99Ms.toFixed(0)} ms | ${admitted.p50Ms.toFixed(0)} / ${admitted.p99Ms.toFixed(0)} ms | ${(admitted.p99Ms / unloaded.p99Ms).toFixed(2)} | ${percent(goodput)} | ${limit} | ${["high", "normal", "low"].map((name) => percent(answered[name] ?? 0)).join(" / ")} | ${others} |`);
  return `
## Three times as many calls as the upstream can take

An open loop at 3 × capacity for 15 s after 10 s that are not counted, a fifth of the calls of high priority, two fifths each normal and low; before it 8 s at a quarter of the
capacity, which is called unloaded. A call's time counts from when it was due. \`concurrency: { adaptive: true, max: 500, queue: { length: 50 } }\`. Promised: p99 of the admitted calls at most 2 × that of an
unloaded upstream, at least 90 % of the capacity used, the least important shed first with 503 and Retry-After ("neither" counts answers that are neither that nor a 200).

| upstream | capacity | unloaded p50 / p99 | admitted p50 / p99 | p99 ratio | goodput | limit found | answered high / normal / low | neither |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${rows.join("\n")}
`;
}

function hashingText(figures: readonly HashingFigures[]): string {
  const rows = figures.flatMap(({ clients, documents, rounds }) => balances.map((balance) => {
    const edits = rounds.reduce((sum, round) => sum + round[balance].edits, 0);
    const conflicts = rounds.reduce((sum, round) => sum + round[balance].conflicts, 0);
    const each = rounds.map((round) => round[balance].conflicts).join(", ");
    const perSecond = (rounds.reduce((sum, round) => sum + round[balance].edits - round[balance].conflicts, 0) * 1000) / rounds.reduce((sum, round) => sum + round[balance].tookMs, 0);
    return `| ${clients} clients, ${documents} documents | ${balance} | ${edits} | ${conflicts} (${each}) | ${((conflicts / edits) * 100).toFixed(1)} % | ${perSecond.toFixed(0)}/s |`;
  }));
  return `
## Edits of hot documents at a service with four instances

Each client edits (PUT) one document after the other, 40 times, the first documents more often than the last. An edit reads the document, works for 10 ms and commits it if nobody has changed it since, else it is a 409;
an instance does the edits of one document one after the other and knows nothing of the other instances'. Interleaved rounds; the figures of each round in brackets.

| load | balance | edits | conflicts | share | edits committed |
| --- | --- | ---: | ---: | ---: | ---: |
${rows.join("\n")}
`;
}

await main();
