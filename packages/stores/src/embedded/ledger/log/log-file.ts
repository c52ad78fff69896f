/**
 * The file of what was promised since the tables were last committed. A batch is one write: its length, its checksum, its
 * records; one that a kill cut short was never answered, and is not there. The file names the commit that it follows.
 */
import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";

const headBytes = 8;
const frameBytes = 8;

export class LogFile {
  readonly #descriptor: number;
  #length: number;

  /** Readable by its owner only: it has what was read and written through the gateway. */
  constructor(path: string) {
    this.#descriptor = openSync(path, "a+", 0o600);
    this.#length = fstatSync(this.#descriptor).size;
  }

  get length(): number {
    return this.#length;
  }

  append(epoch: number, records: Buffer): void {
    const isFirst = this.#length === 0;
    const start = isFirst ? headBytes : 0;
    const frame = Buffer.allocUnsafe(start + frameBytes + records.length);
    if (isFirst) frame.writeDoubleLE(epoch, 0);
    frame.writeUInt32LE(records.length, start);
    frame.writeUInt32LE(crc32(records), start + 4);
    records.copy(frame, start + frameBytes);
    for (let written = 0; written < frame.length;) written += writeSync(this.#descriptor, frame, written);
    this.#length += frame.length;
  }

  /** The batches that follow this commit, without one that is not whole. */
  read(epoch: number): Buffer[] {
    const bytes = Buffer.alloc(this.#length);
    for (let filled = 0, read = -1; filled < bytes.length && read !== 0; filled += read) read = readSync(this.#descriptor, bytes, filled, bytes.length - filled, filled);
    if (bytes.length < headBytes || bytes.readDoubleLE(0) !== epoch) return [];
    const batches: Buffer[] = [];
    for (let at = headBytes; at + frameBytes <= bytes.length;) {
      const end = at + frameBytes + bytes.readUInt32LE(at);
      const records = bytes.subarray(at + frameBytes, end);
      if (end > bytes.length || crc32(records) !== bytes.readUInt32LE(at + 4)) break;
      batches.push(records);
      at = end;
    }
    return batches;
  }

  clear(): void {
    ftruncateSync(this.#descriptor, 0);
    this.#length = 0;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
