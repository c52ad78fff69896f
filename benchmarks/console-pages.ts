/**
 * How long the console's pages take over a long log: from the address to the picture after the last answer, with the CPU
 * that the control plane used for it, which a busy machine changes less. Every answer counts, streams do not.
 *
 *   node benchmarks/console-pages.ts [calls] [rounds]
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import type { Page, Request } from "playwright-core";
import { signedInBrowser } from "../tests/e2e/browser.ts";
import { writeLongLog } from "../tests/e2e/large-installation.ts";
import { startParley } from "../tests/harness/start-parley.ts";
import { cpuMicroseconds } from "./measure/cpu-time.ts";
import { summary } from "./measure/statistics.ts";

const [calls = 1_000_000, rounds = 5] = process.argv.slice(2).map(Number);

const day = "range=24h";
const pages: Readonly<Record<string, string>> = {
  "overview": `/overview?${day}`,
  "calls": `/calls?${day}`,
  "calls, a filter": `/calls?${day}&q=service%3Aservice-3%20status%3A500`,
  "calls, free text": `/calls?${day}&q=%22things%2F996%22`,
  "calls, free text that finds nothing": `/calls?${day}&q=nowhere`,
  "calls, the slowest first": `/calls?${day}&sort=latency`,
  "calls, the dearest first": `/calls?${day}&sort=cost`,
  "groups by service": `/analysis?${day}`,
  "groups by consumer and status, p99": `/analysis?${day}&by=consumer%2Cstatus&measure=p99Ms`,
  "groups by path, p99": `/analysis?${day}&by=path&measure=p99Ms`,
  "heat map": `/analysis?${day}&view=heatmap`,
  "heat map, what failed": `/analysis?${day}&view=heatmap&selection=status%3A500..599`,
  "heat map, half of all calls": `/analysis?${day}&view=heatmap&selection=latency%3A%3C500ms`,
  "what changed": `/analysis?${day}&view=changes`,
  "new alert, with its preview": "/new/alert",
};

const quietForMs = 300;
const drawn = "new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())))";

/** Milliseconds until the picture after the last answer. */
async function opened(page: Page, path: string): Promise<number> {
  const asked = new Set<Request>();
  let lastAnswerAt = 0;
  const isQuestion = (request: Request): boolean => /\/api\/(?!live)/.test(request.url());
  const begins = (request: Request): void => void (isQuestion(request) && asked.add(request));
  const ends = (request: Request): void => void (asked.delete(request) && (lastAnswerAt = performance.now()));
  page.on("request", begins).on("requestfinished", ends).on("requestfailed", ends);
  const begun = performance.now();
  await page.goto(path);
  while (asked.size > 0 || lastAnswerAt === 0 || performance.now() - lastAnswerAt < quietForMs) await page.waitForTimeout(20);
  const drawingAt = performance.now();
  await page.evaluate(drawn);
  page.off("request", begins).off("requestfinished", ends).off("requestfailed", ends);
  return lastAnswerAt - begun + (performance.now() - drawingAt);
}

function mostResidentMiB(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1_024;
}

const root = mkdtempSync(join(tmpdir(), "parley-pages-"));
try {
  const dataDirectory = join(root, "data");
  await writeLongLog(dataDirectory, calls);
  await using parley = await startParley({ dataDirectory });
  await using browser = await signedInBrowser(parley);
  const { control } = parley.pids();
  if (control === null) throw new Error("there is no control plane");
  const { page } = await browser.page();
  const taken = new Map(Object.keys(pages).map((name) => [name, { ms: [] as number[], cpuMs: [] as number[] }]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, path] of Object.entries(pages)) {
      const before = cpuMicroseconds(control);
      taken.get(name)?.ms.push(await opened(page, path));
      taken.get(name)?.cpuMs.push((cpuMicroseconds(control) - before) / 1_000);
    }
  }
  process.stdout.write(`${calls} calls, ${rounds} rounds; load of the machine ${loadavg()[0]?.toFixed(1)}; the control plane reached ${mostResidentMiB(control).toFixed(0)} MiB\n\n| page | median | most | control plane's CPU, median |\n|---|---:|---:|---:|\n`);
  for (const [name, { ms, cpuMs }] of taken) process.stdout.write(`| ${name} | ${summary(ms).median.toFixed(0)} ms | ${Math.max(...ms).toFixed(0)} ms | ${summary(cpuMs).median.toFixed(0)} ms |\n`);
} finally {
  rmSync(root, { recursive: true, force: true });
}
