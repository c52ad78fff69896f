/** Which target answered a conversation, so that its next turn goes there too. Holds the latest ones, and forgets the others. */
const maxKept = 10_000;

export class ConversationPins {
  readonly #kept = new Map<string, string>();

  targetOf(conversation: string): string | undefined {
    const target = this.#kept.get(conversation);
    if (target !== undefined) this.pin(conversation, target);
    return target;
  }

  /** The latest stand last. */
  pin(conversation: string, target: string): void {
    this.#kept.delete(conversation);
    if (this.#kept.size >= maxKept) for (const oldest of this.#kept.keys()) {
      this.#kept.delete(oldest);
      break;
    }
    this.#kept.set(conversation, target);
  }
}
