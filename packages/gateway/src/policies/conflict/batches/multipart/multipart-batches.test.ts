/** Batches of multipart/mixed, in OData's form with changesets and in Google's: each part is guarded as if it had come alone. */
import { describe, expect, it } from "vitest";
import { stoppedAfterEach } from "../../testing/stopped-after-each.ts";
import { inParts, part, type SaidPart, startOdata } from "./odata-upstream.test-support.ts";

const start = stoppedAfterEach(async (...settings: Parameters<typeof startOdata>) => {
  const odata = await startOdata(...settings);
  for (const id of ["1", "2", "3"]) odata.kept.set(`/${id}`, JSON.stringify({ title: `note ${id}`, shade: "red" }));
  return odata;
});

const statuses = (parts: (SaidPart | SaidPart[])[]): unknown[] => parts.map((said) => (Array.isArray(said) ? said.map(({ status }) => status) : said.status));

describe("a multipart batch", () => {
  it("whose parts are all current is carried out, and its answer is the upstream's to the byte; what was judged is taken out, and the fence is put in", async () => {
    const { send, tag, kept, batches, upstream } = await start();
    const answer = await send([part("PUT 1", { "If-Match": await tag("1"), "Parley-Fence": "999" }, { body: '{"id":9007199254740993, "f":1.0}' }), part("GET /notes/2"), part("POST .", {}, { body: {}, id: "new" })]);
    expect([answer.status, answer.text]).toEqual([200, "--r\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n\r\n--r\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 404 Not Found\r\n\r\n\r\n--r\r\nContent-Type: application/http\r\nContent-ID: new\r\n\r\nHTTP/1.1 201 Created\r\n\r\n\r\n--r--\r\n"]);
    expect(kept.get("/1")).toBe('{"id":9007199254740993, "f":1.0}');
    expect([batches.length, /if-match/i.test(batches[0] ?? ""), /Parley-Fence: (\d+)/.exec(batches[0] ?? "")?.[1]]).toEqual([1, false, "1"]);
    expect(upstream.requests.filter(({ method }) => method === "GET").every(({ headers }) => headers.accept === undefined || headers.accept === "*/*")).toBe(true);
  });

  it("has the others carried out where a part was changed meanwhile, and each part's own answer says what became of it", async () => {
    const { send, tag, kept, call } = await start();
    const [first, second] = [await tag("1"), await tag("2")];
    await call("PUT", "/notes/1", { key: "bob-key", headers: { "if-match": await tag("1", "bob-key") }, body: { title: "bob's", shade: "red" } });
    const { status, parts } = await send([part("PUT /notes/1", { "If-Match": first }, { body: {}, id: "<a>" }), part("PATCH 2", { "If-Match": second }, { body: { title: "two" }, id: "<b>" }), part("DELETE 3", {}, { id: "c" })]);
    expect([status, statuses(parts)]).toEqual([200, [412, 204, 428]]);
    const [refused, , missing] = parts as SaidPart[];
    expect(refused).toMatchObject({ id: "<response-a>", headers: { "content-type": "application/problem+json" }, problem: { cause: "concurrent-modification", current: { changedBy: "bob" }, changes: [{ op: "replace", path: "/title", value: "bob's" }] } });
    expect(missing).toMatchObject({ id: "c", headers: { etag: (await tag("3")).replace(/^"\d+-/, '"0-') }, problem: { code: "precondition-required", cause: "precondition-required" } });
    expect([kept.get("/1"), kept.get("/2"), kept.has("/3")]).toEqual(['{"title":"bob\'s","shade":"red"}', '{"title":"two","shade":"red"}', true]);
    expect((await call("GET", new URL(String(refused?.problem["instance"])).pathname)).body["resource"]).toBe("/notes/1");
  });

  it("of which nothing is left is answered in parts, and nothing is sent", async () => {
    const { send, batches } = await start();
    const { status, parts } = await send([part("PUT 1", {}, { body: {} }), part("PUT 2", { "If-Match": "unquoted" }, { body: {} })]);
    expect([status, statuses(parts), batches]).toEqual([200, [428, 400], []]);
  });

  it("leases, keys and merging hold for each part as for a request of its own", async () => {
    const { send, tag, call, kept, batches } = await start({ mode: "enforce" });
    const lease = await call("LOCK", "/notes/1", { key: "bob-key" });
    const create = part("POST people", { "Idempotency-Key": '"k-1"' }, { body: { n: 1 } });
    const first = await send([part("PUT 1", {}, { body: {} }), create]);
    expect([statuses(first.parts), (first.parts[0] as SaidPart).problem["cause"]]).toEqual([[423, 201], "locked"]);
    const again = await send([create, part("POST people", { "Idempotency-Key": '"k-1"' }, { body: { n: 2 } })]);
    expect([statuses(again.parts), (again.parts[0] as SaidPart).headers["idempotency-replayed"], batches.length]).toEqual([[201, 422], "true", 1]);
    const base = await tag("2");
    await call("PATCH", "/notes/2", { key: "bob-key", headers: { "content-type": "application/merge-patch+json" }, body: { title: "bob's" } });
    const merged = await send([part("PUT 2", { "If-Match": base, Prefer: "conflict=merge" }, { body: { title: "note 2", shade: "blue" } }), part("PUT 1", { "Lock-Token": `<${String(lease.body["token"])}>` }, { body: { by: "ann" } })]);
    expect([statuses(merged.parts)[0], JSON.parse((merged.parts[0] as SaidPart).text), JSON.parse(kept.get("/2") ?? "")]).toEqual([200, { title: "bob's", shade: "blue" }, { title: "bob's", shade: "blue" }]);
    expect(batches.at(-1)).not.toContain(String(lease.body["token"]));
  });

  it("goes upstream with the paths that it came with, whichever way they name a resource, and guards that one", async () => {
    const { send, call, batches } = await start({ mode: "enforce", batches: [{ ...inParts, root: "/service.svc" }] as never });
    await call("LOCK", "/notes/1", { key: "bob-key" });
    const { parts } = await send(["1", "/notes/1", "./x/../1", "/service.svc/1", "http://any.example/service.svc/1", "%31", "1?x=1"].map((target) => part(`PUT ${target}`, {}, { body: {} })));
    expect(statuses(parts)).toEqual([423, 400, 400, 400, 400, 400, 400]);
    for (const target of ["/elsewhere/1", "../../1", "http://any.example/1", String.raw`a\..\1`]) expect(statuses((await send([part(`PUT ${target}`, {}, { body: {} })])).parts), target).toEqual([400]);
    expect(batches).toEqual([]);
  });

  it("whose answer is lost leaves each part with an unknown outcome and its resource at rest", async () => {
    const odata = await start({ mode: "require", locks: { delay: "60s" } });
    const { send, tag, call } = odata;
    odata.before = (response) => Boolean(response.socket?.destroy());
    const answer = await send([part("PUT 1", { "If-Match": await tag("1") }, { body: {} })]);
    expect([answer.status, answer.body]).toMatchObject([504, { code: "outcome-unknown", items: [{ outcome: "unknown" }] }]);
    expect((await call("PUT", "/notes/1", { headers: { "if-match": "*" }, body: {} })).body).toMatchObject({ cause: "busy", subcause: "lock-delay" });
  });

  it("that the service gave up at a part is reported as far as it went: what is behind was not carried out and does not rest", async () => {
    const odata = await start({ mode: "enforce" });
    odata.before = (response) => Boolean(response.writeHead(200, { "Content-Type": "multipart/mixed; boundary=r" }).end("--r\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 422 No\r\n\r\n\r\n--r--"));
    const { parts } = await odata.send([part("PUT 1", {}, { body: {} }), part("PUT 2", {}, { body: {} })]);
    expect([statuses(parts), (parts[1] as SaidPart).problem]).toMatchObject([[422, 409], { code: "batch-refused" }]);
    odata.before = null;
    expect(statuses((await odata.send([part("PUT 2", {}, { body: {} })])).parts)).toEqual([204]);
  });

  it("in an answer that says nothing of a part leaves that one unknown", async () => {
    const odata = await start({ mode: "enforce", locks: { delay: "60s" } });
    odata.before = (response) => Boolean(response.writeHead(200, { "Content-Type": "multipart/mixed; boundary=r" }).end("--r\nContent-Type: application/http\n\nHTTP/1.1 204 No Content\n\n--r--"));
    const { parts } = await odata.send([part("PUT 1", {}, { body: {} }), part("PUT 2", {}, { body: {} })]);
    expect(statuses(parts)).toEqual([204, 504]);
  });
});

describe("a changeset", () => {
  it("of which all is current is carried out, with what it makes and what is about that", async () => {
    const { send, tag, kept } = await start();
    const { parts } = await send([[part("PUT 1", { "If-Match": await tag("1") }, { body: { n: 1 }, id: "1" }), part("POST orders", {}, { body: {}, id: "2" }), part("PATCH $2/lines", {}, { body: {}, id: "3" })], part("GET 1")]);
    expect(statuses(parts)).toEqual([[204, 201, 201], 200]);
    expect(kept.get("/1")).toBe('{"n":1}');
  });

  it("is sent as a whole or not at all: one part that is refused keeps it back, and its one answer says which and why; the rest of the batch goes", async () => {
    const { send, tag, kept, batches } = await start();
    const stale = await tag("1");
    kept.set("/1", '{"title":"past the gateway"}');
    const { parts } = await send([[part("PUT 2", { "If-Match": await tag("2") }, { body: { n: 2 }, id: "x" }), part("PUT 1", { "If-Match": stale }, { body: {}, id: "y" }), part("POST orders", {}, { body: {} })], part("PUT 3", { "If-Match": await tag("3") }, { body: { n: 3 } })]);
    expect(statuses(parts)).toEqual([412, 204]);
    expect(parts[0]).toMatchObject({ id: "y", problem: { cause: "concurrent-modification", subcause: "by-bypass", items: [{ id: "x", status: 409, outcome: "not-applied" }, { id: "y", status: 412, outcome: "not-applied" }, { status: 409, outcome: "not-applied" }] } });
    expect([kept.get("/2"), kept.get("/3"), [...kept.keys()].some((path) => path.startsWith("/orders"))]).toEqual(['{"title":"note 2","shade":"red"}', '{"n":3}', false]);
    expect([batches.length, batches[0]?.includes("--c0")]).toEqual([1, false]);
    expect(statuses((await send([part("PUT 2", { "If-Match": await tag("2") }, { body: {} })])).parts)).toEqual([204]);
  });

  it("that the service refuses has not been carried out: its one answer stays, diagnosed for each of its parts, and nothing rests", async () => {
    const odata = await start({ mode: "enforce" });
    odata.refuse = ({ request }) => (request.target === "2" ? 409 : null);
    const both = [part("PUT 1", { "If-Match": await odata.tag("1") }, { body: {} }), part("PUT 2", {}, { body: {} })];
    const answer = await odata.send([both]);
    expect([statuses(answer.parts), answer.text]).toEqual([[409], "--r\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 409 Conflict\r\n\r\n\r\n--r--\r\n"]);
    expect(answer.headers.get("link")).toMatch(/rel="describedby".*anchor="\/notes\/2"/);
    odata.refuse = () => null;
    expect(statuses((await odata.send([both])).parts)).toEqual([[204, 204]]);
  });

  it("that the service refuses for one of its parts, as its Content-ID says, is a conflict of that part alone", async () => {
    const odata = await start({ mode: "enforce" });
    odata.refuse = ({ request }) => (request.target === "2" ? 409 : null);
    const both = [part("PUT 1", { "If-Match": await odata.tag("1") }, { body: {}, id: "x" }), part("PUT 2", {}, { body: {}, id: "y" })];
    const plain = await odata.send([both]);
    expect([plain.text.includes("HTTP/1.1 409 Conflict\r\n\r\n"), plain.headers.get("link")?.match(/anchor="[^"]*"/g)]).toEqual([true, ['anchor="/notes/2"']]);
    const explained = await odata.send([[both[0] as string, part("PUT 2", { Accept: "application/problem+json" }, { body: {}, id: "y" })]]);
    expect(explained.parts).toMatchObject([{ id: "y", status: 409, problem: { cause: "state-mismatch", origin: "upstream", items: [{ id: "x", status: 409, problem: { code: "batch-refused" } }, { id: "y", status: 409 }] } }]);
    odata.refuse = () => null;
    expect(statuses((await odata.send([both])).parts)).toEqual([[204, 204]]);
  });

  it("writes a resource that it names by another part's Content-ID once, and guards what is below it", async () => {
    const { send, call } = await start({ mode: "enforce" });
    await call("LOCK", "/notes/1/lines", { key: "bob-key" });
    const { parts } = await send([[part("PUT 1", {}, { body: {}, id: "1" }), part("PUT $1/lines", {}, { body: {} })], [part("PUT 2", {}, { body: {}, id: "1" }), part("PUT $1", {}, { body: {} })]]);
    expect(parts.map((said) => (said as SaidPart).problem["code"])).toEqual(["resource-locked", "malformed-batch"]);
  });
});

const crlf = (text: string): string => text.replaceAll("\n", "\r\n");
const plain = "Content-Type: application/http\n\nPUT 1 HTTP/1.1\n\n{}";

describe("a multipart batch that another parser could read otherwise is refused as a whole, and nothing of it is sent:", () => {
  it.each<[string, string, RegExp, string?]>([
    ["no boundary", `--b\n${plain}\n--b--`, /no multipart\/mixed with a boundary/, "multipart/mixed"],
    ["two boundaries", `--b\n${plain}\n--b--`, /no multipart\/mixed with a boundary/, "multipart/mixed; boundary=other; boundary=b"],
    ["another type", `--b\n${plain}\n--b--`, /it came as multipart\/form-data/, "multipart/form-data; boundary=b"],
    ["JSON", '{"requests":[]}', /it came as application\/json/, "application/json"],
    ["no part", "", /no part of the boundary/],
    ["no end", `--b\n${plain}`, /no boundary at its end/],
    ["something behind its end", `--b\n${plain}\n--b--\n--b\n${plain}\n--b--`, /behind its last boundary/],
    ["its boundary in a line", `--b\nContent-Type: application/http\n\nPUT 1 HTTP/1.1\n\n{"a":"--b"}\n--b--`, /inside of a line/],
    ["a longer boundary", `--b\n${plain}\n--bb\n${plain}\n--b--`, /something else behind a boundary/],
    ["a folded field", "--b\nContent-Type: application/http;\n charset=x\n\nPUT 1 HTTP/1.1\n\n\n--b--", /field that cannot be read/],
    ["a part that is no request", "--b\nContent-Type: text/plain\n\nPUT 1 HTTP/1.1\n\n{}\n--b--", /part 0 that is no application\/http/],
    ["a part in base64", "--b\nContent-Type: application/http\nContent-Transfer-Encoding: base64\n\nUFVU\n--b--", /transfer encoding/],
    ["a field twice", "--b\nContent-Type: application/http\n\nPUT 1 HTTP/1.1\nContent-Length: 2\nContent-Length: 2\n\n{}\n--b--", /content-length twice/],
    ["a length that is not its body's", "--b\nContent-Type: application/http\n\nPUT 1 HTTP/1.1\nContent-Length: 9\n\n{}\n--b--", /Content-Length that its body has not/],
    ["a second request behind the body", "--b\nContent-Type: application/http\n\nPUT 1 HTTP/1.1\nContent-Length: 2\n\n{}\nPUT 2 HTTP/1.1\n\n{}\n--b--", /Content-Length that its body has not/],
    ["a body in chunks", "--b\nContent-Type: application/http\n\nPUT 1 HTTP/1.1\nTransfer-Encoding: chunked\n\n2\n{}\n0\n\n\n--b--", /coded body/],
    ["no request line", "--b\nContent-Type: application/http\n\nPUT 1\n\n{}\n--b--", /no request line/],
    ["a changeset in a changeset", "--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\nContent-Type: multipart/mixed; boundary=d\n\n--d--\n--c--\n--b--", /no application\/http/],
  ])("%s", async (_what, text, detail, type = "multipart/mixed; boundary=b") => {
    const { call, batches } = await start({ mode: "enforce" });
    const answer = await call("POST", "/notes/$batch", { body: crlf(text), headers: { "content-type": type } });
    expect([answer.status, answer.body, batches]).toMatchObject([400, { code: "malformed-batch", detail: expect.stringMatching(detail) as string }, []]);
  });

  it("bare line feeds", async () => {
    const { call, batches } = await start({ mode: "enforce" });
    const answer = await call("POST", "/notes/$batch", { body: `--b\n${plain}\n--b--`, headers: { "content-type": "multipart/mixed; boundary=b" } });
    expect([answer.status, answer.body["code"], batches]).toEqual([400, "malformed-batch", []]);
  });

  it("more parts than it may have", async () => {
    const { send } = await start({ mode: "enforce", batches: [{ ...inParts, maxItems: 2 }] as never });
    expect((await send([part("PUT 1"), [part("PUT 2"), part("PUT 3")]])).body).toMatchObject({ code: "batch-too-large" });
  });
});
