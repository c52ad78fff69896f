/**
 * Processes that are started before it is known what they are to do: they load their modules on another core while the
 * configuration is read, or read it themselves, and then wait for their options. Whatever is not taken is ended.
 */
import { type Expected, expectedText, optionsFollow } from "@parley/contract/given-options";
import type { ChildMessage } from "@parley/contract/processes";
import type { ChildProcess } from "node:child_process";
import { forkProgram, type ForkedProgram } from "./fork-program.ts";
import type { SettingsReading } from "./settings.ts";

export interface AheadProcess {
  /** Once; null where it is not there any more. */
  take: () => ChildProcess | null;
  /** Whatever is known already. */
  expect: (expected: Expected) => void;
  /** Of a control plane: has it read the configuration that it will need. Null where it ends before it has. `expectData` hears where the data directory will be. */
  read: (file: string, expectData: (directory: string) => void) => Promise<SettingsReading | null>;
}

export class Ahead {
  readonly #waiting = new Set<ChildProcess>();

  start(program: ForkedProgram): AheadProcess {
    const child = forkProgram(program, { argument: optionsFollow, hasInput: true });
    // That it cannot be started is found again, and told, when it is needed.
    child.on("error", () => undefined);
    this.#waiting.add(child);
    const isThere = (): boolean => child.connected && child.exitCode === null && child.signalCode === null;
    const expect = (expected: Expected): void => void child.stdin?.write(expectedText(expected));
    return {
      take: () => (this.#waiting.delete(child) && isThere() ? child : null),
      expect,
      read: async (file, expectData) => (isThere() ? readBy(child, expectData, () => expect({ file })) : null),
    };
  }

  close(): void {
    for (const child of this.#waiting) child.kill("SIGKILL");
    this.#waiting.clear();
  }
}

function readBy(child: ChildProcess, expectData: (directory: string) => void, begin: () => void): Promise<SettingsReading | null> {
  return new Promise((resolve) => {
    const hear = (message: ChildMessage): void => {
      if (message.type === "expected-data") expectData(message.data);
      if (message.type === "read") finish(message);
    };
    const ended = (): void => finish(null);
    const finish = (reading: SettingsReading | null): void => {
      child.off("message", hear as (message: unknown) => void);
      child.off("exit", ended);
      resolve(reading);
    };
    child.on("message", hear as (message: unknown) => void);
    child.on("exit", ended);
    begin();
  });
}
