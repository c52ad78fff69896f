import { type Flags, runSupervisor } from "@parley/supervisor";
import type { Terminal } from "../terminal.ts";

export async function up(terminal: Terminal, options: Flags): Promise<number> {
  return runSupervisor({
    flags: options,
    environment: terminal.environment,
    say: (text) => terminal.out(text),
    note: (line) => terminal.error(`parley: ${line}\n`),
  });
}
