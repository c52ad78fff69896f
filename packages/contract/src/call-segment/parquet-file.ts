/**
 * A Parquet file of one row group (https://parquet.apache.org/docs/file-format/): flat, every column optional, nothing
 * compressed, for it is read once and deleted. Numbers are doubles. Before its metadata it has a seal, which readers of Parquet pass over.
 */
import { i32, i64, list, struct, text, varint, type ThriftValue } from "./compact-protocol.ts";
import { parquetMagic, sealBytes, sealIn } from "./segment-seal.ts";

export interface ParquetColumn {
  name: string;
  type: ParquetType;
  /** One bit a row, set where it has a value; null where all have. */
  present: Uint8Array | null;
  /** Where values stand for places in a dictionary: its values, in the plain encoding. */
  dictionary: { values: number; data: Uint8Array } | null;
  data: Uint8Array;
}

type ParquetType = "text" | "json" | "number";

const physical: Record<ParquetType, number> = { number: 5, text: 6, json: 6 };
const converted: Partial<Record<ParquetType, number>> = { text: 0, json: 19 };
const encodings = { plain: 0, runs: 3, dictionary: 8 } as const;
const pages = { data: 0, dictionary: 2 } as const;
const optional = 1;

export function parquetFile(rows: number, columns: readonly ParquetColumn[]): Uint8Array {
  const parts: Uint8Array[] = [parquetMagic];
  let offset = parquetMagic.length;
  const chunks = columns.map((column) => {
    const dictionary = column.dictionary === null ? [] : dictionaryPage(column.dictionary);
    const pagesOfData = dataPage(rows, column);
    const [start, middle, bytes] = [offset, offset + lengthOf(dictionary), lengthOf(dictionary) + lengthOf(pagesOfData)];
    parts.push(...dictionary, ...pagesOfData);
    offset += bytes;
    return { column: columnChunk(rows, column, { start, dataAt: middle, bytes }), bytes };
  });
  const footer = Buffer.from(footerOf(rows, columns, chunks).bytes);
  const end = Buffer.alloc(4);
  end.writeUInt32LE(footer.length);
  parts.push(Buffer.alloc(sealBytes), footer, end, parquetMagic);
  return sealIn(Buffer.concat(parts));
}

function footerOf(rows: number, columns: readonly ParquetColumn[], chunks: readonly { column: ThriftValue; bytes: number }[]): ThriftValue {
  const root = struct({ 4: text("calls"), 5: i32(columns.length) });
  const rowGroup = struct({ 1: list(chunks.map(({ column }) => column)), 2: i64(chunks.reduce((sum, { bytes }) => sum + bytes, 0)), 3: i64(rows) });
  return struct({ 1: i32(1), 2: list([root, ...columns.map(schemaElement)]), 3: i64(rows), 4: list([rowGroup]) });
}

function schemaElement({ name, type }: ParquetColumn): ThriftValue {
  const meaning = converted[type];
  return struct({ 1: i32(physical[type]), 3: i32(optional), 4: text(name), ...(meaning === undefined ? {} : { 6: i32(meaning) }) });
}

function columnChunk(rows: number, { name, type, dictionary }: ParquetColumn, { start, dataAt, bytes }: { start: number; dataAt: number; bytes: number }): ThriftValue {
  const used = dictionary === null ? [encodings.plain, encodings.runs] : [encodings.plain, encodings.runs, encodings.dictionary];
  const metadata = struct({
    1: i32(physical[type]), 2: list(used.map(i32)), 3: list([text(name)]), 4: i32(0), 5: i64(rows), 6: i64(bytes), 7: i64(bytes), 9: i64(dataAt),
    ...(dictionary === null ? {} : { 11: i64(start) }),
  });
  return struct({ 2: i64(start), 3: metadata });
}

function dictionaryPage({ values, data }: { values: number; data: Uint8Array }): Uint8Array[] {
  return [pageHead(pages.dictionary, data.length, { 7: struct({ 1: i32(values), 2: i32(encodings.plain) }) }), data];
}

function dataPage(rows: number, { present, dictionary, data }: ParquetColumn): Uint8Array[] {
  const levels = levelsOf(rows, present);
  const encoding = dictionary === null ? encodings.plain : encodings.dictionary;
  const head = struct({ 1: i32(rows), 2: i32(encoding), 3: i32(encodings.runs), 4: i32(encodings.runs) });
  return [pageHead(pages.data, levels.length + data.length, { 5: head }), levels, data];
}

function pageHead(type: number, bytes: number, head: Record<number, ThriftValue>): Uint8Array {
  return Buffer.from(struct({ 1: i32(type), 2: i32(bytes), 3: i32(bytes), ...head }).bytes);
}

/** Which rows have a value: one run where all have, and otherwise the bits as they are. */
function levelsOf(rows: number, present: Uint8Array | null): Uint8Array {
  const runs = present === null ? [...varint(rows * 2), 1] : varint(Math.ceil(rows / 8) * 2 + 1);
  const bits = present ?? new Uint8Array(0);
  const levels = Buffer.alloc(4 + runs.length + bits.length);
  levels.writeUInt32LE(runs.length + bits.length);
  levels.set(runs, 4);
  levels.set(bits, 4 + runs.length);
  return levels;
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}
