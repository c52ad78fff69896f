/**
 * The Unix sockets at which the processes of one installation meet: for their own user alone (0600), in a folder that nobody else
 * looks into. What a dead process left in the place is removed; that none lives there any more is the caller's to know, as by the
 * data directory's lock.
 */
import { chmodSync, mkdirSync, rmSync } from "node:fs";
import type { Server } from "node:net";
import { dirname } from "node:path";

/** Rejects where there is no place for it. */
export async function listenPrivately(server: Server, path: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  rmSync(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      server.off("error", reject);
      resolve();
    });
  });
  chmodSync(path, 0o600);
}
