/** Creates with a unique value, at upstreams that refuse a second one, that know nothing of it, and whose search lags behind. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { type Answered, type Guarded, startGuarded } from "../../testing/guarded-upstream.ts";
import { stoppedAfterEach } from "../../testing/stopped-after-each.ts";

type OnDuplicate = "reject" | "return-existing" | "convert-to-update";
const ann = { email: "ann@example.com", name: "Ann" };

const start = stoppedAfterEach((onDuplicate: OnDuplicate, more: Parameters<typeof startGuarded>[0] = {}) => startGuarded({ mode: "enforce", uniqueKey: "/email", onDuplicate, ...more }));

const create = (all: Guarded, body: unknown, headers: Record<string, string> = {}): Promise<Answered> => all.call("POST", "/notes", { body, headers });
const posts = (all: Guarded): number => all.upstream.requests.filter(({ method }) => method === "POST").length;

/** Keeps people by number under the collection, refuses an e-mail address twice, and points to nothing. */
function refuseDuplicates(all: Guarded, options: { location: boolean }): void {
  all.interfere = (request: IncomingMessage, response: ServerResponse, body: string) => {
    const [path = "", query] = (request.url ?? "").split("?", 2);
    const people = [...all.kept.entries()].map(([at, text]) => ({ at, ...(JSON.parse(text) as typeof ann) }));
    if (request.method === "GET" && query !== undefined) {
      const items = people.map(({ at, ...person }) => ({ id: at.slice(1), ...person }));
      return Boolean(response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify({ total: items.length, items })));
    }
    if (request.method !== "POST") return false;
    const wanted = JSON.parse(body) as typeof ann;
    const taken = people.find(({ email }) => email === wanted.email);
    if (taken) return Boolean(response.writeHead(409, options.location ? { Location: `https://inside/api${taken.at}` } : {}).end("duplicate"));
    all.kept.set(`/${people.length + 1}`, body);
    return Boolean(response.writeHead(201, { Location: `${path}/${people.length + 1}` }).end());
  };
}

/** Takes whatever is posted, as an upstream does whose search has not seen the first one yet. */
function takeEverything(all: Guarded): void {
  let count = 0;
  all.interfere = (request, response, body) => {
    if (request.method !== "POST") return false;
    all.kept.set(`/${(count += 1)}`, body);
    return Boolean(response.writeHead(201, { Location: `/${count}` }).end());
  };
}

it.each([true, false])("return-existing answers with what is there, with its tag (the refusal says where it is: %s)", async (location) => {
  const all = await start("return-existing");
  all.kept.set("/1", JSON.stringify(ann));
  all.kept.set("/2", '{"email":"bob@example.com"}');
  refuseDuplicates(all, { location });
  const answer = await create(all, { ...ann, name: "Anna" });
  expect([answer.status, answer.body, answer.headers.get("content-location")]).toEqual([200, ann, "/notes/1"]);
  const update = await all.call("PUT", "/notes/1", { body: { ...ann, name: "Anna" }, headers: { "if-match": answer.etag } });
  expect(update.status).toBe(204);
});

it("convert-to-update writes the document over what is there, by a guarded write of its own", async () => {
  const all = await start("convert-to-update", { mode: "require" });
  all.kept.set("/1", JSON.stringify(ann));
  refuseDuplicates(all, { location: true });
  const answer = await create(all, { ...ann, name: "Anna" });
  expect([answer.status, answer.headers.get("content-location"), all.kept.get("/1"), all.kept.size]).toEqual([204, "/notes/1", JSON.stringify({ ...ann, name: "Anna" }), 1]);
  const put = all.upstream.requests.find(({ method }) => method === "PUT");
  expect(Number(put?.headers["parley-fence"])).toBeGreaterThan(0);
});

it("asks the upstream again whether this caller may: one who may create and not change is refused", async () => {
  const all = await start("convert-to-update");
  all.kept.set("/1", JSON.stringify(ann));
  refuseDuplicates(all, { location: true });
  const before = all.interfere;
  all.interfere = (request, response, body) => (request.method === "PUT" ? Boolean(response.writeHead(403).end("not yours")) : (before?.(request, response, body) ?? false));
  const answer = await create(all, { ...ann, name: "Mallory" });
  expect([answer.status, answer.text, all.kept.get("/1")]).toEqual([403, "not yours", JSON.stringify(ann)]);
});

it("shows nothing of what the caller may not read: the upstream's refusal stays", async () => {
  const all = await start("return-existing");
  all.kept.set("/1", JSON.stringify(ann));
  refuseDuplicates(all, { location: true });
  const before = all.interfere;
  all.interfere = (request, response, body) => (request.method === "GET" ? Boolean(response.writeHead(403).end()) : (before?.(request, response, body) ?? false));
  const answer = await create(all, ann);
  expect([answer.status, answer.text]).toEqual([409, "duplicate"]);
});

it.each(["reject", "return-existing"] as const)("%s: an upstream whose own search lags behind gets one create of a value, however many come at once", { timeout: 30_000 }, async (onDuplicate) => {
  const all = await start(onDuplicate);
  takeEverything(all);
  const answers = await Promise.all(Array.from({ length: 6 }, () => create(all, ann)));
  expect(posts(all)).toBe(1);
  const others = onDuplicate === "reject" ? 409 : 200;
  expect([201, others].map((expected) => answers.filter(({ status }) => status === expected).length)).toEqual([1, 5]);
  if (onDuplicate === "reject") expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ cause: "state-mismatch", subcause: "duplicate", outcome: "not-applied" });
  expect((await create(all, { ...ann, email: "bob@example.com" })).status).toBe(201);
});

it("a value whose resource is gone, or has another one now, may be taken again", async () => {
  const all = await start("reject");
  takeEverything(all);
  const first = await create(all, ann);
  expect([first.status, (await create(all, ann)).status]).toEqual([201, 409]);
  const path = String(first.headers.get("location")).slice("/notes".length);
  all.kept.set(path, JSON.stringify({ ...ann, email: "moved@example.com" }));
  expect((await create(all, ann)).status).toBe(201);
  for (const key of all.kept.keys()) all.kept.delete(key);
  expect((await create(all, ann)).status).toBe(201);
});

it("creates without the value are nobody's duplicates", async () => {
  const all = await start("reject");
  expect([(await create(all, { name: "x" })).status, (await create(all, { name: "x" })).status]).toEqual([201, 201]);
});

it("a list whose items have no such value makes something else, and is passed on", async () => {
  const all = await start("reject");
  takeEverything(all);
  expect([(await create(all, [{ tag: "x" }, "y"])).status, (await create(all, [])).status, posts(all)]).toEqual([201, 201, 2]);
});

it.each(["application/vnd.a&b+json", "application/vnd.a!b#c$d^e+json; charset=utf-8", "Application/Vnd.People+JSON"])("a value that is there already is found in a body of any type of JSON: %s", async (type) => {
  const all = await start("reject");
  takeEverything(all);
  expect([(await create(all, ann, { "content-type": type })).status, (await create(all, ann, { "content-type": type })).status, posts(all)]).toEqual([201, 409, 1]);
});

it("a value that is there already is found through a content coding, another spelling, and a slash at the collection's end", async () => {
  const all = await start("reject");
  takeEverything(all);
  expect((await create(all, ann)).status).toBe(201);
  expect((await create(all, gzipSync(JSON.stringify(ann)), { "content-encoding": "gzip" })).status).toBe(409);
  expect((await create(all, '{"\\u0065mail":"\\u0061nn@example.com"}')).status).toBe(409);
  expect((await all.call("POST", "/notes/", { body: ann })).status).toBe(409);
  expect(posts(all)).toBe(1);
});

it("a create with a member twice is refused, since the service could take the other value", async () => {
  const all = await start("reject");
  const answer = await create(all, '{"email":"ann@example.com","email":"new@example.com"}');
  expect([answer.status, answer.body["code"], posts(all)]).toEqual([400, "repeated-member", 0]);
});

it.each<[string, { body: Buffer; coding?: string }, { status: number; code: string }]>([
  ["an unknown coding", { body: Buffer.from(JSON.stringify(ann)), coding: "compress" }, { status: 415, code: "unreadable-create" }],
  ["two codings", { body: gzipSync(gzipSync(JSON.stringify(ann))), coding: "gzip, gzip" }, { status: 415, code: "unreadable-create" }],
  ["a damaged coding", { body: gzipSync(JSON.stringify(ann)).subarray(0, 20), coding: "gzip" }, { status: 400, code: "unreadable-create" }],
  ["more in a coding than is looked at", { body: gzipSync(JSON.stringify({ ...ann, more: "x".repeat(5_000) })), coding: "gzip" }, { status: 400, code: "unreadable-create" }],
  ["another charset", { body: Buffer.from(JSON.stringify(ann), "utf16le") }, { status: 400, code: "unreadable-create" }],
  ["a byte order mark", { body: Buffer.from(`\ufeff${JSON.stringify(ann)}`) }, { status: 400, code: "unreadable-create" }],
  ["a list of creates", { body: Buffer.from(JSON.stringify([{ name: "none" }, ann])) }, { status: 400, code: "unreadable-create" }],
  ["more than is looked at", { body: Buffer.from(JSON.stringify({ ...ann, more: "x".repeat(5_000) })) }, { status: 413, code: "body-too-large" }],
])("a create whose value cannot be looked at is refused and never passed on: %s", async (_what, { body, coding }, { status, code }) => {
  const all = await start("reject", { maxBody: "4KiB" });
  takeEverything(all);
  const answer = await create(all, body, coding === undefined ? {} : { "content-encoding": coding });
  expect([answer.status, answer.body["code"], posts(all)]).toEqual([status, code, 0]);
  expect(answer.headers.get("accept-encoding")).toBe(status === 415 ? "gzip, deflate, br, zstd" : null);
});
