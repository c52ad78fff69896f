/** Revocation lists, by the file that they stand in: PEM, as many as one likes, or one in DER, as authorities publish them. */
import { readFileSync } from "node:fs";
import type { MetricFamily } from "@parley/contract/channel";
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

  families(labels: Record<string, string>): MetricFamily[] {
    if (this.#known.size === 0) return [];
    const series = [...this.#known].map(([file, { lists }]) => ({ labels: { file, ...labels }, value: endOf(lists) / 1_000 })).filter(({ value }) => Number.isFinite(value));
    return [{ name: "parley_revocation_lists_end_timestamp_seconds", help: "When the first authority of a file has no revocation list in force any more; 0 where the file cannot be used.", type: "gauge", series }];
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

/** Unix milliseconds: of each authority the latest of its lists counts. */
function endOf(lists: readonly RevocationList[]): number {
  const ends = new Map<string, number>();
  for (const { issuer, nextUpdateMs } of lists) ends.set(issuer, Math.max(nextUpdateMs, ends.get(issuer) ?? 0));
  return ends.size === 0 ? 0 : Math.min(...ends.values());
}
