/**
 * RFC 9110 §13.2 through a socket: method × field × state × comparison, for the gateway's own tags and for the upstream's. What the
 * evaluation says is tested beside it; here every row has to come out of a whole gateway as a status, and leave the resource as it should be.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ServerResponse } from "node:http";
import { type Answered, type Guarded, startGuarded, tagOf } from "../testing/guarded-upstream.ts";

const kinds = ["none", "weak", "strong"] as const;
const modified = "Fri, 02 Jan 2026 03:04:05 GMT";
const earlier = "Fri, 02 Jan 2026 03:04:04 GMT";
const later = "Fri, 02 Jan 2026 03:04:06 GMT";

type Row = [field: string, value: (tag: string) => string, read: number, write: number, readAbsent: number, writeAbsent: number];

const suffixed = (coding: string) => (tag: string): string => tag.replace(/"$/, `-${coding}"`);
const weak = (tag: string): string => `W/${tag}`;
const other = '"0-AAAAAAAAAAAAAAAAAAAAAA"';

/** A write that proceeds is 2xx, a read 200; a read of what is absent is the upstream's own 404. */
const rows: [string, Row][] = [
  ["the current tag", ["if-match", (tag) => tag, 200, 200, 404, 412]],
  ["another tag", ["if-match", () => other, 412, 412, 404, 412]],
  ["a list with the current tag", ["if-match", (tag) => `"x", ${tag}, "y"`, 200, 200, 404, 412]],
  ["a list without it", ["if-match", () => '"x", "y"', 412, 412, 404, 412]],
  ["the current tag, weak", ["if-match", weak, 412, 412, 404, 412]],
  ["the current tag of a gzip coding", ["if-match", suffixed("gzip"), 200, 200, 404, 412]],
  ["the current tag of a br coding", ["if-match", suffixed("br"), 200, 200, 404, 412]],
  ["*", ["if-match", () => "*", 200, 200, 404, 412]],
  ["the current tag", ["if-none-match", (tag) => tag, 304, 412, 404, 200]],
  ["another tag", ["if-none-match", () => other, 200, 200, 404, 200]],
  ["a list with the current tag", ["if-none-match", (tag) => `"x",${tag}`, 304, 412, 404, 200]],
  ["the current tag, weak", ["if-none-match", weak, 304, 412, 404, 200]],
  ["the current tag of a gzip coding", ["if-none-match", suffixed("gzip"), 304, 412, 404, 200]],
  ["the current tag of a zstd coding, weak", ["if-none-match", (tag) => weak(suffixed("zstd")(tag)), 304, 412, 404, 200]],
  ["*", ["if-none-match", () => "*", 304, 412, 404, 200]],
  ["an earlier date", ["if-unmodified-since", () => earlier, 412, 412, 404, 200]],
  ["its date", ["if-unmodified-since", () => modified, 200, 200, 404, 200]],
  ["a later date", ["if-unmodified-since", () => later, 200, 200, 404, 200]],
  ["no date at all", ["if-unmodified-since", () => "yesterday", 200, 200, 404, 200]],
  ["an earlier date", ["if-modified-since", () => earlier, 200, 200, 404, 200]],
  ["its date", ["if-modified-since", () => modified, 304, 200, 404, 200]],
  ["no date at all", ["if-modified-since", () => "2026-01-02", 200, 200, 404, 200]],
];

describe.each(kinds)("where the upstream's own tag is %s", (etag) => {
  let guarded: Guarded;
  beforeAll(async () => {
    guarded = await startGuarded({ mode: "enforce" }, { etag });
    addFields(guarded, etag);
  });
  afterAll(() => guarded.stop());

  let path = "";
  let count = 0;
  beforeEach(() => {
    path = `/notes/${++count}`;
  });

  const keep = (): void => void guarded.kept.set(`/${count}`, '{"title":"one"}');
  const send = (method: string, headers: Record<string, string>): Promise<Answered> =>
    guarded.call(method, path, { headers, ...(method === "PUT" || method === "PATCH" || method === "POST" ? { body: { title: "two" } } : {}) });
  /** With the revision that the ledger has given it: where that takes too long, a read goes out without, as 0. */
  const currentTag = async (): Promise<string> => {
    for (;;) {
      const { etag } = await guarded.call("GET", path);
      if (!etag.startsWith('"0-')) return etag;
    }
  };

  it.each(rows.map(([what, row]) => [row[0], what, row] as const))("%s with %s", async (_field, _what, [field, value, read, write, readAbsent, writeAbsent]) => {
    for (const method of ["GET", "HEAD"]) {
      keep();
      expect([method, (await send(method, { [field]: value(await currentTag()) })).status]).toEqual([method, read]);
      guarded.kept.delete(`/${count}`);
      expect([method, "absent", (await send(method, { [field]: value('"0-BBBBBBBBBBBBBBBBBBBBBB"') })).status]).toEqual([method, "absent", readAbsent]);
    }
    for (const method of ["PUT", "PATCH", "DELETE", "POST"]) {
      keep();
      const { status } = await send(method, { [field]: value(await currentTag()) });
      expect([method, status < 300 ? 200 : status]).toEqual([method, write]);
      if (write === 412) expect(guarded.kept.get(`/${count}`)).toBe('{"title":"one"}');
      guarded.kept.delete(`/${count}`);
      const absent = await send(method, { [field]: value('"0-BBBBBBBBBBBBBBBBBBBBBB"') });
      // The upstream has its own word on deleting what is not there.
      expect([method, "absent", absent.status < 300 || absent.status === 404 ? 200 : absent.status]).toEqual([method, "absent", writeAbsent]);
    }
  });

  it("a date counts for nothing beside a tag, in either direction", async () => {
    keep();
    const tag = await currentTag();
    expect((await send("GET", { "if-none-match": other, "if-modified-since": later })).status).toBe(200);
    expect((await send("GET", { "if-none-match": tag, "if-modified-since": earlier })).status).toBe(304);
    expect((await send("PUT", { "if-match": other, "if-unmodified-since": later })).status).toBe(412);
    expect((await send("PUT", { "if-match": tag, "if-unmodified-since": earlier })).status).toBe(204);
  });

  it("If-Match comes before If-None-Match", async () => {
    keep();
    const tag = await currentTag();
    expect((await send("GET", { "if-match": other, "if-none-match": tag })).status).toBe(412);
    expect((await send("GET", { "if-match": tag, "if-none-match": tag })).status).toBe(304);
  });

  it("304 has what a cache needs (RFC 9110 §15.4.5), and nothing of the body", async () => {
    keep();
    const tag = await currentTag();
    for (const method of ["GET", "HEAD"]) {
      const { status, headers, text } = await send(method, { "if-none-match": tag });
      expect([status, text]).toEqual([304, ""]);
      expect(["etag", "cache-control", "expires", "vary", "content-location"].map((name) => headers.get(name))).toEqual([tag, "max-age=60", later, "X-Flavour", `/notes/${count}`]);
      expect(headers.get("date")).not.toBeNull();
      expect(["content-length", "content-type", "content-encoding", "last-modified"].map((name) => headers.get(name))).toEqual([null, null, null, null]);
    }
  });

  // RFC 9110 §13.2.2: the Range is the last that counts.
  it.each(rows.filter(([, row]) => row[2] !== 404).map(([what, row]) => [row[0], what, row] as const))("a part is asked for with %s and %s: what a whole would get, and a part only where it proceeds", async (_field, _what, [field, value, read]) => {
    keep();
    const { status, text, headers } = await send("GET", { [field]: value(await currentTag()), range: "bytes=0-3" });
    expect(read === 200 ? [200, 206] : [read]).toContain(status);
    if (status === 206) expect([text, headers.get("content-range")]).toEqual(['{"ti', "bytes 0-3/15"]);
    if (status === 304) expect([text, headers.get("content-range")]).toEqual(["", null]);
  });

  it("a part of what the upstream itself has a tag for stays a part under that tag, and HEAD is never one", async () => {
    keep();
    const tag = await currentTag();
    expect((await send("GET", { range: "bytes=0-3", "if-match": tag })).status).toBe(etag === "strong" ? 206 : 200);
    expect((await send("GET", { range: "bytes=0-3" })).status).toBe(206);
    const head = await send("HEAD", { range: "bytes=0-3" });
    expect([head.status, head.etag, head.headers.get("content-range")]).toEqual([200, tag, null]);
  });

  it("methods that select no representation have no preconditions", async () => {
    keep();
    for (const field of ["if-match", "if-none-match"]) expect((await send("OPTIONS", { [field]: field === "if-match" ? other : "*" })).status).not.toBe(412);
  });

  it("If-Range goes to whoever made the tag: the upstream gets its own, and the gateway's is answered with the whole", async () => {
    keep();
    const tag = await currentTag();
    const answer = await send("GET", { range: "bytes=0-3", "if-range": tag });
    expect(answer.status).toBe(200);
    const seen = guarded.upstream.requests.at(-1)?.headers;
    expect([seen?.range, seen?.["if-range"]]).toEqual(etag === "strong" ? ["bytes=0-3", tag] : [undefined, undefined]);
  });
});

/** The fields that a 304 has to keep, and a modification date, on every answer to a read; and parts for who asks for the first four bytes. */
function addFields(guarded: Guarded, etag: (typeof kinds)[number]): void {
  guarded.interfere = (request, response) => {
    const kept = guarded.kept.get(request.url ?? "");
    if (request.method === "GET" && kept !== undefined) {
      for (const [name, value] of [["Last-Modified", modified], ["Cache-Control", "max-age=60"], ["Expires", later], ["Vary", "X-Flavour"], ["Content-Location", request.url ?? ""]] as const) response.setHeader(name, value);
      if (request.headers.range === "bytes=0-3" && request.headers["if-range"] === undefined) return answerPart(response, kept, etag);
    }
    return false;
  };
}

function answerPart(response: ServerResponse, kept: string, etag: (typeof kinds)[number]): true {
  const tag = tagOf(kept, etag);
  response.writeHead(206, { "Content-Type": "application/json", "Content-Range": `bytes 0-3/${kept.length}`, ...(tag === null ? {} : { ETag: tag }) }).end(kept.slice(0, 4));
  return true;
}
