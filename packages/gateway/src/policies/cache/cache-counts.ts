/** Hot path of services with a cache. How often it was of use, for the metrics. */
import type { MetricFamily } from "@parley/contract/channel";
import { LabelledCounter } from "../../telemetry/labelled-counter.ts";
import type { CacheUse } from "./answers/cache-status.ts";

export class CacheCounts {
  readonly #calls = new LabelledCounter("parley_cache_calls_total", "Reads of services with a cache, by what it did for them.", ["service", "cache"]);

  used(service: string, use: CacheUse): void {
    this.#calls.add(1, service, use);
  }

  family(labels: Record<string, string>): MetricFamily {
    return this.#calls.family(labels);
  }
}
