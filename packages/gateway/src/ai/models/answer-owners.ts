/**
 * Which provider keeps which answer, and for whom it was made. Outlives snapshots and not the process; holds the latest
 * 50,000, about 10 MB. What it does not know it does not know: nothing is wrong with an id for that.
 */
const maxKept = 50_000;

export interface AnswerOwner {
  readonly provider: string;
  /** Undefined on an open route. */
  readonly consumer: string | undefined;
}

export class AnswerOwners {
  readonly #owners = new Map<string, AnswerOwner>();

  remember(id: string, owner: AnswerOwner): void {
    if (this.#owners.size >= maxKept && !this.#owners.has(id)) {
      const [oldest] = this.#owners.keys();
      if (oldest !== undefined) this.#owners.delete(oldest);
    }
    this.#owners.set(id, owner);
  }

  ownerOf(id: string): AnswerOwner | undefined {
    return this.#owners.get(id);
  }

  forget(id: string): void {
    this.#owners.delete(id);
  }
}
