/** What a merge, a version that is put in, or a comparison must never do to a document: read it as something else than it says. */
import { describe, expect, it } from "vitest";
import { type Answered, startGuarded } from "../../testing/guarded-upstream.ts";
import { stoppedAfterEach } from "../../testing/stopped-after-each.ts";

const start = stoppedAfterEach(startGuarded);

describe("a merge", () => {
  const merged = async (versions: [base: string, theirs: string, yours: string], contentType = "application/json"): Promise<{ answer: Answered; kept: string | undefined }> => {
    const { call, kept } = await start({ mode: "require", strategy: "merge" });
    const [base, theirs, yours] = versions;
    kept.set("/7", base);
    const { etag } = await call("GET", "/notes/7");
    const bobs = (await call("GET", "/notes/7", { key: "bob-key" })).etag;
    expect((await call("PUT", "/notes/7", { key: "bob-key", headers: { "if-match": bobs, "content-type": contentType }, body: theirs })).status).toBe(204);
    return { answer: await call("PUT", "/notes/7", { headers: { "if-match": etag, "content-type": contentType }, body: yours }), kept: kept.get("/7") };
  };

  it("writes numbers that no double can hold as they were, whoever left them alone", async () => {
    const of = (title: string, shade: string): string => `{"id":9007199254740993,"big":1e400,"title":"${title}","shade":"${shade}"}`;
    const { answer, kept } = await merged([of("a", "red"), of("a", "blue"), of("b", "red")]);
    expect([answer.status, answer.text, kept]).toEqual([200, of("b", "blue"), of("b", "blue")]);
  });

  it("takes two numbers past 2^53 for two: a change from one to the other is a change", async () => {
    const { answer, kept } = await merged(['{"id":9007199254740993,"n":1}', '{"id":9007199254740992,"n":1}', '{"id":9007199254740994,"n":1}']);
    expect([answer.status, answer.body, kept]).toMatchObject([412, { code: "merge-overlap", conflicts: [{ pointer: "/id" }] }, '{"id":9007199254740992,"n":1}']);
    expect(answer.text).toContain('"base":9007199254740993,"theirs":9007199254740992,"yours":9007199254740994');
  });

  it("is not made over a document of theirs that has a member twice", async () => {
    const { answer, kept } = await merged(['{"a":1,"b":1}', '{"a":1,"b":2,"b":3}', '{"a":2,"b":1}']);
    expect([answer.status, kept]).toEqual([412, '{"a":1,"b":2,"b":3}']);
  });

  it("is not made of a document in another charset than UTF-8, which would come out as something else", async () => {
    const guarded = await start({ mode: "require", strategy: "merge" });
    const type = "application/json; charset=iso-8859-1";
    const written: string[] = [];
    let state = Buffer.from('{"name":"caf\u00e9","n":1}', "latin1");
    guarded.interfere = (request, response, body) => {
      if (request.method !== "GET") written.push(body);
      return Boolean(response.writeHead(200, { "Content-Type": type }).end(state));
    };
    const { etag } = await guarded.call("GET", "/notes/7");
    state = Buffer.from('{"name":"caf\u00e9","n":1,"more":1}', "latin1");
    const answer = await guarded.call("PUT", "/notes/7", { headers: { "if-match": etag }, body: '{"name":"caf\u00e9","n":2}' });
    expect([answer.status, answer.body["cause"], written]).toEqual([412, "concurrent-modification", []]);
  });
});

it("what is not the same number is not said to be applied already", async () => {
  const { call, kept } = await start({ mode: "require" });
  kept.set("/7", '{"id":9007199254740990}');
  const { etag } = await call("GET", "/notes/7");
  kept.set("/7", '{"id":9007199254740993}');
  const answer = await call("PUT", "/notes/7", { headers: { "if-match": etag }, body: '{"id":9007199254740992}' });
  expect(answer.body).toMatchObject({ cause: "concurrent-modification", outcome: "not-applied" });
  expect(answer.text).toContain('"changes":[{"op":"replace","path":"/id","value":9007199254740993}]');
});

describe("a version field with a number past 2^53", () => {
  const version = "1763877600123456789";

  it("is told from the next one", async () => {
    const { call, kept } = await start({ mode: "require", validator: "field:/version" });
    kept.set("/7", `{"version":${version}}`);
    const { etag } = await call("GET", "/notes/7");
    expect(etag).toBe(`"${version}"`);
    kept.set("/7", '{"version":1763877600123456790}');
    expect((await call("PUT", "/notes/7", { headers: { "if-match": etag }, body: {} })).status).toBe(412);
  });

  it("goes into the write as it is, and the rest of the document as the client wrote it", async () => {
    const { call, kept } = await start({ mode: "require", validator: "field:/version" });
    kept.set("/7", `{"version":${version}}`);
    await call("PUT", "/notes/7", { headers: { "if-match": `"${version}"` }, body: '{"version":1,"id":9007199254740993,"f":1.0}' });
    expect(kept.get("/7")).toBe(`{"version":${version},"id":9007199254740993,"f":1.0}`);
  });
});
