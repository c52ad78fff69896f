/**
 * budgets.json: the ratios to nginx in the same run that Parley has reached. They only go down (`--tighten`), and
 * `--check` fails when one is exceeded by more than the tolerance, which covers the noise of a shared machine.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ratios, summary } from "./measure/statistics.ts";
import type { Results } from "./suites/results.ts";

interface Budgets {
  /** 0.15 lets a figure be 15 % worse. */
  tolerance: number;
  /** Median of CPU per call of all of Parley's processes ÷ nginx's in the same round. */
  timesNginx: Record<string, number>;
  /** Upper bounds in MiB and milliseconds. */
  gatewayMibAfter100000Calls: number;
  gatewayMibGrowthOver500000Calls: number;
}

const file = fileURLToPath(new URL("budgets.json", import.meta.url));

export function timesNginx(results: Pick<Results, "calls" | "streams">): Record<string, number> {
  const all = [...results.calls, ...results.streams];
  const found: Record<string, number> = {};
  for (const { scenario, rounds } of all.filter(({ program }) => program === "parley")) {
    const nginx = all.find((other) => other.scenario === scenario && other.program === "nginx");
    if (!nginx) continue;
    found[scenario] = summary(ratios(rounds.map(({ perCall }) => perCall), nginx.rounds.map(({ perCall }) => perCall))).median;
  }
  return found;
}

/** The exit code. */
export function checkBudgets(results: Results, say: (text: string) => void): number {
  const budgets = read();
  const failures = Object.entries({ ...timesNginx(results), ...memoryFigures(results) }).flatMap(([name, figure]) => {
    const bound = { ...budgets.timesNginx, ...budgets }[name];
    return typeof bound === "number" && figure > bound * (1 + budgets.tolerance) ? [`${name}: ${figure.toFixed(2)}, the budget is ${bound}`] : [];
  });
  for (const failure of failures) say(`OVER BUDGET ${failure}`);
  if (failures.length === 0) say("within budget");
  return failures.length === 0 ? 0 : 1;
}

export function tightenBudgets(results: Results): void {
  const budgets = read();
  for (const [scenario, figure] of Object.entries(timesNginx(results))) {
    const rounded = Math.ceil(figure * 20) / 20;
    budgets.timesNginx[scenario] = Math.min(budgets.timesNginx[scenario] ?? Number.POSITIVE_INFINITY, rounded);
  }
  writeFileSync(file, `${JSON.stringify(budgets, null, 2)}\n`);
}

function memoryFigures(results: Results): Record<string, number> {
  const at = (calls: number) => results.memory.find((sample) => sample.calls === calls && sample.openStreams === 0)?.residentMib["gateway"];
  const [first, last] = [at(100_000), at(600_000)];
  if (first === undefined || last === undefined) return {};
  return { gatewayMibAfter100000Calls: first, gatewayMibGrowthOver500000Calls: last - first };
}

function read(): Budgets {
  return JSON.parse(readFileSync(file, "utf8")) as Budgets;
}
