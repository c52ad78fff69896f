/** Hot path (benchmark: guard). The tags that were given out lately: for which resource, and what the read had asked for, so that the refetch asks for the same. */
import { LatestEntries } from "./latest-entries.ts";

export interface GivenTag {
  path: string;
  /** Of the ledger. */
  view: string;
  /** What went into the tag's digest besides the bytes. */
  digestView: string;
  /** With its question mark; "" for none. */
  query: string;
  /** Name, value, …: the Accept* fields of the read. */
  accept: readonly string[];
}

const maxTags = 20_000;
const maxAcceptSets = 1_000;

export class GivenTags {
  readonly #tags = new LatestEntries<GivenTag>(maxTags);
  /** A few sets of Accept fields are shared by nearly all reads. */
  readonly #acceptSets = new Map<string, readonly string[]>();

  find(key: string): GivenTag | undefined {
    return this.#tags.get(key);
  }

  /** `key` is the tag's digest, or another text that only this tag of this resource has. */
  add(key: string, tag: GivenTag): void {
    this.#tags.set(key, { ...tag, accept: this.#shared(tag.accept) });
  }

  #shared(accept: readonly string[]): readonly string[] {
    const name = accept.join("\n");
    const known = this.#acceptSets.get(name);
    if (known) return known;
    if (this.#acceptSets.size >= maxAcceptSets) this.#acceptSets.clear();
    this.#acceptSets.set(name, accept);
    return accept;
  }
}
