/** For tests: a socket that sends exactly the bytes it is told, and reads what comes until a condition or the end. */
import { connect, type Socket } from "node:net";
import { once } from "node:events";

export class RawClient {
  readonly socket: Socket;
  received = "";
  #ended = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => (this.received += chunk));
    socket.on("close", () => (this.#ended = true));
    socket.on("error", () => {});
  }

  static async connect(port: number, options: { allowHalfOpen?: boolean } = {}): Promise<RawClient> {
    const socket = connect({ port, host: "127.0.0.1", ...options });
    await once(socket, "connect");
    return new RawClient(socket);
  }

  send(text: string): this {
    this.socket.write(text, "latin1");
    return this;
  }

  /** Resolves with everything received once it contains `text`; fails when the connection ends before. */
  async until(text: string): Promise<string> {
    while (!this.received.includes(text)) {
      if (this.#ended) throw new Error(`the connection ended before ${JSON.stringify(text)}; received: ${this.received}`);
      await this.#more();
    }
    return this.received;
  }

  /** Until something comes or the connection ends; leaves no listener behind. */
  async #more(): Promise<void> {
    const enough = new AbortController();
    const { signal } = enough;
    await Promise.race([once(this.socket, "data", { signal }), once(this.socket, "close", { signal })]).finally(() => enough.abort());
  }

  /** Resolves with everything received once the connection has ended. */
  async end(): Promise<string> {
    if (!this.#ended) await once(this.socket, "close");
    return this.received;
  }

  destroy(): void {
    this.socket.destroy();
  }
}
