import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import type { MirrorState } from "@parley/contract/api/mirror";
import type { ServiceSource } from "@parley/contract/config/service";
import { afterEach, expect, it, vi } from "vitest";
import { snapshotOf, startGateway, type GatewayUnderTest, type TestConfiguration } from "../../main/gateway-under-test.ts";
import { RawClient } from "../../main/raw-client.ts";
import { startUpstream, type UpstreamUnderTest } from "../../main/upstream-under-test.ts";

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function upstreamOf(...handler: Parameters<typeof startUpstream>): Promise<UpstreamUnderTest> {
  const upstream = await startUpstream(...handler);
  stops.push(() => upstream.close());
  return upstream;
}

type MirrorSource = NonNullable<ServiceSource["mirror"]>;

async function gatewayWith(service: Partial<ServiceSource>, more: TestConfiguration = {}): Promise<GatewayUnderTest> {
  const gateway = await startGateway({ ...more, services: { notes: { path: "/notes", access: "open", ...service } } });
  stops.push(() => gateway.stop());
  return gateway;
}

function mirrorFrom(service: UpstreamUnderTest, mirror: UpstreamUnderTest, settings: Partial<MirrorSource> = {}, more: TestConfiguration = {}): Promise<GatewayUnderTest> {
  return gatewayWith({ upstream: { targets: [{ url: `${service.url}/api` }] }, mirror: { target: `${mirror.url}/next`, percent: 100, ...settings } }, more);
}

/** The mirror's figures once they say what is waited for. */
async function stateOnce(gateway: GatewayUnderTest, isThere: (state: MirrorState) => boolean): Promise<MirrorState> {
  return vi.waitFor(() => {
    const state = gateway.gateway.mirrors().find(({ service }) => service === "notes") ?? expect.fail("there is no mirror");
    expect(isThere(state), JSON.stringify(state)).toBe(true);
    return state;
  }, 10_000);
}

const compared = (count: number) => ({ equal, different, failed }: MirrorState) => equal + different + failed === count;

function json(response: ServerResponse, value: unknown, fields: Record<string, string> = {}): void {
  response.writeHead(200, { "content-type": "application/json", ...fields }).end(JSON.stringify(value));
}

it("counts what differs by place, with items of arrays as one, ignored places left out, and an example of each", async () => {
  const service = await upstreamOf((_, response) => json(response, { price: 7, at: "now", items: [{ id: 1, tax: 1 }, { id: 2, tax: 2 }], gone: true }, { "x-shape": "old" }));
  const mirror = await upstreamOf((_, response) => json(response, { price: 8, at: "then", items: [{ id: 1, tax: 9 }, { id: 2, tax: 9 }], new: "yes" }, { "x-shape": "new" }));
  const gateway = await mirrorFrom(service, mirror, { compare: { ignore: ["/at", "/new"], headers: ["content-type", "X-Shape"] } });
  for (let call = 0; call < 3; call++) expect(await (await fetch(`${gateway.url}/notes/7?x=1`)).json()).toMatchObject({ price: 7 });
  const state = await stateOnce(gateway, compared(3));
  expect(state).toMatchObject({ equal: 0, different: 3, failed: 0, dropped: 0, elsewhere: 0 });
  expect(state.places.map((place) => `${place.in} ${place.at} ${place.calls} ${place.example.service} ${place.example.mirror}`).toSorted((one, other) => one.localeCompare(other))).toEqual([
    "body /gone 3 true null", "body /items/*/tax 3 1 9", "body /price 3 7 8", "header x-shape 3 old new",
  ]);
  expect(state.places[0]?.example).toMatchObject({ method: "GET", path: "/notes/7" });
  expect(state.times.service).toHaveLength(3);
  expect(mirror.requests[0]).toMatchObject({ method: "GET", url: "/next/7?x=1", headers: { "parley-mirror": "copy" } });
  expect(service.requests[0]?.headers).not.toHaveProperty("parley-mirror");
});

it("calls answers alike that differ in nothing but members' order, coding and what is ignored", async () => {
  const service = await upstreamOf((_, response) => response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" }).end(gzipSync('{"a":1,"b":[1,2],"n":3}')));
  const mirror = await upstreamOf((_, response) => json(response, { n: 4, b: [1, 2], a: 1 }));
  const gateway = await mirrorFrom(service, mirror, { compare: { ignore: ["/n"] } });
  await (await fetch(`${gateway.url}/notes/7`, { headers: { "if-none-match": '"old"' } })).arrayBuffer();
  expect(await stateOnce(gateway, compared(1))).toMatchObject({ equal: 1, different: 0, places: [] });
  expect(mirror.requests[0]?.headers).toMatchObject({ "accept-encoding": "identity" });
  expect(mirror.requests[0]?.headers).not.toHaveProperty("if-none-match");
});

it("never copies a write that is not named, and one that is named exactly once, with its body, even where the mirror breaks off", async () => {
  const service = await upstreamOf((_, response) => response.writeHead(201).end());
  const mirror = await upstreamOf((request) => request.socket.destroy());
  const gateway = await mirrorFrom(service, mirror, { methods: ["GET", "POST"] });
  // A connection that is kept, so that the copy's may turn out stale.
  for (const method of ["PUT", "DELETE", "PATCH"]) await fetch(`${gateway.url}/notes/7`, { method, body: method === "DELETE" ? null : "x" });
  expect((await fetch(`${gateway.url}/notes`, { method: "POST", body: "one" })).status).toBe(201);
  expect(await stateOnce(gateway, compared(1))).toMatchObject({ failed: 1, failures: { "upstream-broken": 1 } });
  expect(mirror.requests.map(({ method, body }) => [method, body])).toEqual([["POST", "one"]]);
  expect(service.requests.map(({ method, body }) => [method, body])).toEqual([["PUT", "x"], ["DELETE", ""], ["PATCH", "x"], ["POST", "one"]]);
});

it("never makes a caller wait: copies that hang are bounded, dropped past the bound, and given up in their time", async () => {
  const service = await upstreamOf((_, response) => json(response, {}));
  const mirror = await upstreamOf(() => {});
  // Long enough for all eight calls, so that none of them meets a place that a copy has given up.
  const gateway = await mirrorFrom(service, mirror, { concurrent: 2, queue: 1, timeout: "2s" });
  for (let call = 0; call < 8; call++) expect(await (await fetch(`${gateway.url}/notes/${call}`)).json()).toEqual({});
  const state = await stateOnce(gateway, ({ failed, dropped }) => failed + dropped === 8);
  expect(state.dropped).toBeGreaterThanOrEqual(4);
  expect(state.failures).toEqual({ "upstream-timeout": state.failed });
});

it("sends the copy only when the caller has its answer, and none for a caller who went away", async () => {
  const held: ServerResponse[] = [];
  const service = await upstreamOf((_, response) => void held.push(response));
  const mirror = await upstreamOf((_, response) => json(response, {}));
  const gateway = await mirrorFrom(service, mirror);
  const gone = await RawClient.connect(gateway.port);
  gone.send("GET /notes/gone HTTP/1.1\r\nHost: a\r\n\r\n");
  await vi.waitFor(() => expect(held).toHaveLength(1));
  gone.destroy();
  await stateOnce(gateway, ({ skipped }) => skipped === 1);
  const asked = fetch(`${gateway.url}/notes/1`);
  await vi.waitFor(() => expect(held).toHaveLength(2));
  expect(mirror.requests).toEqual([]);
  json(held[1] as ServerResponse, {});
  await (await asked).json();
  expect(await stateOnce(gateway, compared(1))).toMatchObject({ equal: 1 });
  expect(mirror.requests.map(({ url }) => url)).toEqual(["/next/1"]);
});

it("compares status and headers alone where a body is too long, and nothing where the caller got a 304", async () => {
  const long = "x".repeat(5_000);
  const service = await upstreamOf((request, response) => (request.url === "/api/same" ? response.writeHead(304).end() : response.writeHead(200).end(long)));
  const mirror = await upstreamOf((_, response) => response.writeHead(203).end(`${long}!`));
  const gateway = await mirrorFrom(service, mirror, { maxBody: "1KiB" });
  expect(await (await fetch(`${gateway.url}/notes/long`)).text()).toBe(long);
  const state = await stateOnce(gateway, compared(1));
  expect(state).toMatchObject({ different: 1, bodiesTooLong: 1, places: [{ in: "status", at: "", example: { service: "200", mirror: "203" } }] });
  await fetch(`${gateway.url}/notes/same`, { headers: { "if-none-match": '"1"' } });
  await stateOnce(gateway, ({ skipped }) => skipped === 1);
  expect(mirror.requests).toHaveLength(1);
});

it("copies to a version as its callers would ask for it, though it is a draft, and not what came by that version itself", async () => {
  const old = await upstreamOf((_, response) => json(response, { v: 1 }));
  const next = await upstreamOf((_, response) => json(response, { v: 1 }));
  const gateway = await gatewayWith({
    versions: { select: { by: "header", default: "v1" }, list: { v1: { upstream: { targets: [{ url: `${old.url}/one` }] } }, v2: { status: "draft", upstream: { targets: [{ url: `${next.url}/two` }] } } } },
    mirror: { version: "v2", percent: 100 },
  });
  await fetch(`${gateway.url}/notes/7`, { headers: { "api-version": "v1" } });
  await stateOnce(gateway, compared(1));
  expect(old.requests).toMatchObject([{ url: "/one/7", headers: { "api-version": "v1" } }]);
  expect(next.requests).toMatchObject([{ url: "/two/7", headers: { "api-version": "v2" } }]);
});

it("names its version in the media types of a copy, where calls name theirs", async () => {
  const old = await upstreamOf((_, response) => json(response, { v: 1 }));
  const next = await upstreamOf((_, response) => json(response, { v: 1 }));
  const gateway = await gatewayWith({
    versions: { select: { by: "media-type" }, list: { v1: { upstream: { targets: [{ url: old.url }] } }, v2: { upstream: { targets: [{ url: next.url }] } } } },
    mirror: { version: "v2", percent: 100 },
  });
  await fetch(`${gateway.url}/notes/7`, { headers: { accept: 'application/json; version="v1"; q=0.9, */*;q=0.1' } });
  await stateOnce(gateway, compared(1));
  expect(next.requests).toMatchObject([{ headers: { accept: "application/json; version=v2; q=0.9, */*;q=0.1" } }]);
});

it("shows nothing that is to be hidden, by pointer, by name, or at all with bodies: none", async () => {
  const answer = (value: string) => ({ card: { number: value }, token: value, note: value });
  const service = await upstreamOf((_, response) => json(response, answer("one-1111")));
  const mirror = await upstreamOf((_, response) => json(response, answer("two-2222")));
  const examples = async (logging: NonNullable<TestConfiguration["logging"]>): Promise<string[]> => {
    const gateway = await mirrorFrom(service, mirror, {}, { logging });
    await fetch(`${gateway.url}/notes/7`);
    const { places } = await stateOnce(gateway, compared(1));
    expect(places).toHaveLength(3);
    return places.filter(({ example }) => /1111|2222/.test(`${example.service} ${example.mirror}`)).map(({ at }) => at);
  };
  expect(await examples({ redact: ["/card/number"] })).toEqual(["/note"]);
  expect(await examples({ redact: ["/card"] })).toEqual(["/note"]);
  expect(await examples({ bodies: "none" })).toEqual([]);
});

it("keeps counting over a change elsewhere, begins anew with other settings or when told to, and ends with its route", async () => {
  const service = await upstreamOf((_, response) => json(response, {}));
  const slow = await upstreamOf(() => {});
  const gateway = await mirrorFrom(service, service);
  await fetch(`${gateway.url}/notes/7`);
  await stateOnce(gateway, compared(1));
  const upstream = { targets: [{ url: `${service.url}/api` }] };
  const change = async (version: number, more: Partial<ServiceSource>): Promise<void> => {
    await gateway.gateway.replaceSnapshot(snapshotOf({ services: { notes: { path: "/notes", access: "open", upstream, ...more } } }, version));
  };
  await change(2, { mirror: { target: `${service.url}/next`, percent: 100 }, cors: { origins: ["https://a.example"] } });
  expect(await stateOnce(gateway, compared(1))).toMatchObject({ equal: 1 });
  await change(3, { mirror: { target: `${slow.url}/next`, percent: 100, timeout: "1m" } });
  const arrived = once(slow.server, "request");
  await fetch(`${gateway.url}/notes/7`);
  const [request] = (await arrived) as [IncomingMessage];
  expect(await stateOnce(gateway, compared(0))).toMatchObject({ equal: 0 });
  const cut = once(request.socket, "close");
  await change(4, {});
  await cut;
  expect(gateway.gateway.mirrors()).toEqual([]);
});
