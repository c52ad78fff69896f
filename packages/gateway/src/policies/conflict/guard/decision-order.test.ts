/** Every row of the order of evaluation, through HTTP. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { type Answered, type Guarded, startGuarded } from "../testing/guarded-upstream.ts";

let guarded: Guarded;
beforeAll(async () => {
  guarded = await startGuarded({ mode: "require", idempotency: { require: ["PATCH"] }, locks: { delay: "1s", maxTtl: "5s" }, busy: [{ status: 409, body: "AnotherOperationInProgress" }] }, { upstream: { timeouts: { firstByte: "2s" } } });
});
afterAll(() => guarded.stop());

let path = "";
let count = 0;
beforeEach(() => {
  guarded.interfere = null;
  count += 1;
  path = `/notes/${count}`;
  guarded.kept.set(`/${count}`, '{"title":"one"}');
});

const body = { title: "two" };
type Init = Parameters<Guarded["call"]>[2];
const put = async (headers: Record<string, string>, more: Init = {}): Promise<Answered> => guarded.call("PUT", path, { body, headers, ...more });
const etag = async (key = "ann-key"): Promise<string> => (await guarded.call("GET", path, { key })).etag;
const lock = async (more: Init = {}): Promise<Answered> => guarded.call("LOCK", path, { headers: { timeout: "Second-5" }, ...more });
const expectRefusal = (answer: Answered, status: number, members: Record<string, unknown>): void => {
  expect({ status: answer.status, ...answer.body }).toMatchObject({ status, ...members });
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(answer.headers.get("proxy-status")).toMatch(/^parley; /);
};

describe("step 1: syntax", () => {
  it.each(['*, "a"', "abc", '"a', 'w/"a"', ""])("400 for If-Match: %s", async (tag) => {
    expectRefusal(await put({ "if-match": tag }), 400, { code: "malformed-precondition" });
  });
  it("400 for a key and a token that cannot be read", async () => {
    expectRefusal(await put({ "idempotency-key": '"abc', "if-match": "*" }), 400, { code: "idempotency-key-malformed" });
    expectRefusal(await put({ "lock-token": "<a b>", "if-match": "*" }), 400, { code: "malformed-lock" });
  });
});

it("step 2: 425 for early data", async () => {
  expectRefusal(await put({ "early-data": "1", "if-match": await etag() }), 425, { code: "too-early" });
  for (const method of ["LOCK", "UNLOCK"]) expectRefusal(await guarded.call(method, path, { headers: { "early-data": "1", "lock-token": "<a:b>" } }), 425, { code: "too-early" });
});

describe("step 4: idempotency", () => {
  it("400 where a key is required and missing", async () => {
    expectRefusal(await guarded.call("PATCH", path, { body }), 400, { code: "idempotency-key-missing", cause: "idempotency", subcause: "missing" });
  });

  it("the first answer again, before If-Match is looked at, and 422 for another payload", async () => {
    const headers = { "idempotency-key": `"k${count}"`, "if-match": await etag() };
    const first = await put(headers);
    expect([first.status, first.headers.get("idempotency-replayed")]).toEqual([204, null]);
    const again = await put(headers);
    expect([again.status, again.headers.get("idempotency-replayed")]).toEqual([204, "true"]);
    expectRefusal(await put(headers, { body: { title: "three" } }), 422, { code: "idempotency-payload-mismatch", cause: "idempotency", subcause: "payload-mismatch" });
    expect(guarded.kept.get(`/${count}`)).toBe('{"title":"two"}');
  });

  it("replays the body of a create, which is made once; a bare key counts as a quoted one", async () => {
    const create = (key: string): Promise<Answered> => guarded.call("POST", "/notes", { body: { title: "new" }, headers: { "idempotency-key": key } });
    const before = guarded.upstream.requests.filter(({ method }) => method === "POST").length;
    const [first, again] = [await create(`"c${count}"`), await create(`c${count}`)];
    expect([first.status, first.text]).toEqual([201, again.text]);
    expect([again.status, again.headers.get("location"), again.headers.get("idempotency-replayed")]).toEqual([201, first.headers.get("location"), "true"]);
    expect(guarded.upstream.requests.filter(({ method }) => method === "POST").length - before).toBe(1);
  });

  it("409 while the first is in flight, and a key belongs to its consumer", async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const reached = new Promise<void>((resolve) => {
      guarded.interfere = async (request) => {
        if (request.method !== "POST") return false;
        guarded.interfere = null;
        resolve();
        await held;
        return false;
      };
    });
    const create = (key: string): Promise<Answered> => guarded.call("POST", "/notes", { body, key, headers: { "idempotency-key": '"flying"' } });
    const first = create("ann-key");
    await reached;
    const second = await create("ann-key");
    expectRefusal(second, 409, { code: "idempotency-in-flight", cause: "idempotency", subcause: "in-flight", retryable: true });
    expect(Number(second.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await create("bob-key")).status).toBe(201);
    release();
    expect((await first).status).toBe(201);
  });

  it("409 outcome-unknown once the answer to the first was lost", async () => {
    guarded.interfere = (request) => request.method === "POST" && Boolean(request.socket.destroy());
    const create = (): Promise<Answered> => guarded.call("POST", "/notes", { body, headers: { "idempotency-key": '"lost"' } });
    expectRefusal(await create(), 504, { code: "outcome-unknown", outcome: "unknown" });
    guarded.interfere = null;
    expectRefusal(await create(), 409, { code: "idempotency-outcome-unknown", cause: "idempotency", subcause: "outcome-unknown" });
  });
});

describe("step 5: leases", () => {
  it("423 for everybody without the token, the holder included, with who and until when", async () => {
    const lease = await lock();
    expect(lease.body).toMatchObject({ holder: "ann", fence: expect.any(Number), token: expect.stringContaining("urn:parley:lock:"), expiresAt: expect.any(String) });
    expect(lease.headers.get("lock-token")).toBe(`<${String(lease.body["token"])}>`);
    for (const key of ["bob-key", "ann-key"]) {
      const refused = await put({ "if-match": await etag(key) }, { key });
      expectRefusal(refused, 423, { code: "resource-locked", cause: "locked", subcause: "held", holder: "ann", expiresAt: expect.any(String) });
      expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    }
    expectRefusal(await guarded.call("POST", path, { body, key: "bob-key" }), 423, { subcause: "held" });
    const written = await put({ "if-match": await etag(), "lock-token": `<${String(lease.body["token"])}>` });
    expect(written.status).toBe(204);
    expect(guarded.upstream.requests.at(-1)?.headers["parley-fence"]).toBe(String(lease.body["fence"]));
    expect(guarded.upstream.requests.at(-1)?.headers["lock-token"]).toBeUndefined();
    expect((await guarded.call("UNLOCK", path, { headers: { "lock-token": `<${String(lease.body["token"])}>` } })).status).toBe(204);
    expect((await put({ "if-match": await etag("bob-key") }, { key: "bob-key" })).status).toBe(204);
  });

  it("423 for another consumer that has come by the token: it can neither write under it, nor renew it, nor give the lease back", async () => {
    const token = `<${String((await lock()).body["token"])}>`;
    const asked = { headers: { "if-match": await etag("bob-key"), "lock-token": token }, key: "bob-key" };
    for (const refused of [await put(asked.headers, { key: "bob-key" }), await lock(asked), await guarded.call("UNLOCK", path, asked)]) {
      expectRefusal(refused, 423, { code: "unknown-lock-token", cause: "locked", subcause: "unknown-token" });
    }
    expect((await put({ "if-match": await etag(), "lock-token": token })).status).toBe(204);
    expect((await guarded.call("UNLOCK", path, { headers: { "lock-token": token } })).status).toBe(204);
  });

  it("423 for a token that was never given out, 412 for one whose lease has ended", async () => {
    const lease = await lock();
    const token = String(lease.body["token"]);
    expectRefusal(await put({ "if-match": await etag(), "lock-token": "<urn:invented>" }), 423, { code: "unknown-lock-token", cause: "locked", subcause: "unknown-token" });
    await guarded.call("UNLOCK", path, { headers: { "lock-token": `<${token}>` } });
    expectRefusal(await put({ "if-match": await etag(), "lock-token": `<${token}>` }), 412, { code: "lock-expired", cause: "locked", subcause: "expired" });
  });

  it("renews with the token, and refuses a time that cannot be read", async () => {
    const { body: first } = await lock({ headers: { timeout: "Second-1" } });
    const renewed = await lock({ headers: { timeout: "Second-5", "lock-token": `<${String(first["token"])}>` } });
    expect(renewed.body["token"]).toBe(first["token"]);
    expect(Date.parse(String(renewed.body["expiresAt"]))).toBeGreaterThan(Date.parse(String(first["expiresAt"])));
    expectRefusal(await lock({ headers: { timeout: "soon" } }), 400, { code: "malformed-lock" });
    expectRefusal(await guarded.call("UNLOCK", path), 400, { code: "malformed-lock" });
  });
});

describe("step 6: a precondition is required", () => {
  it("428 with the current tag for what exists, none for what is to be created", async () => {
    const refused = await put({});
    expectRefusal(refused, 428, { code: "precondition-required", cause: "precondition-required", subcause: "missing" });
    expect(refused.headers.get("cache-control")).toBe("no-store");
    expect(refused.etag.slice(2)).toContain((await etag()).split("-").slice(1).join("-").slice(0, 20));
    expect(refused.body["current"]).toEqual({ etag: refused.etag });
    expect((await put({ "if-match": refused.etag })).status).toBe(204);
    path = `/notes/absent-${count}`;
    expect((await put({})).status).toBe(201);
    expectRefusal(await guarded.call("DELETE", path), 428, { cause: "precondition-required" });
    expect((await guarded.call("POST", "/notes", { body })).status).toBe(201);
  });
});

describe("step 7: the queue and the ledger", () => {
  it("409 busy once too many wait", async () => {
    // Nobody may be sent away for having waited too long, however slow the machine is.
    const patient = await startGuarded({ mode: "require" }, { upstream: { timeouts: { firstByte: "60s" } } });
    onTestFinished(() => patient.stop());
    patient.kept.set("/7", '{"title":"one"}');
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    patient.interfere = async (request) => {
      if (request.method === "PUT") await held;
      return false;
    };
    const { etag: tag } = await patient.call("GET", "/notes/7");
    const writes = Array.from({ length: 115 }, () => patient.call("PUT", "/notes/7", { body, headers: { "if-match": tag } }));
    const first = await Promise.race(writes);
    release();
    expectRefusal(first, 409, { code: "resource-busy", cause: "busy", subcause: "queue" });
    expect(Number(first.headers.get("retry-after"))).toBeGreaterThan(0);
    const statuses = (await Promise.all(writes)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 204)).toHaveLength(1);
    // One was carried out at a time, the others waited and were compared; whoever came while the queue was full was sent away.
    expect(statuses.filter((status) => status === 412).length).toBeGreaterThanOrEqual(100);
    expect(new Set(statuses)).toEqual(new Set([204, 409, 412]));
  });

  it("503 while the ledger is down, for writes and not for reads", async () => {
    const tag = await etag();
    await guarded.gateway.stopLedger();
    const refused = await put({ "if-match": tag });
    expectRefusal(refused, 503, { code: "ledger-unavailable", cause: "ledger-unavailable", outcome: "not-applied" });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await guarded.call("GET", path)).status).toBe(200);
    await guarded.gateway.startLedger();
    expect((await put({ "if-match": tag })).status).toBe(204);
  });
});

describe("step 8: preconditions", () => {
  it("412 for a stale tag and for what is absent, with the current tag", async () => {
    const tag = await etag();
    guarded.kept.set(`/${count}`, '{"title":"past the gateway"}');
    const refused = await put({ "if-match": tag });
    expectRefusal(refused, 412, { cause: "concurrent-modification", subcause: "by-bypass", current: { etag: refused.etag, changedBy: "bypass" } });
    guarded.kept.delete(`/${count}`);
    expectRefusal(await put({ "if-match": tag }), 412, { cause: "concurrent-modification", subcause: "deleted" });
    expectRefusal(await put({ "if-match": "*" }), 412, {});
  });

  it("412 for If-None-Match: * on what exists, and a create where it does not", async () => {
    expectRefusal(await put({ "if-none-match": "*" }), 412, { cause: "concurrent-modification", subcause: "created" });
    path = `/notes/new-${count}`;
    expect((await put({ "if-none-match": "*" })).status).toBe(201);
  });

  it("says which kind of wrong tag it is", async () => {
    const tag = await etag();
    expectRefusal(await put({ "if-match": `W/${tag}` }), 412, { cause: "version-mismatch", subcause: "weak-tag" });
    expectRefusal(await put({ "if-match": '"invented"' }), 412, { cause: "version-mismatch", subcause: "never-issued" });
    guarded.kept.set("/other", '{"title":"one"}');
    const other = (await guarded.call("GET", "/notes/other")).etag;
    expectRefusal(await put({ "if-match": other }), 412, { cause: "version-mismatch", subcause: "other-resource" });
  });

  it("takes a tag with the suffix of a content coding", async () => {
    expect((await put({ "if-match": (await etag()).replace(/"$/, '-gzip"') })).status).toBe(204);
  });

  it("says that it is already what was wanted", async () => {
    const tag = await etag();
    guarded.kept.set(`/${count}`, JSON.stringify(body));
    expectRefusal(await put({ "if-match": tag }), 412, { cause: "already-applied", outcome: "applied" });
  });
});

describe("step 9: what the upstream says", () => {
  it("keeps the body of its 409 and links the diagnosis; explains to who understands problem details", async () => {
    const said = '{"error":"duplicate title"}';
    guarded.interfere = (request, response) => request.method === "PUT" && Boolean(response.writeHead(409, { "Content-Type": "application/json" }).end(said));
    const plain = await put({ "if-match": await etag() });
    expect([plain.status, plain.text, plain.headers.get("proxy-status")]).toEqual([409, said, "parley; received-status=409"]);
    const link = /<(\/\.well-known\/parley\/conflicts\/[0-9a-f]{32})>; rel="describedby"/.exec(plain.headers.get("link") ?? "")?.[1];
    const diagnosis = await guarded.call("GET", String(link));
    expect(diagnosis.body).toMatchObject({ cause: "state-mismatch", subcause: "duplicate", origin: "upstream", upstream: { status: 409, code: "duplicate title" } });
    expect((await guarded.call("GET", String(link), { key: "bob-key" })).status).toBe(404);
    expect((await guarded.call("GET", String(link), { headers: { accept: "text/html" } })).text).toContain("<h1>");
    const explained = await put({ "if-match": await etag(), accept: "application/problem+json" });
    expectRefusal(explained, 409, { cause: "state-mismatch", origin: "upstream", instance: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/\.well-known\/parley\/conflicts\/[0-9a-f]{32}$/) });
    expect((await put({ "if-match": await etag(), accept: "application/json, application/problem+json;q=0" })).text).toBe(said);
  });

  it("504 where the connection is lost after sending; the resource then rests, and what happened is found out", async () => {
    const tag = await etag();
    guarded.interfere = (request, _response, written) => {
      if (request.method !== "PUT") return false;
      guarded.kept.set(`/${count}`, written);
      return Boolean(request.socket.destroy());
    };
    const lost = await put({ "if-match": tag });
    expectRefusal(lost, 504, { code: "outcome-unknown", cause: "outcome-unknown", subcause: "lost-response", outcome: "unknown" });
    expect(guarded.upstream.requests.filter(({ url, method }) => url === `/${count}` && method === "PUT")).toHaveLength(1);
    guarded.interfere = null;
    const resting = await put({ "if-match": tag });
    expectRefusal(resting, 409, { cause: "busy", subcause: "lock-delay" });
    const instance = new URL(String(lost.body["instance"])).pathname;
    await expect.poll(async () => (await guarded.call("GET", instance)).body["found"], { timeout: 10_000 }).toMatchObject({ outcome: "applied" });
    expect((await put({ "if-match": await etag() })).status).toBe(204);
  });
});
