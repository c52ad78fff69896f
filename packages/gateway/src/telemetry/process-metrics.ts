/** How the worker's own process is doing. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { MetricFamily } from "@parley/contract/channel";

export class ProcessMetrics {
  #delay = monitorEventLoopDelay({ resolution: 20 });

  constructor() {
    this.#delay.enable();
  }

  /** The event loop's lag is of the time since the last time it was asked for. */
  families(labels: Record<string, string>): MetricFamily[] {
    const cpu = process.cpuUsage();
    const memory = process.memoryUsage();
    const lagSeconds = Number.isFinite(this.#delay.max) ? this.#delay.max / 1e9 : 0;
    const p99Seconds = this.#delay.percentile(99) / 1e9;
    this.#delay.reset();
    return [
      single("counter", "parley_process_cpu_seconds_total", "User and system time of the process.", { labels, value: (cpu.user + cpu.system) / 1e6 }),
      single("gauge", "parley_process_resident_memory_bytes", "Resident memory.", { labels, value: memory.rss }),
      single("gauge", "parley_process_heap_used_bytes", "Used JavaScript heap.", { labels, value: memory.heapUsed }),
      single("gauge", "parley_event_loop_lag_max_seconds", "Longest delay of the event loop since the last scrape.", { labels, value: lagSeconds }),
      single("gauge", "parley_event_loop_lag_p99_seconds", "99th percentile of the event loop's delay since the last scrape.", { labels, value: p99Seconds }),
    ];
  }

  close(): void {
    this.#delay.disable();
  }
}

export function single(type: "counter" | "gauge", name: string, help: string, series: MetricFamily["series"][number] & { value: number }): MetricFamily {
  return { name, help, type, series: [series] };
}
