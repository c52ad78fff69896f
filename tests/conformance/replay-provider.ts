/**
 * A provider on loopback that answers as a recorded one did: the recorded status, header fields and raw bytes, cut where
 * asked, ended cleanly or torn off. It keeps what it was asked.
 */
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface ReplayAnswer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
  /** Byte offsets in `body` between which the connection is flushed; none sends it in one piece. */
  cuts?: readonly number[];
  /** After these bytes the connection is destroyed instead of ended. */
  tornAfterBytes?: number;
}

export interface ReceivedRequest {
  method: string;
  /** Path and query. */
  target: string;
  headers: IncomingMessage["headers"];
  body: Buffer;
}

/** Framing and connection belong to the replay, not to the recording. Lower case. */
const framingFields = new Set(["content-length", "transfer-encoding", "content-encoding", "connection", "keep-alive"]);

/** Answers every request with the answer given last. */
export class ReplayProvider implements AsyncDisposable {
  readonly received: ReceivedRequest[] = [];
  readonly #server: Server;
  #answer: ReplayAnswer | null = null;

  private constructor(server: Server) {
    this.#server = server;
    server.on("request", (request: IncomingMessage, response: ServerResponse) => void this.#replay(request, response));
  }

  static async start(): Promise<ReplayProvider> {
    const server = createServer();
    const provider = new ReplayProvider(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return provider;
  }

  /** Such as http://127.0.0.1:40001. */
  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  answerWith(answer: ReplayAnswer): void {
    this.#answer = answer;
    this.received.length = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #replay(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    this.received.push({ method: request.method ?? "", target: request.url ?? "", headers: request.headers, body: Buffer.concat(parts) });
    if (this.#answer === null) throw new Error("the replay provider was asked before it knew an answer");
    await send(this.#answer, response);
  }
}

async function send(answer: ReplayAnswer, response: ServerResponse): Promise<void> {
  for (const [name, value] of Object.entries(answer.headers)) {
    if (!framingFields.has(name.toLowerCase())) response.setHeader(name, value);
  }
  response.writeHead(answer.status);
  response.flushHeaders();
  for (const piece of pieces(answer)) await flush(piece, response);
  if (answer.tornAfterBytes === undefined) response.end();
  else response.socket?.resetAndDestroy();
}

/** The body from cut to cut. */
function pieces(answer: ReplayAnswer): Buffer[] {
  const end = answer.tornAfterBytes ?? answer.body.length;
  const inside = [...new Set(answer.cuts ?? [])].filter((cut) => cut > 0 && cut < end).toSorted((left, right) => left - right);
  const edges = [0, ...inside, end];
  return edges.slice(1).map((edge, index) => answer.body.subarray(edges[index], edge));
}

/** Hands a piece to the kernel and lets the receiver run before the next one follows. */
async function flush(piece: Buffer, response: ServerResponse): Promise<void> {
  await new Promise<void>((resolve) => response.write(piece, () => resolve()));
  await new Promise<void>((resolve) => setImmediate(resolve));
}
