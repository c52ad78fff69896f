/**
 * Routes that are compiled at their first call: of ten thousand services few are called in a minute, and a change of all of
 * them is a change of the matcher. Only services with nothing at work beside their calls can wait.
 */
import type { Service } from "@parley/contract/config/service";

/** `isAlone`: no other worker sees calls of the service, whose observations would come here. */
export function canWait({ upstream, versions, canary, mirror, cache, access, conflict }: Service, isAlone: boolean): boolean {
  if (upstream?.targets.length !== 1 || upstream.health || upstream.concurrency || upstream.tls) return false;
  if (versions || canary || mirror || cache) return false;
  if (access !== "open" && access !== "key") return false;
  return conflict.mode === "off" || (conflict.mode === "observe" && isAlone);
}
