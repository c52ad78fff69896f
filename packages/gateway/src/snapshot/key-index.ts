/**
 * Hot path (benchmarks: http, scale). Keys in force by the hash of their secret. Changed in place: a call looks its key up
 * once, in its first turn, so it cannot see half a change; and 100,000 keys are not copied because one is revoked. What calls
 * see of a key is made at the first of them: of so many keys few are used in an hour.
 */
import { isDeepStrictEqual } from "node:util";
import { eachPlainKey } from "@parley/contract/plain-keys";
import type { SnapshotKey } from "@parley/contract/snapshot";
import type { KnownKey } from "../pipeline/route-plan.ts";
import type { Kept } from "./changes-to.ts";
import { DigestTable } from "./digest-table.ts";

const prefix = "sha256:";

/** What few keys have. */
type More = Pick<SnapshotKey, "expiresAt" | "limits" | "scopes">;

export class KeyIndex {
  #numbers = new DigestTable();
  /** By number. */
  #consumers: string[] = [];
  #names: string[] = [];
  #known: (KnownKey | undefined)[] = [];
  #more = new Map<number, More>();
  readonly #nameOf: (consumer: string) => string;

  /** `nameOf` gives the very text that the consumer is known by: finding it is then no comparison of letters far apart in memory. */
  constructor(nameOf: (consumer: string) => string) {
    this.#nameOf = nameOf;
  }

  /** Has these keys and no others from now on; the other index is of no use any more. */
  takeOver(other: KeyIndex): void {
    this.#numbers = other.#numbers;
    this.#consumers = other.#consumers;
    this.#names = other.#names;
    this.#known = other.#known;
    this.#more = other.#more;
  }

  find(hash: string): KnownKey | undefined {
    const number = this.#numbers.find(hash, prefix.length);
    return number === -1 ? undefined : (this.#known[number] ?? this.#make(number));
  }

  /** Whether exactly this is in force already. */
  has(hash: string, key: SnapshotKey): boolean {
    if (this.#numbers.end === 0) return false;
    const number = this.#numbers.find(hash, prefix.length);
    return number !== -1 && this.#consumers[number] === key.consumer && this.#names[number] === key.name && isDeepStrictEqual(this.#more.get(number), moreOf(key));
  }

  set(hash: string, key: SnapshotKey): void {
    const number = this.#numbers.add(hash, prefix.length);
    this.#consumers[number] = this.#nameOf(key.consumer);
    this.#names[number] = key.name;
    this.#known[number] = undefined;
    const more = moreOf(key);
    if (more === undefined) this.#more.delete(number);
    else this.#more.set(number, more);
  }

  /** Keys of one consumer, as `PlainKeys` has them. What calls know of one that is there already stays. */
  setPlain(consumer: string, keys: string): void {
    const known = this.#nameOf(consumer);
    eachPlainKey(keys, (digits, nameStart, end) => {
      const name = ownText(keys.slice(nameStart, end));
      const number = this.#numbers.add(keys, digits);
      if (this.#consumers[number] === known && this.#names[number] === name && !this.#more.has(number)) return;
      this.#consumers[number] = known;
      this.#names[number] = name;
      this.#known[number] = undefined;
      this.#more.delete(number);
    });
  }

  delete(hash: string): void {
    const number = this.#numbers.remove(hash, prefix.length);
    if (number === -1) return;
    this.#known[number] = undefined;
    this.#more.delete(number);
  }

  /** Nothing is set or deleted while it is in use. */
  kept(): Kept {
    const numbers = this.#numbers;
    const noted = new Uint8Array(numbers.end);
    return {
      note(hash) {
        if (noted.length === 0) return;
        const number = numbers.find(hash, prefix.length);
        if (number !== -1) noted[number] = 1;
      },
      *others() {
        for (const number of numbers.all()) yield noted[number] === 1 ? null : prefix + numbers.hexOf(number);
      },
    };
  }

  #make(number: number): KnownKey {
    const { expiresAt = null, limits, scopes } = this.#more.get(number) ?? {};
    const known: KnownKey = {
      consumer: this.#nameOf(this.#consumers[number] as string), key: this.#names[number] as string, expiresAt, usedFrom: null, known: undefined,
      ...(limits === undefined ? {} : { limits }), ...(scopes === undefined ? {} : { scopes }),
    };
    this.#known[number] = known;
    return known;
  }
}

/** From this length on V8 keeps the whole text for the sake of a part. */
const lengthOfSlices = 13;

function ownText(slice: string): string {
  return slice.length < lengthOfSlices ? slice : Buffer.from(slice, "latin1").toString("latin1");
}

function moreOf({ expiresAt, limits, scopes }: SnapshotKey): More | undefined {
  if (expiresAt === undefined && limits === undefined && scopes === undefined) return undefined;
  return { ...(expiresAt === undefined ? {} : { expiresAt }), ...(limits === undefined ? {} : { limits }), ...(scopes === undefined ? {} : { scopes }) };
}
