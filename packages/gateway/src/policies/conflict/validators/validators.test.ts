import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  BodyDigest, bodyHashTag, codedTag, digestBody, formatEntityTag, formatHttpDate, isStrongDate, parseBodyHashTag, parseEntityTag,
  parseEntityTagCondition, parseHttpDate, stripCodingSuffix, strongMatch, varyView, viewKey, weakMatch,
} from "./index.ts";

const now = Date.UTC(2026, 10, 22, 12, 0, 0);

describe("entity-tags", () => {
  it.each([
    ['"abc"', { weak: false, opaque: "abc" }],
    ['W/"abc"', { weak: true, opaque: "abc" }],
    ['""', { weak: false, opaque: "" }],
    ['"a,b"', { weak: false, opaque: "a,b" }],
    ['"\u00e9\u00ff"', { weak: false, opaque: "\u00e9\u00ff" }],
  ])("reads %s and writes it back", (text, tag) => {
    expect(parseEntityTag(text)).toEqual(tag);
    expect(formatEntityTag(tag)).toBe(text);
  });

  it.each(["abc", 'w/"abc"', 'W/abc', '"a b"', '"a"b"', '"a', 'a"', '"a\u007f"', "W/ \"a\"", ""])("refuses %s", (text) => {
    expect(parseEntityTag(text)).toBeNull();
  });

  // The table of RFC 9110 §8.8.3.2.
  it.each([
    ['W/"1"', 'W/"1"', false, true],
    ['W/"1"', 'W/"2"', false, false],
    ['W/"1"', '"1"', false, true],
    ['"1"', '"1"', true, true],
  ])("compares %s and %s: strong %s, weak %s", (left, right, strong, weak) => {
    const [a, b] = [parseEntityTag(left)!, parseEntityTag(right)!];
    expect([strongMatch(a, b), strongMatch(b, a), weakMatch(a, b), weakMatch(b, a)]).toEqual([strong, strong, weak, weak]);
  });
});

describe("If-Match and If-None-Match", () => {
  it.each([
    ["*", { kind: "any" }],
    ['"a"', ["a"]],
    ['"a", "b"', ["a", "b"]],
    [' "a" ,\tW/"b"', ["a", "W/b"]],
    [',, "a",, "b",', ["a", "b"]],
    ['"a,b", "c"', ["a,b", "c"]],
  ])("reads %s", (text, expected) => {
    const parsed = parseEntityTagCondition(text);
    if (!parsed.ok) throw new Error(parsed.problem);
    const seen = parsed.value.kind === "any" ? parsed.value : parsed.value.tags.map((tag) => (tag.weak ? "W/" : "") + tag.opaque);
    expect(seen).toEqual(expected);
  });

  it.each([
    ['*, "a"', /stands alone/],
    ['"a", *', /stands alone/],
    ["abc", /double quotes, such as "abc"/],
    ['"a", abc', /double quotes/],
    ['w/"a"', /upper-case/],
    ['"a', /closing quote/],
    ['"a" "b"', /comma/],
    ['"a b"', /character/],
    ["", /no entity-tag|double quotes/],
    [" , ,", /no entity-tag/],
    [Array.from({ length: 4_097 }, (_, index) => `"${index}"`).join(","), /more than 4096/],
  ])("refuses %s and says what is wrong", (text, problem) => {
    expect(parseEntityTagCondition(text)).toEqual({ ok: false, problem: expect.stringMatching(problem) });
  });

  it("reads back every list of tags", () => {
    const tag = fc.record({ weak: fc.boolean(), opaque: fc.string({ unit: fc.constantFrom("a", "b", ",", "*", "!", "#", "-", "/", "W", "~", "\u00e4"), maxLength: 6 }) });
    fc.assert(
      fc.property(fc.array(tag, { minLength: 1, maxLength: 20 }), (tags) => {
        expect(parseEntityTagCondition(tags.map(formatEntityTag).join(", "))).toEqual({ ok: true, value: { kind: "tags", tags } });
      }),
    );
  });

  it("takes time linear in the text, however it is malformed", () => {
    const started = performance.now();
    for (const text of [`${'"a",'.repeat(40)}${" ".repeat(100_000)}x`, `${" \t".repeat(50_000)}"`, `${",".repeat(100_000)}x`, `"${"a".repeat(100_000)}`]) {
      expect(parseEntityTagCondition(text).ok).toBe(false);
    }
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe("coding suffixes", () => {
  it.each([
    ["abc-gzip", "abc"], ["abc-br", "abc"], ["abc-zstd", "abc"], ["abc-enc", "abc"], ["abc;gzip", "abc"], ["abc--gzip", "abc"], ["abc:br", "abc"],
    ["abc-gzip-br", "abc"], ["abc-df", "abc"], ["abc", "abc"], ["-gzip", "-gzip"], ["abcgzip", "abcgzip"], ["abc-gzipped", "abc-gzipped"],
  ])("takes %s to %s", (tag, plain) => expect(stripCodingSuffix(tag)).toBe(plain));

  it("takes off what it puts on", () => {
    for (const coding of ["gzip", "br", "zstd", "deflate", "identity"]) expect(stripCodingSuffix(codedTag("7-x", coding))).toBe("7-x");
  });
});

describe("HTTP dates", () => {
  const at = Date.UTC(1994, 10, 6, 8, 49, 37);
  it.each(["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"])("reads %s", (text) => {
    expect(parseHttpDate(text, now)).toBe(at);
  });

  it.each([
    "1994-11-06T08:49:37Z", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Feb 2021 00:00:00 GMT", "Sun, 00 Feb 2021 00:00:00 GMT",
    "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 6 Nov 1994 08:49:37 GMT", "0", "",
  ])("does not read %s", (text) => expect(parseHttpDate(text, now)).toBeNull());

  it("puts a two-digit year more than fifty years ahead into the century before", () => {
    expect(parseHttpDate("Monday, 22-Nov-76 00:00:00 GMT", now)).toBe(Date.UTC(2076, 10, 22));
    expect(parseHttpDate("Monday, 23-Nov-76 00:00:00 GMT", now)).toBe(Date.UTC(1976, 10, 23));
  });

  it("reads back every date that it writes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800 }), (seconds) => {
        expect(parseHttpDate(formatHttpDate(seconds * 1000), now)).toBe(seconds * 1000);
      }),
    );
  });

  it("trusts a date only from the next second on", () => {
    expect([isStrongDate(5000, 5999), isStrongDate(5000, 6000), isStrongDate(5000, null)]).toEqual([false, true, false]);
  });
});

describe("body-hash tags", () => {
  const json = { contentType: "application/json", view: "" };

  it("is the same however the body is cut", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }), (pieces) => {
        const digest = new BodyDigest(json);
        for (const piece of pieces) digest.update(Buffer.from(piece));
        expect(digest.digest()).toBe(digestBody(json, Buffer.concat(pieces)));
      }),
    );
  });

  it("cuts a digest's text where its 128 bits end, whatever the bits beside them", () => {
    for (let number = 0; number < 256; number += 1) {
      const body = Buffer.from(String(number));
      const digest = new BodyDigest(json);
      digest.update(body);
      expect(digestBody(json, body)).toBe(digest.digest());
    }
  });

  it("differs by body, by content type and by view", () => {
    const body = Buffer.from("{}");
    const digests = [
      digestBody(json, body), digestBody(json, Buffer.from("[]")), digestBody({ ...json, contentType: "text/plain" }, body),
      digestBody({ ...json, view: "accept:x" }, body), digestBody({ contentType: "application/jsona", view: "ccept:x" }, body),
    ];
    expect(new Set(digests).size).toBe(digests.length);
  });

  it("reads its own tags, coded or not, and no others", () => {
    const digest = digestBody(json, Buffer.from("x"));
    const tag = bodyHashTag({ revision: 12, digest });
    expect(parseBodyHashTag(tag)).toEqual({ revision: 12, digest });
    expect(parseBodyHashTag(codedTag(tag, "gzip"))).toEqual({ revision: 12, digest });
    expect([parseBodyHashTag("abc"), parseBodyHashTag(`012-${digest}`), parseBodyHashTag(`12-${digest}x`), parseBodyHashTag(`-${digest}`)]).toEqual([null, null, null, null]);
  });

  it("is a tag by the RFC's syntax", () => {
    expect(parseEntityTag(`"${bodyHashTag({ revision: 0, digest: digestBody(json, Buffer.alloc(0)) })}"`)).not.toBeNull();
  });
});

describe("views", () => {
  it("are the same for the same selecting fields, whatever order and case Vary has", () => {
    const headers = { accept: "text/html", "accept-language": "de" };
    expect(varyView("Accept, Accept-Language", headers)).toBe(varyView("accept-language,ACCEPT, accept", headers));
    expect(varyView("Accept", headers)).not.toBe(varyView("Accept", { accept: "application/json" }));
    expect(varyView("Accept-Encoding", headers)).toBe("");
    expect(varyView(undefined, headers)).toBe("");
    expect(varyView("Accept, *", headers)).toBeNull();
  });

  it("do not show the values that made them", () => {
    expect(viewKey("authorization:Bearer secret", "acme")).not.toContain("secret");
    expect(viewKey("a", "b")).not.toBe(viewKey("b", "a"));
    expect(viewKey("", "")).toBe("");
  });
});
