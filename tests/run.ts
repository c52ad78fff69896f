/** Runs all tests and ends with one line that counts them; arguments go to vitest. `./parley test` calls this. */
import { parseCLI, startVitest, type Reporter, type TestModule } from "vitest/node";

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

/** A file that could not be read, or an error outside of any test, counts as a failure: nothing may vanish from the sum. */
class Counter implements Reporter {
  readonly count: Count = { passed: 0, failed: 0, skipped: 0 };

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    this.count.failed += errors.length;
    for (const module of modules) {
      this.count.failed += module.errors().length;
      for (const suite of module.children.allSuites()) this.count.failed += suite.errors().length;
      for (const test of module.children.allTests()) this.#add(test.result().state);
    }
  }

  #add(state: "passed" | "failed" | "skipped" | "pending"): void {
    // A test that is still pending at the end was cut off.
    this.count[state === "pending" ? "failed" : state] += 1;
  }
}

const counter = new Counter();
const { filter, options } = parseCLI(["vitest", "run", ...process.argv.slice(2)]);
const vitest = await startVitest("test", filter, { ...options, watch: false, run: true, reporters: [process.stdout.isTTY ? "default" : ["default", { summary: false }], counter] });
await vitest.close();
const { passed, failed, skipped } = counter.count;
const ran = passed + failed > 0;
process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}\n`);
process.exit(failed > 0 || !ran ? 1 : 0);
