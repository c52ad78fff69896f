import type { ServiceSource } from "@parley/contract/config/service";
import { afterEach, expect, it } from "vitest";
import { startGateway, type GatewayUnderTest } from "../../main/gateway-under-test.ts";
import { startUpstream, type UpstreamUnderTest } from "../../main/upstream-under-test.ts";

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const page = "https://app.example.com";

async function start(cors: ServiceSource["cors"]): Promise<{ gateway: GatewayUnderTest; upstream: UpstreamUnderTest }> {
  const upstream = await startUpstream((_request, response) => response.setHeader("Access-Control-Allow-Origin", "https://old.example.com").setHeader("ETag", '"1"').end("ok"));
  stops.push(() => upstream.close());
  const gateway = await startGateway({ consumers: { acme: { key: "acme-secret" } }, services: { notes: { path: "/notes", cors, upstream: { targets: [{ url: upstream.url }] } } } });
  stops.push(() => gateway.stop());
  return { gateway, upstream };
}

const preflight = { method: "OPTIONS", headers: { origin: page, "access-control-request-method": "PUT", "access-control-request-headers": "authorization, if-match" } };

it("answers a preflight itself, without a key and without the upstream", async () => {
  const { gateway, upstream } = await start({ origins: [page], maxAge: "1h" });
  const answer = await fetch(`${gateway.url}/notes/7`, preflight);
  expect(answer.status).toBe(204);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    "access-control-allow-origin": page, "access-control-allow-methods": "PUT", "access-control-allow-headers": "authorization, if-match",
    "access-control-max-age": "3600", vary: expect.stringMatching(/Origin/),
  });
  expect(upstream.requests).toHaveLength(0);
});

it("grants an origin that is not listed nothing", async () => {
  const { gateway } = await start({ origins: ["https://other.example.com"] });
  const answer = await fetch(`${gateway.url}/notes/7`, preflight);
  expect([answer.status, answer.headers.get("access-control-allow-origin"), answer.headers.get("access-control-allow-methods")]).toEqual([204, null, null]);
});

it("says it on answers and on refusals, in the place of what the upstream says, and lets the page read the tag", async () => {
  const { gateway } = await start({ origins: [page], credentials: true });
  for (const [headers, status] of [[{ authorization: "Bearer acme-secret" }, 200], [{}, 401]] as const) {
    const answer = await fetch(`${gateway.url}/notes/7`, { headers: { origin: page, ...headers } });
    expect([answer.status, answer.headers.get("access-control-allow-origin"), answer.headers.get("access-control-allow-credentials")]).toEqual([status, page, "true"]);
    expect(answer.headers.get("access-control-expose-headers")).toContain("ETag");
  }
});

it("keeps lists of methods and fields where they are given, and allows everybody where asked to", async () => {
  const { gateway } = await start({ origins: ["*"], methods: ["GET", "PUT"], headers: ["If-Match"] });
  const answer = await fetch(`${gateway.url}/notes/7`, preflight);
  expect([answer.headers.get("access-control-allow-origin"), answer.headers.get("access-control-allow-methods"), answer.headers.get("access-control-allow-headers")]).toEqual(["*", "GET, PUT", "If-Match"]);
});

it("passes an OPTIONS that is no preflight on", async () => {
  const { gateway, upstream } = await start({ origins: [page] });
  await fetch(`${gateway.url}/notes/7`, { method: "OPTIONS", headers: { authorization: "Bearer acme-secret" } });
  expect(upstream.requests.map(({ method }) => method)).toEqual(["OPTIONS"]);
});
