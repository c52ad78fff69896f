/** What a suite works with, and how much it does. */
import type { Load } from "../load/client.ts";
import type { Cores } from "../programs/child.ts";
import type { Program } from "../programs/program.ts";
import type { Upstreams } from "../programs/upstreams.ts";

/** How long things go on; `--quick` has a smaller one. */
export interface Effort {
  rounds: number;
  warmUpMs: number;
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
  warmUpMs: 3_000,
  roundMs: 2_500,
  openRoundMs: 3_000,
  memoryCalls: { first: 100_000, further: 500_000 },
  heldStreams: 1_000,
};

export const quickEffort: Effort = {
  rounds: 2,
  warmUpMs: 800,
  roundMs: 800,
  openRoundMs: 800,
  memoryCalls: { first: 10_000, further: 20_000 },
  heldStreams: 100,
};
