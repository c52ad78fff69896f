/** Calls at a constant rate, whatever becomes of those before them; a call's time counts from when it was due. Bounded in time and in count. */
import { Agent, request } from "node:http";

export interface RateJob {
  url: string;
  perSecond: number;
  /** Sent and not counted. */
  warmUpMs: number;
  countedMs: number;
  /** The keys of the callers, by turns. */
  callers: readonly { name: string; key: string }[];
}

export interface RatedCall {
  caller: string;
  status: number;
  tookMs: number;
  retryAfter: string | null;
  /** When it ended, since the counting began. */
  endedMs: number;
}

const tickMs = 5;

export async function atConstantRate({ url, perSecond, warmUpMs, countedMs, callers }: RateJob): Promise<RatedCall[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 4_000 });
  const startMs = performance.now();
  const countFromMs = startMs + warmUpMs;
  const total = Math.round((perSecond * (warmUpMs + countedMs)) / 1000);
  const calls: Promise<RatedCall | null>[] = [];
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(total, Math.floor(((performance.now() - startMs) * perSecond) / 1000));
      while (calls.length < due) calls.push(oneCall(agent, url, { caller: callers[calls.length % callers.length]!, dueMs: startMs + ((calls.length + 1) * 1000) / perSecond, countFromMs }));
      if (calls.length < total) return;
      clearInterval(timer);
      resolve();
    }, tickMs);
  });
  const ended = await Promise.all(calls);
  agent.destroy();
  return ended.filter((call) => call !== null);
}

/** Null where it was due before the counting. */
function oneCall(agent: Agent, url: string, { caller, dueMs, countFromMs }: { caller: { name: string; key: string }; dueMs: number; countFromMs: number }): Promise<RatedCall | null> {
  return new Promise((resolve) => {
    const done = (status: number, retryAfter: string | null): void => {
      const now = performance.now();
      resolve(dueMs < countFromMs ? null : { caller: caller.name, status, tookMs: now - dueMs, retryAfter, endedMs: now - countFromMs });
    };
    const asked = request(url, { agent, headers: { authorization: `Bearer ${caller.key}` } }, (answer) => {
      answer.resume();
      answer.on("end", () => done(answer.statusCode ?? 0, answer.headers["retry-after"] ?? null));
      answer.on("error", () => done(0, null));
    });
    asked.on("error", () => done(0, null));
    asked.end();
  });
}
