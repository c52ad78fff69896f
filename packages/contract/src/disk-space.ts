/** When the disk of the data directory is nearly full: one rule for everything that says so. */

export interface DiskSpace {
  /** What this user may still write. */
  freeBytes: number;
  totalBytes: number;
}

const leastFreeBytes = 512 * 1024 * 1024;
/** Of a small disk less is enough. */
const leastFreeShare = 0.05;

export function isNearlyFull({ freeBytes, totalBytes }: DiskSpace): boolean {
  return freeBytes < Math.min(leastFreeBytes, totalBytes * leastFreeShare);
}
