import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import type { Duplex } from "node:stream";
import type { CallRecord } from "@parley/contract/call-record";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type SnippetLanguage, snippetLanguages, snippetOf } from "../../snippets/http-snippets.ts";
import { webSocketSnippetOf } from "../../snippets/websocket-snippets.ts";
import { isWebSocket, languagesOf, repetitionOf } from "./call-snippets.ts";

const commands: Record<SnippetLanguage, [string, string[]]> = {
  curl: ["sh", ["-c"]],
  TypeScript: [process.execPath, ["--input-type=module-typescript", "-e"]],
  Python: ["python3", ["-c"]],
};

interface Seen {
  method: string;
  path: string;
  authorization: string | undefined;
  body: string;
  contentType: string | undefined;
}

let server: Server;
let url: string;
const seen: Seen[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      seen.push({ method: request.method ?? "", path: request.url ?? "", authorization: request.headers.authorization, body, contentType: request.headers["content-type"] });
      response.writeHead(418).end("short and stout");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

async function run(language: SnippetLanguage, snippet: string): Promise<string> {
  const [command, options] = commands[language];
  const child = spawn(command, [...options, snippet], { env: { ...process.env, PARLEY_KEY: "pk-test" } });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await new Promise((resolve) => child.on("close", resolve));
  return output;
}

const call: CallRecord = {
  id: "1", at: 0, worker: 0, service: "ai", kind: "ai", method: "POST", path: "/v1/it's/here", clientAddress: "::1", consumer: "acme",
  status: 200, durationMs: 1, requestBytes: 10, responseBytes: 10, attempts: 1, modelRequested: 'odd "name"',
};

test.each(snippetLanguages)("%s, pasted, makes the same call with the key from the environment", async (language) => {
  const output = await run(language, snippetOf(language, repetitionOf(call, url, null)));
  expect(output).toContain("418");
  expect(output).toContain("short and stout");
  const last = seen.at(-1);
  expect(last).toMatchObject({ method: "POST", path: "/v1/it's/here", authorization: "Bearer pk-test" });
  expect(JSON.parse(last?.body ?? "")).toEqual({ model: 'odd "name"', messages: [{ role: "user", content: "Hello" }] });
});

test.each(snippetLanguages)("%s of a call without a key and a body has neither", async (language) => {
  const { consumer: _, ...open } = call;
  await run(language, snippetOf(language, repetitionOf({ ...open, kind: "http", method: "GET", requestBytes: 0 }, url, null)));
  expect(seen.at(-1)).toEqual({ method: "GET", path: "/v1/it's/here", authorization: undefined, body: "", contentType: undefined });
});

test.each(snippetLanguages)("%s of a call whose body is kept sends that body as it was, also one that curl would take for a file's name", async (language) => {
  for (const text of ['{"title": "it\'s"}', "@/etc/hostname", "two\nlines & more"]) {
    await run(language, snippetOf(language, repetitionOf(call, url, { contentType: "text/plain", text })));
    const { body = "", contentType } = seen.at(-1) ?? {};
    expect(text.startsWith("{") ? JSON.parse(body) : body).toEqual(text.startsWith("{") ? { title: "it's" } : text);
    expect(contentType).toBe("text/plain");
  }
});

test("curl of a method that a shell would act on runs nothing, and sends that method", async () => {
  const hostile = "A`touch$IFS-x`B|C&D";
  const raw = createTcpServer((socket) => socket.on("data", (piece) => {
    lines.push(String(piece).split("\r\n")[0] ?? "");
    socket.end("HTTP/1.1 418 short\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  }));
  const lines: string[] = [];
  await new Promise<void>((resolve) => raw.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(raw.address() as AddressInfo).port}`;
  const { consumer: _, ...open } = call;
  expect(await run("curl", snippetOf("curl", repetitionOf({ ...open, kind: "http", method: hostile, requestBytes: 0 }, address, null)))).toContain("418");
  expect(lines).toEqual([`${hostile} /v1/it's/here HTTP/1.1`]);
  await new Promise((resolve) => raw.close(resolve));
});

test.each(["/v1/[1-9]/{a,b}", "/v1/../up/./here"])("curl makes one call of the path %s, which it would take for others", async (path) => {
  const before = seen.length;
  const { consumer: _, ...open } = call;
  await run("curl", snippetOf("curl", repetitionOf({ ...open, kind: "http", method: "GET", path, requestBytes: 0 }, url, null)));
  expect(seen.slice(before).map((one) => one.path)).toEqual([path]);
});

test.each(snippetLanguages)("%s with a key that was just made carries it", async (language) => {
  await run(language, snippetOf(language, { method: "POST", url: `${url}/v1`, key: { text: "pk-new" }, body: "{}" }));
  expect(seen.at(-1)).toEqual({ method: "POST", path: "/v1", authorization: "Bearer pk-new", body: "{}", contentType: "application/json" });
});

test("a WebSocket is opened again, with its key, by every language that it is offered in", async () => {
  const opened: [string | undefined, string | undefined][] = [];
  server.on("upgrade", (request: IncomingMessage, socket: Duplex) => {
    opened.push([request.url, request.headers.authorization]);
    const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
    // A text of five letters, and the end.
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
    socket.end(Buffer.concat([Buffer.from([0x81, 5]), Buffer.from("hello"), Buffer.from([0x88, 0])]));
    socket.on("error", () => undefined).resume();
  });
  const socket: CallRecord = { ...call, kind: "websocket", method: "GET", status: 101, requestBytes: 7 };
  expect([isWebSocket(socket), isWebSocket({ ...socket, status: 401 }), isWebSocket(call)]).toEqual([true, true, false]);
  for (const language of languagesOf(socket)) expect(await run(language, webSocketSnippetOf(language, repetitionOf(socket, url, null)))).toMatch(language === "curl" ? /^HTTP\/1.1 101 / : /^open\nhello\nclosed/);
  expect(opened).toEqual([["/v1/it's/here", "Bearer pk-test"], ["/v1/it's/here", "Bearer pk-test"]]);
});
