/**
 * Hot path of upstreams with `concurrency.adaptive`. How many calls an upstream takes at the same time without getting
 * slower. Every window compares the time to an answer with that of an unloaded upstream: as long as both agree the limit
 * grows a little, and where calls wait inside the upstream it falls in proportion (the gradient). It comes to rest where an
 * answer takes a third longer than unloaded. What unloaded means is measured anew from time to time, with the limit halved
 * for a few calls, because an upstream that is always busy would never show it.
 */

/** Answers may take so much longer than unloaded before the limit falls; noise is less than that. */
const tolerance = 1.2;
const growth = 0.1;
const windowMs = 100;
const samplesPerWindow = 10;
/** A window with few calls ends after this all the same. */
const longestWindowMs = 1_000;
const measureEveryMs = 30_000;
const measureAgainAfterMs = 1_000;
const stillFalling = 0.8;
const samplesPerMeasurement = 10;
const longestMeasurementMs = 3_000;
const startAt = 20;
/** So many windows in a row as small as can be: what unloaded means must have changed. */
const smallWindows = 5;

const small = 3;

/** Once the limit has settled, which takes longer where answers do. */
function againAfterMs(answerMs: number): number {
  return Math.max(measureAgainAfterMs, 20 * answerMs);
}

export class GradientLimit {
  readonly #least: number;
  readonly #most: number;
  #limit: number;
  /** Of an unloaded upstream; 0 while nothing is known. */
  #unloadedMs = 0;
  #isStarting = true;
  #windowSinceMs: number;
  #logSum = 0;
  #samples = 0;
  #mostInFlight = 0;
  #windowsAtLeast = 0;
  #measureAtMs: number;
  /** Since when a measurement waits for the upstream to empty, or -1. */
  #drainingSinceMs = -1;
  /** Calls that began from here on are measured, or -1. */
  #measuringSinceMs = -1;

  constructor({ min, max, now }: { min: number; max: number; now: number }) {
    this.#least = Math.min(min, max);
    this.#most = max;
    this.#limit = Math.min(max, Math.max(min, startAt));
    this.#windowSinceMs = now;
    this.#measureAtMs = now + measureAgainAfterMs;
  }

  /** Calls that the upstream may have at the same time. */
  get current(): number {
    return this.#drainingSinceMs === -1 && this.#measuringSinceMs === -1 ? Math.floor(this.#limit) : this.#measuringLimit();
  }

  get unloadedMs(): number {
    return this.#unloadedMs;
  }

  /** An answer came, or a time-out in its place; `inFlight` with this call. */
  answered({ startedAtMs, now, inFlight }: { startedAtMs: number; now: number; inFlight: number }): void {
    if (inFlight > this.#mostInFlight) this.#mostInFlight = inFlight;
    if (this.#drainingSinceMs !== -1) return this.#drained(now, inFlight);
    // What began under another limit says nothing of this one: where answers take longer than a window, acting on them would
    // let the limit run on after each change, far up and far down.
    if (startedAtMs < this.#countedFromMs()) return;
    this.#logSum += Math.log(Math.max(0.01, now - startedAtMs));
    this.#samples++;
    if (this.#measuringSinceMs === -1) return this.#endWindow(now);
    if (this.#samples >= samplesPerMeasurement || now - this.#measuringSinceMs >= longestMeasurementMs) this.#endMeasurement(now);
  }

  #countedFromMs(): number {
    if (this.#measuringSinceMs !== -1) return this.#measuringSinceMs;
    return this.#unloadedMs > windowMs / 2 ? this.#windowSinceMs : -Infinity;
  }

  #measuringLimit(): number {
    return Math.max(this.#least, Math.floor(this.#limit / 2), 1);
  }

  #drained(now: number, inFlight: number): void {
    if (inFlight - 1 > this.#measuringLimit() && now - this.#drainingSinceMs < longestMeasurementMs) return;
    this.#drainingSinceMs = -1;
    this.#measuringSinceMs = now;
    this.#beginWindow(now);
  }

  #endMeasurement(now: number): void {
    const measuredMs = Math.exp(this.#logSum / this.#samples);
    // Far from what was believed: even half as many may have been too many, so look again soon.
    const isFar = measuredMs < stillFalling * this.#unloadedMs || measuredMs > tolerance * this.#unloadedMs;
    this.#measureAtMs = now + (isFar ? againAfterMs(measuredMs) : measureEveryMs);
    // Much slower at a small limit: it has fallen for a wrong reason, and is looked for as at the start.
    if (measuredMs > tolerance * this.#unloadedMs && this.#limit <= Math.max(this.#least, small)) this.#isStarting = true;
    this.#unloadedMs = measuredMs;
    this.#measuringSinceMs = -1;
    this.#windowsAtLeast = 0;
    this.#beginWindow(now);
  }

  #endWindow(now: number): void {
    const lastedMs = now - this.#windowSinceMs;
    if (lastedMs < windowMs || (this.#samples < samplesPerWindow && lastedMs < Math.max(longestWindowMs, 3 * this.#unloadedMs))) return;
    const meanMs = Math.exp(this.#logSum / this.#samples);
    this.#adapt(meanMs);
    this.#beginWindow(now);
    if (now >= this.#measureAtMs || this.#windowsAtLeast >= smallWindows) this.#drainingSinceMs = now;
  }

  #adapt(meanMs: number): void {
    // Never slower than it was seen to be; of a faster window a part is believed, for it may be chance.
    if (this.#unloadedMs === 0) {
      this.#unloadedMs = meanMs;
      this.#measureAtMs = Math.max(this.#measureAtMs, this.#windowSinceMs + againAfterMs(meanMs));
    }
    if (meanMs < this.#unloadedMs) this.#unloadedMs = 0.7 * this.#unloadedMs + 0.3 * meanMs;
    const gradient = Math.max(0.5, Math.min(1, (tolerance * this.#unloadedMs) / meanMs));
    if (gradient === 1) this.#windowsAtLeast = 0;
    if (gradient < 1) this.#isStarting = false;
    // What was not used says nothing about more.
    else if (this.#mostInFlight < this.#limit / 2) return;
    const room = this.#isStarting ? this.#limit : growth * this.#limit;
    this.#limit = Math.min(this.#most, Math.max(this.#least, this.#limit * gradient + room));
    this.#windowsAtLeast = gradient < 1 && this.#limit <= Math.max(this.#least, small) ? this.#windowsAtLeast + 1 : 0;
  }

  #beginWindow(now: number): void {
    this.#windowSinceMs = now;
    this.#logSum = 0;
    this.#samples = 0;
    this.#mostInFlight = 0;
  }
}
