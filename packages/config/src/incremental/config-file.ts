/**
 * A file that is read again and again: its last valid reading is kept, so that the next one costs what has changed. The first
 * one may begin before it is certain that it will be needed.
 */
import { fileFingerprint } from "./file-fingerprint.ts";
import type { KnownReading } from "./known-entries.ts";
import { type ConfigReading, readConfigFile } from "../read-config.ts";
import type { Environment } from "../substitute.ts";

type Reading = Awaited<ReturnType<typeof readConfigFile>>;

export class ConfigFile {
  readonly path: string;
  readonly #environment: Environment;
  #known: KnownReading | null = null;
  #ahead: Promise<{ fingerprint: string; reading: Reading }> | null = null;

  constructor(path: string, environment: Environment) {
    this.path = path;
    this.#environment = environment;
  }

  /** The first reading, for whoever needs it before anything else. The next `read` gives it again while the file is still as it was. */
  async readAhead(dataDirectory: (path: string) => void): Promise<ConfigReading> {
    this.#ahead = readOnce(this.path, this.#environment, dataDirectory);
    return (await this.#ahead).reading;
  }

  async read(): Promise<ConfigReading> {
    const { text, ...reading } = (await this.#takeAhead()) ?? (await readConfigFile(this.path, this.#environment, { known: this.#known, isFollowed: true }));
    if (reading.config !== null) this.#known = { text, source: reading.source, config: reading.config };
    return reading;
  }

  /** Once; null where there is none, or where the file was written since. */
  async #takeAhead(): Promise<Reading | null> {
    const ahead = await this.#ahead;
    this.#ahead = null;
    return ahead !== null && ahead.fingerprint === (await fileFingerprint(this.path)) ? ahead.reading : null;
  }
}

async function readOnce(path: string, environment: Environment, dataDirectory: (path: string) => void): Promise<{ fingerprint: string; reading: Reading }> {
  const fingerprint = await fileFingerprint(path);
  return { fingerprint, reading: await readConfigFile(path, environment, { dataDirectory, isFollowed: true }) };
}
