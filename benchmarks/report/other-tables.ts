/** Latency, memory and scale. */
import type { LatencyFigures } from "../suites/latency.ts";
import type { MemorySample } from "../suites/memory.ts";
import { shown } from "../suites/reload.ts";
import type { ScaleFigures } from "../suites/scale.ts";
import { spread, table } from "./table.ts";

export function latencyTable(figures: readonly LatencyFigures[]): string {
  const rows = figures.map((figure) => [
    `${figure.title}: **${figure.program}**`,
    String(figure.ratePerSecond),
    ...(["p50", "p99", "p999"] as const).map((name) => spread(figure.rounds.map((round) => round[name]), 2)),
    String(figure.rounds.reduce((sum, { failed }) => sum + failed, 0)),
  ]);
  return table("Latency at a constant rate (open loop), milliseconds from the scheduled time", ["path", "calls/s", "p50", "p99", "p99.9", "failed"], rows);
}

export function memoryTable(samples: readonly MemorySample[]): string {
  const parts = [...new Set(samples.flatMap(({ residentMib }) => Object.keys(residentMib)))];
  const rows = samples.map(({ calls, openStreams, residentMib }) => [
    String(calls),
    String(openStreams),
    ...parts.map((part) => (residentMib[part] ?? 0).toFixed(0)),
  ]);
  return table("Resident memory of Parley, MiB", ["calls so far", "open streams", ...parts], rows);
}

export function scaleTable(figures: readonly ScaleFigures[]): string {
  const rows = figures.map(({ size, firstStartMs, secondStartMs, residentMib, cpu, reloads }) => [
    `${size.routes} routes, ${size.keys} keys`,
    firstStartMs.toFixed(0),
    secondStartMs.toFixed(0),
    residentMib.toFixed(0),
    spread(cpu.rounds.map(({ perCall }) => perCall), 1),
    spread(cpu.rounds.map(({ parts }) => parts["gateway"] ?? 0), 1),
    shown(reloads.one),
    shown(reloads.all),
  ]);
  return table("Routes and keys", ["configuration", "first start ms", "second start ms", "gateway MiB", "µs of CPU a call", "of it gateway", "reload of one service, ms of CPU", "of all services"], rows);
}
