/** What is thrown away in time: calls past their retention, expired sessions and links, failed sign-ins of long ago. */
import type { CallLog } from "@parley/stores/ports/call-log";
import type { ConfigStore } from "@parley/stores/ports/config-store";

export interface HousekeepingPorts {
  store: Pick<ConfigStore, "sessions" | "audit">;
  callLog: CallLog;
  retainCallsMs: () => number;
  now: () => number;
  onError: (error: unknown) => void;
}

const everyMs = 3_600_000;
const keepFailedSignInsMs = 90 * 24 * 3_600_000;

/** Ends when called. */
export function startHousekeeping(ports: HousekeepingPorts): () => void {
  const timer = setInterval(() => void clean(ports).catch(ports.onError), everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

export async function clean(ports: HousekeepingPorts): Promise<void> {
  const now = ports.now();
  await ports.store.sessions.deleteExpired(now);
  await ports.store.audit.deleteFailedSignInsBefore(now - keepFailedSignInsMs);
  await ports.callLog.deleteBefore(now - ports.retainCallsMs());
}
