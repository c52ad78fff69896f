/**
 * How a rollout decides, by simulation of one step with the control plane's own tests: `node benchmarks/rollouts.ts [--runs 1000] [--seed 1] [--only calls|callers]`.
 * How often a release that is no worse is taken back, and how often and how soon one that is. Nothing runs but arithmetic; the same seed gives the same figures.
 */
import { parseArgs } from "node:util";
import type { Caller } from "../packages/control/src/rollout/callers.ts";
import { type Arm, judge, type Judgement } from "../packages/control/src/rollout/judge.ts";

const looks = 10;
const sampleSize = 2_000;
const rules = { significance: 0.01, slower: 20 };
const usual = { errors: 0.01, conflicts: 0.02, times: 1 };
type Nature = typeof usual;

const releases: readonly { name: string; nature: Nature }[] = [
  { name: "no worse", nature: usual },
  { name: "20 % slower, which is allowed", nature: { ...usual, times: 1.2 } },
  { name: "2 × errors", nature: { ...usual, errors: 0.02 } },
  { name: "5 × errors", nature: { ...usual, errors: 0.05 } },
  { name: "2 × conflicts", nature: { ...usual, conflicts: 0.04 } },
  { name: "50 % slower", nature: { ...usual, times: 1.5 } },
];
/** With `sticky`: whole callers are assigned. */
const populations = [{ callers: 20, share: 0.05 }, { callers: 20, share: 0.25 }, { callers: 200, share: 0.05 }, { callers: 200, share: 0.25 }, { callers: 200, share: 0.5 }, { callers: 2_000, share: 0.05 }];
const stickies = [releases[0], releases[2], releases[3], { name: "four of five calls fail", nature: { ...usual, errors: 1.5 } }, releases[5]].filter((one) => one !== undefined);
const traffics = [{ calls: 200, share: 0.05 }, { calls: 1_000, share: 0.05 }, { calls: 5_000, share: 0.05 }, { calls: 20_000, share: 0.05 }, { calls: 5_000, share: 0.5 }];

interface Outcome {
  takenBack: number;
  /** Of the release, when it was taken back; the median. */
  calls: number | null;
}

function main(): void {
  const { values } = parseArgs({ options: { runs: { type: "string", default: "1000" }, seed: { type: "string", default: "1" }, only: { type: "string", default: "" } } });
  const [runs, seed] = [Number(values.runs), Number(values.seed)];
  if (values.only !== "callers") process.stdout.write(callsTable(runs, seeded(seed)));
  if (values.only !== "calls") process.stdout.write(callersTable(runs, seeded(seed)));
}

function callsTable(runs: number, random: () => number): string {
  const rows = releases.map(({ name, nature }) => `| ${name} | ${traffics.map((traffic) => told(stepsOf(nature, { ...traffic, random, runs }))).join(" | ")} |\n`);
  return `| release | ${traffics.map(({ calls, share }) => `${calls} calls at ${share * 100} %`).join(" | ")} |\n| --- |${" ---: |".repeat(traffics.length)}\n${rows.join("")}\n`;
}

/** How often is a matter of one in a hundred where the release is no worse, and of tenths elsewhere. */
function callersTable(runs: number, random: () => number): string {
  const runsOf = (nature: Nature): number => (nature === usual ? runs : Math.ceil(runs / 5));
  const rows = stickies.map(({ name, nature }) => `| ${name} | ${populations.map((population) => toldOfSticky(stickySteps(nature, { ...population, calls: 5_000, random, runs: runsOf(nature) }))).join(" | ")} |\n`);
  return `| sticky | ${populations.map(({ callers, share }) => `${share * 100} % of ${callers}`).join(" | ")} |\n| --- |${" ---: |".repeat(populations.length)}\n${rows.join("")}`;
}

interface Traffic {
  /** Of the release in one step. */
  calls: number;
  share: number;
  random: () => number;
  runs: number;
}

function stepsOf(nature: Nature, traffic: Traffic): Outcome {
  const ends = Array.from({ length: traffic.runs }, () => lookOfTheEnd(nature, traffic)).filter((look) => look !== null).toSorted((one, other) => one - other);
  const median = ends[ends.length >> 1];
  return { takenBack: ends.length / traffic.runs, calls: median === undefined ? null : (median * traffic.calls) / looks };
}

/** The look at which the release is taken back; null where it is not within the step. */
function lookOfTheEnd(nature: Nature, { calls, share, random }: Traffic): number | null {
  const perLook = calls / looks;
  const [release, baseline] = [emptyArm(), emptyArm()];
  for (let look = 1; look <= looks; look++) {
    grow(release, { calls: perLook, nature, random });
    grow(baseline, { calls: Math.round((perLook * (1 - share)) / share), nature: usual, random });
    if (judge(sampled(release, nature, random), sampled(baseline, usual, random), { rules, look }).some(({ worse }) => worse)) return look;
  }
  return null;
}

function emptyArm(): Arm {
  return { calls: 0, errors: 0, conflicts: 0, latenciesMs: [] };
}

function grow(arm: Pick<Arm, "calls" | "errors" | "conflicts">, { calls, nature, random }: { calls: number; nature: Nature; random: () => number }): void {
  arm.calls += calls;
  arm.errors += hits(calls, nature.errors, random);
  arm.conflicts += hits(calls, nature.conflicts, random);
}

/** Lognormal: the 99th percentile is five times the median. */
function sampled(arm: Arm, { times }: Nature, random: () => number): Arm {
  return { ...arm, latenciesMs: Array.from({ length: Math.min(sampleSize, arm.calls) }, () => 20 * times * Math.exp(0.69 * normal(random))) };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

interface Population extends Traffic {
  callers: number;
}

interface StickyOutcome {
  takenBack: number;
  paused: number;
}

interface Member extends Caller {
  isReleased: boolean;
  nature: Nature;
  /** Of the calls of all. */
  share: number;
}

/** Every caller stays with one arm, and has ways of its own: a tenth ten times the others' errors, some many more calls, some longer times. */
function stickySteps(nature: Nature, population: Population): StickyOutcome {
  const ends = Array.from({ length: population.runs }, () => stickyEnd(membersOf(nature, population), population));
  return { takenBack: ends.filter((end) => end === "taken back").length / population.runs, paused: ends.filter((end) => end === "paused").length / population.runs };
}

function membersOf(nature: Nature, { callers, share, random }: Population): Member[] {
  const volumes = Array.from({ length: callers }, () => Math.exp(normal(random)));
  const sum = volumes.reduce((one, other) => one + other, 0);
  return volumes.map((volume) => {
    const isReleased = random() < share;
    const its = isReleased ? nature : usual;
    const own = (random() < 0.1 ? 10 : 1) / 1.9;
    return { calls: 0, errors: 0, conflicts: 0, timesMs: [], isReleased, share: volume / sum, nature: { errors: Math.min(1, its.errors * own), conflicts: its.conflicts, times: its.times * Math.exp(0.5 * normal(random)) } };
  });
}

function stickyEnd(members: readonly Member[], { calls, share, random }: Population): "taken back" | "paused" | "no worse" {
  let last: Judgement[] = [];
  for (let look = 1; look <= looks; look++) {
    for (const member of members) grow(member, { calls: Math.round((calls / share / looks) * member.share), nature: member.nature, random });
    last = judge(stickyArm(members.filter(({ isReleased }) => isReleased), random), stickyArm(members.filter(({ isReleased }) => !isReleased), random), { rules, look });
    if (last.some(({ worse }) => worse)) return "taken back";
  }
  return last.some(({ tooFewCallers }) => tooFewCallers !== undefined) ? "paused" : "no worse";
}

function stickyArm(members: readonly Member[], random: () => number): Arm {
  const arm = emptyArm();
  for (const { calls, errors, conflicts } of members) {
    arm.calls += calls;
    arm.errors += errors;
    arm.conflicts += conflicts;
  }
  const kept = Math.min(1, sampleSize / Math.max(1, arm.calls));
  const callers = members.filter(({ calls }) => calls > 0).map(({ calls, errors, conflicts, nature: { times } }) => ({ calls, errors, conflicts, timesMs: Array.from({ length: Math.round(calls * kept) }, () => 20 * times * Math.exp(0.69 * normal(random))) }));
  return { ...arm, callers, latenciesMs: callers.flatMap(({ timesMs }) => timesMs) };
}

/** Binomial, by the gaps between hits. */
function hits(calls: number, probability: number, random: () => number): number {
  if (probability >= 1) return calls;
  const scale = Math.log(1 - probability);
  let count = 0;
  for (let at = Math.floor(Math.log(1 - random()) / scale); at < calls; at += 1 + Math.floor(Math.log(1 - random()) / scale)) count++;
  return count;
}

function told({ takenBack, calls }: Outcome): string {
  return calls === null ? percent(takenBack) : `${percent(takenBack)}, after ${calls}`;
}

function toldOfSticky({ takenBack, paused }: StickyOutcome): string {
  return paused === 0 ? percent(takenBack) : `${percent(takenBack)}, paused ${percent(paused)}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** Mulberry32. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

main();
