/**
 * A Parquet file of one row group (https://parquet.apache.org/docs/file-format/): flat, every column optional, nothing
 * compressed, for it is read once and deleted. Numbers are doubles. Before its metadata it has a seal, which readers of Parquet pass over.
 */
import { append, i32, i64, list, opened, struct, text, varint, type ThriftValue } from "./compact-protocol.ts";
import { parquetMagic, sealBytes, sealIn } from "./segment-seal.ts";

export interface ParquetColumn {
  form: ColumnForm;
  /** One bit a row, set where it has a value; null where all have. */
  present: Uint8Array | null;
  /** Where values stand for places in a dictionary: its values, in the plain encoding. */
  dictionary: { values: number; data: Uint8Array } | null;
  data: Uint8Array;
}

export type ParquetType = "text" | "json" | "number";

/** What the metadata says of a column whatever it holds: made once. */
export interface ColumnForm {
  readonly schema: ThriftValue;
  /** The beginning of its chunk's metadata, without and with a dictionary. */
  readonly plain: readonly number[];
  readonly withDictionary: readonly number[];
}

const physical: Record<ParquetType, number> = { number: 5, text: 6, json: 6 };
const converted: Partial<Record<ParquetType, number>> = { text: 0, json: 19 };
const encodings = { plain: 0, runs: 3, dictionary: 8 } as const;
const pages = { data: 0, dictionary: 2 } as const;
const optional = 1;
const rootName = text("calls");

export function columnForm(name: string, type: ParquetType): ColumnForm {
  const meaning = converted[type];
  const chunk = (used: readonly number[]): number[] => opened([[1, i32(physical[type])], [2, list(used.map(i32))], [3, list([text(name)])], [4, i32(0)]], 0);
  return {
    schema: struct([[1, i32(physical[type])], [3, i32(optional)], [4, text(name)], ...(meaning === undefined ? [] : [[6, i32(meaning)] as const])]),
    plain: chunk([encodings.plain, encodings.runs]), withDictionary: chunk([encodings.plain, encodings.runs, encodings.dictionary]),
  };
}

export function parquetFile(rows: number, columns: readonly ParquetColumn[]): Uint8Array {
  const parts: Uint8Array[] = [parquetMagic];
  let offset = parquetMagic.length;
  const add = (part: Uint8Array): void => {
    parts.push(part);
    offset += part.length;
  };
  const chunks = columns.map((column) => {
    const start = offset;
    if (column.dictionary !== null) addDictionaryPage(add, column.dictionary);
    const dataAt = offset;
    addDataPage(add, rows, column);
    return columnChunk(rows, column, { start, dataAt, bytes: offset - start });
  });
  const footer = Buffer.from(footerOf({ rows, columns, chunks, bytes: offset - parquetMagic.length }).bytes);
  const end = Buffer.alloc(4);
  end.writeUInt32LE(footer.length);
  parts.push(Buffer.alloc(sealBytes), footer, end, parquetMagic);
  return sealIn(Buffer.concat(parts));
}

interface Footer {
  rows: number;
  columns: readonly ParquetColumn[];
  chunks: readonly ThriftValue[];
  bytes: number;
}

function footerOf({ rows, columns, chunks, bytes }: Footer): ThriftValue {
  const root = struct([[4, rootName], [5, i32(columns.length)]]);
  const rowGroup = struct([[1, list(chunks)], [2, i64(bytes)], [3, i64(rows)]]);
  return struct([[1, i32(1)], [2, list([root, ...columns.map(({ form }) => form.schema)])], [3, i64(rows)], [4, list([rowGroup])]]);
}

function columnChunk(rows: number, { form, dictionary }: ParquetColumn, { start, dataAt, bytes }: { start: number; dataAt: number; bytes: number }): ThriftValue {
  const metadata = [...(dictionary === null ? form.plain : form.withDictionary)];
  append(metadata, opened([[5, i64(rows)], [6, i64(bytes)], [7, i64(bytes)], [9, i64(dataAt)]], 4));
  if (dictionary !== null) append(metadata, opened([[11, i64(start)]], 9));
  metadata.push(0);
  return struct([[2, i64(start)], [3, { type: 12, bytes: metadata }]]);
}

type Add = (part: Uint8Array) => void;

function addDictionaryPage(add: Add, { values, data }: { values: number; data: Uint8Array }): void {
  add(pageHead(pages.dictionary, data.length, [7, struct([[1, i32(values)], [2, i32(encodings.plain)]])]));
  add(data);
}

function addDataPage(add: Add, rows: number, { present, dictionary, data }: ParquetColumn): void {
  const levels = levelsOf(rows, present);
  const encoding = dictionary === null ? encodings.plain : encodings.dictionary;
  add(pageHead(pages.data, levels.length + data.length, [5, struct([[1, i32(rows)], [2, i32(encoding)], [3, i32(encodings.runs)], [4, i32(encodings.runs)]])]));
  add(levels);
  add(data);
}

function pageHead(type: number, bytes: number, head: readonly [number, ThriftValue]): Uint8Array {
  return Uint8Array.from(struct([[1, i32(type)], [2, i32(bytes)], [3, i32(bytes)], head]).bytes);
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
