/** Commands as a document shows them, in a shell. curl fails as well where the answer is an error, so that a command that runs is one that works. */
import { spawn } from "node:child_process";

export interface ShellRun {
  status: number;
  /** Both streams. */
  output: string;
}

export async function runShell(commands: string, { directory, environment }: { directory?: string; environment: Record<string, string> }): Promise<ShellRun> {
  const child = spawn("bash", ["-c", `set -euo pipefail\ncurl() { command curl -sS --fail-with-body "$@"; }\n${commands}\n`], {
    ...(directory === undefined ? {} : { cwd: directory }), stdio: ["ignore", "pipe", "pipe"], env: { PATH: process.env["PATH"], ...environment },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const status = await new Promise<number>((done) => child.once("close", (code) => done(code ?? -1)));
  return { status, output };
}
