/** The consumers in force, as calls meet them and as they came. */
import { isDeepStrictEqual } from "node:util";
import type { Consumer } from "@parley/contract/config/consumer";
import type { KnownConsumer } from "../pipeline/route-plan.ts";
import type { Commit } from "./commit.ts";

export class KnownConsumers {
  /** As they came, so that what did not change is not compiled again. */
  #sources = new Map<string, Consumer>();
  #consumers = new Map<string, KnownConsumer>();

  find(name: string): KnownConsumer | undefined {
    return this.#consumers.get(name);
  }

  names(): Iterable<string> {
    return this.#consumers.keys();
  }

  compile(name: string, consumer: Consumer | null): Commit {
    if (consumer && isDeepStrictEqual(consumer, this.#sources.get(name))) return null;
    const compiled = consumer && compileConsumer(name, consumer);
    return () => {
      if (consumer) this.#sources.set(name, consumer);
      else this.#sources.delete(name);
      if (compiled) this.#consumers.set(name, compiled);
      else this.#consumers.delete(name);
    };
  }
}

function compileConsumer(name: string, consumer: Consumer): KnownConsumer {
  return { name, access: consumer.access ? new Set(consumer.access) : null, versions: consumer.versions, limits: consumer.limits, sharedLimits: undefined, ...(consumer.priority === undefined ? {} : { priority: consumer.priority }), ...(consumer.team === undefined ? {} : { team: consumer.team }) };
}
