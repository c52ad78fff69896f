/** A provider on loopback that answers as a test says, and remembers what it was asked. */
import { createServer } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface ProviderCall {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  text: string;
  bytes: Buffer;
  /** Empty where what came is no JSON. */
  body: Record<string, unknown>;
  /** Resolves when the connection of the call is gone before its answer was complete. */
  abandoned: Promise<void>;
}

export type Respond = (call: ProviderCall, response: ServerResponse) => void | Promise<void>;

export interface FakeProvider extends AsyncDisposable {
  url: string;
  calls: ProviderCall[];
  respond: Respond;
}

export async function startProvider(respond: Respond): Promise<FakeProvider> {
  const provider: Pick<FakeProvider, "calls" | "respond"> = { calls: [], respond };
  const server = createServer((request, response) => {
    void readCall(request, response).then((call) => {
      provider.calls.push(call);
      return provider.respond(call, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(provider, {
    url,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

async function readCall(request: IncomingMessage, response: ServerResponse): Promise<ProviderCall> {
  const abandoned = new Promise<void>((resolve) => response.on("close", () => response.writableFinished || resolve()));
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const text = bytes.toString("utf8");
  const isJson = text !== "" && (request.headers["content-type"] ?? "").startsWith("application/json");
  const body = isJson ? parsed(text) : {};
  return { method: request.method ?? "", path: request.url ?? "", headers: request.headers, text, bytes, body, abandoned };
}

/** Google's client says of the bytes of a file, too, that they are JSON. */
function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Respond {
  return (_call, response) => void response.writeHead(status, { "content-type": "application/json", ...headers }).end(typeof value === "string" ? value : JSON.stringify(value));
}

/** Answers with the events as an event stream, and ends cleanly. */
export function sse(text: string, headers: Record<string, string> = {}): Respond {
  return (_call, response) => void response.writeHead(200, { "content-type": "text/event-stream", ...headers }).end(text);
}

/** Writes the text as an event stream, waits until it is out, and breaks the connection. */
export function cutAfter(text: string): Respond {
  return async (_call, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    await new Promise<void>((resolve) => void response.write(text, () => resolve()));
    response.socket?.resetAndDestroy();
  };
}

export function events(...values: unknown[]): string {
  return values.map((value) => `data: ${typeof value === "string" ? value : JSON.stringify(value)}\n\n`).join("");
}

export function namedEvents(...values: { type: string }[]): string {
  return values.map((value) => `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`).join("");
}
