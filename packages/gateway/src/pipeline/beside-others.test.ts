/** What a service answers and puts on record does not depend on the services beside it, however many of those share its chain of handlers. */
import { once } from "node:events";
import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { ServiceSource } from "@parley/contract/config/service";
import { type GatewayUnderTest, snapshotOf, startGateway, type TestConfiguration } from "../main/gateway-under-test.ts";
import { startUpstream, type UpstreamUnderTest } from "../main/upstream-under-test.ts";

type Settings = Partial<Omit<ServiceSource, "upstream">> & { upstream?: Partial<NonNullable<ServiceSource["upstream"]>> };

/** Each with one setting; several differ in no more than its value, or in nothing. */
const services: Record<string, Settings> = {
  plain: {}, likewise: {}, open: { access: "open" }, opened: { access: "open" }, unobserved: { conflict: { mode: "off" } }, actors: { conflict: { actor: "header:X-User" } },
  allowed: { addresses: { allow: ["127.0.0.0/8"] } }, denied: { addresses: { deny: ["127.0.0.0/8"] } }, undenied: { addresses: { deny: ["10.0.0.0/8"] } },
  origin: { cors: { origins: ["https://a.example"] } }, other: { cors: { origins: ["https://b.example"] } }, credentials: { cors: { origins: ["https://a.example"], credentials: true } },
  gzip: { compression: { codings: ["gzip"] } }, brotli: { compression: { codings: ["br"] } }, long: { compression: { codings: ["gzip"], min: "1MiB" } },
  set: { rewrite: { response: { set: { "X-A": "1" } } } }, another: { rewrite: { response: { set: { "X-A": "2" } } } }, removed: { rewrite: { response: { remove: ["X-Seen"] } } },
  request: { rewrite: { request: { set: { "X-B": "1" } } } }, requests: { rewrite: { request: { set: { "X-B": "2" } } } }, query: { rewrite: { query: { set: { y: "2" } } } },
  redirect: { redirects: [{ from: "/old/{id}", to: "https://x.example/{id}" }] }, temporary: { redirects: [{ from: "/old/{id}", to: "https://x.example/{id}", status: 302 }] },
  secret: { upstream: { credentials: { header: "X-Up", value: "one" } } }, secrets: { upstream: { credentials: { header: "X-Up", value: "two" } } },
  limited: { limits: [{ requests: 5, per: "1d" }] }, small: { limits: [{ bodyBytes: "4B" }] }, kept: { cache: { ttl: "1h" } },
  versions: { versions: { select: { by: "header", default: "v2" }, list: { v1: {}, v2: {} } } }, retired: { versions: { select: { by: "header", default: "v2" }, list: { v1: { status: "retired" }, v2: {} } } },
};

type Call = [method: string, path: string, headers?: Record<string, string>, body?: string];
const ann = { "x-api-key": "ann-key" };
const json = { ...ann, "content-type": "application/json" };
const calls: Call[] = [
  ["GET", "/7", ann], ["GET", "/7"], ["GET", "/7", { "x-api-key": "out-key" }], ["PUT", "/7", json, '{"n":1}'], ["PUT", "/7", { ...json, "x-user": "u1" }, '{"n":2}'],
  ["OPTIONS", "/7", { origin: "https://a.example", "access-control-request-method": "PUT" }], ["GET", "/7?x=1", { ...ann, origin: "https://a.example" }], ["GET", "/old/7", ann],
  ["GET", "/big", { ...ann, "accept-encoding": "gzip, br" }], ["HEAD", "/7", ann], ["GET", "/7", { ...ann, "api-version": "v1" }], ["DELETE", "/missing", ann],
];

let upstream: UpstreamUnderTest;
let together: Seen;
const held: ServerResponse[] = [];
beforeAll(async () => {
  upstream = await startUpstream(({ method, url, headers }, response, body) => {
    response.setHeader("X-Seen", [method, url, body, ...["x-up", "x-b", "parley-consumer", "api-version"].map((name) => headers[name])].join(" "));
    response.setHeader("Content-Type", "text/plain");
    if (url?.endsWith("/held")) return void held.push(response);
    response.statusCode = url?.endsWith("/missing") ? 404 : 200;
    response.end(url?.endsWith("/big") ? "abcdefgh".repeat(600) : "seven");
  });
  together = await callAll(Object.keys(services));
  // Hundreds of calls at once: a second of the processor's time, and a hundred of the clock's where many others want it.
}, 300_000);
afterAll(() => upstream.close());

function configured(names: readonly string[], more: Record<string, Settings> = {}): TestConfiguration {
  const of = (name: string): ServiceSource => {
    const { upstream: own, ...settings } = { ...services[name], ...more[name] };
    return { path: `/${name}`, ...settings, upstream: { targets: [{ url: `${upstream.url}/${name}` }], ...own } };
  };
  return { services: Object.fromEntries(names.map((name) => [name, of(name)])), consumers: { ann: { key: "ann-key" }, out: { key: "out-key", access: ["elsewhere"] } } };
}

async function answerTo(gateway: GatewayUnderTest, name: string, [method, path, headers = {}, body]: Call): Promise<string> {
  const sent = request(`${gateway.url}/${name}${path}`, { method, headers, agent: false });
  sent.end(body);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  const chunks = (await answer.toArray()) as Buffer[];
  const fields = Object.entries({ ...answer.headers, date: "", "parley-call-id": "", "retry-after": "" });
  return timeless(`${method} ${path}: ${answer.statusCode} ${JSON.stringify(fields)} ${Buffer.concat(chunks).toString("latin1")}`);
}

/** Without what differs between two calls of one kind. */
function timeless(text: string): string {
  return text.replaceAll(/127\.0\.0\.1:\d+/g, "HOST").replaceAll(/"callId":"\w+"/g, "").replaceAll(/;t=\d+|;? ?ttl=\d+|"age","\d+"|in \d+ s\b/g, "SOON");
}

type Seen = Record<string, { answers: string[]; records: string[] }>;

/** The services all at once, and the calls of each one after the other. */
async function callAll(names: readonly string[]): Promise<Seen> {
  const gateway = await startGateway(configured(names));
  const answers = await Promise.all(names.map(async (name) => {
    const found: string[] = [];
    for (const call of calls) found.push(await answerTo(gateway, name, call));
    return found;
  }));
  const records = await gateway.stop();
  const recordsOf = (name: string): string[] => records.filter(({ service }) => service === name).map(({ id: _id, at: _at, durationMs: _took, firstByteMs: _first, upstreamMs: _up, steps: _steps, traceId: _trace, spanId: _span, ...rest }) => timeless(JSON.stringify(rest))).toSorted();
  return Object.fromEntries(names.map((name, index) => [name, { answers: answers[index] ?? [], records: recordsOf(name) }]));
}

it.each(Object.keys(services))("a service is beside all the others what it is alone: %s", async (name) => {
  const alone = (await callAll([name]))[name];
  expect(alone?.records).toHaveLength(calls.length);
  expect(together[name]).toEqual(alone);
});

it("a setting that one of two alike services gets and loses is that one's alone, and calls in flight end as they began", async () => {
  const names = ["plain", "likewise"];
  const gateway = await startGateway(configured(names));
  const settingOf = async (answer: Promise<string>): Promise<string> => /"x-a","(\d)"/.exec(await answer)?.[1] ?? "none";
  const seen: string[][] = [];
  for (const [index, value] of ["1", null, "2", null].entries()) {
    const inFlight = names.map((name) => settingOf(answerTo(gateway, name, ["GET", "/held", ann])));
    await vi.waitFor(() => expect(held).toHaveLength(2), 20_000);
    await gateway.gateway.replaceSnapshot(snapshotOf(configured(names, value === null ? {} : { plain: { rewrite: { response: { set: { "X-A": value } } } } }), index + 2));
    for (const response of held.splice(0)) response.end();
    const after = names.map((name) => settingOf(answerTo(gateway, name, ["GET", "/7", ann])));
    seen.push(await Promise.all([...inFlight, ...after]));
  }
  await gateway.stop();
  expect(seen).toEqual([["none", "none", "1", "none"], ["1", "none", "none", "none"], ["none", "none", "2", "none"], ["2", "none", "none", "none"]]);
});
