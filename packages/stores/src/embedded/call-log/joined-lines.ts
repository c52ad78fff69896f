/** Segments of lines as one file: opening each costs the engine more than all of its few lines do. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const lineBreak = Buffer.from("\n");

/** Of what `work` resolves to, with the one file that has all lines of `paths`; there is one writer, so that its name need not be its own. */
export async function withJoinedLines<Result>(paths: readonly [string, ...string[]], work: (path: string) => Promise<Result>): Promise<Result> {
  if (paths.length === 1) return work(paths[0]);
  const joined = join(dirname(paths[0]), "lines.joined");
  try {
    writeFileSync(joined, Buffer.concat(paths.flatMap(linesOf)), { mode: 0o600 });
    return await work(joined);
  } finally {
    rmSync(joined, { force: true });
  }
}

/** With a break after the last. */
function linesOf(path: string): Buffer[] {
  const lines = readFileSync(path);
  return lines.length === 0 || lines.at(-1) === lineBreak[0] ? [lines] : [lines, lineBreak];
}
