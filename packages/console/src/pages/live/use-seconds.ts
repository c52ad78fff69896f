/** The last two minutes, a figure a second, for one filter. */
import { useCallback, useEffect, useState } from "react";
import type { LiveSummary } from "../../api/live-calls.ts";

export interface Second extends LiveSummary {
  at: number;
}

export const secondsKept = 120;

export function useSeconds(query: string): { seconds: readonly Second[]; addSecond: (summary: LiveSummary) => void } {
  const [seconds, setSeconds] = useState<readonly Second[]>([]);
  // Seconds of another filter would not be comparable.
  useEffect(() => setSeconds([]), [query]);
  const addSecond = useCallback((summary: LiveSummary) => setSeconds((before) => [...before, { ...summary, at: Date.now() }].slice(-secondsKept)), []);
  return { seconds, addSecond };
}
