/** Streams that are begun and then kept open, to see what an open stream costs in memory. */
import { connect, type Socket } from "node:net";
import { once } from "node:events";
import type { LoadJob } from "./job.ts";

/** Well below the backlog of a listening socket. */
const atOnce = 100;

type HoldJob = Extract<LoadJob, { kind: "hold" }>;

export class HeldStreams {
  readonly #sockets: Socket[] = [];

  /** Resolves with how many streams have begun to answer with 200. A gateway may hold an answer back until its first text. */
  async open(job: HoldJob): Promise<number> {
    let begun = 0;
    for (let opened = 0; opened < job.connections; opened += atOnce) {
      const batch = Array.from({ length: Math.min(atOnce, job.connections - opened) }, () => this.#begin(job));
      begun += (await Promise.all(batch)).filter((status) => status === "200").length;
    }
    return begun;
  }

  async #begin(job: HoldJob): Promise<string> {
    const socket = connect({ port: job.target.port, host: "127.0.0.1" });
    this.#sockets.push(socket);
    socket.on("error", () => socket.destroy());
    socket.write(job.target.requests[0]!);
    const [first] = (await Promise.race([once(socket, "data"), once(socket, "close")])) as [unknown];
    socket.resume();
    return first instanceof Buffer ? first.toString("latin1", 9, 12) : "";
  }

  release(): void {
    for (const socket of this.#sockets.splice(0)) socket.destroy();
  }
}
