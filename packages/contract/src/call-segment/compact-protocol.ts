/**
 * Thrift's compact protocol (https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md), as far as
 * Parquet's metadata needs it, and written only: each function makes the bytes of one value.
 */
export interface ThriftValue {
  readonly type: 5 | 6 | 8 | 9 | 12;
  readonly bytes: readonly number[];
}

export function i32(value: number): ThriftValue {
  return { type: 5, bytes: varint(value * 2) };
}

/** Not negative, as everything in Parquet's metadata. */
export function i64(value: number): ThriftValue {
  return { type: 6, bytes: varint(value * 2) };
}

export function text(value: string): ThriftValue {
  const bytes = Buffer.from(value, "utf8");
  return { type: 8, bytes: [...varint(bytes.length), ...bytes] };
}

/** Of values of one type; at least one. */
export function list(values: readonly ThriftValue[]): ThriftValue {
  const type = values[0]?.type ?? 12;
  const bytes = values.length < 15 ? [(values.length << 4) | type] : [0xf0 | type, ...varint(values.length)];
  for (const value of values) append(bytes, value.bytes);
  return { type: 9, bytes };
}

type Field = readonly [number: number, value: ThriftValue];

/** Fields in the order of their numbers, which are at most 15 apart. */
export function struct(fields: readonly Field[]): ThriftValue {
  return { type: 12, bytes: [...opened(fields, 0), 0] };
}

/** The first fields of a struct that come after the one with the number `after`, without its end. */
export function opened(fields: readonly Field[], after: number): number[] {
  const bytes: number[] = [];
  let last = after;
  for (const [number, value] of fields) {
    bytes.push(((number - last) << 4) | value.type);
    append(bytes, value.bytes);
    last = number;
  }
  return bytes;
}

export function append(bytes: number[], more: readonly number[]): void {
  for (const byte of more) bytes.push(byte);
}

/** LEB128; also of numbers past 32 bits. */
export function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return bytes;
}
