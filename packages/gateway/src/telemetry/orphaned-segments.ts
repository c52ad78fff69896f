/**
 * Segments that a killed worker left open: sealed at the start of the next one. What is lines (bodies, and records of an earlier
 * release) is cut after the last whole one; a Parquet file is complete or says nothing. A worker seals its own number's at
 * once. Another number's only when nothing has touched it for a while, for a live worker seals twice a second.
 */
import { open, readdir, rename, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { openSegment } from "@parley/contract/call-record";
import { faultOf, parquetMagic } from "@parley/contract/call-segment/segment-seal";

const deadAfterMs = 10_000;

export interface OrphanSearch {
  directory: string;
  worker: number;
  startedAtMs: number;
  nowMs: number;
}

/** The names of what was sealed. Throws only where the directory cannot be read. */
export async function sealOrphans(search: OrphanSearch): Promise<string[]> {
  const sealed: string[] = [];
  for (const name of await readdir(search.directory)) {
    const match = openSegment.exec(name);
    if (!match || !(await isOrphan(search, name, match))) continue;
    const segment = await sealOne(search.directory, name);
    if (segment) sealed.push(segment);
  }
  return sealed;
}

async function isOrphan({ directory, worker, startedAtMs, nowMs }: OrphanSearch, name: string, match: RegExpExecArray): Promise<boolean> {
  if (Number(match[2]) === worker) return Number(match[1]) !== startedAtMs;
  const stats = await stat(join(directory, name)).catch(() => null);
  return stats !== null && nowMs - stats.mtimeMs > deadAfterMs;
}

/** Another worker may be doing the same: whoever comes second finds nothing. */
async function sealOne(directory: string, name: string): Promise<string | null> {
  const path = join(directory, name);
  try {
    const ending = await endingOfWhole(path);
    if (ending === null) {
      await unlink(path);
      return null;
    }
    const segment = name.replace(/open$/, ending);
    await rename(path, join(directory, segment));
    return segment;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** Null where there is nothing whole in it. */
async function endingOfWhole(path: string): Promise<"parquet" | "ndjson" | null> {
  const file = await open(path, "r+");
  try {
    const bytes = await file.readFile();
    if (bytes.subarray(0, parquetMagic.length).equals(parquetMagic)) return faultOf(bytes) === null ? "parquet" : null;
    const kept = bytes.lastIndexOf(10) + 1;
    if (kept < bytes.length) await file.truncate(kept);
    return kept === 0 ? null : "ndjson";
  } finally {
    await file.close();
  }
}
