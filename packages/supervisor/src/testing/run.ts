/** Runs a supervisor in a process of its own, over stand-ins for the planes; its argument is the flags. */
import { resolve } from "node:path";
import { StartError } from "../start-error.ts";
import { runSupervisor } from "../supervisor.ts";
import type { Flags } from "../settings.ts";

const standIn = resolve(import.meta.dirname, "stand-in.ts");

try {
  const status = await runSupervisor({
    flags: JSON.parse(process.argv[2] ?? "{}") as Flags,
    environment: process.env,
    say: (text) => process.stdout.write(text),
    note: (line) => process.stderr.write(`${line}\n`),
    programs: { gateway: standIn, control: standIn },
  });
  process.exit(status);
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  process.stderr.write(`${error.code}: ${error.message} | ${error.fix ?? ""}\n`);
  process.exit(1);
}
