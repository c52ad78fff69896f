/** Settings in a text file: read whole, and written so that there is always the old or the new one, for its owner alone since it holds a key. */
import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

export function loadText(path: string): string | null {
  return existsSync(path) ? readFileSync(path, "utf8") : null;
}

export function storeText(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  // People keep such files elsewhere and link to them.
  const target = existsSync(path) ? realpathSync(path) : path;
  const next = `${target}.${process.pid}.next`;
  writeFileSync(next, text, { mode: 0o600 });
  renameSync(next, target);
}
