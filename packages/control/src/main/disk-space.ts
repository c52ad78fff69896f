/** Room on the disk of the data directory; null where the file system does not say, or not soon. */
import type { DiskSpace } from "@parley/contract/disk-space";
import { statfs } from "node:fs/promises";

const withinMs = 500;

export async function diskSpaceOf(path: string): Promise<DiskSpace | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), withinMs)));
  const asked = statfs(path).then(({ bavail, blocks, bsize }) => ({ freeBytes: bavail * bsize, totalBytes: blocks * bsize }), () => null);
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}
