/** One guarded write each, and one thing that goes wrong at a chosen moment of it. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { isAlive } from "../harness/process-ids.ts";
import { openRaw } from "../harness/raw-http.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";
import { type Incoming, startVersionedUpstream, type VersionedUpstream } from "../harness/versioned-upstream.ts";

const keys = { ann: "ann-key-0123456789", bob: "bob-key-0123456789" };
const delayMs = 3_000;
/** Where something has to be asked before the rest is over, by a gateway that was killed twice and so is started again later. */
const longDelayMs = 12_000;

let upstream: VersionedUpstream;
let parley: Parley;

const yaml = (): string => `services:
  notes: { path: /notes, upstream: { targets: [{ url: "${upstream.url}" }], timeouts: { connect: 1s, firstByte: 1s, idle: 1s } }, conflict: { mode: require, locks: { delay: ${delayMs}ms } } }
  bulk:
    path: /bulk
    upstream: { targets: [{ url: "${upstream.url}" }], timeouts: { connect: 1s, firstByte: 1s, idle: 1s } }
    conflict: { mode: require, locks: { delay: ${longDelayMs}ms }, batches: [{ path: /_all, item: { resource: "/{/id}", ifMatch: /ifMatch, body: /note } }] }
  patient: { path: /patient, upstream: { targets: [{ url: "${upstream.url}" }] }, conflict: { mode: require } }
consumers:
  ann: { keys: [{ name: default, secret: ${keys.ann} }] }
  bob: { keys: [{ name: default, secret: ${keys.bob} }] }
`;

beforeAll(async () => {
  upstream = await startVersionedUpstream();
  parley = await startParley({ yaml: yaml() });
});

afterAll(async () => {
  await parley[Symbol.asyncDispose]();
  await upstream.close();
});

let service = "";
let path = "";
let count = 0;
beforeEach(() => {
  upstream.takes = null;
  service = "notes";
  path = `/${++count}`;
  upstream.kept.set(path, '{"n":1}');
});

interface Answer {
  status: number;
  etag: string;
  problem: Record<string, unknown>;
}

async function call(who: keyof typeof keys, method: string, init: { headers?: Record<string, string>; n?: number } = {}): Promise<Answer> {
  const response = await fetch(`${parley.gatewayUrl}/${service}${path}`, {
    method, headers: { "x-api-key": keys[who], "content-type": "application/json", ...init.headers }, ...(init.n === undefined ? {} : { body: JSON.stringify({ n: init.n }) }),
  });
  const text = await response.text();
  return { status: response.status, etag: response.headers.get("etag") ?? "", problem: text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : {} };
}

const put = (who: keyof typeof keys, n: number, headers: Record<string, string>): Promise<Answer> => call(who, "PUT", { n, headers });
const read = async (who: keyof typeof keys): Promise<Answer> => call(who, "GET");
const writes = (): number => upstream.arrived.filter((line) => line === `PUT ${path}`).length;

/** The next request of that kind stays with the test. */
function held(method: string): Promise<Incoming> {
  return new Promise((resolve) => {
    upstream.takes = (incoming) => {
      if (incoming.method !== method || incoming.path !== path) return false;
      upstream.takes = null;
      resolve(incoming);
      return true;
    };
  });
}

const backAgain = (): Promise<unknown> => eventually(async () => (await fetch(`${parley.gatewayUrl}/.well-known/parley/readyz`)).status === 200);

test("kill -9 of the gateway before it sent anything: the upstream never sees the write, and nothing rests", async () => {
  const { etag } = await read("ann");
  const looking = held("GET");
  const writing = put("ann", 2, { "if-match": etag });
  await looking;
  parley.kill("gateway");
  await expect(writing).rejects.toThrow();
  await backAgain();
  expect(writes()).toBe(0);
  const { etag: again } = await read("bob");
  expect((await put("bob", 3, { "if-match": again })).status).toBe(204);
  expect([writes(), upstream.kept.get(path)]).toEqual([1, '{"n":3}']);
});

test("the gateway is stopped for longer than its lease: its late write is not sent, and the next holder's stands", async () => {
  // Its time for an answer must not be over as well when it goes on.
  service = "patient";
  const { etag } = await read("ann");
  const lease = await call("ann", "LOCK", { headers: { timeout: "Second-1" } });
  const looking = held("GET");
  const late = put("ann", 2, { "if-match": etag, "lock-token": `<${String(lease.problem["token"])}>` });
  const look = await looking;
  const [gateway] = parley.pids().gateways;
  process.kill(Number(gateway), "SIGSTOP");
  try {
    await eventually(() => Date.now() > Date.parse(String(lease.problem["expiresAt"])));
    look.answer();
  } finally {
    process.kill(Number(gateway), "SIGCONT");
  }
  const refused = await late;
  expect([refused.status, refused.problem]).toMatchObject([412, { cause: "locked", subcause: "expired", outcome: "not-applied" }]);
  expect(writes()).toBe(0);
  const next = await eventually(async () => {
    const taken = await call("bob", "LOCK", { headers: { timeout: "Second-5" } });
    return taken.status === 200 ? taken : undefined;
  });
  expect(Number(next.problem["fence"])).toBeGreaterThan(Number(lease.problem["fence"]));
  const { etag: current } = await read("bob");
  expect((await put("bob", 3, { "if-match": current, "lock-token": `<${String(next.problem["token"])}>` })).status).toBe(204);
  expect([writes(), upstream.kept.get(path)]).toEqual([1, '{"n":3}']);
});

test("the upstream answers after its time is over: 504, a rest until it must be done, and then its write is the state", async () => {
  const { etag } = await read("ann");
  const writing = held("PUT");
  const lost = put("ann", 2, { "if-match": etag });
  const late = await writing;
  const answer = await lost;
  expect([answer.status, answer.problem]).toMatchObject([504, { code: "outcome-unknown", outcome: "unknown" }]);
  // Somebody who read before it was applied may not write over it, whether it is applied by then or not.
  expect((await put("bob", 3, { "if-match": (await read("bob")).etag })).problem).toMatchObject({ cause: "busy", subcause: "lock-delay" });
  const stale = (await read("bob")).etag;
  late.apply();
  const refused = await eventually(async () => {
    const tried = await put("bob", 3, { "if-match": stale });
    return tried.problem["cause"] === "busy" ? undefined : tried;
  });
  expect([refused.status, writes()]).toEqual([412, 1]);
  expect((await put("bob", 3, { "if-match": (await read("bob")).etag })).status).toBe(204);
});

test("a client that hangs up in the middle of its body has written nothing, and the next one need not wait", async () => {
  const { etag } = await read("ann");
  const connection = await openRaw(parley.gatewayUrl);
  connection.write(`PUT /${service}${path} HTTP/1.1\r\nHost: notes\r\nX-Api-Key: ${keys.ann}\r\nIf-Match: ${etag}\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{"n":`);
  // Whoever comes afterwards is served afterwards.
  await read("bob");
  connection[Symbol.dispose]();
  await connection.closed;
  expect((await put("bob", 3, { "if-match": (await read("bob")).etag })).status).toBe(204);
  expect([writes(), upstream.kept.get(path)]).toEqual([1, '{"n":3}']);
});

test("kill -9 of the gateway while a batch is with the upstream, which has done half of it: each resource rests, and is found as it is", async () => {
  service = "bulk";
  const [done, open] = [path, `/${++count}`];
  upstream.kept.set(open, '{"n":1}');
  const tags = new Map<string, string>();
  for (path of [done, open]) tags.set(path, (await read("ann")).etag);
  path = "/_all";
  const writing = held("POST");
  const items = [done, open].map((item) => ({ id: item.slice(1), ifMatch: tags.get(item), note: { n: 2 } }));
  const lost = fetch(`${parley.gatewayUrl}/bulk/_all`, { method: "POST", headers: { "x-api-key": keys.ann, "content-type": "application/json" }, body: JSON.stringify(items) }).catch(() => "cut");
  await writing;
  parley.kill("gateway");
  expect(await lost).toBe("cut");
  await backAgain();
  upstream.kept.set(done, '{"n":2}');
  for (path of [done, open]) expect((await put("bob", 3, { "if-match": (await read("bob")).etag })).problem, path).toMatchObject({ cause: "busy", subcause: "lock-delay" });
  const afterRest = async (): Promise<Answer> => eventually(async () => {
    const tried = await put("ann", 3, { "if-match": tags.get(path) ?? "" });
    return tried.problem["cause"] === "busy" ? undefined : tried;
  });
  path = done;
  expect((await afterRest()).status).toBe(412);
  path = open;
  expect((await afterRest()).status).toBe(204);
  expect([upstream.kept.get(done), upstream.kept.get(open), upstream.arrived.filter((line) => line === "POST /_all").length]).toEqual(['{"n":2}', '{"n":3}', 1]);
});

test("kill -9 of the supervisor, who keeps the ledger, while a write is with the upstream: found out after the next start", async () => {
  const { etag } = await read("ann");
  const writing = held("PUT");
  put("ann", 2, { "if-match": etag, "idempotency-key": '"once"' }).catch(() => undefined);
  const sent = await writing;
  const { gateways, control } = parley.pids();
  parley.kill("supervisor");
  sent.apply();
  await eventually(() => [...gateways, control].every((pid) => pid === null || !isAlive(pid)), { what: () => "the planes to end with their supervisor" });
  const before = parley;
  parley = await startParley({ yaml: yaml(), dataDirectory: before.dataDirectory });
  const again = await put("ann", 2, { "if-match": etag, "idempotency-key": '"once"' });
  expect([again.status, again.problem]).toMatchObject([409, { cause: "idempotency", subcause: "outcome-unknown" }]);
  // The rest may be over by now, or not.
  await eventually(async () => (await put("bob", 3, { "if-match": (await read("bob")).etag })).status === 204);
  expect([writes(), upstream.kept.get(path)]).toEqual([2, '{"n":3}']);
  await parley[Symbol.asyncDispose]();
  parley = before;
});
