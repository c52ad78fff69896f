import { once } from "node:events";
import { request } from "node:http";
import { afterEach, expect, it } from "vitest";
import type { ServiceSource } from "@parley/contract/config/service";
import { startGateway, type GatewayUnderTest, type TestConfiguration } from "../../main/gateway-under-test.ts";
import { startUpstream } from "../../main/upstream-under-test.ts";

type Limits = NonNullable<ServiceSource["limits"]>;

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

interface Parts {
  service?: Limits;
  consumer?: Limits;
  more?: Partial<ServiceSource>;
  gateway?: TestConfiguration["gateway"];
}

async function start({ service = [], consumer = [], more = {}, gateway: settings = {} }: Parts): Promise<GatewayUnderTest> {
  const upstream = await startUpstream((_incoming, response) => response.end("ok"));
  stops.push(() => upstream.close());
  const of = (path: string, limits: Limits): ServiceSource => ({ path, access: "open", limits, upstream: { targets: [{ url: upstream.url }] }, ...more });
  const gateway = await startGateway({
    gateway: settings,
    consumers: { acme: { key: "acme-secret", limits: consumer }, other: { key: "other-secret" } },
    services: { notes: of("/notes", service), tasks: of("/tasks", []) },
  });
  stops.push(() => gateway.stop());
  return gateway;
}

const acme = { authorization: "Bearer acme-secret" };
const other = { authorization: "Bearer other-secret" };

async function status(gateway: GatewayUnderTest, path: string, init: RequestInit = {}): Promise<number> {
  const answer = await fetch(gateway.url + path, init);
  await answer.body?.cancel();
  return answer.status;
}

it("counts all callers of a service together by service, and whoever calls from one address by address", async () => {
  const together = await start({ service: [{ requests: 2, per: "1h", by: "service" }] });
  expect([await status(together, "/notes", { headers: acme }), await status(together, "/notes", { headers: other }), await status(together, "/notes")]).toEqual([200, 200, 429]);
  const byAddress = await start({ service: [{ requests: 1, per: "1h", by: "address" }], gateway: { trustProxy: ["127.0.0.1"] } });
  const from = (address: string) => status(byAddress, "/notes", { headers: { ...acme, "x-forwarded-for": address } });
  expect([await from("192.0.2.1"), await from("192.0.2.2"), await from("192.0.2.1")]).toEqual([200, 200, 429]);
  expect([await from("2001:db8::1"), await from("2001:db8::2")]).toEqual([200, 429]);
});

it("counts versions apart by version, and a consumer's services apart by service", async () => {
  const versions = { select: { by: "header" as const, default: "v1" }, list: { v1: {}, v2: {} } };
  const gateway = await start({ service: [{ requests: 1, per: "1h", by: "version" }], more: { versions } });
  const of = (version: string, headers: Record<string, string>) => status(gateway, "/notes", { headers: { ...headers, "api-version": version } });
  expect([await of("v1", acme), await of("v2", acme), await of("v1", other), await of("v2", {})]).toEqual([200, 200, 429, 429]);
  const apart = await start({ consumer: [{ requests: 1, per: "1h", by: "service" }] });
  expect([await status(apart, "/notes", { headers: acme }), await status(apart, "/tasks", { headers: acme }), await status(apart, "/notes", { headers: acme })]).toEqual([200, 200, 429]);
});

it("counts each combination of a list apart", async () => {
  const gateway = await start({ service: [{ requests: 1, per: "1h", by: ["consumer", "address"] }], gateway: { trustProxy: ["127.0.0.1"] } });
  const call = (headers: Record<string, string>, address: string) => status(gateway, "/notes", { headers: { ...headers, "x-forwarded-for": address } });
  expect([await call(acme, "192.0.2.1"), await call(acme, "192.0.2.2"), await call(other, "192.0.2.1"), await call(acme, "192.0.2.1")]).toEqual([200, 200, 200, 429]);
});

it("holds a limit for the calls that its pattern and methods name, however the path is written, and announces it to them alone", async () => {
  const gateway = await start({ service: [{ requests: 1, per: "1h", path: "/login/{kind}", methods: ["POST"] }, { requests: 100, per: "1h" }] });
  const post = { method: "POST", body: "x", headers: acme };
  const other = await fetch(`${gateway.url}/notes/7`, post);
  expect(other.headers.get("ratelimit-policy")).toBe('"service-3600s-2";q=100;w=3600');
  expect(await status(gateway, "/notes/login/password", { headers: acme })).toBe(200);
  const first = await fetch(`${gateway.url}/notes/login/password?x=1`, post);
  expect([first.status, first.headers.get("ratelimit-policy")]).toEqual([200, '"service-3600s";q=1;w=3600, "service-3600s-2";q=100;w=3600']);
  for (const path of ["/notes/%6Cogin/other", "/notes//login/other", "/notes/login//other", "/notes/%6Cogin/%ff", "/notes/%6Cogin/%C3%A9"]) expect([path, await status(gateway, path, post)]).toEqual([path, 429]);
});

it("holds a limit of methods where a field asks the service to take the call for one of them", async () => {
  const gateway = await start({ service: [{ requests: 1, per: "1h", methods: ["DELETE"] }] });
  const remove = { method: "POST", body: "x", headers: { ...acme, "x-http-method-override": "delete" } };
  expect([await status(gateway, "/notes/7", remove), await status(gateway, "/notes/7", { ...remove, headers: acme }), await status(gateway, "/notes/7", remove), await status(gateway, "/notes/7", { method: "DELETE", headers: acme })]).toEqual([200, 200, 429, 429]);
});

it("refuses a body above the limit with 413, announced or not, and passes what is within", async () => {
  const gateway = await start({ service: [{ bodyBytes: "10B", path: "/small" }] });
  const put = (path: string, body: string) => status(gateway, path, { method: "PUT", body });
  expect([await put("/notes/small", "0123456789"), await put("/notes/small", "0123456789a"), await put("/notes/large", "x".repeat(5000))]).toEqual([200, 413, 200]);
  const chunked = request(`${gateway.url}/notes/small`, { method: "PUT", headers: { "transfer-encoding": "chunked" } });
  chunked.on("error", () => {});
  chunked.write("01234");
  chunked.end("6789012345");
  const [answer] = (await once(chunked, "response")) as [{ statusCode: number; resume(): void }];
  answer.resume();
  expect(answer.statusCode).toBe(413);
});

