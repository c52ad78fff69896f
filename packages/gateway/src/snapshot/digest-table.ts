/**
 * Hot path (benchmark: scale). SHA-256 digests and the number of each: one after the other in memory, found by what their
 * words come to together. A hundred thousand of them are a few arrays, not as many texts and entries of a map:
 * a call touches two lines of memory, collecting garbage none, and growing takes milliseconds.
 */
const wordsOfDigest = 8;
const hexDigits = wordsOfDigest * 8;
const free = -1;
/** Was taken: what was put in behind it is still to be found. */
const removed = -2;

export class DigestTable {
  /** A digest's number, at the place that its words say or the next one that was free. */
  #places = new Int32Array(16).fill(free);
  /** By number. */
  #words = new Int32Array(8 * wordsOfDigest);
  /** Numbers of digests that were removed, to be given again. */
  #unused: number[] = [];
  #next = 0;
  #taken = 0;
  /** Of the digest that is asked for. */
  readonly #asked = new Int32Array(wordsOfDigest);
  /** Of the digest that is written out. */
  readonly #bytes = Buffer.alloc(wordsOfDigest * 4);

  /** -1 where it is not there. `hex` has 64 digits in lower case, from `start`. */
  find(hex: string, start: number): number {
    const place = this.#placeOf(hex, start);
    return place === -1 ? -1 : (this.#places[place] as number);
  }

  /** Its number: the one that it has, or the lowest that is free. */
  add(hex: string, start: number): number {
    const known = this.find(hex, start);
    if (known !== -1) return known;
    const number = this.#unused.pop() ?? this.#next++;
    if (number * wordsOfDigest >= this.#words.length) this.#words = grown(this.#words);
    this.#words.set(this.#asked, number * wordsOfDigest);
    // At most half full, so that a place is found at once.
    if (++this.#taken * 2 > this.#places.length) this.#spread();
    this.#put(number);
    return number;
  }

  /** The number that it had; -1 where it is not there. */
  remove(hex: string, start: number): number {
    const place = this.#placeOf(hex, start);
    if (place === -1) return -1;
    const number = this.#places[place] as number;
    this.#places[place] = removed;
    this.#unused.push(number);
    return number;
  }

  hexOf(number: number): string {
    for (let word = 0; word < wordsOfDigest; word++) this.#bytes.writeInt32BE(this.#words[number * wordsOfDigest + word] as number, word * 4);
    return this.#bytes.toString("hex");
  }

  /** All numbers are below it. */
  get end(): number {
    return this.#next;
  }

  /** The numbers of all that are there; nothing is added or removed meanwhile. */
  *all(): Generator<number> {
    for (const number of this.#places) if (number >= 0) yield number;
  }

  #placeOf(hex: string, start: number): number {
    this.#read(hex, start);
    const mask = this.#places.length - 1;
    for (let place = placeIn(this.#asked, 0, mask); ; place = (place + 1) & mask) {
      const number = this.#places[place] as number;
      if (number === free) return -1;
      if (number !== removed && this.#isAsked(number)) return place;
    }
  }

  #isAsked(number: number): boolean {
    const first = number * wordsOfDigest;
    for (let word = 0; word < wordsOfDigest; word++) if (this.#words[first + word] !== this.#asked[word]) return false;
    return true;
  }

  #read(hex: string, start: number): void {
    for (let digit = 0, word = 0; digit < hexDigits; digit++) {
      const code = hex.charCodeAt(start + digit);
      word = (word << 4) | (code > 57 ? code - 87 : code - 48);
      if ((digit & 7) === 7) this.#asked[digit >> 3] = word;
    }
  }

  #put(number: number): void {
    const mask = this.#places.length - 1;
    let place = placeIn(this.#words, number * wordsOfDigest, mask);
    while ((this.#places[place] as number) >= 0) place = (place + 1) & mask;
    this.#places[place] = number;
  }

  /** Over more places where so many are there, and without the marks of those that are not. */
  #spread(): void {
    const before = this.#places;
    // With as many of them unused, the marks are what fills it.
    const isFull = (this.#next - this.#unused.length) * 3 > before.length;
    this.#places = new Int32Array(isFull ? before.length * 2 : before.length).fill(free);
    this.#taken = 1;
    for (let place = 0; place < before.length; place++) {
      const number = before[place] as number;
      if (number < 0) continue;
      this.#put(number);
      this.#taken++;
    }
  }
}

/** All words count: digests that somebody has made up, such as one after the other, are as far apart as others. */
function placeIn(words: Int32Array, first: number, mask: number): number {
  let all = 0;
  for (let word = first; word < first + wordsOfDigest; word++) all = Math.imul(all ^ (words[word] as number), 0x9e3779b1);
  return (all ^ (all >>> 15)) & mask;
}

function grown(words: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(words.length * 2);
  larger.set(words);
  return larger;
}
