/** An upstream that works on so many calls at a time and lets the others wait, under an open load, in time that is only counted. */
import { GradientLimit } from "./gradient-limit.ts";

export interface Overload {
  /** Calls that it works on at a time. */
  capacity: number;
  serviceMs: number;
  /** Of its capacity. */
  load: number;
  forMs: number;
  /** What it measures before is not looked at. */
  warmUpMs: number;
  /** Changes how long one call takes. */
  serviceMsAt?: (now: number) => number;
  seed: number;
}

export interface Outcome {
  p99Ms: number;
  /** Answers per what it could have given. */
  goodput: number;
  limits: number[];
}

/** Linear congruential: the same run every time. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

export function underOverload({ capacity, serviceMs, load, forMs, warmUpMs, serviceMsAt = () => serviceMs, seed }: Overload): Outcome {
  const random = seeded(seed);
  const limit = new GradientLimit({ min: 1, max: 1000, now: 0 });
  const freeAt = Array.from({ length: capacity }, () => 0);
  const underWay: { startedAtMs: number; endsAtMs: number }[] = [];
  const durations: number[] = [];
  const limits: number[] = [];
  for (let now = 0; now < forMs; now += (-Math.log(1 - random()) * serviceMs) / (capacity * load)) {
    while ((underWay[0]?.endsAtMs ?? Infinity) <= now) {
      const { startedAtMs, endsAtMs } = underWay[0] as (typeof underWay)[number];
      limit.answered({ startedAtMs, now: endsAtMs, inFlight: underWay.length });
      underWay.shift();
      if (endsAtMs > warmUpMs) durations.push(endsAtMs - startedAtMs);
    }
    if (underWay.length >= limit.current) continue;
    const server = freeAt.indexOf(Math.min(...freeAt));
    const endsAtMs = Math.max(now, freeAt[server] as number) + serviceMsAt(now) * (0.9 + 0.2 * random());
    freeAt[server] = endsAtMs;
    underWay.push({ startedAtMs: now, endsAtMs });
    underWay.sort((one, other) => one.endsAtMs - other.endsAtMs);
    if (now > warmUpMs) limits.push(limit.current);
  }
  durations.sort((one, other) => one - other);
  return { p99Ms: durations[Math.floor(durations.length * 0.99)] ?? Infinity, goodput: durations.length / (((forMs - warmUpMs) / serviceMs) * capacity), limits };
}
