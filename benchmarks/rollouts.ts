/**
 * How a rollout decides, by simulation of one step with the control plane's own tests: `node benchmarks/rollouts.ts [--runs 1000] [--seed 1]`.
 * How often a release that is no worse is taken back, and how often and how soon one that is. Nothing runs but arithmetic; the same seed gives the same figures.
 */
import { parseArgs } from "node:util";
import { type Arm, judge } from "../packages/control/src/rollout/judge.ts";

const looks = 10;
const sampleSize = 2_000;
const rules = { significance: 0.01, slower: 20 };
const usual = { errors: 0.01, conflicts: 0.02, times: 1 };
/** Whether assignment is to callers, and not to calls: then these differ in their own share of errors. */
const callers = 200;

type Nature = typeof usual;

const releases: readonly { name: string; nature: Nature }[] = [
  { name: "no worse", nature: usual },
  { name: "20 % slower, which is allowed", nature: { ...usual, times: 1.2 } },
  { name: "2 × errors", nature: { ...usual, errors: 0.02 } },
  { name: "5 × errors", nature: { ...usual, errors: 0.05 } },
  { name: "2 × conflicts", nature: { ...usual, conflicts: 0.04 } },
  { name: "50 % slower", nature: { ...usual, times: 1.5 } },
];
const traffics = [{ calls: 200, share: 0.05 }, { calls: 1_000, share: 0.05 }, { calls: 5_000, share: 0.05 }, { calls: 20_000, share: 0.05 }, { calls: 5_000, share: 0.5 }];

interface Outcome {
  takenBack: number;
  /** Of the release, when it was taken back; the median. */
  calls: number | null;
}

function main(): void {
  const { values } = parseArgs({ options: { runs: { type: "string", default: "1000" }, seed: { type: "string", default: "1" } } });
  const random = seeded(Number(values.seed));
  const runs = Number(values.runs);
  const rows = releases.map(({ name, nature }) => `| ${name} | ${traffics.map((traffic) => told(stepsOf(nature, { ...traffic, random, runs }))).join(" | ")} |`);
  const sticky = [0.05, 0.25, 0.5].map((share) => `| ${share * 100} % of ${callers} callers | ${percent(stickySteps({ share, calls: 5_000, random, runs }))} |`);
  process.stdout.write(`| release | ${traffics.map(({ calls, share }) => `${calls} calls at ${share * 100} %`).join(" | ")} |\n| --- |${" ---: |".repeat(traffics.length)}\n${rows.join("\n")}\n\n| sticky, no worse | taken back |\n| --- | ---: |\n${sticky.join("\n")}\n`);
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

function grow(arm: Arm, { calls, nature, random }: { calls: number; nature: Nature; random: () => number }): void {
  arm.calls += calls;
  arm.errors += hits(calls, nature.errors, random);
  arm.conflicts += hits(calls, nature.conflicts, random);
}

/** Lognormal: the 99th percentile is five times the median. */
function sampled(arm: Arm, { times }: Nature, random: () => number): Arm {
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return { ...arm, latenciesMs: Array.from({ length: Math.min(sampleSize, arm.calls) }, () => 20 * times * Math.exp(0.69 * normal())) };
}

/** A tenth of the callers has ten times the others' errors of its own, and every caller stays with one arm. */
function stickySteps({ share, calls, random, runs }: Traffic): number {
  let takenBack = 0;
  for (let run = 0; run < runs; run++) {
    const own = Array.from({ length: callers }, () => ({ errors: random() < 0.1 ? 0.05 : 0.005, canary: random() < share }));
    const [release, baseline] = [emptyArm(), emptyArm()];
    for (let look = 1; look <= looks; look++) {
      for (const { errors, canary } of own) grow(canary ? release : baseline, { calls: Math.round(calls / share / looks / callers), nature: { ...usual, errors }, random });
      if (!judge(release, baseline, { rules, look }).some(({ worse }) => worse)) continue;
      takenBack++;
      break;
    }
  }
  return takenBack / runs;
}

/** Binomial, by the gaps between hits. */
function hits(calls: number, probability: number, random: () => number): number {
  const scale = Math.log(1 - probability);
  let count = 0;
  for (let at = Math.floor(Math.log(1 - random()) / scale); at < calls; at += 1 + Math.floor(Math.log(1 - random()) / scale)) count++;
  return count;
}

function told({ takenBack, calls }: Outcome): string {
  return calls === null ? percent(takenBack) : `${percent(takenBack)}, after ${calls}`;
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
