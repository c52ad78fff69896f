import { afterEach, describe, expect, it } from "vitest";
import type { ServiceSource } from "@parley/contract/config/service";
import { startGateway } from "../main/gateway-under-test.ts";
import { startUpstream } from "../main/upstream-under-test.ts";
import { publicLocation } from "./public-location.ts";

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

describe("an upstream's location", () => {
  const origin = "http://10.0.0.7:8080";
  it.each([
    ["/3", "", "/notes/3"],
    ["/", "", "/notes/"],
    ["http://10.0.0.7:8080/3?x=1#y", "", "/notes/3?x=1#y"],
    ["HTTP://10.0.0.7:8080", "", "/notes/"],
    ["//10.0.0.7:8080/a%2Fb", "", "/notes/a%2Fb"],
    ["/api/3", "/api", "/notes/3"],
    ["/api", "/api", "/notes"],
    ["/api?next=2", "/api", "/notes?next=2"],
    ["/notes/3", "/notes", "/notes/3"],
  ])("%s below %j is %s of the service", (location, basePath, expected) => {
    expect(publicLocation(location, { target: { origin, basePath }, front: "/notes", askedPath: `${basePath}/` })).toBe(expected);
  });

  it.each([
    ["another place on the host", "/login", "/api"],
    ["a path that only begins alike", "/apis/3", "/api"],
    ["another host", "https://accounts.example/login", ""],
    ["another port", "http://10.0.0.7:9090/3", ""],
    ["another scheme", "https://10.0.0.7:8080/3", ""],
    ["what is relative to the request", "3", ""],
    ["what is relative to the request's folder", "../3", ""],
    ["a query alone", "?page=2", ""],
    ["somebody's credentials", "http://a:b@10.0.0.7:8080/3", ""],
    ["what climbs out of its path", "/api/../admin", "/api"],
    ["what is published already", "/notes/3", ""],
    ["what is no address", "http://[", ""],
    ["nothing", "", ""],
  ])("is left alone where it is %s", (_name, location, basePath) => {
    expect(publicLocation(location, { target: { origin, basePath }, front: "/notes", askedPath: `${basePath}/` })).toBe(location);
  });

  it("is mapped where the upstream was itself asked below a path of that name", () => {
    expect(publicLocation("/notes/3", { target: { origin, basePath: "" }, front: "/notes", askedPath: "/notes" })).toBe("/notes/notes/3");
  });

  it("never becomes another host's, however the slashes are set", () => {
    for (const location of ["/api//evil.example/x", "/api/\\evil.example/x"]) {
      expect(publicLocation(location, { target: { origin, basePath: "/api" }, front: "", askedPath: "/api/" })).toBe(location);
    }
  });
});

describe("a client", () => {
  async function created(change: (url: string) => Partial<ServiceSource>, location: (url: string) => string, { path = "/notes/v2/items", ...headers }: Record<string, string> = {}): Promise<Response> {
    const upstream = await startUpstream((_request, response) => response.writeHead(201, { Location: location(upstream.url), "Content-Location": location(upstream.url) }).end());
    stops.push(() => upstream.close());
    const gateway = await startGateway({ services: { notes: { path: "/notes", access: "open", upstream: { targets: [{ url: `${upstream.url}/api` }] }, ...change(upstream.url) } } });
    stops.push(() => gateway.stop());
    return fetch(gateway.url + path, { method: "POST", body: "{}", headers });
  }

  it("finds what it created where it was told that it is", async () => {
    const answer = await created(() => ({}), (url) => `${url}/api/v2/items/3`);
    expect([answer.headers.get("location"), answer.headers.get("content-location")]).toEqual(["/notes/v2/items/3", "/notes/v2/items/3"]);
  });

  it("finds it below the version of the path that the upstream does not know", async () => {
    const versions = (url: string): Partial<ServiceSource> => ({ versions: { select: { by: "path", default: "v2" }, list: { v2: { upstream: { targets: [{ url }] } } } } });
    expect((await created(versions, () => "/items/3")).headers.get("location")).toBe("/notes/v2/items/3");
  });

  const versioned = (select: NonNullable<ServiceSource["versions"]>["select"], own: boolean) => (url: string): Partial<ServiceSource> => ({ versions: { select, list: { v1: {}, v2: own ? { upstream: { targets: [{ url: `${url}/api` }] } } : {} } } });

  it.each<[what: string, change: (url: string) => Partial<ServiceSource>, location: string]>([
    ["in the version that its path named, of versions that share an upstream", versioned({ by: "path" }, false), "/notes/v2/items/3"],
    ["in the version that its path named, though it has another than the default", versioned({ by: "path", default: "v1" }, false), "/notes/v2/items/3"],
    ["by the alias that it called it by", versioned({ by: "path", aliases: { latest: "v2" } }, true), "/notes/latest/items/3"],
    ["without a version in the path, where a field says it", versioned({ by: "header" }, true), "/notes/items/3"],
  ])("finds it %s", async (_what, change, location) => {
    const path = location.replace(/\/3$/, "");
    expect((await created(change, (url) => `${url}/api/items/3`, { path, "api-version": "v2" })).headers.get("location")).toBe(location);
  });

  it("gets what the upstream said where the service wants it so", async () => {
    const answer = await created((url) => ({ upstream: { targets: [{ url }], locations: "keep" } }), () => "/3");
    expect(answer.headers.get("location")).toBe("/3");
  });
});
