/** Certificate authorities, by the file that they stand in; one for each file, however many services name it. */
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { ChangedFiles } from "./changed-files.ts";

export interface Authorities {
  readonly certificates: readonly X509Certificate[];
  /** As OpenSSL takes them. */
  readonly pem: string;
}

export interface CertificatePorts {
  warn(message: string, details: Record<string, unknown>): void;
}

const none: Authorities = { certificates: [], pem: "" };
const block = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

export class AuthorityFiles {
  readonly #ports: CertificatePorts;
  readonly #files = new ChangedFiles(() => this.#readAgain());
  #known = new Map<string, Authorities>();
  #listeners = new Set<() => void>();
  /** Counts the changes: what was judged by an earlier one is judged anew. */
  generation = 0;

  constructor(ports: CertificatePorts) {
    this.#ports = ports;
  }

  /** Nobody's, with a warning, where the file cannot be read or holds no certificate; it may come later. */
  at(path: string): Authorities {
    const known = this.#known.get(path);
    if (known) return known;
    const read = this.#read(path) ?? none;
    this.#known.set(path, read);
    this.#files.watch(path);
    this.#changed();
    return read;
  }

  /** All files that somebody has asked for. */
  all(): Authorities[] {
    return [...this.#known.values()];
  }

  allCertificates(): X509Certificate[] {
    return this.all().flatMap(({ certificates }) => certificates);
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  close(): Promise<void> {
    return this.#files.close();
  }

  #readAgain(): void {
    let any = false;
    for (const [path, before] of this.#known) {
      const read = this.#read(path);
      if (read === null || read.pem === before.pem) continue;
      this.#known.set(path, read);
      any = true;
    }
    if (any) this.#changed();
  }

  #changed(): void {
    this.generation++;
    for (const listener of this.#listeners) listener();
  }

  #read(path: string): Authorities | null {
    try {
      const blocks = readFileSync(path, "latin1").match(block) ?? [];
      if (blocks.length === 0) throw new Error("it holds no certificate");
      return { certificates: blocks.map((text) => new X509Certificate(text)), pem: blocks.join("\n") };
    } catch (error) {
      this.#ports.warn("a file of certificate authorities cannot be used", { path, error });
      return null;
    }
  }
}
