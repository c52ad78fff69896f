/**
 * Which target answered a conversation, so that its next turn goes there too, whichever worker it comes to. Holds the
 * latest ones, and forgets the others.
 */
import { OldestFirst } from "@parley/contract/oldest-first";
import type { SharedNotes } from "./shared-notes.ts";

const maxKept = 10_000;
/** As long as the providers' own caches may last. */
const sharedForMs = 3_600_000;

export class ConversationPins {
  readonly #kept = new Map<string, string>();
  readonly #oldest = new OldestFirst(() => this.#kept.keys());
  readonly #notes: SharedNotes | null;

  /** Without notes each worker pins for itself. */
  constructor(notes: SharedNotes | null = null) {
    this.#notes = notes;
  }

  /** What another worker has learned later goes before what this one knows. */
  targetOf(conversation: string): string | undefined | Promise<string | undefined> {
    const noted = this.#notes?.noted([noteOf(conversation)]);
    return noted instanceof Promise ? noted.then(([target]) => this.#found(conversation, target)) : this.#found(conversation, noted?.[0]);
  }

  /** The latest stand last. */
  pin(conversation: string, target: string): void {
    this.#keep(conversation, target);
    this.#notes?.note(noteOf(conversation), target, sharedForMs);
  }

  #found(conversation: string, noted: string | null | undefined): string | undefined {
    const target = noted ?? this.#kept.get(conversation);
    if (target !== undefined) this.#keep(conversation, target);
    return target;
  }

  #keep(conversation: string, target: string): void {
    this.#kept.delete(conversation);
    if (this.#kept.size >= maxKept) this.#kept.delete(this.#oldest.next() as string);
    this.#kept.set(conversation, target);
  }
}

function noteOf(conversation: string): string {
  return `ai-pin:${conversation}`;
}
