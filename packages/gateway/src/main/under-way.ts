/** Work that has to end before the process does. */
export class UnderWay {
  readonly #pending = new Set<Promise<unknown>>();

  add(work: Promise<unknown>): void {
    const settled: Promise<unknown> = work.catch(() => {}).then(() => this.#pending.delete(settled));
    this.#pending.add(settled);
  }

  /** At the latest after `withinMs`; what has not ended by then is the recovery's. */
  async ended(withinMs: number): Promise<void> {
    if (this.#pending.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, withinMs)));
    await Promise.race([Promise.all(this.#pending), late]);
    clearTimeout(timer);
  }
}
