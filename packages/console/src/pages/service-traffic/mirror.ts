/** What a mirror's counts say in a sentence. */
import { countText } from "../../format/quantities.ts";

interface Counts {
  equal: number;
  different: number;
  equalShare: number | null;
}

/** Never rounded up to all of them while one differs. */
export function alikeText({ equal, different, equalShare }: Counts): string {
  const all = equal + different;
  if (equalShare === null) return "nothing compared";
  if (different === 0) return `all ${countText(all)} answers are alike`;
  return `${(Math.floor(equalShare * 1000) / 10).toFixed(1)} % of ${countText(all)} answers are alike`;
}
