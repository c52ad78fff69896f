import type { adapt as adaptSchema } from "@parley/contract/config/adapt";
import type { ServiceSource } from "@parley/contract/config/service";
import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import type { z } from "zod";
import { startGateway, type GatewayUnderTest } from "../../main/gateway-under-test.ts";
import { startUpstream, type UpstreamUnderTest } from "../../main/upstream-under-test.ts";

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

interface Setting {
  gateway: GatewayUnderTest;
  upstream: UpstreamUnderTest;
  /** What the upstream keeps, in the newer version's form. */
  kept: Map<string, string>;
  /** Answers reads in the place of the upstream. */
  takes?: (response: ServerResponse, document: string) => void;
}

const adapt = {
  to: "v2",
  request: [{ rename: { from: "/title", to: "name" } }, { enum: { at: "/status", map: { open: "OPEN", closed: "DONE" } } }, { default: { at: "/size", value: 1 } }],
  response: [{ rename: { from: "/name", to: "title" } }, { enum: { at: "/status", map: { OPEN: "open", DONE: "closed" } } }, { drop: "/size" }, { drop: "/tags" }],
};

type Steps = NonNullable<z.input<typeof adaptSchema>["request"]>;

async function start(conflict: NonNullable<ServiceSource["conflict"]>, { keep = [] as string[], v2 = {}, request = adapt.request as Steps, response = adapt.response as Steps, select = { by: "header", default: "v2" } as NonNullable<ServiceSource["versions"]>["select"] } = {}): Promise<Setting> {
  const kept = new Map([["/7", '{"name":"first","status":"OPEN","size":3,"tags":["x"]}']]);
  const setting = {} as Setting;
  const upstream = await startUpstream((request, response, body) => {
    const path = (request.url ?? "").split("?", 1)[0] as string;
    if (request.method === "PUT") kept.set(path, body);
    if (request.method === "PATCH") kept.set(path, JSON.stringify({ ...(JSON.parse(kept.get(path) ?? "{}") as object), ...(JSON.parse(body) as object) }));
    const document = path === "/" ? `[${[...kept.values()].join()}]` : kept.get(path);
    if (document === undefined) return void response.writeHead(404, { "content-type": "application/json" }).end('{"name":"not mapped"}');
    if (setting.takes !== undefined) return setting.takes(response, document);
    response.setHeader("content-type", "application/json").end(document);
  });
  stops.push(() => upstream.close());
  const service: ServiceSource = {
    path: "/notes", access: "open", upstream: { targets: [{ url: upstream.url }] }, conflict,
    versions: { select, list: { v1: { adapt: { to: "v2", request, response, keep } }, v2 } },
  };
  const gateway = await startGateway({ services: { notes: service } }, { ledger: true });
  stops.push(() => gateway.stop());
  return Object.assign(setting, { gateway, upstream, kept });
}

interface Asked {
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
  path?: string;
}

async function ask({ gateway }: Setting, version: string, { method = "GET", body, headers = {}, path = "/notes/7" }: Asked = {}): Promise<{ status: number; etag: string; body: Record<string, unknown>; headers: Headers }> {
  const answer = await fetch(gateway.url + path, { method, headers: { "api-version": version, ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const text = await answer.text();
  return { status: answer.status, etag: answer.headers.get("etag") ?? "", body: (text === "" ? {} : JSON.parse(text)) as Record<string, unknown>, headers: answer.headers };
}

describe("bodies", () => {
  test("each version sees its own form of one resource, and lists item by item", async () => {
    const setting = await start({ mode: "off" });
    expect((await ask(setting, "v1")).body).toEqual({ title: "first", status: "open" });
    expect((await ask(setting, "v2")).body).toMatchObject({ name: "first", size: 3 });
    expect((await ask(setting, "v1", { path: "/notes/" })).body).toEqual([{ title: "first", status: "open" }]);
    await ask(setting, "v1", { method: "PUT", body: { title: "second", status: "closed" } });
    expect(setting.kept.get("/7")).toBe('{"status":"DONE","name":"second","size":1}');
  });

  test("a body in a content coding is mapped and goes on plain; one that unpacks to too much, or cannot be unpacked, is refused", async () => {
    const setting = await start({ mode: "off" });
    const send = async (coding: string, body: Buffer<ArrayBuffer>): Promise<number> => (await fetch(`${setting.gateway.url}/notes/7`, { method: "PUT", headers: { "api-version": "v1", "content-type": "application/json", "content-encoding": coding }, body })).status;
    expect(await send("gzip", gzipSync('{"title":"packed","status":"open"}'))).toBe(200);
    expect([setting.kept.get("/7"), setting.upstream.requests.at(-1)?.headers["content-encoding"]]).toEqual(['{"status":"OPEN","name":"packed","size":1}', undefined]);
    expect(await send("gzip", gzipSync(JSON.stringify({ title: "x".repeat(3_000_000) })))).toBe(413);
    expect(await send("rot13", Buffer.from("{}"))).toBe(415);
    expect(setting.upstream.requests).toHaveLength(1);
  });

  test("an answer in a content coding is mapped, too, though the upstream is asked for none", async () => {
    const setting = await start({ mode: "off" });
    setting.takes = (response, document) => response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" }).end(gzipSync(document));
    const read = await ask(setting, "v1", { headers: { "accept-encoding": "gzip" } });
    expect([read.status, read.body, read.headers.get("content-encoding")]).toEqual([200, { title: "first", status: "open" }, null]);
    expect(setting.upstream.requests.at(-1)?.headers["accept-encoding"]).toBe("identity");
    setting.takes = (response) => response.writeHead(200, { "content-type": "application/json", "content-encoding": "rot13" }).end("{}");
    expect(await ask(setting, "v1")).toMatchObject({ status: 502, body: { code: "adapter-failed" } });
  });

  test("a merge patch gets no defaults; a JSON patch is refused; what is not good passes unmapped", async () => {
    const setting = await start({ mode: "off" });
    await ask(setting, "v1", { method: "PATCH", body: { title: "second" }, headers: { "content-type": "application/merge-patch+json" } });
    expect(JSON.parse(setting.kept.get("/7") ?? "")).toMatchObject({ name: "second", size: 3 });
    const refused = await ask(setting, "v1", { method: "PATCH", body: [], headers: { "content-type": "application/json-patch+json" } });
    expect([refused.status, refused.body["code"]]).toEqual([415, "adapter-refused"]);
    expect(await ask(setting, "v1", { path: "/notes/8" })).toMatchObject({ status: 404, body: { name: "not mapped" } });
  });

  test("what only the newer version has is kept where the older one writes the whole", async () => {
    const setting = await start({ mode: "enforce", validator: "body-hash" }, { keep: ["/tags", "/size"] });
    const { etag } = await ask(setting, "v1");
    expect((await ask(setting, "v1", { method: "PUT", body: { title: "second" }, headers: { "if-match": etag } })).status).toBeLessThan(300);
    expect(JSON.parse(setting.kept.get("/7") ?? "")).toEqual({ name: "second", tags: ["x"], size: 3 });
    // What is not there yet has the default.
    await ask(setting, "v1", { method: "PUT", path: "/notes/8", body: { title: "new" }, headers: { "if-none-match": "*" } });
    expect(JSON.parse(setting.kept.get("/8") ?? "")).toEqual({ name: "new", size: 1 });
  });

  test("a patch with some of the members that are one value in the newer version is refused, and one with all of them is not", async () => {
    const setting = await start({ mode: "off" }, { request: [{ join: { from: ["/first", "/last"], by: " ", to: "/name" } }] });
    const patch = (body: unknown): ReturnType<typeof ask> => ask(setting, "v1", { method: "PATCH", body, headers: { "content-type": "application/merge-patch+json" } });
    const refused = await patch({ first: "Ada" });
    expect([refused.status, refused.body["code"], refused.body["detail"], setting.upstream.requests.length]).toEqual([422, "adapter-refused", expect.stringContaining("/first, /last are one value"), 0]);
    expect((await patch({ first: "Ada", last: "Lovelace" })).status).toBe(200);
    expect(JSON.parse(setting.kept.get("/7") ?? "")).toMatchObject({ name: "Ada Lovelace" });
  });

  test("too much is refused, and the upstream hears nothing of it", async () => {
    const setting = await start({ mode: "off" });
    const refused = await ask(setting, "v1", { method: "PUT", body: { title: "x".repeat(1_100_000) } });
    expect([refused.status, refused.body["code"], setting.upstream.requests.length]).toEqual([413, "adapter-refused", 0]);
  });
});

describe.each(["enforce", "require"] as const)("two writers of one resource, one of each version, mode %s", (mode) => {
  const conflict = { mode, validator: "body-hash" } as const;
  const tagOf = async (setting: Setting, version: string): Promise<string> => (await ask(setting, version)).etag;

  test("each version's tag is its own, and good for its own next write", async () => {
    const setting = await start(conflict);
    const [one, two] = [await tagOf(setting, "v1"), await tagOf(setting, "v2")];
    expect(one).toMatch(/~v1"$/);
    expect(two).not.toContain("~");
    const written = await ask(setting, "v1", { method: "PUT", body: { title: "second", status: "open" }, headers: { "if-match": one } });
    expect(written.status).toBeLessThan(300);
    const again = await ask(setting, "v1", { method: "PUT", body: { title: "third", status: "open" }, headers: { "if-match": await tagOf(setting, "v1") } });
    expect(again.status).toBeLessThan(300);
  });

  test("whoever comes second is refused, whichever version the first one spoke, with a tag of its own version", async () => {
    const setting = await start(conflict);
    const [one, two] = [await tagOf(setting, "v1"), await tagOf(setting, "v2")];
    expect((await ask(setting, "v2", { method: "PUT", body: { name: "by v2", status: "OPEN", size: 2 }, headers: { "if-match": two } })).status).toBeLessThan(300);
    const refused = await ask(setting, "v1", { method: "PUT", body: { title: "by v1", status: "open" }, headers: { "if-match": one } });
    expect([refused.status, JSON.parse(setting.kept.get("/7") ?? "")]).toMatchObject([412, { name: "by v2" }]);
    expect(refused.etag).toBe(await tagOf(setting, "v1"));
    expect((refused.body["current"] as { etag: string }).etag).toBe(refused.etag);
    // Now the other way round.
    const stale = await tagOf(setting, "v2");
    expect((await ask(setting, "v1", { method: "PUT", body: { title: "by v1", status: "open" }, headers: { "if-match": refused.etag } })).status).toBeLessThan(300);
    const late = await ask(setting, "v2", { method: "PUT", body: { name: "late", status: "OPEN", size: 2 }, headers: { "if-match": stale } });
    expect([late.status, JSON.parse(setting.kept.get("/7") ?? "")]).toMatchObject([412, { name: "by v1" }]);
  });

  test("a tag of one version names the state for the other's write, and no body for its cache", async () => {
    const setting = await start(conflict);
    const two = await tagOf(setting, "v2");
    const read = await ask(setting, "v1", { headers: { "if-none-match": two } });
    expect([read.status, read.body]).toEqual([200, { title: "first", status: "open" }]);
    expect((await fetch(`${setting.gateway.url}/notes/7`, { headers: { "api-version": "v1", "if-none-match": read.etag } })).status).toBe(304);
    expect((await ask(setting, "v1", { method: "PUT", body: { title: "x", status: "open" }, headers: { "if-match": two } })).status).toBeLessThan(300);
    const one = await tagOf(setting, "v1");
    const newer = { method: "PUT", body: { name: "moved", status: "OPEN", size: 2 }, headers: { "if-match": one } };
    expect((await ask(setting, "v2", newer)).status).toBeLessThan(300);
    expect((await ask(setting, "v2", { ...newer, body: { name: "again", status: "OPEN", size: 2 } })).status).toBe(412);
    expect((await ask(setting, "v2", { headers: { "if-none-match": await tagOf(setting, "v1") } })).status).toBe(200);
  });
});

test("a write that says no state is refused as the mode says, in the older version, too", async () => {
  const setting = await start({ mode: "require", validator: "body-hash" });
  expect((await ask(setting, "v1", { method: "PUT", body: { title: "x" } })).status).toBe(428);
});

test("changes of both versions to different places are merged in the newer one's form", async () => {
  const setting = await start({ mode: "enforce", validator: "body-hash", strategy: "merge" });
  const [one, two] = [(await ask(setting, "v1")).etag, (await ask(setting, "v2")).etag];
  await ask(setting, "v2", { method: "PATCH", body: { size: 9 }, headers: { "if-match": two, "content-type": "application/merge-patch+json" } });
  const merged = await ask(setting, "v1", { method: "PATCH", body: { title: "by v1" }, headers: { "if-match": one, "content-type": "application/merge-patch+json" } });
  expect([merged.status, JSON.parse(setting.kept.get("/7") ?? "")]).toMatchObject([expect.any(Number), { name: "by v1", size: 9, tags: ["x"] }]);
  expect(merged.status).toBeLessThan(300);
});

describe("a conflict is told in the words of the version that its caller speaks", () => {
  const response: Steps = [
    { rename: { from: "/name", to: "title" } }, { enum: { at: "/status", map: { OPEN: "open", DONE: "closed" } } }, { drop: "/size" }, { rename: { from: "/items/*/text", to: "label" } },
    { join: { from: ["/first", "/last"], by: " ", to: "/author" } }, { move: { from: "/meta/tags", to: "/tags" } },
  ];
  const request: Steps = [{ rename: { from: "/title", to: "name" } }, { enum: { at: "/status", map: { open: "OPEN", closed: "DONE" } } }];
  const first = { name: "first", status: "OPEN", size: 1, first: "Ada", last: "King", meta: { tags: ["a"] }, items: [{ text: "x" }, { text: "y" }] };
  const second = { ...first, name: "second", status: "DONE", size: 2, last: "Lovelace", meta: { tags: ["b"] }, items: [{ text: "x" }, { text: "z" }] };

  async function refused(strategy: "reject" | "merge"): Promise<Record<string, unknown>> {
    const setting = await start({ mode: "enforce", validator: "body-hash", strategy, merge: { keys: { "/items": "text" } } }, { request, response });
    setting.kept.set("/7", JSON.stringify(first));
    const [one, two] = [(await ask(setting, "v1")).etag, (await ask(setting, "v2")).etag];
    expect((await ask(setting, "v2", { method: "PUT", body: second, headers: { "if-match": two } })).status).toBeLessThan(300);
    const answer = await ask(setting, "v1", { method: "PATCH", body: { title: "mine", status: "open" }, headers: { "if-match": one, "content-type": "application/merge-patch+json" } });
    expect(answer.status).toBe(412);
    return answer.body;
  }

  test("places and values of what has changed, and nothing of what it does not know", async () => {
    const { changes } = (await refused("reject")) as { changes: { path: string }[] };
    expect(changes.toSorted((a, b) => a.path.localeCompare(b.path))).toEqual([
      // Joined of two, of which one has changed: of the whole only the place is known.
      { op: "replace", path: "/author" }, { op: "replace", path: "/items/1/label", value: "z" }, { op: "replace", path: "/status", value: "closed" }, { op: "replace", path: "/tags/0", value: "b" }, { op: "replace", path: "/title", value: "second" },
    ]);
  });

  test("what a merge met at one place", async () => {
    const { conflicts, detail } = (await refused("merge")) as { conflicts: unknown; detail: string };
    expect(conflicts).toEqual([{ pointer: "/title", base: "first", theirs: "second", yours: "mine" }]);
    expect(detail).toContain("/title");
    expect(detail).not.toContain("/name");
  });

  test("and the command that shows the way out names the version", async () => {
    expect(((await refused("reject")) as { next: { curl: string } }).next.curl).toMatch(/^curl -H 'API-Version: v1' -i .* && curl -H 'API-Version: v1' -X PATCH /);
  });
});

test("versions that the query names meet as well, and the second writer is told what has changed", async () => {
  const setting = await start({ mode: "enforce", validator: "body-hash" }, { select: { by: "query", default: "v2" } });
  const [one, two] = [(await ask(setting, "", { path: "/notes/7?version=v1" })).etag, (await ask(setting, "", { path: "/notes/7?version=v2" })).etag];
  expect(one).toBe(`${two.slice(0, -1)}~v1"`);
  expect((await ask(setting, "", { method: "PUT", path: "/notes/7?version=v2", body: { name: "by v2", status: "OPEN", size: 3 }, headers: { "if-match": two } })).status).toBeLessThan(300);
  const refused = await ask(setting, "", { method: "PUT", path: "/notes/7?version=v1", body: { title: "by v1", status: "open" }, headers: { "if-match": one } });
  expect(refused).toMatchObject({ status: 412, body: { code: "concurrent-modification", changes: [{ op: "replace", path: "/title", value: "by v2" }] } });
});

test("an older version is served by the upstream of the newer one, where that has its own", async () => {
  const own = await startUpstream((_request, response) => response.setHeader("content-type", "application/json").end('{"name":"own"}'));
  stops.push(() => own.close());
  const setting = await start({ mode: "observe" }, { v2: { upstream: { targets: [{ url: own.url }] } } });
  expect((await ask(setting, "v1")).body).toEqual({ title: "own" });
});
