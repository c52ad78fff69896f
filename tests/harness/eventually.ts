/** Waits for something that no event tells: looks again every few milliseconds, and gives up with a reason. */
import { setTimeout as delay } from "node:timers/promises";

export interface Patience {
  withinMs?: number;
  what?: () => string;
}

/** Resolves to the first truthy result. An exception counts as "not yet". */
export async function eventually<T>(look: () => T | Promise<T>, patience: Patience = {}): Promise<NonNullable<T>> {
  const withinMs = patience.withinMs ?? 20_000;
  const until = performance.now() + withinMs;
  let last: unknown = "nothing";
  for (;;) {
    try {
      const result = await look();
      if (result) return result;
      last = result;
    } catch (error) {
      last = error;
    }
    if (performance.now() >= until) throw new Error(`waited ${withinMs} ms for ${patience.what?.() ?? "a condition"}`, { cause: last });
    await delay(10);
  }
}
