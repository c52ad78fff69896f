/** Everything that one run found out; what is written to results/ as JSON. */
import type { Machine } from "../measure/machine.ts";
import type { CpuFigures } from "./calls.ts";
import type { LatencyFigures } from "./latency.ts";
import type { MemorySample } from "./memory.ts";
import type { ScaleFigures } from "./scale.ts";
import type { StreamFigures } from "./streams.ts";

export interface Results {
  takenAt: string;
  command: string;
  quick: boolean;
  machine: Machine;
  calls: CpuFigures[];
  streams: StreamFigures[];
  latency: LatencyFigures[];
  memory: MemorySample[];
  scale: ScaleFigures[];
  /** Suites that did not come to their end. */
  failures: string[];
}
