/** Asking whether what is kept is still good, parts of it, and what is given although it is not; by the sections of RFC 9111, 9110 and 5861. */
import { expect, it, vi } from "vitest";
import { get, type Scene, startScene } from "./cache.test-support.ts";

const settings = { timeout: 30_000 };

/** A resource of one state with both validators; stale at once. */
function validated(fields: Record<string, string> = {}, more: Parameters<typeof startScene>[1] = {}): Promise<Scene> {
  return startScene((request, response) => {
    const own = { ETag: '"one"', "Last-Modified": "Thu, 01 Jan 2015 00:00:00 GMT", "Cache-Control": "max-age=0", ...fields };
    if (request.headers["if-none-match"] === '"one"') return void response.writeHead(304, { ...own, "X-News": "fresh" }).end();
    response.writeHead(200, { ...own, "Content-Type": "text/plain", "X-News": "first" }).end("0123456789");
  }, more);
}

it("§4.3: asks with what it knows, and gives what it has with the fields of the 304", settings, async () => {
  await using scene = await validated();
  await get(`${scene.url}/things/1`);
  const got = await get(`${scene.url}/things/1`);
  expect(got).toMatchObject({ status: 200, text: "0123456789", use: "fwd=stale; fwd-status=304" });
  expect(Object.fromEntries(got.headers)).toMatchObject({ "x-news": "fresh", "content-type": "text/plain", "content-length": "10" });
  expect(scene.upstream.requests[1]?.headers).toMatchObject({ "if-none-match": '"one"', "if-modified-since": "Thu, 01 Jan 2015 00:00:00 GMT" });
  expect((await scene.records()).map(({ cache }) => cache)).toEqual(["miss", "revalidated"]);
});

it("§4.3.4: a 304 makes it fresh again", settings, async () => {
  await using scene = await startScene((request, response) => {
    if (request.headers["if-none-match"] !== undefined) return void response.writeHead(304, { ETag: '"one"', "Cache-Control": "max-age=60" }).end();
    response.writeHead(200, { ETag: '"one"', "Cache-Control": "max-age=0" }).end("x");
  });
  for (let count = 0; count < 3; count += 1) await get(`${scene.url}/things/1`);
  expect(scene.asked()).toBe(2);
});

it("§4.3.4: a 304 about another state than the one that is kept is not taken for it", settings, async () => {
  await using scene = await startScene((request, response, count) => {
    if (request.headers["if-none-match"] !== undefined) return void response.writeHead(304, { ETag: '"other"' }).end();
    response.writeHead(200, { ETag: `"${count}"`, "Cache-Control": "max-age=0" }).end(`answer ${count}`);
  });
  await get(`${scene.url}/things/1`);
  expect(await get(`${scene.url}/things/1`)).toMatchObject({ status: 200, text: "answer 3" });
});

it("§4.3.3: a whole answer takes the place of what was kept", settings, async () => {
  await using scene = await startScene((_request, response, count) => response.writeHead(200, { ETag: `"${count}"`, "Cache-Control": count === 1 ? "max-age=0" : "max-age=60" }).end(`answer ${count}`));
  expect([await get(`${scene.url}/things/1`), await get(`${scene.url}/things/1`), await get(`${scene.url}/things/1`)].map(({ text }) => text)).toEqual(["answer 1", "answer 2", "answer 2"]);
});

it.each<[what: string, headers: Record<string, string>, status: number]>([
  ["its tag", { "If-None-Match": '"one"' }, 304],
  ["its tag weakly", { "If-None-Match": 'W/"one"' }, 304],
  ["its tag in a list", { "If-None-Match": '"zero", "one"' }, 304],
  ["any", { "If-None-Match": "*" }, 304],
  ["another tag", { "If-None-Match": '"two"' }, 200],
  ["another tag, and a date that the tag outweighs", { "If-None-Match": '"two"', "If-Modified-Since": "Thu, 01 Jan 2015 00:00:00 GMT" }, 200],
  ["its date", { "If-Modified-Since": "Thu, 01 Jan 2015 00:00:00 GMT" }, 304],
  ["an earlier date", { "If-Modified-Since": "Wed, 31 Dec 2014 00:00:00 GMT" }, 200],
  ["what is no date", { "If-Modified-Since": "yesterday" }, 200],
])("§4.3.2: a caller who has %s is answered here, and the first as well", settings, async (_what, headers, status) => {
  await using scene = await validated({ "Cache-Control": "max-age=60" });
  expect((await get(`${scene.url}/things/1`, headers)).status).toBe(status);
  const got = await get(`${scene.url}/things/1`, headers);
  expect([got.status, got.use, scene.asked()]).toEqual([status, "hit", 1]);
  if (status === 304) expect(Object.fromEntries(got.headers)).toMatchObject({ etag: '"one"', "cache-control": "max-age=60", date: expect.any(String) });
});

it.each<[what: string, headers: Record<string, string>, status: number, text: string]>([
  ["the first bytes", { Range: "bytes=0-3" }, 206, "0123"],
  ["the last bytes", { Range: "bytes=-3" }, 206, "789"],
  ["bytes to the end", { Range: "bytes=7-" }, 206, "789"],
  ["more than there is", { Range: "bytes=7-100" }, 206, "789"],
  ["what is not there", { Range: "bytes=10-" }, 416, ""],
  ["several ranges", { Range: "bytes=0-1,3-4" }, 200, "0123456789"],
  ["nonsense", { Range: "bytes=3-1" }, 200, "0123456789"],
  ["another unit", { Range: "lines=1-2" }, 200, "0123456789"],
  ["a part of the state that it has", { Range: "bytes=0-3", "If-Range": '"one"' }, 206, "0123"],
  ["a part of another state", { Range: "bytes=0-3", "If-Range": '"two"' }, 200, "0123456789"],
  ["a part by a weak tag", { Range: "bytes=0-3", "If-Range": 'W/"one"' }, 200, "0123456789"],
])("RFC 9110 §14: of a kept whole, %s", settings, async (_what, headers, status, text) => {
  await using scene = await validated({ "Cache-Control": "max-age=60" });
  await get(`${scene.url}/things/1`);
  const got = await get(`${scene.url}/things/1`, headers);
  expect([got.status, got.text, scene.asked()]).toEqual([status, text, 1]);
  if (status === 206) expect(got.headers.get("content-range")).toMatch(/^bytes \d-9?\d?\/10$/);
});

it("a part of what is not kept comes from the service and is not kept", settings, async () => {
  await using scene = await startScene((_request, response) => response.writeHead(206, { "Cache-Control": "max-age=60", "Content-Range": "bytes 0-1/10" }).end("01"));
  await get(`${scene.url}/things/1`, { Range: "bytes=0-1" });
  expect(await get(`${scene.url}/things/1`, { Range: "bytes=0-1" })).toMatchObject({ status: 206, use: "fwd=uri-miss" });
});

it("§4: HEAD is answered from a kept GET, and is not kept itself", settings, async () => {
  await using scene = await validated({ "Cache-Control": "max-age=60" });
  expect((await get(`${scene.url}/things/1`, {}, "HEAD")).use).toBe("fwd=uri-miss");
  expect((await get(`${scene.url}/things/1`)).use).toBe("fwd=uri-miss; fwd-status=200; stored");
  const head = await get(`${scene.url}/things/1`, {}, "HEAD");
  expect([head.use, head.text, head.headers.get("content-length")]).toEqual(["hit", "", "10"]);
});

it("HEAD of what is stale asks about the whole, and carries no body", settings, async () => {
  await using scene = await startScene((_request, response, count) => response.writeHead(200, { ETag: `"${count}"`, "Cache-Control": count === 1 ? "max-age=0" : "max-age=60", "Content-Length": "8" }).end(`answer ${count}`));
  await get(`${scene.url}/things/1`);
  expect(await get(`${scene.url}/things/1`, {}, "HEAD")).toMatchObject({ status: 200, text: "" });
  expect(await get(`${scene.url}/things/1`)).toMatchObject({ use: "hit", text: "answer 2" });
});

it("RFC 5861 §3: gives a stale answer while it fetches a new one", settings, async () => {
  await using scene = await startScene((_request, response, count) => response.writeHead(200, { "Cache-Control": `max-age=${count === 1 ? 0 : 60}, stale-while-revalidate=60` }).end(`answer ${count}`));
  await get(`${scene.url}/things/1`);
  expect(await get(`${scene.url}/things/1`)).toMatchObject({ use: "hit", text: "answer 1" });
  await vi.waitFor(async () => expect((await get(`${scene.url}/things/1`)).text).toBe("answer 2"), 10_000);
  expect((await scene.records()).slice(0, 2).map(({ cache, attempts }) => [cache, attempts])).toEqual([["miss", 1], ["stale", 0]]);
});

it("RFC 5861 §3: not where the service forbids it", settings, async () => {
  await using scene = await startScene((_request, response, count) => response.writeHead(200, { "Cache-Control": "max-age=0, must-revalidate, stale-while-revalidate=60" }).end(`answer ${count}`));
  await get(`${scene.url}/things/1`);
  expect((await get(`${scene.url}/things/1`)).text).toBe("answer 2");
});

it.each<[what: string, fields: string, configured: { staleIfError?: string }, statuses: [failing: number, brokenOff: number]]>([
  ["the answer says so", "max-age=0, stale-if-error=60", {}, [200, 200]],
  ["the service's settings say so", "max-age=0", { staleIfError: "1m" }, [200, 200]],
  ["nobody says so", "max-age=0", {}, [500, 502]],
  ["it must not be stale", "max-age=0, must-revalidate, stale-if-error=60", { staleIfError: "1m" }, [500, 504]],
  ["it must not be stale in shared caches", "max-age=0, proxy-revalidate", { staleIfError: "1m" }, [500, 504]],
  ["the settings say so, and s-maxage that it must not be stale", "s-maxage=0", { staleIfError: "1m" }, [500, 504]],
])("RFC 5861 §4, RFC 9111 §5.2.2.2: what a failing service's callers get where %s", settings, async (_what, control, configured, statuses) => {
  await using scene = await startScene((_request, response, count) => {
    if (count === 2) return void response.writeHead(500).end("broken");
    if (count > 2) return void response.socket?.destroy();
    response.writeHead(200, { "Cache-Control": control, ETag: '"1"' }).end("good");
  }, configured);
  await get(`${scene.url}/things/1`);
  const failing = [await get(`${scene.url}/things/1`), await get(`${scene.url}/things/1`)];
  expect(failing.map(({ status }) => status)).toEqual(statuses);
  expect(failing.map(({ text }) => text === "good")).toEqual(statuses.map((status) => status === 200));
});

it("fields that an answer calls private reach the caller that was answered, and nobody else", settings, async () => {
  await using scene = await startScene((_request, response, count) => response.writeHead(200, { "Cache-Control": 'max-age=60, private="X-Account", private="set-cookie"', "X-Account": String(count), "Set-Cookie": `of=${count}`, "X-All": "1" }).end("all"));
  const told = async (): Promise<unknown[]> => {
    const { use, headers } = await get(`${scene.url}/things/1`);
    return [use, headers.get("x-account"), headers.get("set-cookie"), headers.get("x-all")];
  };
  expect(await told()).toEqual(["fwd=uri-miss; fwd-status=200; stored", "1", "of=1", "1"]);
  expect(await told()).toEqual(["hit", null, null, "1"]);
});

it("a cookie that comes with a 304 reaches the caller whose call it answers, and nobody else", settings, async () => {
  await using scene = await startScene((request, response, count) => {
    if (request.headers["if-none-match"] === undefined) response.writeHead(200, { "Cache-Control": "max-age=0", ETag: '"1"' }).end("all");
    else response.writeHead(304, { "Cache-Control": 'max-age=60, private="X-Account"', ETag: '"1"', "Set-Cookie": `session=${count}`, "X-Account": String(count) }).end();
  });
  await get(`${scene.url}/things/1`);
  const asked = await get(`${scene.url}/things/1`);
  expect([asked.use, asked.headers.get("set-cookie"), asked.headers.get("x-account")]).toEqual(["fwd=stale; fwd-status=304", "session=2", "2"]);
  const other = await get(`${scene.url}/things/1`);
  expect([other.use, other.text, other.headers.get("set-cookie"), other.headers.get("x-account")]).toEqual(["hit", "all", null, null]);
});

it.each(["private", "no-store"])("what a 304 calls %s is not kept any longer", settings, async (directive) => {
  await using scene = await startScene((request, response) => {
    if (request.headers["if-none-match"] === undefined) response.writeHead(200, { "Cache-Control": "max-age=0", ETag: '"1"' }).end("all");
    else response.writeHead(304, { "Cache-Control": `max-age=60, ${directive}`, ETag: '"1"' }).end();
  });
  await get(`${scene.url}/things/1`);
  const asked = await get(`${scene.url}/things/1`);
  expect([asked.use, asked.text]).toEqual(["fwd=stale; fwd-status=304", "all"]);
  expect((await get(`${scene.url}/things/1`)).use).toBe("fwd=uri-miss; fwd-status=200; stored");
});

it("one goes to the service for all who ask for the same at once", settings, async () => {
  await using scene = await startScene((_request, response, count) => {
    setTimeout(() => response.writeHead(200, { "Cache-Control": "max-age=60" }).end(`answer ${count}`), 200);
  });
  const got = await Promise.all(Array.from({ length: 50 }, () => get(`${scene.url}/things/1`)));
  expect(new Set(got.map(({ text }) => text))).toEqual(new Set(["answer 1"]));
  // Whoever comes after the answer gets it as it is kept; how many do so is the machine's matter.
  const [waited, late] = ["fwd=miss; collapsed", "hit"].map((one) => got.filter(({ use }) => use === one).length) as [number, number];
  expect([waited > 0, waited + late]).toEqual([true, 49]);
  expect(scene.asked()).toBe(1);
});

it("waits for no answer that is one caller's own, longer than to see that it is", settings, async () => {
  await using scene = await startScene((_request, response, count) => {
    response.writeHead(200, { "Cache-Control": "private" }).write(" ");
    setTimeout(() => response.end(`answer ${count}`), 50);
  });
  const got = await Promise.all(Array.from({ length: 10 }, () => get(`${scene.url}/things/1`)));
  expect(new Set(got.map(({ text }) => text)).size).toBe(10);
  expect(scene.asked()).toBe(10);
});

it("what is longer than maxBody passes whole and is not kept; maxBytes holds, and what was not asked for longest goes", settings, async () => {
  await using long = await startScene((_request, response) => response.writeHead(200, { "Cache-Control": "max-age=60" }).end("x".repeat(5_000)), { maxBody: "4KiB" });
  expect((await get(`${long.url}/things/1`)).text).toHaveLength(5_000);
  expect((await get(`${long.url}/things/1`)).use).toContain("fwd=uri-miss");
  await using many = await startScene((_request, response) => response.writeHead(200, { "Cache-Control": "max-age=60" }).end("x".repeat(3_000)), { maxBody: "4KiB", maxBytes: "16KiB" });
  for (const name of [1, 2, 3, 1, 4, 5, 6]) await get(`${many.url}/things/${name}`);
  expect((await get(`${many.url}/things/1`)).use).toBe("hit");
  expect((await get(`${many.url}/things/2`)).use).toContain("uri-miss");
});
