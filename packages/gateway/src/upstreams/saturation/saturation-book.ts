/** What upstreams have shown that they can take: kept while a route is compiled anew, and told to the metrics. */
import type { MetricFamily } from "@parley/contract/channel";
import { Saturation, type Concurrency, type SaturationPorts } from "./saturation.ts";

interface Entry {
  service: string;
  saturation: Saturation;
  users: number;
}

export class SaturationBook {
  readonly #ports: SaturationPorts;
  /** As many as there are upstreams in force. */
  readonly #entries = new Map<string, Entry>();

  constructor(ports: SaturationPorts) {
    this.#ports = ports;
  }

  /** The same one for the same service, targets and settings; `close` says that a route needs it no more. */
  open(service: string, targets: readonly string[], settings: Concurrency): { saturation: Saturation; close(): void } {
    const key = JSON.stringify([service, targets, settings]);
    const entry = this.#entries.get(key) ?? { service, saturation: new Saturation(settings, this.#ports), users: 0 };
    this.#entries.set(key, entry);
    entry.users++;
    return {
      saturation: entry.saturation,
      close: () => {
        if (--entry.users === 0) this.#entries.delete(key);
      },
    };
  }

  /** By service, all of its upstreams together. */
  states(): ReadonlyMap<string, Saturation["state"]> {
    const byService = new Map<string, Saturation["state"]>();
    for (const { service, saturation } of this.#entries.values()) {
      const sum = byService.get(service) ?? { limit: 0, inFlight: 0, waiting: 0, shed: 0 };
      const { limit, inFlight, waiting, shed } = saturation.state;
      byService.set(service, { limit: sum.limit + limit, inFlight: sum.inFlight + inFlight, waiting: sum.waiting + waiting, shed: sum.shed + shed });
    }
    return byService;
  }

  families(labels: Record<string, string>): MetricFamily[] {
    const byService = this.states();
    const series = (value: (state: Saturation["state"]) => number): MetricFamily["series"] => [...byService].map(([service, state]) => ({ labels: { service, ...labels }, value: value(state) }));
    return [
      { name: "parley_upstream_concurrency_limit", help: "Calls that the service's upstreams may have at the same time, as configured or as learned.", type: "gauge", series: series(({ limit }) => limit) },
      { name: "parley_upstream_calls_waiting", help: "Calls that wait for the service's upstreams.", type: "gauge", series: series(({ waiting }) => waiting) },
      { name: "parley_upstream_calls_shed_total", help: "Calls refused because the service's upstreams were full.", type: "counter", series: series(({ shed }) => shed) },
    ];
  }
}
