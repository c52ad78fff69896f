import { rewrite as rewriteSchema, type Rewrite } from "@parley/contract/config/rewrites";
import type { ServiceSource } from "@parley/contract/config/service";
import type { z } from "zod";
import { afterEach, describe, expect, it } from "vitest";
import { startGateway, type GatewayUnderTest } from "../main/gateway-under-test.ts";
import { RawClient } from "../main/raw-client.ts";
import { startUpstream, type UpstreamUnderTest } from "../main/upstream-under-test.ts";
import { compileRewrite } from "./rewrite.ts";

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function start(service: Partial<ServiceSource>): Promise<{ gateway: GatewayUnderTest; upstream: UpstreamUnderTest }> {
  const upstream = await startUpstream((request, response) => response.setHeader("Server", "secret/1.0").setHeader("X-Old", "1").end(request.url));
  stops.push(() => upstream.close());
  const gateway = await startGateway({ services: { notes: { path: "/notes", access: "open", upstream: { targets: [{ url: `${upstream.url}/api` }] }, ...service } } });
  stops.push(() => gateway.stop());
  return { gateway, upstream };
}

function restOf(settings: z.input<typeof rewriteSchema>, rest: string): string {
  const parsed: Rewrite = rewriteSchema.parse(settings);
  return (compileRewrite(parsed) ?? expect.fail("nothing to rewrite")).rest(rest);
}

describe("the path", () => {
  it.each([
    ["/orders/7/items?x=1", "/v2/things/7?x=1"],
    ["/orders/7/items/", "/v2/things/7"],
    ["/orders/a%2Fb/items", "/v2/things/a%2Fb"],
    ["/orders/7", "/orders/7"],
    ["/old/a/b/c?q", "/new/a/b/c?q"],
    ["/old", "/new/"],
    ["", ""],
  ])("%s becomes %s", (from, to) => {
    expect(restOf({ path: [{ from: "/orders/{id}/items", to: "/v2/things/{id}" }, { from: "/old/**", to: "/new/**" }] }, from)).toBe(to);
  });

  it("is refused where a placeholder has nothing to stand for", () => {
    expect(rewriteSchema.safeParse({ path: [{ from: "/a/{id}", to: "/b/{name}" }] }).error?.issues[0]?.message).toMatch(/\{name\} does not stand in/);
  });
});

it.each([
  ["/7?a=1&secret=x&b=2", "/7?a=1&b=2&via=parley"],
  ["/7?via=somebody", "/7?via=parley"],
  ["/7", "/7?via=parley"],
  ["/7?sec%72et=1&a=%20+", "/7?a=%20+&via=parley"],
])("sets and removes parameters of the query, and leaves the others as they were written: %s", (from, to) => {
  expect(restOf({ query: { set: { via: "parley" }, remove: ["secret"] } }, from)).toBe(to);
});

it("changes fields of requests and of answers", async () => {
  const { gateway, upstream } = await start({ rewrite: { request: { set: { "X-Env": "prod" }, add: { "X-Also": "b" }, remove: ["Cookie"] }, response: { set: { "X-Frame-Options": "DENY" }, remove: ["server", "x-old"] } } });
  const answer = await fetch(`${gateway.url}/notes/7`, { headers: { "x-env": "test", "x-also": "a", cookie: "a=b" } });
  expect(upstream.requests[0]?.headers).toMatchObject({ "x-env": "prod", "x-also": "a, b" });
  expect(upstream.requests[0]?.headers).not.toHaveProperty("cookie");
  expect([answer.headers.get("x-frame-options"), answer.headers.get("server"), answer.headers.get("x-old")]).toEqual(["DENY", null, null]);
});

it.each(["Host", "Content-Length", "Transfer-Encoding", "Parley-Consumer"])("does not let a rewrite set %s", (name) => {
  expect(rewriteSchema.safeParse({ request: { set: { [name]: "x" } } }).success).toBe(false);
});

it("does not let a field's value carry a line break", () => {
  expect(rewriteSchema.safeParse({ response: { set: { "X-A": "1\r\nX-B: 2" } } }).success).toBe(false);
});

it("redirects what has moved, with its query, here or elsewhere", async () => {
  const { gateway, upstream } = await start({ redirects: [{ from: "/old/{id}", to: "/new/{id}" }, { from: "/docs/**", to: "https://docs.example.com/**", status: 302 }, { from: "/find", to: "/search?in=notes#top" }] });
  const here = await fetch(`${gateway.url}/notes/old/7?x=1`, { redirect: "manual" });
  expect([here.status, here.headers.get("location")]).toEqual([308, "/notes/new/7?x=1"]);
  const elsewhere = await fetch(`${gateway.url}/notes/docs/a/b`, { redirect: "manual" });
  expect([elsewhere.status, elsewhere.headers.get("location")]).toEqual([302, "https://docs.example.com/a/b"]);
  const joined = await fetch(`${gateway.url}/notes/find?q=a`, { redirect: "manual" });
  expect(joined.headers.get("location")).toBe("/notes/search?in=notes&q=a#top");
  expect(upstream.requests).toHaveLength(0);
});

it("never redirects to another host because of what stands in a path", async () => {
  const { gateway } = await start({ path: "/", redirects: [{ from: "/old/**", to: "/**" }] });
  for (const path of ["/old//evil.example.com", "/old/\\evil.example.com", "/old/\\/evil.example.com"]) {
    const client = await RawClient.connect(gateway.port);
    client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    const location = /^location: (.*)$/im.exec(await client.end())?.[1] ?? expect.fail("no redirect");
    expect(new URL(location, gateway.url).origin).toBe(gateway.url);
  }
});

it.each([
  [{ allow: ["127.0.0.0/8"] }, 200],
  [{ deny: ["127.0.0.1"] }, 403],
  [{ allow: ["10.0.0.0/8", "2001:db8::/32"] }, 403],
  [{ allow: ["127.0.0.0/8"], deny: ["127.0.0.1/32"] }, 403],
])("lets in by address: %o", async (addresses, status) => {
  const { gateway, upstream } = await start({ addresses });
  const answer = await fetch(`${gateway.url}/notes/7`);
  expect(answer.status).toBe(status);
  if (status === 403) expect(await answer.json()).toMatchObject({ code: "address-not-allowed" });
  expect(upstream.requests).toHaveLength(status === 200 ? 1 : 0);
});
