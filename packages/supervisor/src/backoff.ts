/** When a process that died may start again: at once the first time, then ever more slowly while it keeps dying. */
const firstDelayMs = 100;
const longestDelayMs = 10_000;
/** A process that lived this long has recovered, and the next death is a first one again. */
const healthyAfterMs = 30_000;

export interface Backoff {
  /** Deaths in a row, this one included. */
  deaths: number;
  delayMs: number;
}

export function backoffAfterDeath(deathsBefore: number, livedMs: number): Backoff {
  const deaths = livedMs >= healthyAfterMs ? 1 : deathsBefore + 1;
  return { deaths, delayMs: deaths === 1 ? 0 : Math.min(longestDelayMs, firstDelayMs * 2 ** (deaths - 2)) };
}
