/** A port that was free a moment ago, for programs that cannot say which one they were given. */
import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Below the ports that the kernel gives out by itself, or a connection of somebody else's could take it in that moment. */
const first = 15_000;
const last = 32_000;

export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(first, last);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
