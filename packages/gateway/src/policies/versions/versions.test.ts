import type { ServiceSource } from "@parley/contract/config/service";
import { afterEach, describe, expect, it } from "vitest";
import { startGateway, type GatewayUnderTest, type TestConfiguration } from "../../main/gateway-under-test.ts";
import { startUpstream, type UpstreamUnderTest } from "../../main/upstream-under-test.ts";

type VersionsSource = NonNullable<ServiceSource["versions"]>;

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

interface Setting {
  gateway: GatewayUnderTest;
  old: UpstreamUnderTest;
  current: UpstreamUnderTest;
}

/** v1 runs on its own, everything else on the service's upstream. */
async function start(versions: VersionsSource, more: Partial<ServiceSource> = {}, consumers: TestConfiguration["consumers"] = {}): Promise<Setting> {
  const [old, current] = [await upstreamSaying("old"), await upstreamSaying("current")];
  const { v1, ...others } = versions.list;
  const list = v1 ? { v1: { upstream: { targets: [{ url: `${old.url}/api` }] }, ...v1 }, ...others } : others;
  const gateway = await startGateway({ consumers, services: { notes: { path: "/notes", access: Object.keys(consumers).length === 0 ? "open" : "key", upstream: { targets: [{ url: `${current.url}/api` }] }, versions: { ...versions, list }, ...more } } }, { ledger: more.conflict !== undefined });
  stops.push(() => gateway.stop());
  return { gateway, old, current };
}

async function upstreamSaying(text: string): Promise<UpstreamUnderTest> {
  const upstream = await startUpstream((request, response) => response.setHeader("content-type", "text/plain").end(`${text} ${request.url}`));
  stops.push(() => upstream.close());
  return upstream;
}

interface Seen {
  status: number;
  text: string;
  headers: Headers;
  problem: { code?: string; supported?: string[]; successor?: string | null; detail?: string };
}

async function ask({ gateway }: Setting, path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Seen> {
  const answer = await fetch(gateway.url + path, { headers, method });
  const text = await answer.text();
  return { status: answer.status, text, headers: answer.headers, problem: text.startsWith("{") ? (JSON.parse(text) as Seen["problem"]) : {} };
}

const both = { v1: {}, v2: {} };

describe("by path", () => {
  it.each([
    ["/notes/v1/7?x=1", "old /api/7?x=1"],
    ["/notes/v2/7", "current /api/7"],
    ["/notes/v2", "current /api"],
    ["/notes/v1?all=1", "old /api?all=1"],
    ["/notes/v1/v2/7", "old /api/v2/7"],
  ])("takes the version's segment off %s", async (path, expected) => {
    expect((await ask(await start({ select: { by: "path" }, list: both }), path)).text).toBe(expected);
  });

  it("uses the default where the path names none, with the whole path, and without one asks for a version", async () => {
    const withDefault = await start({ select: { by: "path", default: "v2" }, list: both });
    expect((await ask(withDefault, "/notes/7")).text).toBe("current /api/7");
    const without = await start({ select: { by: "path" }, list: both });
    expect(await ask(without, "/notes/7")).toMatchObject({ status: 400, problem: { code: "missing-version", supported: ["v1", "v2"] } });
  });

  it("has no version that it does not have, default or not", async () => {
    const setting = await start({ select: { by: "path", default: "v2" }, list: both });
    expect(await ask(setting, "/notes/v9/7")).toMatchObject({ status: 404, problem: { code: "unknown-version", supported: ["v1", "v2"] } });
    expect(setting.current.requests).toHaveLength(0);
  });
});

describe.each<[by: string, select: VersionsSource["select"], say: (version: string) => [query: string, headers: Record<string, string>]]>([
  ["header", { by: "header", name: "X-Version" }, (version) => ["", { "x-version": version }]],
  ["header without a name", { by: "header" }, (version) => ["", { "api-version": version }]],
  ["query", { by: "query", name: "v" }, (version) => [`?a=1&v=${version}`, {}]],
  ["media type", { by: "media-type" }, (version) => ["", { accept: `text/html, application/json; version="${version}"; q=0.5` }]],
])("by %s", (_by, select, say) => {
  it("reads the version and forwards what came as it came", async () => {
    const setting = await start({ select, list: both });
    for (const [version, expected] of [["v1", "old"], ["v2", "current"]] as const) {
      const [query, headers] = say(version);
      const seen = await ask(setting, `/notes/7${query}`, headers);
      expect(seen.text).toBe(`${expected} /api/7${query}`);
    }
    const [, headers] = say("v1");
    expect(setting.old.requests[0]?.headers).toMatchObject(headers);
  });

  it("refuses an unknown one with what there is, and asks for one where none came and there is no default", async () => {
    const setting = await start({ select, list: both });
    const [query, headers] = say("v3");
    expect(await ask(setting, `/notes/7${query}`, headers)).toMatchObject({ status: 400, problem: { code: "unknown-version", supported: ["v1", "v2"] } });
    expect(await ask(setting, "/notes/7")).toMatchObject({ status: 400, problem: { code: "missing-version", supported: ["v1", "v2"] } });
  });

  it("knows aliases", async () => {
    const setting = await start({ select: { ...select, default: "v2", aliases: { legacy: "v1" } }, list: both });
    const [query, headers] = say("legacy");
    expect((await ask(setting, `/notes/7${query}`, headers)).text).toContain("old");
    expect((await ask(setting, "/notes/7")).text).toContain("current");
  });
});

it("refuses a query that names two versions, of which the service could read the other", async () => {
  const setting = await start({ select: { by: "query" }, list: both });
  expect(await ask(setting, "/notes/7?version=v1&version=v2")).toMatchObject({ status: 400, problem: { code: "unknown-version" } });
  expect(await ask(setting, "/notes/7?version=v1&version=v1")).toMatchObject({ status: 200 });
});

it.each<[by: VersionsSource["select"]["by"], name: string | undefined, vary: string | null]>([
  ["header", undefined, "API-Version"],
  ["header", "X-Version", "X-Version"],
  ["media-type", undefined, "Accept"],
  ["query", undefined, null],
  ["path", undefined, null],
])("tells caches which field chose the version, on answers and refusals: by %s %s", async (by, name, vary) => {
  const setting = await start({ select: { by, ...(name === undefined ? {} : { name }), default: "v2" }, list: both });
  const unknown: Record<string, string> = { [name ?? "api-version"]: "v9", accept: "application/json; version=v9" };
  for (const headers of [{}, unknown]) expect((await ask(setting, "/notes/7", headers)).headers.get("vary")).toBe(vary);
});

it("links a refusal to the page of all versions", async () => {
  const setting = await start({ select: { by: "header" }, list: both });
  for (const headers of [{}, { "api-version": "v9" }]) expect((await ask(setting, "/notes/7", headers)).headers.get("link")).toBe('</.well-known/parley/versions/notes>; rel="version-history"');
});

it("takes of several media types the version that is wanted most", async () => {
  const setting = await start({ select: { by: "media-type" }, list: both });
  expect((await ask(setting, "/notes/7", { accept: "application/json;version=v1;q=0.2, application/json;version=v2;q=0.9" })).text).toContain("current");
});

it("takes the version of a write from what it sends, where nothing is asked for", async () => {
  const setting = await start({ select: { by: "media-type" }, list: both });
  expect((await ask(setting, "/notes/7", { "content-type": "application/json; version=v1" }, "POST")).text).toContain("old");
});

it("keeps a consumer with the version that it is pinned to, unless it asks for another", async () => {
  const setting = await start({ select: { by: "header", default: "v2" }, list: both }, {}, { late: { key: "late-secret", versions: { notes: "v1" } }, other: { key: "other-secret" } });
  const key = (name: string): Record<string, string> => ({ authorization: `Bearer ${name}-secret` });
  expect((await ask(setting, "/notes/7", key("late"))).text).toContain("old");
  expect((await ask(setting, "/notes/7", key("other"))).text).toContain("current");
  expect((await ask(setting, "/notes/7", { ...key("late"), "api-version": "v2" })).text).toContain("current");
});

it("hides a draft from everybody but those who are pinned to it", async () => {
  const setting = await start({ select: { by: "header", default: "v2" }, list: { ...both, v3: { status: "draft" } } }, {}, { tester: { key: "tester-secret", versions: { notes: "v3" } }, other: { key: "other-secret" } });
  expect(await ask(setting, "/notes/7", { authorization: "Bearer other-secret", "api-version": "v3" })).toMatchObject({ status: 400, problem: { supported: ["v1", "v2"] } });
  expect(await ask(setting, "/notes/7", { authorization: "Bearer tester-secret" })).toMatchObject({ status: 200 });
});

describe("a version that ends", () => {
  const ending = { deprecated: "2026-10-01", sunset: "2099-04-01", successor: "v2" };

  it("says so on every answer: since when, until when, what comes after it and where to read", async () => {
    const setting = await start({ select: { by: "path" }, list: { v1: ending, v2: {} } });
    const { headers } = await ask(setting, "/notes/v1/7?x=1");
    expect(headers.get("deprecation")).toBe(`@${Date.UTC(2026, 9, 1) / 1000}`);
    expect(headers.get("sunset")).toBe("Wed, 01 Apr 2099 00:00:00 GMT");
    expect(headers.get("link")).toBe('</notes/v2/7?x=1>; rel="successor-version", </.well-known/parley/versions/notes>; rel="deprecation"');
    expect((await ask(setting, "/notes/v2/7")).headers.get("deprecation")).toBeNull();
  });

  it.each<[said: string, select: VersionsSource["select"], target: string, link: string]>([
    ["by path where the default is meant", { by: "path", default: "v1" }, "/notes/items/7?x=1", "/notes/v2/items/7?x=1"],
    ["by path with an alias", { by: "path", aliases: { old: "v1" } }, "/notes/old/7", "/notes/v2/7"],
    ["by query", { by: "query" }, "/notes/7?a=%20b&version=v1&c", "/notes/7?a=%20b&c&version=v2"],
    ["by query where the default is meant", { by: "query", name: "v", default: "v1" }, "/notes/7", "/notes/7?v=v2"],
  ])("leads to the same resource of its successor %s", async (_said, select, target, link) => {
    const setting = await start({ select, list: { v1: ending, v2: {} } });
    expect((await ask(setting, target)).headers.get("link")).toContain(`<${link}>; rel="successor-version"`);
  });

  it("says so on refusals of the gateway and errors of the upstream, too", async () => {
    const setting = await start({ select: { by: "header", default: "v1" }, list: { v1: { ...ending, upstream: { targets: [{ url: "http://127.0.0.1:1" }] } }, v2: {} } });
    const { status, headers } = await ask(setting, "/notes/7");
    expect(status).toBe(502);
    expect([headers.get("deprecation"), headers.get("link")]).toEqual([expect.stringMatching(/^@\d+$/), expect.stringContaining('</notes/7>; rel="successor-version"')]);
  });

  it("is gone from its sunset on, with the way forward in body and link", async () => {
    const setting = await start({ select: { by: "path" }, list: { v1: { ...ending, sunset: "2026-11-01" }, v2: {} } });
    const seen = await ask(setting, "/notes/v1/7");
    expect(seen).toMatchObject({ status: 410, problem: { code: "version-retired", successor: "v2", supported: ["v2"] } });
    expect(seen.headers.get("link")).toContain('</notes/v2/7>; rel="successor-version"');
    expect(setting.old.requests).toHaveLength(0);
  });

  it("is gone as soon as it is retired by hand, and names no day that is still to come", async () => {
    const setting = await start({ select: { by: "path" }, list: { v1: { ...ending, status: "retired", sunset: "2999-01-01" }, v2: {} } });
    const seen = await ask(setting, "/notes/v1/7");
    expect(seen).toMatchObject({ status: 410, problem: { detail: "The version v1 of notes is gone. Its successor is v2." } });
  });

  it.each<[successors: string, list: VersionsSource["list"], forward: string | null]>([
    ["retired by now", { v2: { sunset: "2026-11-02", successor: "v3" }, v3: {} }, "v3"],
    ["retired by its status", { v2: { status: "retired", successor: "v3" }, v3: {} }, "v3"],
    ["a draft", { v2: { status: "draft", successor: "v3" }, v3: {} }, "v3"],
    ["all gone", { v2: { status: "retired", successor: "v3" }, v3: { sunset: "2026-11-03" } }, null],
    ["deprecated, and still there", { v2: { status: "deprecated", successor: "v3" }, v3: {} }, "v2"],
  ])("leads past successors that nobody gets to the first that is there: %s", async (_said, list, forward) => {
    const setting = await start({ select: { by: "path" }, list: { v1: { ...ending, sunset: "2026-11-01" }, ...list } });
    const seen = await ask(setting, "/notes/v1/7");
    expect(seen).toMatchObject({ status: 410, problem: { code: "version-retired", successor: forward } });
    const link = seen.headers.get("link") ?? "";
    if (forward === null) expect([link.includes("successor-version"), seen.problem.detail]).toEqual([false, expect.stringContaining("(v2) cannot be called either")]);
    else expect(link).toContain(`</notes/${forward}/7>; rel="successor-version"`);
    const page = JSON.parse((await ask(setting, "/.well-known/parley/versions/notes")).text) as { versions: unknown[] };
    expect(page.versions[0]).toMatchObject({ version: "v1", successor: forward });
  });

  it("is refused for the time of a brown-out, which says when it works again", async () => {
    const minute = 60_000;
    const brownouts = [{ from: new Date(Date.now() - minute).toISOString(), to: new Date(Date.now() + minute).toISOString() }];
    const setting = await start({ select: { by: "path" }, list: { v1: { ...ending, brownouts }, v2: {} } });
    const seen = await ask(setting, "/notes/v1/7");
    expect(seen).toMatchObject({ status: 503, problem: { code: "version-brownout", successor: "v2" } });
    expect(Number(seen.headers.get("retry-after"))).toBeGreaterThan(50);
    expect(seen.headers.get("proxy-status")).toBe("parley; error=http_request_denied");
    expect((await ask(setting, "/notes/v2/7")).status).toBe(200);
  });

  it("has a page that tells what becomes of each version", async () => {
    const setting = await start({ select: { by: "path" }, list: { v1: ending, v2: {}, v3: { status: "draft" } } });
    const page = JSON.parse((await ask(setting, "/.well-known/parley/versions/notes")).text) as { versions: unknown[] };
    expect(page.versions).toMatchObject([{ version: "v1", state: "deprecated", successor: "v2" }, { version: "v2", state: "published" }]);
    expect((await ask(setting, "/.well-known/parley/versions/nothing")).status).toBe(404);
  });
});

it("notes the version on every call's record", async () => {
  const setting = await start({ select: { by: "header", default: "v2" }, list: both });
  await ask(setting, "/notes/7", { "api-version": "v1" });
  await ask(setting, "/notes/7");
  stops.pop();
  expect((await setting.gateway.stop()).map(({ version, path }) => [version, path])).toEqual([["v1", "/notes/7"], ["v2", "/notes/7"]]);
});

describe("a canary", () => {
  it("gets its share of its version's calls, and of no other's", async () => {
    const next = await upstreamSaying("next");
    const setting = await start({ select: { by: "header", default: "v2" }, list: both }, { canary: { version: "v2", target: `${next.url}/api`, percent: 30 } });
    for (let call = 0; call < 300; call++) await ask(setting, "/notes/7");
    for (let call = 0; call < 20; call++) await ask(setting, "/notes/7", { "api-version": "v1" });
    // Six standard deviations around 90.
    expect(next.requests.length).toBeGreaterThan(42);
    expect(next.requests.length).toBeLessThan(138);
    expect(setting.old.requests).toHaveLength(20);
  });

  it("without a target is a version that is new, and gets its share of the calls that name none", async () => {
    const setting = await start({ select: { by: "header", default: "v1" }, list: both }, { canary: { version: "v2", percent: 50 } });
    for (let call = 0; call < 200; call++) await ask(setting, "/notes/7");
    for (let call = 0; call < 20; call++) await ask(setting, "/notes/7", { "api-version": "v1" });
    expect(setting.current.requests.length).toBeGreaterThan(50);
    expect(setting.current.requests.length).toBeLessThan(150);
    expect(setting.old.requests.length).toBe(220 - setting.current.requests.length);
  });

  it("goes to those who ask by header and to named consumers whatever the percentage, and can be made to stay", async () => {
    const next = await upstreamSaying("next");
    const canary = { target: next.url, percent: 0, header: { name: "X-Canary", value: "yes" }, consumers: ["tester"] };
    const setting = await start({ select: { by: "header", default: "v2" }, list: { v2: {} } }, { canary: { ...canary, version: "v2" } }, { tester: { key: "tester-secret" }, other: { key: "other-secret" } });
    expect((await ask(setting, "/notes/7", { authorization: "Bearer other-secret" })).text).toContain("current");
    expect((await ask(setting, "/notes/7", { authorization: "Bearer other-secret", "x-canary": "yes" })).text).toContain("next");
    expect((await ask(setting, "/notes/7", { authorization: "Bearer tester-secret" })).text).toContain("next");
    const half = await startGateway({ services: { notes: { path: "/notes", access: "open", upstream: { targets: [{ url: setting.current.url }] }, canary: { target: next.url, percent: 50, sticky: true } } } });
    stops.push(() => half.stop());
    const seen = new Set<string>();
    for (let call = 0; call < 20; call++) seen.add(await (await fetch(`${half.url}/notes/7`)).text());
    expect(seen.size).toBe(1);
  });
});

it("keeps resources apart of versions with upstreams of their own, and together of those that share one", async () => {
  const etagOf = async (setting: Setting, version: string): Promise<string> => (await ask(setting, "/notes/7", { "api-version": version })).headers.get("etag") ?? "none";
  const guarded = { conflict: { mode: "enforce" as const, validator: "body-hash" } };
  const setting = await start({ select: { by: "header" }, list: { v1: {}, v2: {}, v3: {} } }, guarded);
  const [one, two, three] = [await etagOf(setting, "v1"), await etagOf(setting, "v2"), await etagOf(setting, "v3")];
  expect(two).toBe(three);
  expect(one).not.toBe(two);
  const put = (version: string, tag: string): Promise<Response> => fetch(`${setting.gateway.url}/notes/7`, { method: "PUT", body: "x", headers: { "if-match": tag, "api-version": version } });
  expect((await put("v1", two)).status).toBe(412);
  expect((await put("v3", two)).status).toBe(200);
});
