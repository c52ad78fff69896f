/** What guarding costs, each figure beside the unguarded path of the same round. */
import { type Summary, summary } from "../measure/statistics.ts";
import { run } from "./load.ts";
import { readMany } from "./many-reads.ts";
import type { GuardedParley } from "./parley.ts";

export interface Figure {
  what: string;
  unit: string;
  measured: Summary;
  /** Of the same rounds: what it is compared with, and by what. */
  beside: string;
  budget: string;
}

export interface Setting {
  parley: GuardedParley;
  upstreamPort: number;
  rounds: number;
  callsEach: number;
  resources: number;
  say(text: string): void;
}

/** Longer than the spool keeps a record back, so that the call log's work is in the figure. */
const settleMs = 2_500;

/** Microseconds of CPU, all processes, a call or a pair. */
async function cpuOf(setting: Setting, load: { service: string; path: string; kind: "read" | "read-and-write"; count: number; distinct: number; from: number }): Promise<{ cpu: number; perSecond: number }> {
  const before = setting.parley.cpu();
  const perSecond = await run({ port: setting.parley.port, kind: load.kind, count: load.count, path: (index) => `/${load.service}${load.path}/${(load.from + index) % load.distinct}` });
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  return { cpu: (setting.parley.cpu() - before) / load.count, perSecond };
}

async function compare(setting: Setting, about: { path: string; kind: "read" | "read-and-write"; services: readonly [string, string]; count: number; distinct: number }): Promise<{ unguarded: number[]; guarded: number[]; perSecond: number[] }> {
  const found = { unguarded: [] as number[], guarded: [] as number[], perSecond: [] as number[] };
  const { services, ...load } = about;
  for (let round = -1; round < setting.rounds; round += 1) {
    // Where all resources are distinct, those of another round are others too: the upstream forgets what was written.
    const from = (round + 1) * load.count;
    const unguarded = await cpuOf(setting, { ...load, from, service: services[0] });
    const guarded = await cpuOf(setting, { ...load, from, service: services[1] });
    // The first round warms up.
    if (round < 0) continue;
    found.unguarded.push(unguarded.cpu);
    found.guarded.push(guarded.cpu);
    found.perSecond.push(guarded.perSecond);
    setting.say(`${services[1]} ${about.path} ${about.kind}: ${guarded.cpu.toFixed(0)} µs beside ${unguarded.cpu.toFixed(0)}`);
  }
  return found;
}

const pairwise = (a: readonly number[], b: readonly number[], by: (one: number, other: number) => number): Summary => summary(a.map((one, index) => by(one, b[index] as number)));
const minus = (one: number, other: number): number => one - other;
const over = (one: number, other: number): number => one / other;
const beside = (values: readonly number[], unit: string): string => `unguarded ${summary(values).median.toFixed(0)} ${unit}`;

export async function readFigures(setting: Setting): Promise<Figure[]> {
  const { callsEach: count } = setting;
  const small = { kind: "read", count, distinct: 100 } as const;
  const hash = await compare(setting, { ...small, path: "/1k", services: ["off", "enforce"] });
  const native = await compare(setting, { ...small, path: "/strong", services: ["off", "enforce"] });
  const large = await compare(setting, { ...small, count: Math.ceil(count / 5), path: "/100k", services: ["off", "enforce"] });
  const observed = await compare(setting, { ...small, path: "/1k", services: ["off", "observe"] });
  return [
    { what: "guard on a read, 1 KB, the gateway's tag", unit: "µs", measured: pairwise(hash.guarded, hash.unguarded, minus), beside: beside(hash.unguarded, "µs"), budget: "15 µs, in process" },
    { what: "guard on a read, 1 KB, the upstream's tag", unit: "µs", measured: pairwise(native.guarded, native.unguarded, minus), beside: beside(native.unguarded, "µs"), budget: "15 µs, in process" },
    { what: "guard on a read, 100 KB, the gateway's tag", unit: "µs", measured: pairwise(large.guarded, large.unguarded, minus), beside: beside(large.unguarded, "µs"), budget: "150 µs" },
    { what: "observing, 1 KB", unit: "×", measured: pairwise(observed.guarded, observed.unguarded, over), beside: beside(observed.unguarded, "µs"), budget: "1.2 ×" },
  ];
}

export async function writeFigures(setting: Setting): Promise<Figure[]> {
  const pairs = { path: "/1k", kind: "read-and-write", count: Math.ceil(setting.callsEach / 4), distinct: Number.POSITIVE_INFINITY } as const;
  const shared = await compare(setting, { ...pairs, services: ["off", "require"] });
  const exclusive = await compare(setting, { ...pairs, services: ["off", "exclusive"] });
  const figure = (what: string, { guarded, unguarded }: typeof shared): Figure => ({ what, unit: "×", measured: pairwise(guarded, unguarded, over), beside: beside(unguarded, "µs a pair"), budget: "1.5 ×" });
  return [
    figure("guarded read and write, distinct resources, writers: shared", shared),
    figure("guarded read and write, distinct resources, writers: exclusive", exclusive),
    { what: "the same, pairs a second on one core", unit: "/s", measured: summary(shared.perSecond), beside: "", budget: "aim: 3000 on two cores" },
  ];
}

/** One resource whose upstream works on one write at a time. */
export async function queueFigure(setting: Setting): Promise<Figure> {
  const count = 400;
  const alone: number[] = [];
  const queued: number[] = [];
  for (let round = 0; round < setting.rounds; round += 1) {
    alone.push(await run({ port: setting.upstreamPort, kind: "write", count, connections: 1, path: () => "/hot" }));
    queued.push(await run({ port: setting.parley.port, kind: "write", count, connections: 16, path: () => "/serialize/hot" }));
  }
  return { what: "queue on one hot resource, 16 writers", unit: "of the upstream alone", measured: pairwise(queued, alone, over), beside: `upstream alone ${summary(alone).median.toFixed(0)} writes/s`, budget: "0.7" };
}

/** From a fresh start: what each part has resident before and after. */
export async function memoryFigure(setting: Setting): Promise<Figure[]> {
  const { parley, resources } = setting;
  const before = parley.resident();
  const since = performance.now();
  const tell = (answered: number): void => {
    const { gateway = 0, supervisor = 0 } = parley.resident();
    setting.say(`${answered.toLocaleString("en")} resources, ${((answered * 1000) / (performance.now() - since)).toFixed(0)} reads/s: gateway ${gateway.toFixed(0)} MiB, ledger's process ${supervisor.toFixed(0)} MiB`);
  };
  await readMany({ port: parley.port, count: resources, path: (index) => `/tracked/${index}`, progress: tell });
  const after = parley.resident();
  const parts = ["gateway", "supervisor"] as const;
  const added = parts.reduce((sum, part) => sum + (after[part] ?? 0) - (before[part] ?? 0), 0);
  const whole = parts.reduce((sum, part) => sum + (after[part] ?? 0), 0);
  const many = resources.toLocaleString("en");
  const of = parts.map((part) => `${part === "gateway" ? part : "ledger's process"} ${(before[part] ?? 0).toFixed(0)} to ${(after[part] ?? 0).toFixed(0)}`).join(", ");
  return [
    { what: `resident with ${many} tracked resources, gateway and the ledger's process`, unit: "MiB", measured: summary([whole]), beside: of, budget: "300 MiB for a million" },
    { what: `of which ${many} tracked resources added`, unit: "MiB", measured: summary([added]), beside: "", budget: "" },
  ];
}
