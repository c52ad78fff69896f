/** What tests keep in files is below one directory, which goes when they have ended: also what a killed program left. */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export function setup(): () => void {
  // Short: paths of sockets have room for some hundred bytes.
  const directory = mkdtempSync(join(tmpdir(), "pt-"));
  // Servers that run as another user, as Apache does, have their files below it.
  chmodSync(directory, 0o711);
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = directory;
  return () => {
    // A process can run tests again, as the one with the mutants does.
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
    rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  };
}
