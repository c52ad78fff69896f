/**
 * Hot path (benchmarks: http). Against guessing: an address that has presented too many wrong keys gets 429, whatever key
 * it presents next, until the counters admit it again. So that one broken client behind a shared address (a proxy, an
 * office) cannot shut the others out, a key that this address has used before passes all the same. Counted for all
 * workers; what is remembered here is bounded.
 */
import type { Refusal } from "@parley/contract/problems/problem";
import type { Counters, RateVerdict } from "@parley/stores/ports/counters";
import { addressNetwork } from "../../exchange/address-network.ts";
import { OldestFirst } from "@parley/contract/oldest-first";

export interface WrongKeyLimit {
  /** Wrong keys of one address per period; 0 for no limit. */
  attempts: number;
  per: number;
}

export interface WrongKeysPorts {
  counters: Pick<Counters, "admit">;
  monotonicMs: () => number;
  /** As configured at the moment. */
  limit: () => WrongKeyLimit;
}

/** A key in force, with the addresses that used it last. Nearly always that is one, and 100,000 sets of one would be most of a key. */
export interface UsedKey {
  usedFrom?: string | Set<string> | null;
}

const maxBlocked = 10_000;
const addressesPerKey = 16;

export class WrongKeys {
  readonly #ports: WrongKeysPorts;
  /** By address, until when; the one that came first is forgotten first. */
  readonly #blockedUntilMs = new Map<string, number>();
  readonly #oldest = new OldestFirst(() => this.#blockedUntilMs.keys());

  constructor(ports: WrongKeysPorts) {
    this.#ports = ports;
  }

  /** A key that is right: null where it may be used from there now. */
  judgeRight(key: UsedKey, clientAddress: string): Refusal | null {
    if (isUsedFrom(key, clientAddress)) return null;
    if (this.#blockedUntilMs.size > 0) {
      const blockedForMs = (this.#blockedUntilMs.get(addressNetwork(clientAddress)) ?? 0) - this.#ports.monotonicMs();
      if (blockedForMs > 0) return tooMany(blockedForMs);
    }
    noteUse(key, clientAddress);
    return null;
  }

  /** A key that is wrong: null where the address may go on. */
  judgeWrong(clientAddress: string): Refusal | null | Promise<Refusal | null> {
    const { attempts, per } = this.#ports.limit();
    if (attempts === 0) return null;
    const address = addressNetwork(clientAddress);
    const verdicts = this.#ports.counters.admit([{ key: `wrong-keys:${address}`, limit: attempts, period: { kind: "rolling", milliseconds: per }, cost: 1 }]);
    return verdicts instanceof Promise ? verdicts.then(([verdict]) => this.#judged(address, verdict as RateVerdict)) : this.#judged(address, verdicts[0] as RateVerdict);
  }

  #judged(address: string, { admitted, retryAfterMs }: RateVerdict): Refusal | null {
    if (admitted) return null;
    this.#blockedUntilMs.delete(address);
    if (this.#blockedUntilMs.size >= maxBlocked) this.#blockedUntilMs.delete(this.#oldest.next() as string);
    this.#blockedUntilMs.set(address, this.#ports.monotonicMs() + retryAfterMs);
    return tooMany(retryAfterMs);
  }
}

function isUsedFrom({ usedFrom }: UsedKey, address: string): boolean {
  return usedFrom instanceof Set ? usedFrom.has(address) : usedFrom === address;
}

/** The address that came first is forgotten first. */
function noteUse(key: UsedKey, address: string): void {
  const { usedFrom } = key;
  if (usedFrom === undefined || usedFrom === null) key.usedFrom = address;
  else if (typeof usedFrom === "string") key.usedFrom = new Set([usedFrom, address]);
  else {
    if (usedFrom.size >= addressesPerKey) usedFrom.delete(usedFrom.values().next().value as string);
    usedFrom.add(address);
  }
}

function tooMany(forMs: number): Refusal {
  return {
    code: "too-many-wrong-keys",
    detail: "Too many calls with wrong keys came from this address.",
    headers: { "Retry-After": String(Math.max(1, Math.ceil(forMs / 1000))) },
  };
}
