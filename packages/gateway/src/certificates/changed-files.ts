/** Tells when one of some files has changed. It looks once a second: renewals replace files, folders and links in more ways than a watch of the file system reports. */
import { stat } from "node:fs/promises";

const lookEveryMs = 1_000;

export class ChangedFiles {
  readonly #changed: () => void;
  #marks = new Map<string, string>();
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> = Promise.resolve();

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** From now on; what the file is at the first look is what it was. */
  watch(path: string): void {
    if (!this.#marks.has(path)) this.#marks.set(path, "");
    this.#timer ??= setInterval(() => {
      this.#looking = this.#look();
    }, lookEveryMs).unref();
  }

  async close(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    await this.#looking;
  }

  async #look(): Promise<void> {
    let any = false;
    for (const [path, before] of this.#marks) {
      const mark = await markOf(path);
      if (mark === before) continue;
      this.#marks.set(path, mark);
      any = true;
    }
    // The first look, too: it may have changed since it was read.
    if (any && this.#timer !== null) this.#changed();
  }
}

async function markOf(path: string): Promise<string> {
  try {
    const { ino, size, mtimeMs, ctimeMs } = await stat(path);
    // Who may read it changes the last of these alone.
    return `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
  } catch {
    return "absent";
  }
}
