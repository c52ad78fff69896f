/**
 * What caches rely on in validators (RFC 9110 §8.8, §13, §14.2; RFC 9111 §4.1, §4.3), through a whole gateway: forms of dates and tags,
 * answers of other statuses, views by Vary, and ranges. The matrix of methods and preconditions is beside it.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Guarded, startGuarded } from "../testing/guarded-upstream.ts";

let guarded: Guarded;
let path = "";
let count = 0;
beforeAll(async () => {
  guarded = await startGuarded({ mode: "enforce" });
});
afterAll(() => guarded.stop());
// What one test has seen of a resource is nothing to the next.
beforeEach(() => {
  path = `/notes/${++count}`;
});

/** Answers reads by itself. */
function start(answer: (request: IncomingMessage, response: ServerResponse) => void): Guarded {
  guarded.interfere = (request, response) => {
    if (request.method !== "GET") return false;
    answer(request, response);
    return true;
  };
  return guarded;
}

const modified = "Fri, 02 Jan 2026 03:04:05 GMT";

describe("a modification date", () => {
  it.each([
    ["the preferred form", modified, 304],
    ["RFC 850's", "Friday, 02-Jan-26 03:04:05 GMT", 304],
    ["asctime's", "Fri Jan  2 03:04:05 2026", 304],
    ["a second earlier", "Fri, 02 Jan 2026 03:04:04 GMT", 200],
    ["in ISO's form, which is none", "2026-01-02T03:04:05Z", 200],
    ["in another zone, which is none", "Fri, 02 Jan 2026 03:04:05 +0000", 200],
    ["two of them, which is none", `${modified}, ${modified}`, 200],
  ])("in %s", async (_, date, status) => {
    const { call } = start((__, response) => response.writeHead(200, { "Content-Type": "text/plain", "Last-Modified": modified }).end("one"));
    expect((await call("GET", path, { headers: { "if-modified-since": date } })).status).toBe(status);
  });
});

describe("an entity-tag of the upstream's", () => {
  it.each([
    ['"abc"', '"abc"', 304], ['"abc"', '"x" , "abc"', 304], ['"abc"', ' "abc" ', 304], ['"a,b"', '"a,b"', 304], ['"a\\b"', '"a\\b"', 304], ['""', '""', 304], ['"abc"', 'W/"abc"', 304], ['"abc"', '"ABC"', 200],
    ['"abc"', '"abcd"', 200], ['"abc"', "abc", 400], ['"abc"', 'w/"abc"', 400], ['"abc"', 'W"abc"', 400], ['"abc"', '"abc', 400], ['"abc"', '"x", *', 400],
  ])("%s and If-None-Match: %s: %i", async (etag, condition, status) => {
    const { call } = start((_, response) => response.writeHead(200, { "Content-Type": "text/plain", ETag: etag }).end("one"));
    expect((await call("GET", path, { headers: { "if-none-match": condition } })).status).toBe(status);
  });
});

it.each([203, 206, 301, 404, 410, 500, 503])("an answer of status %i is given as it is, whatever the client has", async (status) => {
  const { call } = start((_, response) => response.writeHead(status, { "Content-Type": "text/plain", ETag: '"abc"', "Last-Modified": modified }).end("as it is"));
  for (const headers of [{ "if-none-match": '"abc"' }, { "if-none-match": "*" }, { "if-modified-since": modified }]) {
    const answer = await call("GET", path, { headers: { ...headers } as Record<string, string> });
    expect([answer.status, answer.text], JSON.stringify(headers)).toEqual([status, "as it is"]);
  }
});

describe("views by Vary", () => {
  const byLanguage = (request: IncomingMessage, response: ServerResponse): void =>
    void response.writeHead(200, { "Content-Type": "text/plain", Vary: "Accept-Language" }).end(request.headers["accept-language"] === "fr" ? "un" : "one");

  it("have tags of their own: one view's is not another's, and each gets 304 for its own", async () => {
    const { call } = start(byLanguage);
    const [english, french] = [await call("GET", path, { headers: { "accept-language": "en" } }), await call("GET", path, { headers: { "accept-language": "fr" } })];
    expect(english.etag).not.toBe(french.etag);
    const asked = (language: string, tag: string): Promise<number> => call("GET", path, { headers: { "accept-language": language, "if-none-match": tag } }).then(({ status }) => status);
    expect([await asked("en", english.etag), await asked("fr", french.etag), await asked("fr", english.etag), await asked("en", french.etag)]).toEqual([304, 304, 200, 200]);
    expect((await call("GET", path, { headers: { "accept-language": "fr", "if-none-match": `${english.etag}, ${french.etag}` } })).headers.get("vary")).toBe("Accept-Language");
  });

  it("that depend on everything (Vary: *) have no tag, since no two requests have the same", async () => {
    const { call } = start((_, response) => response.writeHead(200, { "Content-Type": "text/plain", Vary: "*" }).end("one"));
    const first = await call("GET", path);
    expect([first.status, first.etag, first.text]).toEqual([200, "", "one"]);
  });

  it("a write names the view that it has seen, and is compared with that one, whatever it accepts itself", async () => {
    const { call } = start(byLanguage);
    const { etag } = await call("GET", path, { headers: { "accept-language": "fr" } });
    expect((await call("PUT", path, { headers: { "accept-language": "en", "if-match": etag }, body: {} })).status).toBeLessThan(300);
  });
});

describe("ranges", () => {
  const whole = "0123456789";
  const ranged = (etag: string | null) => (request: IncomingMessage, response: ServerResponse): void => {
    const fields = { "Content-Type": "text/plain", "Accept-Ranges": "bytes", ...(etag === null ? {} : { ETag: etag }) };
    const isMeant = request.headers["if-range"] === undefined || request.headers["if-range"] === etag;
    if (request.headers.range === "bytes=2-4" && isMeant) response.writeHead(206, { ...fields, "Content-Range": "bytes 2-4/10" }).end(whole.slice(2, 5));
    else response.writeHead(200, fields).end(whole);
  };
  const range = { range: "bytes=2-4" };

  it("under the upstream's own tag are the upstream's to give", async () => {
    const { call } = start(ranged('"v1"'));
    const current = await call("GET", path, { headers: { ...range, "if-range": '"v1"' } });
    expect([current.status, current.text, current.headers.get("content-range")]).toEqual([206, "234", "bytes 2-4/10"]);
    const stale = await call("GET", path, { headers: { ...range, "if-range": '"v0"' } });
    expect([stale.status, stale.text]).toEqual([200, whole]);
  });

  it("under a tag of the gateway's get the whole, which no combination of parts can spoil", async () => {
    const { call } = start(ranged(null));
    const { etag } = await call("GET", path);
    for (const tag of [etag, '"1-AAAAAAAAAAAAAAAAAAAAAA"']) {
      const answer = await call("GET", path, { headers: { ...range, "if-range": tag } });
      expect([answer.status, answer.text]).toEqual([200, whole]);
    }
  });

  it("without If-Range pass, and a part gets no tag of its own", async () => {
    const { call } = start(ranged(null));
    const part = await call("GET", path, { headers: range });
    expect([part.status, part.text, part.etag]).toEqual([206, "234", ""]);
  });
});
