import { resolve } from "node:path";
import { type Connection, type ConnectionOptions, dataRoot, findConnection } from "../api/connection.ts";
import { type Check, type DoctorContext, type Finding, failed } from "../doctor/check.ts";
import { machineChecks } from "../doctor/machine-checks.ts";
import { runningChecks } from "../doctor/running-checks.ts";
import { Failure } from "../failure.ts";
import { type Terminal, outJson } from "../terminal.ts";

const signs = { ok: "ok    ", failed: "FAILED", skipped: "-     " } as const;

/** Runs every check to the end, whatever the ones before it found. */
export async function doctor(terminal: Terminal, options: ConnectionOptions & { config?: string }): Promise<number> {
  const connection = connectionOrNull(terminal, options);
  const file = options.config === undefined ? (connection?.running?.file ?? null) : resolve(options.config);
  const context: DoctorContext = { terminal, data: dataRoot(terminal, options), file, connection };
  const results: ({ name: string } & Finding)[] = [];
  for (const check of [...machineChecks, ...runningChecks]) {
    const finding = await examine(check, context);
    results.push({ name: check.name, ...finding });
    if (!options.json) terminal.out(line(check.name, finding));
  }
  const failures = results.filter((result) => result.state === "failed").length;
  if (options.json) outJson(terminal, { ok: failures === 0, checks: results });
  else terminal.out(failures === 0 ? "\nEverything is well.\n" : `\n${failures} of ${results.length} checks failed.\n`);
  return failures === 0 ? 0 : 1;
}

async function examine(check: Check, context: DoctorContext): Promise<Finding> {
  try {
    return await check.run(context);
  } catch (error) {
    const fix = error instanceof Failure ? error.fix : undefined;
    return failed((error as Error).message, fix ?? "The message says what went wrong.");
  }
}

function line(name: string, finding: Finding): string {
  const fix = finding.state === "failed" ? `\n          fix: ${finding.fix}` : "";
  return `${signs[finding.state]}  ${name}: ${finding.detail}${fix}\n`;
}

function connectionOrNull(terminal: Terminal, options: ConnectionOptions): Connection | null {
  try {
    return findConnection(terminal, options);
  } catch {
    return null;
  }
}
