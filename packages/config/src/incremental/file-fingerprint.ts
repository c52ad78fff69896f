import { stat } from "node:fs/promises";

/** Differs whenever the file was written or exchanged. */
export async function fileFingerprint(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => null);
  return found ? `${found.ino}/${found.size}/${found.mtimeNs}` : "absent";
}
