/**
 * The public keys of one issuer (RFC 7517), fetched where its JWKS stands. Keys that rotate in are found at once: a token
 * with an unknown key has the set fetched again, though no oftener than every few seconds, so that made-up key names
 * cannot make the gateway hammer the issuer. Keys that rotate out are gone within a minute. While the issuer is down the
 * last set stays in use: calls do not stop because an identity provider restarts, nor wait for one that has become slow.
 */
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";

export interface KeySetPorts {
  /** Unix milliseconds. */
  now(): number;
  fetch(url: string, request: { signal: AbortSignal; redirect: "error"; headers: Record<string, string> }): Promise<Response>;
  warn(message: string, details: Record<string, unknown>): void;
}

const freshForMs = 60_000;
const leastPauseMs = 5_000;
const fetchTimeoutMs = 5_000;
/** So long calls wait for a set that is to be renewed while an older one is there, and only once in a row. */
const patienceMs = 1_000;
const maxBytes = 1024 * 1024;

/** The keys cannot be had, and none are known from before. */
export class KeySetUnavailable extends Error {}

export class KeySet {
  readonly #url: string;
  readonly #ports: KeySetPorts;
  #keys: JWTVerifyGetKey | null = null;
  #fetchedAt = -Infinity;
  #triedAt = -Infinity;
  #fetching: Promise<void> | null = null;
  /** The last fetch failed, or took longer than calls are to wait. */
  #isTroubled = false;
  /** Counts the fetched sets: what was verified with one is not trusted beyond it. */
  generation = 0;

  constructor(url: string, ports: KeySetPorts) {
    this.#url = url;
    this.#ports = ports;
  }

  /** For `jwtVerify`: the key that a token's header names. */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    if (this.#ports.now() - this.#fetchedAt >= freshForMs) await this.#renew();
    try {
      return await this.#known()(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await this.#refresh();
      return this.#known()(header, token);
    }
  };

  #known(): JWTVerifyGetKey {
    if (this.#keys === null) throw new KeySetUnavailable(`The keys at ${this.#url} cannot be had.`);
    return this.#keys;
  }

  async #renew(): Promise<void> {
    const renewed = this.#refresh();
    if (this.#keys === null) return renewed;
    if (this.#isTroubled) return;
    let timer: NodeJS.Timeout | undefined;
    const outOfPatience = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        this.#isTroubled = true;
        resolve();
      }, patienceMs);
    });
    await Promise.race([renewed, outOfPatience]);
    clearTimeout(timer);
  }

  /** One fetch serves all who wait for it. */
  async #refresh(): Promise<void> {
    if (this.#fetching === null) {
      if (this.#ports.now() - this.#triedAt < leastPauseMs) return;
      this.#triedAt = this.#ports.now();
      this.#fetching = this.#fetch().finally(() => (this.#fetching = null));
    }
    await this.#fetching;
  }

  async #fetch(): Promise<void> {
    try {
      const answer = await this.#ports.fetch(this.#url, { signal: AbortSignal.timeout(fetchTimeoutMs), redirect: "error", headers: { accept: "application/json" } });
      if (!answer.ok) throw new Error(`The answer is ${answer.status}.`);
      this.#keys = createLocalJWKSet(JSON.parse(await boundedText(answer)) as JSONWebKeySet);
      this.#fetchedAt = this.#ports.now();
      this.#isTroubled = this.#fetchedAt - this.#triedAt > patienceMs;
      this.generation++;
    } catch (error) {
      this.#isTroubled = true;
      this.#ports.warn("the keys of a token issuer cannot be fetched", { url: this.#url, error });
    }
  }
}

async function boundedText(answer: Response): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of answer.body ?? []) {
    length += part.length;
    if (length > maxBytes) throw new Error(`The key set is larger than ${maxBytes} bytes.`);
    parts.push(Buffer.from(part));
  }
  return Buffer.concat(parts).toString("utf8");
}
