/**
 * Hot path (benchmark: guard). Records of the log as bytes: the statement's number, how many values, and each value behind a
 * tag. One buffer that grows and is used again, so that a record costs its bytes and no object.
 */

export type LoggedValue = number | string | null | Uint8Array;

export interface LoggedRecord {
  statement: number;
  values: LoggedValue[];
}

const tags = { null: 0, number: 1, text: 2, bytes: 3 } as const;
const firstBytes = 64 * 1024;
/** A buffer that had to grow for one long body is not kept. */
const keptBytes = 1024 * 1024;

export class RecordBuffer {
  #bytes = Buffer.allocUnsafe(firstBytes);
  #used = 0;

  get length(): number {
    return this.#used;
  }

  get filled(): Buffer {
    return this.#bytes.subarray(0, this.#used);
  }

  /** Back to an earlier length. */
  truncate(length: number): void {
    this.#used = length;
    if (length === 0 && this.#bytes.length > keptBytes) this.#bytes = Buffer.allocUnsafe(firstBytes);
  }

  add(statement: number, values: readonly LoggedValue[]): void {
    this.#room(2);
    this.#bytes[this.#used] = statement;
    this.#bytes[this.#used + 1] = values.length;
    this.#used += 2;
    for (const value of values) this.#value(value);
  }

  #value(value: LoggedValue): void {
    if (value === null) {
      this.#room(1);
      this.#bytes[this.#used++] = tags.null;
    } else if (typeof value === "number") {
      this.#room(9);
      this.#bytes[this.#used] = tags.number;
      this.#bytes.writeDoubleLE(value, this.#used + 1);
      this.#used += 9;
    } else if (typeof value === "string") this.#text(value);
    else this.#blob(value);
  }

  #text(text: string): void {
    this.#room(5 + text.length * 3);
    const length = this.#bytes.write(text, this.#used + 5, "utf8");
    this.#lengthed(tags.text, length);
  }

  #blob(bytes: Uint8Array): void {
    this.#room(5 + bytes.length);
    this.#bytes.set(bytes, this.#used + 5);
    this.#lengthed(tags.bytes, bytes.length);
  }

  #lengthed(tag: number, length: number): void {
    this.#bytes[this.#used] = tag;
    this.#bytes.writeUInt32LE(length, this.#used + 1);
    this.#used += 5 + length;
  }

  #room(count: number): void {
    if (this.#used + count <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#used + count));
    this.#bytes.copy(larger, 0, 0, this.#used);
    this.#bytes = larger;
  }
}

/** What `RecordBuffer` wrote. */
export function* readRecords(bytes: Buffer): Generator<LoggedRecord> {
  let at = 0;
  while (at < bytes.length) {
    const statement = bytes.readUInt8(at);
    const count = bytes.readUInt8(at + 1);
    at += 2;
    const values: LoggedValue[] = [];
    for (let index = 0; index < count; index += 1) {
      const [value, length] = valueAt(bytes, at);
      values.push(value);
      at += length;
    }
    yield { statement, values };
  }
}

function valueAt(bytes: Buffer, at: number): [value: LoggedValue, length: number] {
  const tag = bytes.readUInt8(at);
  if (tag === tags.null) return [null, 1];
  if (tag === tags.number) return [bytes.readDoubleLE(at + 1), 9];
  const length = bytes.readUInt32LE(at + 1);
  const part = bytes.subarray(at + 5, at + 5 + length);
  return [tag === tags.text ? part.toString("utf8") : Buffer.from(part), 5 + length];
}
