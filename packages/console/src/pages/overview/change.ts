/** How a figure moved from the period before. */
import { shortCountText } from "../../format/quantities.ts";
import type { Meaning } from "../../components/chip.tsx";

export interface Change {
  text: string;
  meaning: Meaning;
  /** Whether there is anything to explain. */
  moved: boolean;
}

/** Under this share of a difference nothing has changed. */
const leastShare = 0.02;
/** From here a move for the worse is worth a colour. */
const worthColour = 0.1;

/** `worse` is the direction that nobody wants; null where neither is better. */
export function changeOf(now: number | null, before: number | null | undefined, worse: "up" | null): Change | null {
  if (now === null || before === null || before === undefined) return null;
  if (before === 0) return now === 0 ? null : { text: "new", meaning: worse === "up" ? "warning" : "neutral", moved: true };
  const share = now / before - 1;
  if (Math.abs(share) < leastShare) return { text: "as before", meaning: "neutral", moved: false };
  const meaning: Meaning = worse === null || Math.abs(share) < worthColour ? "neutral" : share > 0 ? "warning" : "ok";
  return { text: share > 9 ? `×${shortCountText(share + 1)}` : `${share > 0 ? "+" : "−"}${Math.abs(share * 100).toFixed(0)} %`, meaning, moved: true };
}
