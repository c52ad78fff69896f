/** A file that is read again and again: its last valid reading is kept, so that the next one costs what has changed. */
import { fileFingerprint } from "./file-fingerprint.ts";
import type { HandedReading } from "./handed-reading.ts";
import type { KnownReading } from "./known-entries.ts";
import { type ConfigReading, configText, readConfigFile } from "../read-config.ts";
import type { Environment } from "../substitute.ts";

export class ConfigFile {
  readonly #path: string;
  readonly #environment: Environment;
  #known: KnownReading | null = null;

  constructor(path: string, environment: Environment) {
    this.#path = path;
    this.#environment = environment;
  }

  async read(): Promise<ConfigReading> {
    const { text, ...reading } = await readConfigFile(this.#path, this.#environment, { known: this.#known });
    this.#remember(reading, text);
    return reading;
  }

  /** Takes what another process has read of this file, in the same environment. */
  async takeOver({ reading, fingerprint }: HandedReading): Promise<ConfigReading> {
    const text = await configText(this.#path);
    const isOfReading = typeof text === "string" && (await fileFingerprint(this.#path)) === fingerprint;
    this.#remember(reading, isOfReading ? text : null);
    return reading;
  }

  #remember({ config, source }: ConfigReading, text: string | null): void {
    if (config !== null) this.#known = { text, source, config };
  }
}
