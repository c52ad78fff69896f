import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startControl, type TestControl } from "../testing/start-control.ts";

let control: TestControl;
beforeAll(async () => {
  control = await startControl();
});
afterAll(() => control.stop());

/** All that comes back for these bytes, until the connection ends. */
async function answerTo(bytes: string): Promise<string> {
  const socket = connect(Number(new URL(control.url).port), "127.0.0.1");
  socket.on("error", () => undefined);
  socket.write(bytes, "latin1");
  return text(socket);
}

function problemIn(answer: string): { status: number; code: string; fix: string; detail: string } {
  return JSON.parse(answer.slice(answer.lastIndexOf("\r\n\r\n"))) as ReturnType<typeof problemIn>;
}

const host = "Host: 127.0.0.1\r\n";

test.each([
  ["a method that is none", `FOO /api/names HTTP/1.1\r\n${host}\r\n`, 400, "malformed-request"],
  ["what is no HTTP", "\x16\x03\x01\r\n\r\n", 400, "malformed-request"],
  ["two lengths", `POST /api/session HTTP/1.1\r\n${host}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400, "malformed-request"],
  ["a name of a field with a blank in it", `GET /healthz HTTP/1.1\r\n${host}A b: c\r\n\r\n`, 400, "malformed-request"],
  ["a flood of fields", `GET /healthz HTTP/1.1\r\n${host}X: ${"a".repeat(20_000)}\r\n\r\n`, 431, "headers-too-large"],
  ["an expectation that is not known", `GET /healthz HTTP/1.1\r\n${host}Expect: more\r\n\r\n`, 417, "malformed-request"],
  ["a tunnel", `CONNECT example.com:443 HTTP/1.1\r\n${host}\r\n`, 400, "malformed-request"],
  ["a missing Host field", "GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n", 400, "malformed-request"],
  ["a target that is no path", `OPTIONS * HTTP/1.1\r\n${host}Connection: close\r\n\r\n`, 400, "malformed-request"],
])("refuses %s with a code and a way out", async (_what, bytes, status, code) => {
  const answer = await answerTo(bytes);
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*\r\ncontent-type: application/problem\\+json\r\n`, "i"));
  expect(problemIn(answer)).toMatchObject({ status, code, fix: expect.stringMatching(/\w/) as string, detail: expect.stringMatching(/\w/) as string });
});

test("what follows an answer on its connection and is no request is refused in the same way", async () => {
  const socket = connect(Number(new URL(control.url).port), "127.0.0.1").setEncoding("latin1");
  socket.write(`GET /healthz HTTP/1.1\r\n${host}\r\n`);
  let received = "";
  let isFirst = true;
  for await (const chunk of socket) {
    received += chunk as string;
    if (isFirst && /\r\n\r\n\{.*\}$/s.test(received)) {
      isFirst = false;
      socket.write("nonsense\r\n\r\n");
    }
  }
  expect(received).toMatch(/^HTTP\/1\.1 200 [^]*\}HTTP\/1\.1 400 /);
  expect(problemIn(received)).toMatchObject({ code: "malformed-request" });
});

test("a body whose framing breaks is answered", async () => {
  const answer = await answerTo(`POST /api/session HTTP/1.1\r\n${host}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`);
  expect(problemIn(answer)).toMatchObject({ code: "malformed-request" });
});
