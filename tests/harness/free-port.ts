/** A port for programs that cannot say which one they were given: nobody else of all tests that run is given it, too. */
import { randomInt } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Below the ports that the kernel gives out by itself, or a connection of somebody else's could take it in that moment. */
const first = 15_000;
const last = 32_000;

export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(first, last);
    if (isOurs(port) && (await isFree(port))) return port;
  }
}

/** The directory is the same for all tests of a run, and goes with it. */
function isOurs(port: number): boolean {
  try {
    closeSync(openSync(join(tmpdir(), `port-${port}`), "wx"));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
