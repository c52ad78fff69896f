/** Revocation lists, by the file that they stand in: PEM, as many as one likes, or one in DER, as authorities publish them. */
import { readFileSync } from "node:fs";
import type { CertificatePorts } from "./authority-files.ts";
import { ChangedFiles } from "./changed-files.ts";
import { parseRevocationList, type RevocationList } from "./revocation-list.ts";

const block = /-----BEGIN X509 CRL-----([\s\S]*?)-----END X509 CRL-----/g;

interface Known {
  lists: readonly RevocationList[];
  bytes: Buffer;
}

export class RevocationFiles {
  readonly #ports: CertificatePorts;
  readonly #files = new ChangedFiles(() => this.#readAgain());
  #known = new Map<string, Known>();
  /** Counts the changes: what was judged by an earlier one is judged anew. */
  generation = 0;

  constructor(ports: CertificatePorts) {
    this.#ports = ports;
  }

  /** None, with a warning, where the file cannot be used: then it vouches for nobody. It may come later. */
  at(path: string): readonly RevocationList[] {
    const known = this.#known.get(path);
    if (known) return known.lists;
    const read = this.#read(path) ?? { lists: [], bytes: Buffer.alloc(0) };
    this.#known.set(path, read);
    this.#files.watch(path);
    return read.lists;
  }

  close(): Promise<void> {
    return this.#files.close();
  }

  #readAgain(): void {
    for (const [path, before] of this.#known) {
      const read = this.#read(path);
      if (read === null || read.bytes.equals(before.bytes)) continue;
      this.#known.set(path, read);
      this.generation++;
    }
  }

  #read(path: string): Known | null {
    try {
      const bytes = readFileSync(path);
      const blocks = [...bytes.toString("latin1").matchAll(block)].map(([, base64 = ""]) => Buffer.from(base64, "base64"));
      const encoded = blocks.length === 0 ? [bytes] : blocks;
      return { lists: encoded.map(parseRevocationList), bytes };
    } catch (error) {
      this.#ports.warn("a file of revocation lists cannot be used", { path, error });
      return null;
    }
  }
}
