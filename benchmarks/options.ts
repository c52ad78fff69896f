/** The command's arguments. */
import { parseArgs } from "node:util";

export const suiteNames = ["plain", "openai", "anthropic", "stream", "latency", "memory", "scale"] as const;
export type SuiteName = (typeof suiteNames)[number];

export const programNames = ["nginx", "parley", "portkey"] as const;
export type ProgramName = (typeof programNames)[number];

export interface Options {
  quick: boolean;
  suites: readonly SuiteName[];
  programs: readonly ProgramName[];
  check: boolean;
  tighten: boolean;
}

export const usage = `npm run bench -- [--quick] [--only ${suiteNames.join(",")}] [--programs ${programNames.join(",")}] [--check] [--tighten]

  --quick     two short rounds: to see that everything works, not for figures to quote
  --only      only these suites
  --programs  only these programs beside each other
  --check     ends with 1 if a ratio is worse than budgets.json allows
  --tighten   writes ratios that became better into budgets.json`;

/** Throws an Error whose message can be shown. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string", default: suiteNames.join(",") },
      programs: { type: "string", default: programNames.join(",") },
      check: { type: "boolean", default: false },
      tighten: { type: "boolean", default: false },
    },
  });
  return { ...values, suites: chosen(values.only, suiteNames), programs: chosen(values.programs, programNames) };
}

function chosen<Name extends string>(list: string, known: readonly Name[]): Name[] {
  const names = list.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !(known as readonly string[]).includes(name));
  if (unknown !== undefined) throw new Error(`"${unknown}" is none of ${known.join(", ")}`);
  return known.filter((name) => names.includes(name));
}
