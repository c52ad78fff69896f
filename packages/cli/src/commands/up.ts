import { type Flags, runSupervisor } from "@parley/supervisor";
import type { Terminal } from "../terminal.ts";

export async function up(terminal: Terminal, options: Flags): Promise<number> {
  return runSupervisor({
    flags: options,
    // Whoever starts it by hand reads what it says; whoever collects its log wants all of it.
    environment: { PARLEY_LOG_LEVEL: terminal.colour.error ? "warn" : "info", ...terminal.environment },
    say: (text) => terminal.out(text),
    note: (line) => terminal.error(`parley: ${line}\n`),
  });
}
