/** What a suite works with, and how much it does. */
import type { Load } from "../load/client.ts";
import type { Limit } from "../load/job.ts";
import type { Cores } from "../programs/child.ts";
import type { Program } from "../programs/program.ts";
import type { Upstreams } from "../programs/upstreams.ts";

/** How long things go on; `--quick` has a smaller one. */
export interface Effort {
  rounds: number;
  /** As many calls as it takes to compile what is hot, where the time allows it. */
  warmUp: Limit;
  roundMs: number;
  openRoundMs: number;
  memoryCalls: { first: number; further: number };
  heldStreams: number;
}

export interface Bench {
  load: Load;
  cores: Cores;
  directory: string;
  upstreams: Upstreams;
  /** Those that are measured side by side, in the order of a round. */
  programs: readonly Program[];
  effort: Effort;
  /** Tells the person who waits. */
  say(text: string): void;
}

export const thoroughEffort: Effort = {
  rounds: 5,
  warmUp: { calls: 20_000, durationMs: 8_000 },
  roundMs: 2_500,
  openRoundMs: 3_000,
  memoryCalls: { first: 100_000, further: 500_000 },
  heldStreams: 1_000,
};

export const quickEffort: Effort = {
  rounds: 2,
  warmUp: { calls: 2_000, durationMs: 2_000 },
  roundMs: 800,
  openRoundMs: 800,
  memoryCalls: { first: 10_000, further: 20_000 },
  heldStreams: 100,
};
