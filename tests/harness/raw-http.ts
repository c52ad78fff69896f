/** Speaks bytes to a port, for requests that no HTTP client would send. */
import { once } from "node:events";
import { type Socket, connect } from "node:net";

export interface RawConnection extends Disposable {
  write(text: string | Buffer): void;
  /** What came so far. */
  received(): string;
  /** Resolves when the other side has ended the connection, to all that came. */
  closed: Promise<string>;
}

export async function openRaw(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  const socket: Socket = connect(Number(port), hostname);
  let text = "";
  socket.setEncoding("latin1").on("data", (chunk: string) => (text += chunk));
  // Being reset by the other side is one of the things that tests look for; it ends the connection like any other end.
  socket.on("error", () => undefined);
  const closed = once(socket, "close").then(() => text);
  await once(socket, "connect");
  return { write: (bytes) => void socket.write(bytes), received: () => text, closed, [Symbol.dispose]: () => socket.destroy() };
}

export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
}

/** The JSON body of a whole answer. */
export function bodyOf<T>(answer: string): T {
  const body = answer.slice(answer.indexOf("\r\n\r\n") + 4);
  return JSON.parse(body.slice(body.indexOf("{"), body.lastIndexOf("}") + 1)) as T;
}
