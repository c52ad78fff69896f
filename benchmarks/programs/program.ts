/** A program that calls are sent through, as the suites see it. */
import type { Target } from "../load/job.ts";
import type { Scenario } from "./scenario.ts";

export interface Program {
  name: string;
  /** Where and how to send the scenario's calls; null where the program has no such path. */
  target(scenario: Scenario): Target | null;
  /** Its processes now, by the part of the program that they are. */
  processes(): { part: string; pid: number }[];
  /** Has it do what it had put off for its calls. */
  digest?(): Promise<void>;
  stop(): Promise<void>;
}
