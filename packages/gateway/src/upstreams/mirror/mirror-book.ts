/** What came of every mirror in force: kept while a route is compiled anew, told to the metrics and to those who ask. */
import type { MirrorState } from "@parley/contract/api/mirror";
import type { MetricFamily } from "@parley/contract/channel";
import { MirrorTally, type TallyPorts } from "./mirror-tally.ts";

interface Entry {
  service: string;
  tally: MirrorTally;
  users: number;
}

/** What a mirror counts into; another one from when its counting begins anew. */
export interface OpenTally {
  current(): MirrorTally;
  close(): void;
}

export class MirrorBook {
  readonly #ports: TallyPorts;
  /** As many as there are services with a mirror. */
  readonly #entries = new Map<string, Entry>();

  constructor(ports: TallyPorts) {
    this.#ports = ports;
  }

  /** The same one for the same service and settings. */
  open(service: string, settings: unknown): OpenTally {
    const key = JSON.stringify([service, settings]);
    const entry = this.#entries.get(key) ?? { service, tally: new MirrorTally(this.#ports), users: 0 };
    this.#entries.set(key, entry);
    entry.users++;
    return {
      current: () => entry.tally,
      close: () => {
        if (--entry.users === 0) this.#entries.delete(key);
      },
    };
  }

  /** Counting begins anew. */
  forget(service: string): void {
    for (const entry of this.#entries.values()) if (entry.service === service) entry.tally = new MirrorTally(this.#ports);
  }

  states(): MirrorState[] {
    return [...this.#entries.values()].map(({ service, tally }) => tally.state(service));
  }

  families(labels: Record<string, string>): MetricFamily[] {
    const outcomes = ["equal", "different", "failed", "dropped", "skipped"] as const;
    const series = [...this.#entries.values()].flatMap(({ service, tally }) => outcomes.map((outcome) => ({ labels: { service, outcome, ...labels }, value: tally.counts[outcome] })));
    return [{ name: "parley_mirror_copies_total", help: "Copies of calls for a service's mirror, by what came of them.", type: "counter", series }];
  }
}
