/** Hot path (benchmarks: http). The Date field, which is the same for all answers of a second (RFC 9110 §6.6.1). */
export class HttpDate {
  readonly #unixMs: () => number;
  #second = -1;
  #text = "";

  constructor(unixMs: () => number) {
    this.#unixMs = unixMs;
  }

  /** Such as `Sun, 06 Nov 1994 08:49:37 GMT`. */
  now(): string {
    const second = Math.floor(this.#unixMs() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#text = new Date(second * 1000).toUTCString();
    }
    return this.#text;
  }
}
