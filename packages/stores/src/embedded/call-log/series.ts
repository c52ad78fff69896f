/** Figures as time goes by: calls are counted once into steps, and the few rows that these are then added up for each moment. */
import type { Figures, SeriesAsked } from "../../ports/call-figures.ts";
import type { CallRange } from "../../ports/call-log.ts";
import type { Engine } from "./engine.ts";
import { countedFromCalls, countsOfCalls, figuresOf, figureSums } from "./figures.ts";
import { withPercentiles } from "./percentiles.ts";
import { conditionsFor } from "./present-members.ts";

export async function seriesOf(engine: Engine, range: CallRange & { from: number; to: number }, { asked, signal }: { asked: SeriesAsked; signal: AbortSignal | undefined }): Promise<(Figures & { at: number })[]> {
  const { stepMs, overlap } = { stepMs: Math.floor(asked.stepMs), overlap: Math.floor(asked.overlap) };
  const conditions = await conditionsFor(engine, range, signal);
  // Without percentiles a step is one row and not one for each bucket of latency.
  const [counts, bucket] = asked.percentiles ? [countedFromCalls, ", bucket"] : [countsOfCalls, ""];
  // A step is named by its end: what began before it counts for it.
  const stepped = `select (floor("at" / ${stepMs})::BIGINT + 1) * ${stepMs} as step, ${counts} from calls ${conditions.where} group by step${bucket}`;
  const counted = `select step + later * ${stepMs} as moment${bucket}, ${["calls", ...figureSums].map((name) => `sum("${name}") as "${name}"`).join(", ")}
    from (${stepped}) cross join range(${overlap}) as steps(later) group by moment${bucket}`;
  const rows = await engine.read(asked.percentiles ? withPercentiles(counted, { keys: ["moment"], sums: figureSums }) : counted, conditions.values, signal);
  return rows.map((row) => ({ at: Number(row["moment"]), ...figuresOf(row) })).filter(({ at }) => at < range.to + stepMs).toSorted((one, other) => one.at - other.at);
}
