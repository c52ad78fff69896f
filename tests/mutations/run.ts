/**
 * Proves that the tests would notice: runs them on the guard with one part missing, and fails where they all pass. The source is
 * changed on its way into the tests and never on disk. `node tests/mutations/run.ts`; a minute or two.
 */
import { resolve } from "node:path";
import { startVitest, type TestModule } from "vitest/node";
import { type Mutant, mutants } from "./mutants.ts";

interface Verdict {
  ran: number;
  failed: number;
  applied: boolean;
}

async function judge(mutant: Mutant): Promise<Verdict> {
  const verdict: Verdict = { ran: 0, failed: 0, applied: false };
  const file = resolve(mutant.file);
  const vitest = await startVitest(
    "test",
    [mutant.suite],
    // What is kept of transformed modules between runs does not know of mutants.
    { watch: false, run: true, fsModuleCache: false, reporters: [{ onTestRunEnd: (modules) => count(modules, verdict) }], ...(mutant.noticedBy === "" ? {} : { testNamePattern: mutant.noticedBy }) },
    {
      plugins: [
        {
          name: "mutant",
          enforce: "pre",
          transform: (source, id) => {
            if (id.split("?", 1)[0] !== file) return null;
            verdict.applied = source.split(mutant.original).length === 2;
            return source.replace(mutant.original, () => mutant.mutated);
          },
        },
      ],
    },
  );
  await vitest.close();
  return verdict;
}

/** Only tests that ran and failed count: a suite that cannot be read has noticed nothing. */
function count(modules: readonly TestModule[], verdict: Verdict): void {
  for (const module of modules) {
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === "passed" || state === "failed") verdict.ran += 1;
      if (state === "failed") verdict.failed += 1;
    }
  }
}

let survivors = 0;
for (const mutant of mutants) {
  const { ran, failed, applied } = await judge(mutant);
  const noticed = applied && failed > 0;
  if (!noticed) survivors += 1;
  process.stdout.write(`${noticed ? "noticed" : applied ? "SURVIVED" : "NOT APPLIED"}: without ${mutant.without} (${failed} of ${ran} tests failed)\n`);
}
process.exit(survivors === 0 ? 0 : 1);
