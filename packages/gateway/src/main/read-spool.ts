/**
 * The records in a spool's sealed segments, for tests: reads as much of Parquet as a segment has, from the format's definition and
 * with nothing of what writes it.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CallRecord } from "@parley/contract/call-record";

type Thrift = number | string | Thrift[] | { [field: number]: Thrift };
type Struct = Record<number, Thrift>;

export function readSpool(directory: string): CallRecord[] {
  const sequence = (name: string): number => Number(/-(\d+)\.\w+$/.exec(name)?.[1]);
  return readdirSync(directory)
    .filter((name) => /\.(?:parquet|ndjson)$/.test(name))
    .toSorted((one, other) => sequence(one) - sequence(other))
    .flatMap((name) => (name.endsWith(".parquet") ? recordsOf(readFileSync(join(directory, name))) : linesOf(readFileSync(join(directory, name), "utf8"))));
}

function linesOf(text: string): CallRecord[] {
  return text.trimEnd().split("\n").map((line) => JSON.parse(line) as CallRecord);
}

function recordsOf(file: Buffer): CallRecord[] {
  const footer = new CompactReader(file, file.length - 8 - file.readUInt32LE(file.length - 8)).struct();
  const [group] = footer[4] as [Struct];
  const records = Array.from({ length: footer[3] as number }, (): Record<string, unknown> => ({}));
  for (const chunk of group[1] as Struct[]) {
    const column = chunk[3] as Struct;
    const [name = ""] = column[3] as string[];
    const isJson = (footer[2] as Struct[]).some((element) => element[4] === name && element[6] === 19);
    for (const [row, value] of valuesOf(file, column)) (records[row] as Record<string, unknown>)[name] = flags.has(name) ? value === 1 : isJson ? JSON.parse(value as string) : value;
  }
  return records.map(asWritten);
}

const flags: ReadonlySet<string> = new Set(["canary", "conditional", "stream"]);

/** What the id tells is not written. */
function asWritten(record: Record<string, unknown>): CallRecord {
  const id = record["id"] as string;
  if (record["spanId"] !== undefined) record["traceId"] ??= id;
  if (record["spanId"] === "") record["spanId"] = id.slice(16);
  return record as unknown as CallRecord;
}

/** Of a column chunk: which row has which value. */
function valuesOf(file: Buffer, column: Struct): [number, unknown][] {
  const dictionary = column[11] === undefined ? null : plainValues(pageAt(file, column[11] as number), column[1] as number);
  const page = pageAt(file, column[9] as number);
  const levelBytes = page.body.readUInt32LE(0);
  const rows = runsOf(page.body.subarray(4, 4 + levelBytes), 1, page.values).flatMap((level, row) => (level === 1 ? [row] : []));
  const body = page.body.subarray(4 + levelBytes);
  const values = dictionary === null ? plainValues({ body, values: rows.length }, column[1] as number) : runsOf(body.subarray(1), body[0] as number, rows.length).map((place) => dictionary[place]);
  return rows.map((row, index) => [row, values[index]]);
}

function pageAt(file: Buffer, at: number): { body: Buffer; values: number } {
  const reader = new CompactReader(file, at);
  const head = reader.struct();
  return { body: file.subarray(reader.at, reader.at + (head[3] as number)), values: ((head[5] ?? head[7]) as Struct)[1] as number };
}

function plainValues({ body, values }: { body: Buffer; values: number }, type: number): (number | string)[] {
  if (type === 5) return Array.from({ length: values }, (_, index) => body.readDoubleLE(index * 8));
  let at = 0;
  return Array.from({ length: values }, () => {
    const start = at + 4;
    at = start + body.readUInt32LE(at);
    return body.toString("utf8", start, at);
  });
}

/** The hybrid of runs and bits, of 1, 8 or 16 bits a value. */
function runsOf(body: Buffer, width: number, count: number): number[] {
  const values: number[] = [];
  const reader = new CompactReader(body, 0);
  while (values.length < count) {
    const head = reader.varint();
    const bytes = Math.max(1, width / 8);
    const length = Math.floor(head / 2) * (head % 2 === 0 ? 1 : 8);
    const at = reader.at;
    const one = (index: number): number => (width === 1 ? ((body[at + (index >> 3)] as number) >> (index & 7)) & 1 : body.readUIntLE(at + index * bytes, bytes));
    for (let index = 0; index < length && values.length < count; index++) values.push(head % 2 === 0 ? body.readUIntLE(at, bytes) : one(index));
    reader.at += head % 2 === 0 ? bytes : (length * width) / 8;
  }
  return values;
}

/** Thrift's compact protocol. */
class CompactReader {
  at: number;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  varint(): number {
    let [value, scale, byte] = [0, 1, 0];
    do {
      byte = this.#bytes[this.at++] as number;
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte >= 128);
    return value;
  }

  struct(): Struct {
    const fields: Struct = {};
    for (let number = 0, head = this.#bytes[this.at++] as number; head !== 0; head = this.#bytes[this.at++] as number) {
      number += head >> 4;
      fields[number] = this.#value(head & 15);
    }
    return fields;
  }

  #value(type: number): Thrift {
    if (type === 5 || type === 6) return this.varint() / 2;
    if (type === 12) return this.struct();
    if (type === 9) return this.#list();
    const length = this.varint();
    this.at += length;
    return this.#bytes.toString("utf8", this.at - length, this.at);
  }

  #list(): Thrift[] {
    const head = this.#bytes[this.at++] as number;
    const length = head >> 4 === 15 ? this.varint() : head >> 4;
    return Array.from({ length }, () => this.#value(head & 15));
  }
}
