/**
 * Processes that are started before it is known what they are to do: they load their modules on another core while the
 * configuration is read, and then wait for their options. Whatever is not taken is ended.
 */
import { expectedText, optionsFollow } from "@parley/contract/given-options";
import type { ChildProcess } from "node:child_process";
import { forkProgram, type ForkedProgram } from "./fork-program.ts";

export interface AheadProcess {
  /** Once; null where it is not there any more. */
  take: () => ChildProcess | null;
  /** Where its data will be, as far as is known. */
  expect: (dataDirectory: string) => void;
}

export class Ahead {
  readonly #waiting = new Set<ChildProcess>();

  start(program: ForkedProgram): AheadProcess {
    const child = forkProgram(program, { argument: optionsFollow, hasInput: true });
    // That it cannot be started is found again, and told, when it is needed.
    child.on("error", () => undefined);
    this.#waiting.add(child);
    return {
      take: () => (this.#waiting.delete(child) && child.connected && child.exitCode === null && child.signalCode === null ? child : null),
      expect: (dataDirectory) => void child.stdin?.write(expectedText(dataDirectory)),
    };
  }

  close(): void {
    for (const child of this.#waiting) child.kill("SIGKILL");
    this.#waiting.clear();
  }
}
