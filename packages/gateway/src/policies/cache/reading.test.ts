/** What is kept and given again, by the sections of RFC 9111; over real sockets. */
import { expect, it } from "vitest";
import { get, type Scene, startScene } from "./cache.test-support.ts";

const settings = { timeout: 30_000 };
type Fields = Record<string, string>;
const past = "Thu, 01 Jan 2015 00:00:00 GMT";
const future = "Fri, 01 Jan 2100 00:00:00 GMT";

/** An upstream whose every answer has the same fields, and its count as its body. */
function counting(fields: Fields, { status = 200, ...more }: { status?: number } & NonNullable<Parameters<typeof startScene>[1]> = {}): Promise<Scene> {
  return startScene((_request, response, count) => response.writeHead(status, fields).end(`answer ${count}`), more);
}

/** What the second of two equal reads is told. */
it.each<[section: string, what: string, fields: Fields, second: string]>([
  ["§3", "an answer that says max-age is kept", { "Cache-Control": "max-age=60" }, "hit"],
  ["§3", "an answer that says nothing and has no validator is not", {}, "fwd=uri-miss; fwd-status=200"],
  ["§3", "one with a validator is kept to be asked about", { ETag: '"1"' }, "fwd=stale; fwd-status=200; stored"],
  ["§3.5", "an answer that sets a cookie is not kept", { "Cache-Control": "max-age=60", "Set-Cookie": "a=b" }, "fwd=uri-miss; fwd-status=200"],
  ["§4.1", "Vary: * selects nobody", { "Cache-Control": "max-age=60", Vary: "*" }, "fwd=uri-miss; fwd-status=200"],
  ["§4.1", "what the gateway writes itself cannot select", { "Cache-Control": "max-age=60", Vary: "X-Forwarded-For" }, "fwd=uri-miss; fwd-status=200"],
  ["§4.2.1", "s-maxage comes before max-age", { "Cache-Control": "max-age=0, s-maxage=60" }, "hit"],
  ["§4.2.1", "max-age comes before Expires", { "Cache-Control": "max-age=60", Expires: past }, "hit"],
  ["§4.2.1", "a lifetime that is no number is over", { "Cache-Control": "max-age=abc" }, "fwd=stale; fwd-status=200; stored"],
  ["§4.2.1", "a lifetime larger than any number is long", { "Cache-Control": "max-age=99999999999999999999" }, "hit"],
  ["§4.2.1", "of two lifetimes the first counts", { "Cache-Control": "max-age=60, max-age=0" }, "hit"],
  ["§4.2.3", "Age counts", { "Cache-Control": "max-age=60", Age: "61" }, "fwd=stale; fwd-status=200; stored"],
  ["§4.2.3", "a Date long ago counts", { "Cache-Control": "max-age=60", Date: past }, "fwd=stale; fwd-status=200; stored"],
  ["§5.2.2.4", "no-cache is asked about every time", { "Cache-Control": "max-age=60, no-cache", ETag: '"1"' }, "fwd=stale; fwd-status=200; stored"],
  ["§5.2.2.5", "no-store is not kept", { "Cache-Control": "max-age=60, no-store" }, "fwd=uri-miss; fwd-status=200"],
  ["§5.2.2.3", "must-understand with a status that is understood is", { "Cache-Control": "max-age=60, no-store, must-understand" }, "hit"],
  ["§5.2.2.7", "private is not kept", { "Cache-Control": "max-age=60, private" }, "fwd=uri-miss; fwd-status=200"],
  ["§5.2.2.7", "private with the names of fields is, without them", { "Cache-Control": 'max-age=60, private="X-Account, X-Other"', "X-Account": "7" }, "hit"],
  ["§5.2.2.7", "private with a name and once more without is not kept", { "Cache-Control": 'private="X-Account", max-age=60, private', "X-Account": "7" }, "fwd=uri-miss; fwd-status=200"],
  ["§5.2.2.7", "private with names that are none is not kept", { "Cache-Control": 'max-age=60, private="X Account"' }, "fwd=uri-miss; fwd-status=200"],
  ["§5.2.2.7", "private with a quotation that never ends is not kept", { "Cache-Control": 'max-age=60, private="X-Account' }, "fwd=uri-miss; fwd-status=200"],
  ["§5.2.2.7", "what says how the body is to be read cannot be private alone", { "Cache-Control": 'max-age=60, private="Content-Type"', "Content-Type": "text/plain" }, "fwd=uri-miss; fwd-status=200"],
  ["§5.2.2.7", "a cookie that is private keeps nothing from being kept", { "Cache-Control": 'max-age=60, private="set-cookie"', "Set-Cookie": "a=b" }, "hit"],
  ["§5.2", "directives are read in any case, quoted and beside ones that nobody knows", { "Cache-Control": 'foo="max-age=0, x", MAX-AGE="60"' }, "hit"],
  ["§5.3", "Expires in the future is fresh", { Expires: future }, "hit"],
  ["§5.3", "Expires: 0 is past", { Expires: "0" }, "fwd=stale; fwd-status=200; stored"],
])("%s: %s", settings, async (_section, _what, fields, second) => {
  await using scene = await counting(fields);
  await get(`${scene.url}/things/1`);
  expect((await get(`${scene.url}/things/1`)).use).toBe(second);
});

it.each([[204, true], [301, true], [302, true], [404, true], [410, true], [206, false], [500, false], [503, false], [418, false]])("§3: status %i with a lifetime is kept: %s", settings, async (status, kept) => {
  await using scene = await counting({ "Cache-Control": "max-age=60" }, { status });
  await get(`${scene.url}/things/1`);
  expect((await get(`${scene.url}/things/1`)).use === "hit").toBe(kept);
});

it.each(["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])("an answer to a read that asks to be taken for another method (%s) is given to nobody else, and what was kept before is out of date", settings, async (field) => {
  await using scene = await startScene((request, response, count) => void response.writeHead(200, { "Cache-Control": "max-age=60" }).end(request.headers[field.toLowerCase()] === undefined ? `answer ${count}` : ""));
  expect((await get(`${scene.url}/things/1`, { [field]: "HEAD" })).text).toBe("");
  expect([(await get(`${scene.url}/things/1`)).text, (await get(`${scene.url}/things/1`)).use]).toEqual(["answer 2", "hit"]);
  expect((await get(`${scene.url}/things/1`, { [field]: "DELETE" })).text).toBe("");
  expect((await get(`${scene.url}/things/1`)).text).toBe("answer 4");
});

it("§5.2: a Cache-Control that is too long to be read to its end keeps its answer out", settings, async () => {
  await using scene = await counting({ "Cache-Control": `max-age=60, ${"x".repeat(5_000)}, private` });
  await get(`${scene.url}/things/1`);
  expect((await get(`${scene.url}/things/1`)).text).toBe("answer 2");
});

it("§4.1: a field that Connection takes off on the way selects nothing", settings, async () => {
  await using scene = await startScene((request, response) => void response.writeHead(200, { "Cache-Control": "max-age=60", Vary: "Accept" }).end(`as ${String(request.headers["accept"] ?? "nothing said")}`));
  const poison = await get(`${scene.url}/things/1`, { Accept: "application/json", Connection: "close, Accept" });
  expect([poison.text, poison.use]).toEqual(["as nothing said", "fwd=request"]);
  expect((await get(`${scene.url}/things/1`, { Accept: "application/json", Connection: "close, TE" })).text).toBe("as application/json");
  expect((await get(`${scene.url}/things/1`, { Accept: "application/json" })).use).toBe("hit");
});

it("§4: gives it with its age, whole, and says so in the record", settings, async () => {
  await using scene = await counting({ "Cache-Control": "max-age=60", "Content-Type": "text/plain", Age: "7" });
  const first = await get(`${scene.url}/things/1?a=1`);
  const second = await get(`${scene.url}/things/1?a=1`);
  expect(first).toMatchObject({ status: 200, text: "answer 1", use: "fwd=uri-miss; fwd-status=200; stored" });
  expect(second).toMatchObject({ status: 200, text: "answer 1", use: "hit" });
  expect(Number(second.headers.get("age"))).toBeGreaterThanOrEqual(7);
  expect(Object.fromEntries(second.headers)).toMatchObject({ "content-type": "text/plain", "content-length": "8", date: expect.any(String) });
  expect((await get(`${scene.url}/things/1?a=2`)).text).toBe("answer 2");
  expect((await get(`${scene.url}/things/1`)).text).toBe("answer 3");
  expect((await scene.records()).map(({ cache, attempts }) => [cache, attempts])).toEqual([["miss", 1], ["hit", 0], ["miss", 1], ["miss", 1]]);
});

it("keeps nothing of a service without it, and says nothing", settings, async () => {
  await using scene = await startScene((_request, response) => response.writeHead(200, { "Cache-Control": "max-age=60" }).end("x"), {}, { cache: undefined });
  await get(`${scene.url}/things/1`);
  expect((await get(`${scene.url}/things/1`)).headers.get("cache-status")).toBeNull();
  expect(scene.asked()).toBe(2);
});

it("§4.2.2: an answer that says nothing is fresh for as long as the service's ttl says; failures are not", settings, async () => {
  await using good = await counting({}, { ttl: "1m" });
  await get(`${good.url}/things/1`);
  expect((await get(`${good.url}/things/1`)).use).toBe("hit");
  await using bad = await counting({}, { ttl: "1m", status: 404 });
  await get(`${bad.url}/things/1`);
  expect((await get(`${bad.url}/things/1`)).use).toBe("fwd=uri-miss; fwd-status=404");
});

it("§4.1: Vary tells variants apart, however the lists are written", settings, async () => {
  await using scene = await startScene((request, response) => response.writeHead(200, { "Cache-Control": "max-age=60", Vary: "Accept-Language, X-Form" }).end(String(request.headers["accept-language"])));
  const url = `${scene.url}/things/1`;
  expect((await get(url, { "Accept-Language": "de, en" })).text).toBe("de, en");
  expect(await get(url, { "Accept-Language": "EN,de" })).toMatchObject({ use: "hit", text: "de, en" });
  expect(await get(url, { "Accept-Language": "fr" })).toMatchObject({ use: "fwd=vary-miss; fwd-status=200; stored", text: "fr" });
  expect(await get(url, { "Accept-Language": "de, en", "X-Form": "long" })).toMatchObject({ use: "fwd=vary-miss; fwd-status=200; stored" });
  expect(await get(url, { "Accept-Language": "de, en" })).toMatchObject({ use: "hit" });
});

it("§3.5: with the caller's own credentials only what says that it is for all", settings, async () => {
  const asked = async (control: string): Promise<string> => {
    await using scene = await counting({ "Cache-Control": control });
    await get(`${scene.url}/things/1`, { Authorization: "Basic abc" });
    return (await get(`${scene.url}/things/1`, { Authorization: "Basic abc" })).use;
  };
  expect(await asked("max-age=60")).toContain("fwd=");
  for (const control of ["max-age=60, public", "s-maxage=60", "max-age=60, must-revalidate"]) expect(await asked(control)).toBe("hit");
});

it("gives nobody what another consumer was answered, unless the service says that all get the same", settings, async () => {
  const keys = [{ "x-api-key": "key-of-acme-0001" }, { Authorization: "Bearer key-of-umbrella-1" }];
  const uses = async (scope: "consumer" | "shared"): Promise<string[]> => {
    await using scene = await startScene((request, response) => response.writeHead(200, { "Cache-Control": "max-age=60" }).end(String(request.headers["parley-consumer"])), { scope }, { access: "key" });
    const said: string[] = [];
    for (const headers of [...keys, ...keys]) {
      const got = await get(`${scene.url}/things/1`, headers);
      said.push(`${got.use.slice(0, 3)} ${got.text}`);
    }
    expect((await get(`${scene.url}/things/1`)).status).toBe(401);
    return said;
  };
  expect(await uses("consumer")).toEqual(["fwd acme", "fwd umbrella", "hit acme", "hit umbrella"]);
  expect(await uses("shared")).toEqual(["fwd acme", "hit acme", "hit acme", "hit acme"]);
});

it.each<[section: string, directive: string, use: string, status: number]>([
  ["§5.2.1.1", "max-age=0", "fwd=stale; fwd-status=200; stored", 200],
  ["§5.2.1.1", "max-age=100", "hit", 200],
  ["§5.2.1.3", "min-fresh=10", "hit", 200],
  ["§5.2.1.3", "min-fresh=100", "fwd=stale; fwd-status=200; stored", 200],
  ["§5.2.1.4", "no-cache", "fwd=request; fwd-status=200; stored", 200],
  ["§5.2.1.5", "no-store", "fwd=request", 200],
  ["§5.2.1.7", "only-if-cached", "hit", 200],
  ["§5.2.1.7", "only-if-cached, max-age=0", "fwd=miss; detail=only-if-cached", 504],
])("%s: a read with Cache-Control: %s is told %s", settings, async (_section, directive, use, status) => {
  await using scene = await counting({ "Cache-Control": "max-age=60", Age: "1" });
  await get(`${scene.url}/things/1`);
  expect(await get(`${scene.url}/things/1`, { "Cache-Control": directive })).toMatchObject({ use, status });
});

it("§5.2.1.7: only-if-cached is refused where nothing is kept, and the service is not asked", settings, async () => {
  await using scene = await counting({ "Cache-Control": "max-age=60" });
  const got = await get(`${scene.url}/things/1`, { "Cache-Control": "only-if-cached" });
  expect([got.status, JSON.parse(got.text), scene.asked()]).toEqual([504, expect.objectContaining({ code: "not-in-cache" }), 0]);
});

it("§5.4: Pragma: no-cache asks anew where there is no Cache-Control", settings, async () => {
  await using scene = await counting({ "Cache-Control": "max-age=60" });
  await get(`${scene.url}/things/1`);
  expect((await get(`${scene.url}/things/1`, { Pragma: "no-cache" })).text).toBe("answer 2");
  expect((await get(`${scene.url}/things/1`, { Pragma: "no-cache", "Cache-Control": "max-age=50" })).text).toBe("answer 2");
});

it("§5.2.1.2: max-stale takes a stale answer, where the service does not forbid it", settings, async () => {
  const use = async (control: string): Promise<string> => {
    await using scene = await counting({ "Cache-Control": control, Age: "5" });
    await get(`${scene.url}/things/1`);
    return (await get(`${scene.url}/things/1`, { "Cache-Control": "max-stale=100" })).use;
  };
  expect(await use("max-age=1")).toBe("hit");
  for (const control of ["max-age=1, must-revalidate", "max-age=1, proxy-revalidate", "s-maxage=1", "max-age=1, no-cache"]) expect(await use(control)).toContain("fwd=stale");
});

it("what the service says nothing of is neither kept of a call with cookies nor given to one, unless its Vary names them; what it gives a lifetime is", settings, async () => {
  const asked = async (fields: Fields, ...cookies: (string | null)[]): Promise<string[]> => {
    await using scene = await counting(fields, { ttl: "1m" });
    const texts: string[] = [];
    for (const cookie of cookies) texts.push((await get(`${scene.url}/things/1`, cookie === null ? {} : { cookie })).text);
    return texts;
  };
  expect(await asked({}, "session=a", "session=b", null, null, "session=a")).toEqual(["answer 1", "answer 2", "answer 3", "answer 3", "answer 4"]);
  expect(await asked({ ETag: '"1"' }, "session=a", "session=b")).toEqual(["answer 1", "answer 2"]);
  expect(await asked({ Vary: "Cookie" }, "session=a", "session=b", "session=a")).toEqual(["answer 1", "answer 2", "answer 1"]);
  for (const said of ["max-age=60", "public"]) expect(await asked({ "Cache-Control": said }, "session=a", "session=b")).toEqual(["answer 1", "answer 1"]);
});

it("keeps versions apart that a field names, though the service says nothing of it in Vary; what a write changes is gone from all", settings, async () => {
  const versions = { versions: { select: { by: "header" as const, default: "v1" }, list: { v1: {}, v2: {} } } };
  await using scene = await startScene((request, response) => response.writeHead(200, { "Cache-Control": "max-age=60" }).end(`as ${String(request.headers["api-version"] ?? "v1")}`), {}, versions);
  const read = (version: string): ReturnType<typeof get> => get(`${scene.url}/things/1`, { "API-Version": version });
  expect([(await read("v1")).text, (await read("v2")).text]).toEqual(["as v1", "as v2"]);
  expect([await read("v1"), await read("v2")]).toMatchObject([{ text: "as v1", use: "hit" }, { text: "as v2", use: "hit" }]);
  await get(`${scene.url}/things/1`, { "API-Version": "v2" }, "DELETE");
  expect((await read("v1")).use).not.toBe("hit");
});
