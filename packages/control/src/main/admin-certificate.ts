/** What the admin port shows of itself. Looked at once a second, for renewals replace files in more ways than can be watched; open connections keep what they began with. */
import { readFileSync, statSync } from "node:fs";
import { createSecureContext, type SecureContextOptions, type Server } from "node:tls";
import type { ControlProcessOptions } from "@parley/contract/processes";
import { StartError } from "./start-error.ts";

type AdminTls = NonNullable<ControlProcessOptions["tls"]>;

const lookEveryMs = 1_000;

export class AdminCertificate {
  readonly #settings: AdminTls;
  readonly #onProblem: (error: unknown) => void;
  #mark: string;
  #timer: NodeJS.Timeout | null = null;

  /** `onProblem` is told of a pair that cannot be used; the one before stays. */
  constructor(settings: AdminTls, onProblem: (error: unknown) => void) {
    this.#settings = settings;
    this.#onProblem = onProblem;
    this.#mark = this.#markNow();
  }

  /** Throws where a file cannot be read, or the key is not the certificate's. */
  options(): SecureContextOptions {
    try {
      return this.#read();
    } catch (error) {
      const { cert, key } = this.#settings;
      throw new StartError("certificate-unusable", `admin.tls cannot be used (${cert}, ${key}): ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }

  keepUp(server: Pick<Server, "setSecureContext">): void {
    this.#timer = setInterval(() => this.#look(server), lookEveryMs).unref();
  }

  close(): void {
    if (this.#timer) clearInterval(this.#timer);
  }

  #look(server: Pick<Server, "setSecureContext">): void {
    const mark = this.#markNow();
    if (mark === this.#mark) return;
    this.#mark = mark;
    try {
      server.setSecureContext(this.#read());
    } catch (error) {
      // Often a renewal that is half done: its other half changes a file again.
      this.#onProblem(error);
    }
  }

  #read(): SecureContextOptions {
    const { cert, key, minVersion } = this.#settings;
    const options: SecureContextOptions = { cert: readFileSync(cert), key: readFileSync(key), minVersion: minVersion === "1.3" ? "TLSv1.3" : "TLSv1.2" };
    // So that a mistake is found here, and not by a browser.
    createSecureContext(options);
    return options;
  }

  #markNow(): string {
    return [this.#settings.cert, this.#settings.key].map(markOf).join();
  }
}

function markOf(path: string): string {
  try {
    const { ino, size, mtimeMs, ctimeMs } = statSync(path);
    // Who may read it changes the last of these alone.
    return `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
  } catch {
    // Also a folder that is closed, or a link that leads back to itself: what is there then is read, and found wanting.
    return "absent";
  }
}
