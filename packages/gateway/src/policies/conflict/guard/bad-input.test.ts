/** Whatever a client puts into the fields and bodies that the guard reads: it is told what was wrong, nothing is buffered past the cap, and nobody sees what is another's. */
import { Agent, request as send } from "node:http";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Guarded, startGuarded } from "../testing/guarded-upstream.ts";

const cap = 4 * 1024;
const bodyLimit = 64 * 1024;

let guarded: Guarded;
const agent = new Agent({ keepAlive: true, maxSockets: 8 });
beforeAll(async () => {
  guarded = await startGuarded({ mode: "require", maxBody: "4KiB", locks: { maxTtl: "1s", delay: "1ms" } }, { gateway: { limits: { bodyBytes: "64KiB" } } });
});
afterAll(async () => {
  agent.destroy();
  await guarded.stop();
});

let path = "";
let count = 0;
beforeEach(() => {
  guarded.interfere = null;
  path = `/notes/${++count}`;
  guarded.kept.set(`/${count}`, '{"title":"one"}');
});

interface Answer {
  status: number;
  type: string;
  body: Record<string, unknown>;
}

/** Fields as `fetch` would not send them: any byte that HTTP allows in a value, and several of one name. */
function raw(method: string, headers: Record<string, string | string[]>, body = ""): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = send(guarded.gateway.url + path, { method, agent, headers: { "x-api-key": "ann-key", "content-type": "application/json", "content-length": body.length, ...headers } }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk)).on("end", () => {
        const isProblem = String(response.headers["content-type"]).includes("problem+json") && text !== "";
        resolve({ status: response.statusCode ?? 0, type: String(response.headers["content-type"]), body: isProblem ? (JSON.parse(text) as Record<string, unknown>) : {} });
      });
    });
    sent.on("error", reject).end(body);
  });
}

function expectProblem(answer: Answer, status: number, code: string): void {
  expect([answer.status, answer.type, answer.body["code"]]).toEqual([status, "application/problem+json", code]);
  expect(String(answer.body["fix"]).length).toBeGreaterThan(10);
  expect(String(answer.body["detail"]).length).toBeGreaterThan(10);
}

const long = "x".repeat(300);
describe("malformed fields are refused with what is wrong with them, and nothing is written", () => {
  it.each<[method: string, field: string, value: string | string[], code: string]>([
    ["PUT", "if-match", "unquoted", "malformed-precondition"],
    ["PUT", "if-match", '"open', "malformed-precondition"],
    ["PUT", "if-match", "", "malformed-precondition"],
    ["PUT", "if-match", ",", "malformed-precondition"],
    ["PUT", "if-match", '"a" "b"', "malformed-precondition"],
    ["PUT", "if-match", '*, "a"', "malformed-precondition"],
    ["PUT", "if-match", ['"a"', "*"], "malformed-precondition"],
    ["PUT", "if-match", 'w/"a"', "malformed-precondition"],
    ["PUT", "if-match", 'W/ "a"', "malformed-precondition"],
    ["DELETE", "if-match", "'a'", "malformed-precondition"],
    ["PATCH", "if-none-match", "**", "malformed-precondition"],
    ["GET", "if-none-match", "abc", "malformed-precondition"],
    ["HEAD", "if-match", '"a', ""],
    ["POST", "if-none-match", '"a",*', "malformed-precondition"],
    ["PUT", "idempotency-key", '"open', "idempotency-key-malformed"],
    ["PUT", "idempotency-key", "", "idempotency-key-malformed"],
    ["PUT", "idempotency-key", '""', "idempotency-key-malformed"],
    ["PUT", "idempotency-key", "two words", "idempotency-key-malformed"],
    ["PUT", "idempotency-key", long, "idempotency-key-malformed"],
    ["PUT", "idempotency-key", ["a", "b"], "idempotency-key-malformed"],
    ["POST", "idempotency-key", "caf\u00e9", "idempotency-key-malformed"],
    ["PUT", "lock-token", "<a b>", "malformed-lock"],
    ["PUT", "lock-token", "", "malformed-lock"],
    ["PUT", "lock-token", "<>", "malformed-lock"],
    ["PUT", "lock-token", `<${long}>`, "malformed-lock"],
    ["PUT", "lock-token", ["<a>", "<b>"], "malformed-lock"],
    ["LOCK", "lock-token", "<", "malformed-lock"],
    ["UNLOCK", "lock-token", "<a><b>", "malformed-lock"],
    ["LOCK", "timeout", "30", "malformed-lock"],
    ["LOCK", "timeout", "Second-0", "malformed-lock"],
    ["LOCK", "timeout", "Second--1", "malformed-lock"],
    ["LOCK", "timeout", "", "malformed-lock"],
    ["LOCK", "timeout", "Second-1e3", "malformed-lock"],
  ])("%s with %s: %s", async (method, field, value, code) => {
    const before = guarded.upstream.requests.filter((request) => request.method !== "GET").length;
    const answer = await raw(method, { "if-match": "*", [field]: value }, method === "GET" || method === "HEAD" ? "" : "{}");
    if (method === "HEAD") expect(answer.status).toBe(400);
    else expectProblem(answer, 400, code);
    expect(guarded.upstream.requests.filter((request) => request.method !== "GET")).toHaveLength(before);
  });
});

it.each(["DELETE", "PUT", "POST", "PATCH"])("%s that also offers to switch protocols is guarded like any other", async (method) => {
  const count = (): number => guarded.upstream.requests.filter((request) => request.method !== "GET").length;
  const before = count();
  const upgrade = { connection: "Upgrade", upgrade: "websocket" };
  expectProblem(await raw(method, { ...upgrade, "if-match": '"another"' }), 412, "version-mismatch");
  if (method !== "POST") expectProblem(await raw(method, upgrade), 428, "precondition-required");
  expect(count()).toBe(before);
});

/** RFC 9110 §8.8.3 and §5.6.1 said once more, in another way than the parser's: a list may have empty elements, but not nothing else. */
function isCondition(text: string): boolean {
  const bare = text.replaceAll(/^[ \t]+|[ \t]+$/g, "");
  if (bare === "*") return true;
  const list = /^(?:[ \t]*(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"[ \t]*(?:,|$)|[ \t]*,)*$/;
  return list.test(bare.endsWith(",") || bare === "" ? bare : `${bare},`) && bare.includes('"');
}

const byte = fc.oneof(fc.constantFrom('"', "*", ",", " ", "\t", "W/", "w/", "<", ">", "-gzip", "a", "\\"), fc.integer({ min: 0x20, max: 0xff }).filter((code) => code !== 0x7f).map((code) => String.fromCharCode(code)));
const value = fc.array(byte, { maxLength: 8 }).map((parts) => parts.join(""));
const runs = { numRuns: 150 };

describe("any value at all", () => {
  it("of If-Match is refused as malformed exactly where the grammar says so, and never matches by accident", async () => {
    await fc.assert(
      fc.asyncProperty(value, async (text) => {
        const answer = await raw("PUT", { "if-match": text }, "{}");
        if (text.trim() === "*") expect(answer.status).toBe(204);
        else expect([answer.status, answer.body["code"] === "malformed-precondition"], JSON.stringify(text)).toEqual(isCondition(text) ? [412, false] : [400, true]);
      }),
      runs,
    );
  });

  it.each(["if-none-match", "idempotency-key", "lock-token", "if-unmodified-since", "prefer"])("of %s is understood or refused: a problem with a fix, or the write", async (field) => {
    await fc.assert(
      fc.asyncProperty(value, async (text) => {
        const answer = await raw("PUT", { "if-match": "*", [field]: text }, "{}");
        if (answer.status === 204) return;
        expect(answer.status, JSON.stringify(text)).toBeGreaterThanOrEqual(400);
        expect(answer.status, JSON.stringify(text)).toBeLessThan(500);
        expect([answer.type, typeof answer.body["code"], typeof answer.body["fix"]]).toEqual(["application/problem+json", "string", "string"]);
      }),
      runs,
    );
  });

  it("of Timeout gives a lease with an end or a problem", async () => {
    const wish = fc.oneof(value, fc.tuple(fc.constantFrom("Second-", "second-", "Infinite", "Second"), value).map((parts) => parts.join("")));
    await fc.assert(
      fc.asyncProperty(wish, async (text) => {
        path = `/notes/lock-${++count}`;
        const answer = await raw("LOCK", { timeout: text });
        if (answer.status !== 200) expectProblem(answer, 400, "malformed-lock");
      }),
      runs,
    );
  });
});

describe("bodies", () => {
  it("that have no end are refused at the service's limit, without a place being held meanwhile", async () => {
    const { etag } = await guarded.call("GET", path);
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(Buffer.alloc(8 * 1024, 120)) });
    const answer = await fetch(guarded.gateway.url + path, { method: "PUT", body: endless, duplex: "half", headers: { "x-api-key": "ann-key", "if-match": etag } } as RequestInit).catch(() => null);
    if (answer !== null) expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([413, "body-too-large"]);
    expect((await guarded.call("PUT", path, { headers: { "if-match": etag }, body: { title: "two" } })).status).toBe(204);
  });

  it("longer than the cap and within the limit stream through", async () => {
    const text = "y".repeat(bodyLimit - 1_000);
    const { etag } = await guarded.call("GET", path);
    expect((await guarded.call("PUT", path, { headers: { "if-match": etag }, body: { text } })).status).toBe(204);
    const back = await guarded.call("GET", path);
    expect([back.body["text"], back.etag]).toEqual([text, ""]);
  });

  it("of an upstream that have no end are not waited for: a write that has to compare with one is told that it has no tag", async () => {
    let closed = false;
    guarded.interfere = (request, response) => {
      if (request.method !== "GET") return false;
      response.writeHead(200, { "Content-Type": "application/json" });
      const more = (): void => void response.write(Buffer.alloc(cap, 120));
      response.on("drain", more).on("close", () => (closed = true));
      more();
      more();
      return true;
    };
    const answer = await guarded.call("PUT", path, { headers: { "if-match": '"a"' }, body: {} });
    expect([answer.status, answer.body["subcause"]]).toEqual([428, "untagged"]);
    await expect.poll(() => closed, { timeout: 10_000 }).toBe(true);
  });

  it.each([["application/json", "{"], ["application/merge-patch+json", "[[[["], ["application/json-patch+json", '[{"op":"fly"}]'], ["application/json-patch+json", '"no list"'], ["application/merge-patch+json", "\u0000"]])(
    "that are no %s (%s) are never merged, and the refusal is one of the client's",
    async (type, text) => {
      const { etag } = await guarded.call("GET", path);
      guarded.kept.set(`/${count}`, '{"title":"theirs"}');
      const before = guarded.kept.get(`/${count}`);
      const answer = await guarded.call("PATCH", path, { headers: { "if-match": etag, prefer: "conflict=merge", "content-type": type }, body: text });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect([typeof answer.body["code"], typeof answer.body["fix"]]).toEqual(["string", "string"]);
      expect(guarded.kept.get(`/${count}`)).toBe(before);
    },
  );
});

describe("what is another's", () => {
  const secret = "only-for-ann";
  beforeEach(() => {
    guarded.interfere = (request, response) => {
      if (request.method !== "GET" || request.url !== `/${count}`) return false;
      const who = String(request.headers["parley-consumer"]);
      const document = { title: guarded.kept.get(`/${count}`), [who]: who === "ann" ? secret : "for bob" };
      return Boolean(response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(document)));
    };
  });

  it("is not shown to who knows its tag: not as a change, not in a merge, not by a link", async () => {
    const ann = await guarded.call("GET", path);
    expect(ann.text).toContain(secret);
    await guarded.call("GET", path, { key: "bob-key" });
    for (const how of [{}, { prefer: "conflict=merge" }] as Record<string, string>[]) {
      const answer = await guarded.call("PUT", path, { key: "bob-key", headers: { "if-match": ann.etag, ...how }, body: { title: "bob", ann: "guess" } });
      expect(answer.status).toBe(412);
      expect(answer.text).not.toContain(secret);
      const page = await guarded.call("GET", new URL(String(answer.body["instance"])).pathname, { key: "bob-key" });
      expect(page.status).toBe(200);
      expect(page.text).not.toContain(secret);
    }
  });

  it("is not replayed: the same key of another consumer is another key", async () => {
    guarded.interfere = null;
    const headers = { "idempotency-key": '"shared-key"' };
    const first = await guarded.call("POST", "/notes", { headers, body: { secret } });
    const other = await guarded.call("POST", "/notes", { key: "bob-key", headers, body: { title: "bob" } });
    expect([first.status, other.status, other.headers.get("idempotency-replayed")]).toEqual([201, 201, null]);
    expect(other.text).not.toContain(secret);
  });

  it("has conflicts that nobody else opens, by whatever rights", async () => {
    const ann = await guarded.call("GET", path);
    guarded.kept.set(`/${count}`, "changed");
    const refused = await guarded.call("PUT", path, { headers: { "if-match": ann.etag }, body: { title: "mine" } });
    const page = new URL(String(refused.body["instance"])).pathname;
    expect((await guarded.call("GET", page)).status).toBe(200);
    expect((await guarded.call("GET", page, { key: "bob-key" })).status).toBe(404);
    expect((await guarded.call("GET", page, { key: "no-key" })).status).toBeGreaterThanOrEqual(400);
  });
});
