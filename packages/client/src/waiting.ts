/** How long to wait before trying again: full jitter, and never less than the server asks for. */
import { DeadlineError } from "./errors.ts";
import type { Settings } from "./options.ts";

/** One call's time: when it has to be over, and what stood in the way last. */
export class Deadline {
  readonly #settings: Settings;
  readonly #endsAt: number;
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  #attempt = 0;
  #timer: ReturnType<typeof setTimeout>;

  constructor(settings: Settings, signal: AbortSignal | undefined) {
    this.#settings = settings;
    this.#endsAt = settings.now() + settings.deadlineMs;
    this.#timer = setTimeout(() => this.#controller.abort(new DeadlineError(`it took longer than ${settings.deadlineMs} ms`)), settings.deadlineMs);
    this.signal = signal ? AbortSignal.any([signal, this.#controller.signal]) : this.#controller.signal;
  }

  /** To be called when the call has ended, however it did. */
  over(): void {
    clearTimeout(this.#timer);
  }

  /** Rejects with `DeadlineError` at once where the wait would not end in time. */
  async wait(retryAfterMs: number | null, cause: unknown): Promise<void> {
    const { backoff, random, now, sleep } = this.#settings;
    const jitter = random() * Math.min(backoff.maxMs, backoff.baseMs * 2 ** this.#attempt);
    this.#attempt += 1;
    // What the server asks for is a minimum; all of its clients come back at different moments after it.
    const ms = (retryAfterMs ?? 0) + jitter;
    if (now() + ms >= this.#endsAt) throw new DeadlineError("there is no time left to try again", { cause });
    await sleep(ms, this.signal);
  }
}

/** From the problem, which is more precise, or from Retry-After in seconds or as a date. */
export function retryAfterMs(response: { headers: Headers }, afterMs?: number): number | null {
  if (afterMs !== undefined && afterMs >= 0) return afterMs;
  const text = response.headers.get("retry-after");
  if (text === null) return null;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}
