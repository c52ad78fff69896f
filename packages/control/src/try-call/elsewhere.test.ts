import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { callElsewhere as schema } from "@parley/contract/api/try-call";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AddressNotAllowedError, callElsewhere } from "./elsewhere.ts";

let server: Server;
let port: number;
const seen: { method: string; url: string; headers: NodeJS.Dict<string | string[]>; body: string }[] = [];
const { signal } = new AbortController();

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (piece) => (body += String(piece))).on("end", () => {
      seen.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, body });
      if (request.url === "/moved") response.writeHead(302, { location: "/elsewhere" }).end();
      else if (request.url === "/nothing") response.writeHead(204).end();
      else response.writeHead(200, { "content-type": "application/json" }).end('{"again":true}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

function ask(path: string, more: Record<string, unknown> = {}, target = `http://127.0.0.1:${port}`): Promise<Response> {
  return callElsewhere(schema.parse({ target, path, ...more }), { signal, isAllowed: (address) => address === "127.0.0.1" });
}

test("sends what was asked for, and nothing of this connection's or of Parley's", async () => {
  const answer = await ask("/things/7?x=1", { method: "PUT", headers: { "content-type": "application/json", host: "inner", "transfer-encoding": "chunked", "proxy-authorization": "Basic eA==" }, body: '{"é":1}' });
  expect([answer.status, await answer.json()]).toEqual([200, { again: true }]);
  expect(seen.at(-1)).toMatchObject({ method: "PUT", url: "/things/7?x=1", body: '{"é":1}', headers: { host: `127.0.0.1:${port}`, "content-length": "8" } });
  for (const name of ["authorization", "cookie", "x-api-key", "proxy-authorization", "transfer-encoding"]) expect(seen.at(-1)?.headers[name]).toBeUndefined();
});

test("follows no redirect, and passes on an answer without a body", async () => {
  expect((await ask("/moved")).status).toBe(302);
  expect(seen.at(-1)?.url).toBe("/moved");
  expect((await ask("/nothing")).status).toBe(204);
});

test.each([
  "http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1", "http://2130706433:1", "http://0x7f.1:1", "http://10.0.0.1", "http://192.168.1.1", "http://169.254.169.254", "http://[::ffff:10.0.0.1]", "http://[fd00:ec2::254]", "http://0.0.0.0:1", "http://100.64.0.1",
])("never connects to what is not on the public internet: %s", async (target) => {
  const before = seen.length;
  await expect(callElsewhere(schema.parse({ target, path: "/" }), { signal })).rejects.toBeInstanceOf(AddressNotAllowedError);
  expect(seen.length).toBe(before);
});

test.each(["//evil.example/x", "/\\evil.example"])("a path cannot name another host: %s", async (path) => {
  const outcome = await ask(path).then((answer) => answer.status, (error: unknown) => error);
  expect(outcome === 200 ? seen.at(-1)?.headers["host"] : outcome).toSatisfy((found) => found === `127.0.0.1:${port}` || found instanceof AddressNotAllowedError);
});

test.each(["ftp://example.com", "file:///etc/passwd", "http://user:pw@example.com", "https://example.com/path", "https://example.com/?q", "not a url", "http://"])("is an origin of the web and nothing else: %s", (target) => {
  expect(schema.safeParse({ target, path: "/" }).success).toBe(false);
});
