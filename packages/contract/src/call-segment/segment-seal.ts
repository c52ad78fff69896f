/**
 * What tells a segment that is as it was written from one that is not, before an engine's native code reads it: a mark of the form's
 * version and a checksum of every other byte, in the place before the metadata, of which Parquet says nothing. It is for
 * disks and kills; whoever may write into the spool could make one.
 */
import { crc32 } from "node:zlib";

/** What a file begins with, and what it ends with once it is complete. */
export const parquetMagic = Buffer.from("PAR1");
/** Every release's begins alike, and ends with what is of this form alone. */
const family = Buffer.from("PSC");
const mark = Buffer.concat([family, Buffer.from("1")]);
export const sealBytes = mark.length + 4;
const tailBytes = 4 + parquetMagic.length;

/** Writes it where a whole file has left room; the same buffer. */
export function sealIn(file: Buffer): Buffer {
  const at = placeOf(file);
  mark.copy(file, at);
  file.writeUInt32LE(checksumOf(file, at), at + mark.length);
  return file;
}

/** What is wrong with it; null where it is as it was written. */
export function faultOf(file: Buffer): string | null {
  if (file.length < parquetMagic.length + sealBytes + tailBytes || !file.subarray(-parquetMagic.length).equals(parquetMagic) || !file.subarray(0, parquetMagic.length).equals(parquetMagic)) return "it is cut off or no segment";
  const at = placeOf(file);
  if (at < parquetMagic.length || !file.subarray(at, at + family.length).equals(family)) return "it has no seal";
  if (!file.subarray(at, at + mark.length).equals(mark)) return "it is of a form that this release does not know";
  return file.readUInt32LE(at + mark.length) === checksumOf(file, at) ? null : "its bytes are not those that were written";
}

/** Before the metadata, whose length is in the tail. */
function placeOf(file: Buffer): number {
  return file.length - tailBytes - file.readUInt32LE(file.length - tailBytes) - sealBytes;
}

function checksumOf(file: Buffer, at: number): number {
  return crc32(file.subarray(at + sealBytes), crc32(file.subarray(0, at)));
}
