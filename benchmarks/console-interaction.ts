/**
 * How long the console takes to answer a hand over a long log and many services: the slowest event of each interaction as
 * the browser tells it (from the input to the next picture), with the elements in the document and the questions asked.
 *
 *   node benchmarks/console-interaction.ts [calls] [services] [rounds]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { signedInBrowser } from "../tests/e2e/browser.ts";
import type { Interaction } from "../tests/e2e/interaction.ts";
import { manyServices, writeLongLog } from "../tests/e2e/large-installation.ts";
import { walkConsole } from "../tests/e2e/large-walk.ts";
import { startParley } from "../tests/harness/start-parley.ts";

const [calls = 1_000_000, services = 10_000, rounds = 3] = process.argv.slice(2).map(Number);

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}

const root = mkdtempSync(join(tmpdir(), "parley-interaction-"));
try {
  const dataDirectory = join(root, "data");
  await writeLongLog(dataDirectory, calls);
  await using parley = await startParley({ dataDirectory, yaml: manyServices({ services, consumers: services / 10 }) });
  await using browser = await signedInBrowser(parley);
  const taken: Interaction[][] = [];
  for (let round = 0; round < rounds; round++) taken.push(await walkConsole(browser));
  process.stdout.write(`${calls} calls, ${services} services, ${rounds} rounds; load of the machine ${loadavg()[0]?.toFixed(1)}\n\n| interaction | median of the slowest event | most | until it is shown, median | elements | questions |\n|---|---:|---:|---:|---:|---:|\n`);
  for (const [index, { name, elements, asked }] of (taken[0] ?? []).entries()) {
    const times = taken.map((round) => round[index]?.slowestMs ?? 0);
    const answers = taken.flatMap((round) => round[index]?.answeredMs ?? []);
    process.stdout.write(`| ${name} | ${median(times)} ms | ${Math.max(...times)} ms | ${answers.length > 0 ? `${median(answers).toFixed(0)} ms` : ""} | ${elements} | ${asked.length} |\n`);
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}
