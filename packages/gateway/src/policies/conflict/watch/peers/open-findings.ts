/**
 * Findings of one worker that the others are asked about: a list shows its items too, and is followed by another worker than most of them. Whoever has
 * read it since the change may well know what was overwritten. Bounded; a finding that nobody can speak on is dropped.
 */
export class OpenFindings<Finding> {
  readonly #open = new Map<number, { finding: Finding; missing: Set<number> }>();
  #last = 0;

  /** The number to ask with; null where too many are open. */
  open(finding: Finding, peers: readonly number[]): number | null {
    if (this.#open.size >= maxOpen) return null;
    this.#last += 1;
    this.#open.set(this.#last, { finding, missing: new Set(peers) });
    return this.#last;
  }

  /** The finding, once everybody has said that there is nothing against it. */
  told(id: number, peer: number, hasSeen: boolean): Finding | null {
    const asked = this.#open.get(id);
    if (asked === undefined) return null;
    asked.missing.delete(peer);
    if (!hasSeen && asked.missing.size > 0) return null;
    this.#open.delete(id);
    return hasSeen ? null : asked.finding;
  }

  clear(): void {
    this.#open.clear();
  }
}

const maxOpen = 1_000;
