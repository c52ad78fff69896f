/**
 * How long something may take here and now. A promise in seconds is made for a machine that is not busy with something
 * else; where more processes want to run than there are cores, everything takes that many times longer.
 */
import { availableParallelism, loadavg } from "node:os";

export function allowedMs(promisedMs: number): number {
  return promisedMs * Math.max(1, (loadavg()[0] ?? 0) / availableParallelism());
}
