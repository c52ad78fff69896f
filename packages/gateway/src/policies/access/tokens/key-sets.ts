/** The key sets of all issuers, one for each address: they outlive the routes that are compiled again. */
import { KeySet, type KeySetPorts } from "./key-set.ts";

const maxSets = 256;

export class KeySets {
  readonly #ports: KeySetPorts;
  #sets = new Map<string, KeySet>();

  constructor(ports: KeySetPorts) {
    this.#ports = ports;
  }

  at(url: string): KeySet {
    const known = this.#sets.get(url);
    if (known) return known;
    const [oldest] = this.#sets.keys();
    // A route keeps the set it was compiled with; only a later one fetches anew.
    if (this.#sets.size >= maxSets && oldest !== undefined) this.#sets.delete(oldest);
    const set = new KeySet(url, this.#ports);
    this.#sets.set(url, set);
    return set;
  }
}
