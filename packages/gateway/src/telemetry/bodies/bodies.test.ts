import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { bodiesPurpose, type CallBodies, type SealedBodies } from "@parley/contract/call-bodies";
import { openSecret } from "@parley/contract/secrets";
import type { CallRecord } from "@parley/contract/call-record";
import { logging } from "@parley/contract/config/settings";
import { afterEach, expect, it, vi } from "vitest";
import { type GatewayUnderTest, startGateway, testMasterKey, type TestConfiguration, type GatewayOptions } from "../../main/gateway-under-test.ts";
import { BodyKeeper } from "./body-keeper.ts";
import { startUpstream, type UpstreamUnderTest } from "../../main/upstream-under-test.ts";

let upstream: UpstreamUnderTest;
let gateway: GatewayUnderTest;
type Answer = Parameters<typeof startUpstream>[0];

async function start(answer: Answer, logging: NonNullable<TestConfiguration["logging"]>, options: GatewayOptions & { conflict?: { mode: "enforce" } } = {}): Promise<void> {
  upstream = await startUpstream(answer);
  const { conflict = { mode: "off" as const }, ...rest } = options;
  gateway = await startGateway(
    { services: { notes: { path: "/notes", upstream: { targets: [{ url: upstream.url }] }, access: "key", conflict }, quiet: { path: "/quiet", upstream: { targets: [{ url: upstream.url }] }, access: "open" } }, consumers: { app: { key: "pk_the-callers-own-secret" } }, logging },
    rest,
  );
}

afterEach(async () => {
  await gateway.stop();
  await upstream.close();
});

const spool = (): string => join(gateway.dataDirectory, "bodies-spool");

function lines(): SealedBodies[] {
  if (!existsSync(spool())) return [];
  return readdirSync(spool()).filter((name) => name.endsWith(".ndjson")).flatMap((name) => readFileSync(join(spool(), name), "utf8").trimEnd().split("\n")).map((line) => JSON.parse(line) as SealedBodies);
}

/** Once so many calls' bodies are in sealed segments, in their calls' order. */
async function kept(count: number): Promise<(CallBodies & { service: string })[]> {
  const found = await vi.waitFor(() => {
    const all = lines();
    expect(all).toHaveLength(count);
    return all;
  }, 20_000);
  return found.toSorted((one, other) => one.at - other.at).map(({ id, service, sealed }) => ({ service, ...(JSON.parse(openSecret(testMasterKey, bodiesPurpose(id), sealed)) as CallBodies) }));
}

const call = (path: string, init: Omit<RequestInit, "headers"> & { headers?: Record<string, string> } = {}): Promise<Response> => fetch(gateway.url + path, { ...init, headers: { authorization: "Bearer pk_the-callers-own-secret", ...init.headers } });
const json = { "content-type": "application/json" };

it("keeps what was sent and answered, redacted and sealed, whatever its coding", async () => {
  await start((_request, response) => void response.writeHead(201, { "Content-Type": "application/json", "Content-Encoding": "gzip" }).end(gzipSync('{"id":7,"card":{"number":4111}}')), { bodies: "all", redact: ["/card/number"] });
  await (await call("/notes/7", { method: "POST", headers: { ...json, "content-encoding": "br" }, body: brotliCompressSync('{"card":{"number":4111},"password":"hunter2","note":"pk_the-callers-own-secret"}') })).text();
  const [bodies] = await kept(1);
  expect(bodies).toEqual({
    service: "notes",
    request: { contentType: "application/json", bytes: expect.any(Number) as number, truncated: false, text: '{"card":{"number":"***"},"password":"***","note":"***"}' },
    response: { contentType: "application/json", bytes: expect.any(Number) as number, truncated: false, text: '{"id":7,"card":{"number":"***"}}' },
  });
  const [file] = readdirSync(spool());
  const bytes = readFileSync(join(spool(), file as string), "latin1");
  for (const secret of ["hunter2", "4111", "callers-own", "card"]) expect(bytes).not.toContain(secret);
  expect(statSync(join(spool(), file as string)).mode & 0o777).toBe(0o600);
});

it("keeps of a stream many times as much as of another body, since most of it is envelopes, with a coding too, and no more than that", async () => {
  const event = `data: {"choices":[{"delta":{"content":"word "}}],"id":"${"x".repeat(180)}"}\n\n`;
  await start(({ url }, response) => {
    const body = event.repeat(url?.endsWith("long") ? 200 : 60);
    const isCoded = url?.endsWith("coded") ?? false;
    response.writeHead(200, { "Content-Type": "text/event-stream; charset=utf-8", ...(isCoded ? { "Content-Encoding": "gzip" } : {}) }).end(isCoded ? gzipSync(body) : body);
  }, { bodies: "all", bodyBytes: "1KiB" });
  for (const path of ["/notes/plain", "/notes/coded", "/notes/long"]) await (await call(path, { method: "POST" })).text();
  const found = (await kept(3)).map(({ response }) => ({ truncated: response?.truncated, words: response?.text?.split("word ").length }));
  expect(found.slice(0, 2)).toEqual([{ truncated: false, words: 61 }, { truncated: false, words: 61 }]);
  expect(found[2]?.truncated).toBe(true);
  expect(found[2]?.words).toBeLessThan(75);
});

it("keeps the whole text of a stream, up to the bound, and what was too long only from its beginning", async () => {
  await start((_request, response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    for (let index = 0; index < 200; index++) response.write(`data: {"n":${index}}\n\n`);
    response.end("data: [DONE]\n\n");
  }, { bodies: "all", bodyBytes: "8KiB" });
  expect((await (await call("/notes", { method: "POST", headers: json, body: `{"text":"${"word ".repeat(10_000)}"}` })).text()).length).toBeGreaterThan(3_000);
  const [bodies] = await kept(1);
  expect(bodies?.response).toMatchObject({ truncated: false, text: expect.stringMatching(/^data: \{"n":0\}\n\n[\s\S]*data: \{"n":199\}\n\ndata: \[DONE\]\n\n$/) as string });
  expect(bodies?.request).toMatchObject({ truncated: true, bytes: 50_011 });
  expect(bodies?.request?.text?.length).toBeLessThanOrEqual(8 * 1024);
});

it("keeps nothing of what is no text, nor of what a pointer cannot be found in", async () => {
  await start((_request, response) => void response.writeHead(200, { "Content-Type": "image/png" }).end(Buffer.from([0x89, 0x50, 0, 0xff])), { bodies: "all", redact: ["/x"] });
  await (await call("/notes", { method: "POST", headers: { "content-type": "text/plain" }, body: "x is 1" })).arrayBuffer();
  const [bodies] = await kept(1);
  expect([bodies?.request, bodies?.response]).toMatchObject([{ text: null, withheld: "not-redactable", bytes: 6 }, { text: null, withheld: "no-text", bytes: 4 }]);
});

it("keeps only calls that met a conflict, as a service says, or none, and has no thread without need", async () => {
  await start((_request, response) => void response.writeHead(200, { ETag: '"2"', "Content-Type": "application/json" }).end('{"a":1}'), { bodies: "conflicts", services: { quiet: { bodies: "none" } } }, { conflict: { mode: "enforce" }, ledger: true });
  await (await call("/notes/7")).text();
  await (await call("/quiet/7", { method: "POST", body: "x" })).text();
  expect(existsSync(spool())).toBe(false);
  const refused = await call("/notes/7", { method: "PUT", headers: { ...json, "if-match": '"1"' }, body: '{"a":2}' });
  expect(refused.status).toBe(412);
  const problem = await refused.text();
  const [bodies] = await kept(1);
  expect([bodies?.service, bodies?.request?.text, bodies?.response?.text]).toEqual(["notes", '{"a":2}', problem]);
});

it("fails no call where bodies cannot be written, and counts what is lost", async () => {
  await start((_request, response) => void response.end("{}"), { bodies: "all" });
  writeFileSync(spool(), "a file where the folder should be");
  for (let index = 0; index < 5; index++) expect((await call("/notes", { method: "POST", body: "{}" })).status).toBe(200);
  const errors: string[] = [];
  const keeper = new BodyKeeper({ directory: spool(), worker: 0, startedAtMs: 1, masterKey: testMasterKey, log: { error: (_details: unknown, message?: string) => void errors.push(message ?? "") } as never });
  keeper.configure(logging.parse({ bodies: "all" }));
  for (let index = 0; index < 3; index++) {
    const capture = keeper.begin("notes", "POST");
    capture?.request(Buffer.from("{}"));
    keeper.ended({ record: { id: "x", at: 1, service: "notes", requestBytes: 2, responseBytes: 0 } as CallRecord, headers: {}, keySecret: null, capture });
  }
  expect([keeper.dropped.count, errors[0]]).toEqual([3, "bodies of calls cannot be kept"]);
  await keeper.close();
});
