/** What is thrown away in time: calls past their retention, expired sessions and links, failed sign-ins of long ago. */
import type { BodyStore } from "@parley/stores/ports/body-store";
import type { CallLog } from "@parley/stores/ports/call-log";
import type { ConfigStore } from "@parley/stores/ports/config-store";
import type { Retention } from "./admin-settings.ts";

export interface HousekeepingPorts {
  store: Pick<ConfigStore, "sessions" | "audit" | "alerts">;
  callLog: CallLog;
  bodies: { store: Pick<BodyStore, "deleteBefore"> } | null;
  /** The texts of documents on disk, and those that are in force. */
  documents: { tidy(texts: Iterable<string>): Promise<void> };
  documentTexts: () => Iterable<string>;
  retention: () => Retention;
  now: () => number;
  /** Never set by anybody; milliseconds. */
  monotonicMs: () => number;
  onError: (error: unknown) => void;
}

const everyMs = 3_600_000;
const tidyEveryMs = 300_000;
const leapMs = 300_000;
const believedAfterMs = 3_600_000;
/** A year and what it is compared with. */
const keepFiguresMs = 400 * 24 * 3_600_000;
/** What alerts did, and what became of their messages. */
const keepAlertEventsMs = 90 * 24 * 3_600_000;
const keepFailedSignInsMs = 90 * 24 * 3_600_000;

/** Ends when called. */
export function startHousekeeping(ports: HousekeepingPorts): () => void {
  const isSteady = watchClock(ports);
  const timers = [
    setInterval(() => void (isSteady() ? clean(ports).catch(ports.onError) : undefined), everyMs).unref(),
    setInterval(() => void ports.documents.tidy(ports.documentTexts()).catch(ports.onError), everyMs).unref(),
    setInterval(() => void (isSteady() ? ports.callLog.tidy(ports.now()).catch(ports.onError) : undefined), tidyEveryMs).unref(),
  ];
  return () => timers.forEach((timer) => clearInterval(timer));
}

/**
 * False for an hour after the clock has leapt forward: nothing is thrown away, or made coarser, by a clock that somebody
 * may be about to set right. A machine that slept has leapt as well, and can wait the hour.
 */
export function watchClock({ now, monotonicMs }: Pick<HousekeepingPorts, "now" | "monotonicMs">): () => boolean {
  let offsetMs = now() - monotonicMs();
  let leaptAtMs = -Infinity;
  return () => {
    const offset = now() - monotonicMs();
    if (offset - offsetMs > leapMs) leaptAtMs = monotonicMs();
    // Back again, so that what it said meanwhile does not matter any more.
    else if (offsetMs - offset > leapMs) leaptAtMs = -Infinity;
    offsetMs = offset;
    return monotonicMs() - leaptAtMs >= believedAfterMs;
  };
}

export async function clean(ports: Omit<HousekeepingPorts, "monotonicMs">): Promise<void> {
  const now = ports.now();
  await ports.store.sessions.deleteExpired(now);
  await ports.store.audit.deleteFailedSignInsBefore(now - keepFailedSignInsMs);
  await ports.store.alerts.deleteBefore(now - keepAlertEventsMs);
  const { services, othersMs, bodiesMs } = ports.retention();
  // First, because it works where the call log does not.
  for (const [service, forMs] of services) await ports.bodies?.store.deleteBefore(now - Math.min(forMs, bodiesMs), { service });
  await ports.bodies?.store.deleteBefore(now - Math.min(othersMs, bodiesMs), { otherThan: [...services.keys()] });
  for (const [service, forMs] of services) await ports.callLog.deleteBefore(now - forMs, { service });
  await ports.callLog.deleteBefore(now - othersMs, { otherThan: [...services.keys()] });
  await ports.callLog.deleteFiguresBefore(now - keepFiguresMs);
}
