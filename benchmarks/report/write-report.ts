/** Turns a run's figures into a table for people; hides only formatting. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Results } from "../suites/results.ts";
import { callsTable, streamsTable } from "./cpu-tables.ts";
import { latencyTable, memoryTable, scaleTable } from "./other-tables.ts";

export function writeReport(results: Results, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const name = results.quick ? "quick" : "latest";
  const report = markdown(results);
  writeFileSync(join(folder, `${name}.md`), report);
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(results, rounded, 1)}\n`);
  process.stdout.write(report);
}

export function markdown(results: Results): string {
  const { machine } = results;
  const sections = [
    `# Figures of ${results.takenAt.slice(0, 10)}`,
    ...(results.quick ? ["> A quick run: it shows that everything works. Its figures are not to be quoted."] : []),
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGib} GiB, Linux ${machine.kernel}. Node ${machine.node}, Parley ${machine.parley}, nginx ${machine.nginx}, Portkey ${machine.portkey}. ${otherWork(machine.loadAverage)} Command: \`${results.command}\`.`,
    "Each program has core 1 to itself; load and upstream share core 0. Figures are medians over interleaved rounds, with the lowest and the highest in brackets; × nginx is the median of the ratios within each round. What each program has switched on stands in [the README](../README.md).",
    callsTable(results.calls),
    streamsTable(results.streams),
    latencyTable(results.latency),
    memoryTable(results.memory),
    scaleTable(results.scale),
    ...results.failures.map((failure) => `Not measured: ${failure.split("\n")[0]}`),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

function otherWork(loadAverage: number): string {
  const busy = loadAverage > 0.7 ? ": others were at work too, which makes calls dearer and latencies longer than on a quiet machine" : "";
  return `Load average before the run ${loadAverage.toFixed(1)}${busy}.`;
}

/** Four significant digits are more than the figures are good for. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
}
