/** The engine's write-ahead log, a file that begins and ends with writes alone. What it has is in memory as well, until a checkpoint. */
import type { DuckDBConnection } from "@duckdb/node-api";
import { fileAt } from "../kept-files.ts";

export class WriteAheadLog {
  readonly #path: string;
  #file: string;

  constructor(path: string) {
    this.#path = path;
    this.#file = fileAt(path);
  }

  /** Where somebody removed it, what it had goes into the file, which kill -9 would have lost otherwise. */
  async keep(connection: DuckDBConnection): Promise<void> {
    if (this.#file === "" || fileAt(this.#path) === this.#file) return;
    await connection.run("force checkpoint log");
    this.note();
  }

  note(): void {
    this.#file = fileAt(this.#path);
  }
}
