/** Hot path of services with a cache. How often it was of use, for the metrics and the console. */
import type { CacheReads } from "@parley/contract/api/cache";
import type { MetricFamily } from "@parley/contract/channel";
import type { CacheUse } from "./answers/cache-status.ts";

export class CacheCounts {
  readonly #services = new Map<string, CacheReads>();

  used(service: string, use: CacheUse): void {
    const reads = this.#services.get(service);
    if (reads === undefined) this.#services.set(service, { ...none, [use]: 1 });
    else reads[use] += 1;
  }

  of(service: string): CacheReads {
    return this.#services.get(service) ?? none;
  }

  family(labels: Record<string, string>): MetricFamily {
    const series = [...this.#services].flatMap(([service, reads]) => Object.entries(reads).map(([cache, value]) => ({ labels: { service, cache, ...labels }, value })));
    return { name: "parley_cache_reads_total", help: "Reads of services with a cache, by what was kept did for them.", type: "counter", series };
  }
}

const none: CacheReads = { hit: 0, stale: 0, revalidated: 0, miss: 0, bypass: 0 };
