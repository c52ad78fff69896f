/** CPU per call, and per chunk. */
import { ratios } from "../measure/statistics.ts";
import type { CpuFigures } from "../suites/calls.ts";
import type { StreamFigures } from "../suites/streams.ts";
import { median, spread, table } from "./table.ts";

export function callsTable(figures: readonly CpuFigures[]): string {
  const rows = figures.map((figure) => [
    `${figure.title}: **${figure.program}**`,
    spread(figure.rounds.map(({ perCall }) => perCall), 1),
    timesNginx(figure, figures),
    parts(figure),
    median(figure.rounds.map(({ callsPerSecond }) => callsPerSecond), 0),
    median(figure.rounds.map(({ busy }) => busy * 100), 0),
    failures(figure),
  ]);
  return table("CPU per call", ["path", "µs of CPU a call", "× nginx", "by process", "calls/s", "core full %", "failed"], rows);
}

export function streamsTable(figures: readonly StreamFigures[]): string {
  const rows = figures.map((figure) => {
    const direct = figure.program === "direct";
    return [
      `${figure.title}: **${figure.program}**`,
      direct ? "" : spread(figure.rounds.map(({ perCall }) => perCall), 0),
      direct ? "" : spread(figure.rounds.map(({ perChunk }) => perChunk), 1),
      direct ? "" : timesNginx(figure, figures),
      direct ? "" : parts(figure),
      pair(figure.rounds.map(({ firstChunkMs }) => firstChunkMs)),
      `${pair(figure.rounds.map(({ chunkDelayMs }) => chunkDelayMs))} / ${median(figure.rounds.map(({ chunkDelayMs }) => chunkDelayMs.p999), 2)}`,
      failures(figure),
    ];
  });
  const head = ["path", "µs of CPU a call", "a chunk", "× nginx", "by process", "first chunk ms p50 / p99", "chunk delay ms p50 / p99 / p99.9", "failed"];
  return table("Streams, 20 at a time, 200 chunks a second each", head, rows);
}

function timesNginx(figure: CpuFigures, all: readonly CpuFigures[]): string {
  const nginx = all.find(({ scenario, program }) => scenario === figure.scenario && program === "nginx");
  if (!nginx) return "";
  if (nginx === figure) return "1";
  return spread(ratios(figure.rounds.map(({ perCall }) => perCall), nginx.rounds.map(({ perCall }) => perCall)), 2);
}

/** `gateway 60.1, control plane 5.2, supervisor 0.1`; nothing for a program that has one part. */
function parts(figure: CpuFigures): string {
  const names = Object.keys(figure.rounds[0]?.parts ?? {});
  if (names.length < 2) return "";
  return names.map((name) => `${name} ${median(figure.rounds.map((round) => round.parts[name] ?? 0), 1)}`).join(", ");
}

function pair(values: readonly { p50: number; p99: number }[]): string {
  return `${median(values.map(({ p50 }) => p50), 2)} / ${median(values.map(({ p99 }) => p99), 2)}`;
}

function failures(figure: CpuFigures): string {
  return String(figure.rounds.reduce((sum, { failed }) => sum + failed, 0));
}
