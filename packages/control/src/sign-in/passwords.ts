/** Password hashes: argon2id, a few at a time, and as much work for a name that does not exist. */
import { hash, verify } from "@node-rs/argon2";
import { refuse } from "../refusal.ts";

/** 19 MiB, two passes: OWASP's first recommendation for argon2id, which is the library's algorithm unless told otherwise. */
const options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const maxAtOnce = 2;
const maxWaiting = 32;

export class Passwords {
  #running = 0;
  #waiting: (() => void)[] = [];
  readonly #decoy: Promise<string>;

  /** `decoy` is any random text. */
  constructor(decoy: string) {
    this.#decoy = hash(decoy, options);
  }

  hash(password: string): Promise<string> {
    return this.#inTurn(() => hash(password, options));
  }

  /** A null hash takes as long and is never right. */
  verify(passwordHash: string | null, password: string): Promise<boolean> {
    return this.#inTurn(async () => {
      const right = await verify(passwordHash ?? (await this.#decoy), password).catch(() => false);
      return right && passwordHash !== null;
    });
  }

  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#running >= maxAtOnce) {
      if (this.#waiting.length >= maxWaiting) refuse("too-many-attempts", "too many people sign in at this moment", { headers: { "Retry-After": "5" } });
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running++;
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }
}
