/**
 * The texts of documents in force, on disk before gateways hear of them, since those show them to callers. A text that
 * cannot be written stops nothing but that.
 */
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { documentSource, keepDocument, keptDocument } from "@parley/contract/document-texts";
import type { SnapshotEntry } from "../publishing/compile.ts";

/** A gateway that is a publication behind still finds what it shows. */
const keepUnusedMs = 600_000;

export interface DocumentTextsPorts {
  folder: string;
  now: () => number;
  onError: (error: unknown) => void;
}

export class DocumentTexts {
  readonly #ports: DocumentTextsPorts;
  #unwritten = new Map<string, string>();

  constructor(ports: DocumentTextsPorts) {
    this.#ports = ports;
  }

  note({ text }: SnapshotEntry): void {
    if (text !== undefined) this.#unwritten.set(documentSource(text), text);
  }

  /** Resolves when all that were noted are on disk, or could not be. */
  async written(): Promise<void> {
    const texts = [...this.#unwritten.values()];
    this.#unwritten.clear();
    for (const text of texts) await keepDocument(this.#ports.folder, text).catch(this.#ports.onError);
  }

  /** Of one that was published; null where it is not there. */
  textOf(source: string): Promise<string | null> {
    return keptDocument(this.#ports.folder, source);
  }

  /** Removes what is in force no longer. */
  async tidy(texts: Iterable<string>): Promise<void> {
    const { folder, now } = this.#ports;
    const kept = new Set([...texts].map((text) => `${documentSource(text)}.br`));
    for (const name of await readdir(folder).catch(() => [])) {
      if (kept.has(name)) continue;
      const file = join(folder, name);
      const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Infinity }));
      if (now() - mtimeMs > keepUnusedMs) await rm(file, { force: true });
    }
  }
}
