/**
 * Has a process give way to others that want the processor at the same time; a quarter of a core is still its own. The
 * control plane takes calls into the log in bursts that fill a core. Where the gateway has to share one with it, half of it
 * would not be enough: a burst would keep calls waiting for as long as it lasts.
 */
import { readdirSync, writeFileSync } from "node:fs";
import { setPriority } from "node:os";

const niceness = 5;

export function giveWay(pid: number): void {
  for (const thread of threadsOf(pid)) unlessGone(() => setPriority(thread, niceness));
  // Linux may share the processor out among sessions first, and each plane has one of its own: niceness alone then counts within that only.
  unlessGone(() => writeFileSync(`/proc/${pid}/autogroup`, String(niceness)));
}

/** Niceness is a thread's; later threads have it of the one that starts them. Other systems know it of processes only. */
function threadsOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    return [pid];
  }
}

/** It may have ended meanwhile, or the system may not have it: then everything is as it was. */
function unlessGone(set: () => void): void {
  try {
    set();
  } catch {
    // Nothing depends on it.
  }
}
