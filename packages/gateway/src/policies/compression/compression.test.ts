import { request as httpRequest, type IncomingMessage } from "node:http";
import { once } from "node:events";
import { connect } from "node:net";
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import { afterEach, expect, it, vi } from "vitest";
import { type GatewayUnderTest, startGateway } from "../../main/gateway-under-test.ts";
import { startUpstream, type UpstreamUnderTest } from "../../main/upstream-under-test.ts";
import { acceptedCoding } from "./accepted-coding.ts";

const stops: (() => Promise<unknown>)[] = [];
const text = JSON.stringify({ words: "so much of the same ".repeat(500) });

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function start(headers: Record<string, string>, { body = text, mode = "off" }: { body?: string; mode?: "off" | "enforce" } = {}): Promise<{ gateway: GatewayUnderTest; upstream: UpstreamUnderTest }> {
  const upstream = await startUpstream((request, response) => {
    const tags = String(request.headers["if-none-match"] ?? "");
    if (headers["ETag"] !== undefined && tags.split(", ").includes(headers["ETag"])) return void response.writeHead(304, headers).end();
    const range = request.headers.range === undefined ? {} : { "Content-Range": "bytes 0-99/10000" };
    response.writeHead(request.headers.range === undefined ? 200 : 206, { ...headers, ...range });
    if (request.url === "/pieces") return pieces(response, body);
    response.end(request.headers.range === undefined ? body : body.slice(0, 100));
  });
  stops.push(() => upstream.close());
  const gateway = await startGateway({ services: { notes: { path: "/notes", access: "open", compression: {}, conflict: { mode }, upstream: { targets: [{ url: upstream.url }] } } } }, { ledger: mode !== "off" });
  stops.push(() => gateway.stop());
  return { gateway, upstream };
}

function pieces(response: { write(text: string): unknown; end(): void }, body: string): void {
  response.write(body.slice(0, 5_000));
  setImmediate(() => {
    response.write(body.slice(5_000));
    response.end();
  });
}

async function get(gateway: GatewayUnderTest, headers: Record<string, string>, { method = "GET", path = "/notes/1" } = {}): Promise<{ status: number; headers: IncomingMessage["headers"]; bytes: Buffer }> {
  const request = httpRequest(gateway.url + path, { method, headers, agent: false }).end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, headers: response.headers, bytes: Buffer.concat(chunks) };
}

const json = { "Content-Type": "application/json; charset=utf-8", ETag: '"seven"', "Content-Length": String(text.length) };

it.each([["gzip", gunzipSync], ["br", brotliDecompressSync], ["zstd", zstdDecompressSync]] as const)("codes an answer with %s for callers that take it", async (coding, decode) => {
  const { gateway } = await start(json);
  for (const path of ["/notes/1", "/notes/pieces"]) {
    const { headers, bytes } = await get(gateway, { "accept-encoding": coding }, { path });
    expect(decode(bytes).toString()).toBe(text);
    expect(bytes.length).toBeLessThan(text.length / 5);
    expect([headers["content-encoding"], headers.etag, headers.vary, headers["content-length"]]).toEqual([coding, `"seven-${coding}"`, "Accept-Encoding", undefined]);
  }
});

it.each([
  ["a caller that takes none", json, {}, text],
  ["a body that is short", { ...json, "Content-Length": "12" }, { "accept-encoding": "gzip" }, '{"short": 1}'],
  ["a type that is not listed", { ...json, "Content-Type": "image/png" }, { "accept-encoding": "gzip" }, text],
  ["events", { "Content-Type": "text/event-stream" }, { "accept-encoding": "gzip" }, text],
  ["a body that is coded already", { ...json, "Content-Encoding": "gzip" }, { "accept-encoding": "gzip" }, text],
  ["a body that its caller wants as it is", json, { "accept-encoding": "gzip", "cache-control": "max-age=0, no-transform" }, text],
  ["a body that nobody may change, said in the second of two fields", { ...json, "Cache-Control": ["public", "no-transform"] }, { "accept-encoding": "gzip" }, text],
  ["a body that nobody may change", { ...json, "Cache-Control": "public, no-transform" }, { "accept-encoding": "gzip" }, text],
])("leaves alone %s", async (_what, answer, headers, body) => {
  const { gateway } = await start(answer as unknown as Record<string, string>, { body });
  const got = await get(gateway, headers as Record<string, string>);
  expect(got.bytes.toString()).toBe(body);
  expect(got.headers["content-encoding"]).toBe((answer as unknown as Record<string, string>)["Content-Encoding"]);
  expect(got.headers.etag).toBe((answer as unknown as Record<string, string>)["ETag"]);
});

it("leaves a short body alone that does not say how long it is, and keeps nobody waiting for the rest of a stream", async () => {
  let release: (() => void) | null = null;
  const upstream = await startUpstream((request, response) => {
    response.writeHead(200, { "Content-Type": "text/plain", ETag: '"seven"' });
    response.write("short");
    if (request.url === "/stream") release = () => response.end("er");
    else response.end();
  });
  stops.push(() => upstream.close());
  const gateway = await startGateway({ services: { notes: { path: "/notes", access: "open", compression: {}, upstream: { targets: [{ url: upstream.url }] } } } });
  stops.push(() => gateway.stop());
  // Whether a body comes in one turn is the socket's matter; of a few, one does.
  const short = await vi.waitFor(async () => {
    const got = await get(gateway, { "accept-encoding": "gzip" });
    expect(got.headers["content-encoding"]).toBeUndefined();
    return got;
  }, { timeout: 10_000 });
  expect([short.bytes.toString(), short.headers.etag, short.headers.vary]).toEqual(["short", '"seven"', "Accept-Encoding"]);
  expect((await get(gateway, { "accept-encoding": "gzip" }, { method: "HEAD" })).headers.etag).toBe('"seven-gzip"');
  const request = httpRequest(`${gateway.url}/notes/stream`, { headers: { "accept-encoding": "gzip" }, agent: false }).end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [((await once(response, "data")) as [Buffer])[0]];
  (release as (() => void) | null)?.();
  response.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(response, "end");
  expect([response.headers["content-encoding"], gunzipSync(Buffer.concat(chunks)).toString()]).toEqual(["gzip", "shorter"]);
});

it("leaves a part of a body alone", async () => {
  const { gateway } = await start({ "Content-Type": "application/json" });
  const { status, headers, bytes } = await get(gateway, { "accept-encoding": "gzip", range: "bytes=0-99" });
  expect([status, headers["content-encoding"], bytes.length]).toEqual([206, undefined, 100]);
});

it("answers a condition on a coded body with 304 and the tag that the caller has", async () => {
  const { gateway, upstream } = await start(json);
  const { status, headers } = await get(gateway, { "accept-encoding": "gzip", "if-none-match": '"seven-gzip"' });
  expect([status, headers.etag]).toEqual([304, '"seven-gzip"']);
  await get(gateway, { "if-match": '"seven-br", "other"' }, { method: "PUT" });
  expect(upstream.requests.map(({ headers: seen }) => seen["if-match"] ?? seen["if-none-match"])).toEqual(['"seven-gzip", "seven"', '"seven-br", "other", "seven"']);
});

it("guards writes by the tag of a coded body", async () => {
  const { gateway } = await start({ "Content-Type": "application/json" }, { mode: "enforce" });
  const read = await get(gateway, { "accept-encoding": "gzip" });
  expect(read.headers.etag).toMatch(/-gzip"$/);
  const write = (tag: string): Promise<{ status: number }> => get(gateway, { "if-match": tag, "content-type": "application/json", "content-length": "0" }, { method: "DELETE" });
  expect((await write('"stale-gzip"')).status).toBe(412);
  expect((await write(read.headers.etag ?? "")).status).toBe(200);
});

it("tells of a HEAD what a GET would be", async () => {
  const { gateway } = await start(json);
  const { headers, bytes } = await get(gateway, { "accept-encoding": "br" }, { method: "HEAD" });
  expect([headers["content-encoding"], headers.etag, bytes.length]).toEqual(["br", '"seven-br"', 0]);
});

it("a HEAD is over with its head: no empty coding is counted, and a client that goes then has cut nothing off", async () => {
  const upstream = await startUpstream((_request, response) => response.writeHead(200, json).end());
  stops.push(() => upstream.close());
  const gateway = await startGateway({ services: { notes: { path: "/notes", access: "open", compression: {}, upstream: { targets: [{ url: upstream.url }] } } } });
  for (const coding of ["gzip", "br", "zstd"]) {
    const client = connect(gateway.port, "127.0.0.1").setEncoding("latin1");
    client.write(`HEAD /notes/1 HTTP/1.1\r\nHost: parley\r\nAccept-Encoding: ${coding}\r\n\r\n`);
    const [head] = (await once(client, "data")) as [string];
    client.destroy();
    expect(head).toContain(`Content-Encoding: ${coding}\r\n`);
  }
  const records = await gateway.stop();
  expect(records.map(({ status, responseBytes, cutBy }) => ({ status, responseBytes, cutBy }))).toEqual(Array.from({ length: 3 }, () => ({ status: 200, responseBytes: 0, cutBy: undefined })));
});

it.each([
  ["gzip, br", "br"], ["gzip;q=1, br;q=0.5", "gzip"], ["*", "zstd"], ["*;q=0, gzip", "gzip"], ["identity", null], ["br;q=0", null], ["gzip;q=0.5, identity", null], ["x-gzip", "gzip"], ["", null],
])("of %j takes %s", (accepted, coding) => {
  expect(acceptedCoding(accepted, ["zstd", "br", "gzip"])).toBe(coding);
});
