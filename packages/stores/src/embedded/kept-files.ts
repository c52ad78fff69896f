/**
 * The files that a store has open, and whether their names still stand for them. An engine goes on with what has no name any more,
 * finds everything well, and all of it is gone with the process.
 */
import { statSync } from "node:fs";

export class FileGoneError extends Error {
  override readonly name = "FileGoneError";
}

export class KeptFiles {
  readonly #files: readonly { path: string; file: string }[];

  /** To be made once all of them are open. */
  constructor(paths: readonly string[]) {
    this.#files = paths.map((path) => ({ path, file: fileAt(path) }));
  }

  /** What to tell people; null while all is as it was. */
  get trouble(): string | null {
    const gone = this.#files.find(({ path, file }) => fileAt(path) !== file);
    return gone === undefined ? null : `${gone.path} was removed or replaced while Parley runs: put it back or restart Parley, which begins with what is there`;
  }
}

/** The same for as long as the name stands for the same file; empty where there is none. */
export function fileAt(path: string): string {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    // Also where its folder is none any more, or may not be entered.
    return "";
  }
}
