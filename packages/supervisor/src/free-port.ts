/** Whether a port can be had, before a process is started for it: then the message can say how to choose another. */
import { createServer } from "node:net";
import { StartError } from "./start-error.ts";

/** Below the range from which the kernel takes ports for outgoing connections, which would race with us. */
const firstPort = 20_000;
const lastPort = 32_000;
const maxTries = 50;

export interface PortWish {
  host: string;
  /** 0 for any free one. */
  port: number;
  /** How to choose another: the flag and the setting. */
  flag: string;
  setting: string;
  /** Until when to try again (Unix milliseconds): what was killed a moment ago still holds its port. */
  until: number;
}

/** The port itself, or a free one for 0; it is chosen here, so that a plane that is restarted comes back to the same. */
export async function freePort(wish: PortWish, random: () => number = Math.random): Promise<number> {
  if (wish.port === 0) return anyPort(wish, random);
  for (;;) {
    const failure = await tryPort(wish.host, wish.port);
    if (!failure) return wish.port;
    if (failure.code !== "EADDRINUSE" || Date.now() >= wish.until) throw portError(wish, failure);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function anyPort(wish: PortWish, random: () => number): Promise<number> {
  for (let tries = 0; tries < maxTries; tries++) {
    const port = firstPort + Math.floor(random() * (lastPort - firstPort));
    const failure = await tryPort(wish.host, port);
    if (!failure) return port;
    if (failure.code !== "EADDRINUSE") throw portError({ ...wish, port }, failure);
  }
  throw new StartError("port-in-use", `no free port was found on ${wish.host} in ${maxTries} tries`);
}

function tryPort(host: string, port: number): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", resolve);
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

function portError(wish: PortWish, failure: NodeJS.ErrnoException): StartError {
  const other = `Choose another with ${wish.flag} or ${wish.setting}`;
  if (failure.code === "EADDRINUSE") {
    return new StartError("port-in-use", `port ${wish.port} on ${wish.host} is taken by another program`, `${other}, or stop that program (\`ss -ltnp 'sport = :${wish.port}'\` names it).`);
  }
  if (failure.code === "EACCES") return new StartError("port-in-use", `port ${wish.port} is reserved for root`, `${other}; ports from 1024 are free for all.`);
  return new StartError("port-in-use", `${wish.host}:${wish.port} cannot be listened on: ${failure.message}`, `${other}, or correct the host.`);
}
