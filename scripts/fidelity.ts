/**
 * `npm run fidelity`: what comes through of recorded traffic, by pair of dialects and field, against the committed baseline.
 * PARLEY_RECORDINGS names a folder of recordings; without it the hand-written exchanges are measured. `-- --write` makes
 * what was measured the baseline.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { worse } from "../tests/conformance/fidelity/counts.ts";
import type { Cells } from "../tests/conformance/fidelity/counts.ts";
import { measureFidelity } from "../tests/conformance/fidelity/measure.ts";
import { recordingsFolder, recordingsNotice } from "../tests/conformance/recordings.ts";

const place = join(import.meta.dirname, "../tests/conformance/fidelity/baseline.json");
const source = recordingsFolder(process.env) === null ? "fixtures" : "recordings";
if (source === "fixtures") process.stdout.write(`${recordingsNotice(process.env)}\n`);
const baseline = existsSync(place) ? (JSON.parse(readFileSync(place, "utf8")) as Record<string, Cells>) : {};
const counts = await measureFidelity(process.env);
const losses = worse(baseline[source] ?? {}, counts.cells);

process.stdout.write(`${counts.table()}\n\nanswers: ${counts.total("<")} fields, requests: ${counts.total(">")} fields\nrefused by name: ${[...counts.refusals].toSorted(([, one], [, other]) => other - one).map(([name, times]) => `${name} ${times}`).join(", ") || "nothing"}\n`);
if (process.argv.includes("--write")) writeFileSync(place, `${compact({ ...baseline, [source]: counts.cells })}\n`);
else if (losses.length > 0) {
  process.stdout.write(`\nless comes through than before:\n${losses.join("\n")}\n`);
  process.exitCode = 1;
}

/** A line for each pair. */
function compact(all: Record<string, Cells>): string {
  const sources = Object.entries(all).map(([name, cells]) => `  ${JSON.stringify(name)}: {\n${Object.entries(cells).map(([pair, fields]) => `    ${JSON.stringify(pair)}: ${JSON.stringify(fields)}`).join(",\n")}\n  }`);
  return `{\n${sources.join(",\n")}\n}`;
}
