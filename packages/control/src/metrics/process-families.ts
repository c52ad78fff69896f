/** What the control plane counts of itself. */
import type { MetricFamily } from "@parley/contract/channel";
import type { DiskSpace } from "@parley/contract/disk-space";
import type { LossCount } from "@parley/contract/loss-count";

export interface ControlFigures {
  startedAtMs: number;
  gatewaysConnected: number;
  gatewaysSilent: number;
  snapshotVersion: number;
  liveWatchers: number;
  spoolBytes: number;
  segmentsSetAside: LossCount;
  linesSkipped: LossCount;
  liveCallsDropped: number;
  diskSpace: DiskSpace | null;
}

export function processFamilies(figures: ControlFigures): MetricFamily[] {
  const { user, system } = process.cpuUsage();
  return [
    gauge("parley_control_start_time_seconds", "When the control plane began, in Unix seconds.", figures.startedAtMs / 1000),
    counter("parley_control_cpu_seconds_total", "CPU time of the control plane.", { value: (user + system) / 1e6 }),
    gauge("parley_control_resident_memory_bytes", "Resident memory of the control plane.", process.memoryUsage.rss()),
    gauge("parley_gateways_connected", "Gateway workers on the channel.", figures.gatewaysConnected),
    gauge("parley_gateways_silent", "Connected gateway workers that did not answer in time; their figures are missing here.", figures.gatewaysSilent),
    gauge("parley_snapshot_version", "The version of the configuration that was published last.", figures.snapshotVersion),
    gauge("parley_live_watchers", "Streams of live calls that are open.", figures.liveWatchers),
    gauge("parley_spool_bytes", "Call records on their way to the call log.", figures.spoolBytes),
    ...spoolLosses(figures),
    counter("parley_live_calls_dropped_total", "Calls that a live view left out, as they came faster than they could be sent (worker) or read (watcher).", { value: figures.liveCallsDropped }, { place: "watcher" }),
    ...(figures.diskSpace === null ? [] : [
      gauge("parley_disk_free_bytes", "Room on the disk of the data directory.", figures.diskSpace.freeBytes),
      gauge("parley_disk_size_bytes", "Size of the disk of the data directory.", figures.diskSpace.totalBytes),
    ]),
  ];
}

/** What lay in the spool and is not in the call log. */
export function spoolLosses({ segmentsSetAside, linesSkipped }: Pick<ControlFigures, "segmentsSetAside" | "linesSkipped">): MetricFamily[] {
  return [
    counter("parley_spool_segments_set_aside_total", "Segments of the spool that the call log could not take: their calls are not in it.", segmentsSetAside.counted),
    counter("parley_spool_lines_skipped_total", "Lines of the spool's segments that were no call records.", linesSkipped.counted),
  ];
}

function gauge(name: string, help: string, value: number): MetricFamily {
  return { name, help, type: "gauge", series: [{ labels: {}, value }] };
}

function counter(name: string, help: string, counted: Pick<MetricFamily["series"][number], "value" | "lostAt">, labels: Record<string, string> = {}): MetricFamily {
  return { name, help, type: "counter", series: [{ labels, ...counted }] };
}
