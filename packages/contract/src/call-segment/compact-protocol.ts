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
  const head = values.length < 15 ? [(values.length << 4) | type] : [0xf0 | type, ...varint(values.length)];
  return { type: 9, bytes: [...head, ...values.flatMap(({ bytes }) => bytes)] };
}

/** Fields by their numbers, which are at most 15 apart. */
export function struct(fields: Readonly<Record<number, ThriftValue>>): ThriftValue {
  const bytes: number[] = [];
  let last = 0;
  for (const [number, value] of Object.entries(fields)) {
    bytes.push(((Number(number) - last) << 4) | value.type, ...value.bytes);
    last = Number(number);
  }
  bytes.push(0);
  return { type: 12, bytes };
}

/** LEB128; also of numbers past 32 bits. */
export function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return bytes;
}
