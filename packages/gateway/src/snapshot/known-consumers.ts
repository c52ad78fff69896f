/** The consumers in force, as calls meet them and as they came. */
import { isDeepStrictEqual } from "node:util";
import type { Consumer } from "@parley/contract/config/consumer";
import type { Limit } from "@parley/contract/config/limits";
import type { KnownConsumer } from "../pipeline/route-plan.ts";
import type { Commit } from "./commit.ts";

/** Past them, lists are not looked for: so many different ones have nothing to share. */
const maxLimits = 1_000;

export class KnownConsumers {
  /** As they came, so that what did not change is not compiled again. */
  #sources = new Map<string, Consumer>();
  #consumers = new Map<string, KnownConsumer>();

  /** Lists of limits by what they say: what thousands of consumers have in common is one place in memory. */
  #limits = new Map<string, readonly Limit[]>();

  find(name: string): KnownConsumer | undefined {
    return this.#consumers.get(name);
  }

  names(): Iterable<string> {
    return this.#consumers.keys();
  }

  compile(name: string, consumer: Consumer | null): Commit {
    if (consumer && isDeepStrictEqual(consumer, this.#sources.get(name))) return null;
    const compiled = consumer && compileConsumer(name, consumer, this.#shared(consumer.limits));
    return () => {
      if (consumer) this.#sources.set(name, consumer);
      else this.#sources.delete(name);
      const before = this.#consumers.get(name);
      if (before) before.isReplaced = true;
      if (compiled) this.#consumers.set(name, compiled);
      else this.#consumers.delete(name);
    };
  }

  #shared(limits: readonly Limit[]): readonly Limit[] {
    const text = JSON.stringify(limits);
    const known = this.#limits.get(text);
    if (known !== undefined) return known;
    if (this.#limits.size < maxLimits) this.#limits.set(text, limits);
    return limits;
  }
}

function compileConsumer(name: string, consumer: Consumer, limits: readonly Limit[]): KnownConsumer {
  return { name, access: consumer.access ? new Set(consumer.access) : null, versions: consumer.versions, limits, sharedLimits: undefined, isReplaced: false, ...(consumer.priority === undefined ? {} : { priority: consumer.priority }), ...(consumer.team === undefined ? {} : { team: consumer.team }) };
}
