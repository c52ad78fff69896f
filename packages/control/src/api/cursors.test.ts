/** Pages that are cut by a cursor, while what they are of goes on being written. */
import { type EmbeddedLedger, connectLedger, startLedger } from "@parley/stores/embedded/ledger";
import type { Ledger } from "@parley/stores/ports/ledger";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Answer, startControl, type TestControl } from "../testing/start-control.ts";

let control: TestControl;
let served: EmbeddedLedger;
let ledger: Ledger;
beforeAll(async () => {
  control = await startControl();
  served = await startLedger({ databasePath: control.place.ledgerDatabase, socketPath: control.place.ledgerSocket, died: (error) => expect.fail(error.message) });
  ledger = connectLedger({ socketPath: control.place.ledgerSocket });
  await vi.waitFor(async () => {
    expect((await control.call("GET", "/api/conflicts")).status).toBe(200);
    expect((await control.call("GET", "/api/calls")).status).toBe(200);
  }, 15_000);
});
afterAll(async () => {
  await ledger.close();
  await control.stop();
  await served.close();
});

const idOf = (index: number): string => index.toString(16).padStart(32, "0");

async function conflict(index: number, consumer = "ann"): Promise<void> {
  await ledger.recordConflict({
    id: idOf(index), at: 1_700_000_000_000 + index, state: "prevented", service: "notes", resource: "/notes/7", method: "PUT", consumer, consumers: [consumer], status: 412, detail: "It was changed.",
    cause: "concurrent-modification", origin: "gateway", outcome: "not-applied", guarantee: "serialized", retryable: false, retry: { strategy: "refetch" }, expected: [],
  });
}

const add = (index: number): Promise<unknown> => control.call("PUT", `/api/consumers/c${index}`, { create: true, body: { spec: {} } });

/** All that there was when the first page was asked for; `more` is written between any two. */
async function paged(path: string, idIn: string, more: () => Promise<unknown>): Promise<unknown[]> {
  const seen: unknown[] = [];
  for (let after: string | null = null; ;) {
    const { status, body }: Answer = await control.call("GET", `${path}${after === null ? "" : `&after=${after}`}`);
    expect(status).toBe(200);
    seen.push(...(body.items ?? []).map((item) => item[idIn]));
    after = body["next"] as string | null;
    if (after === null) return seen;
    await more();
  }
}

test("the audit log is read whole and once while it grows", async () => {
  for (let index = 0; index < 10; index++) await add(index);
  let next = 10;
  const names = await paged("/api/audit?kind=consumer&actor=token&limit=3", "name", () => add(next++));
  expect(names).toEqual(Array.from({ length: 10 }, (_, index) => `c${9 - index}`));
  expect(next).toBe(13);
});

test.each([["", 30], [`&query=${encodeURIComponent("-consumer:zoe")}`, 15]])("conflicts are read whole and once while more happen: %s", async (query, count) => {
  const first = query === "" ? 0 : 100;
  const all = Array.from({ length: 30 }, (_, index) => first + index);
  for (const index of all) await conflict(index, query !== "" && index % 2 === 0 ? "zoe" : "ann");
  const known = new Set(all.map(idOf));
  let next = first + 30;
  const ids = await paged(`/api/conflicts?limit=4${query}`, "id", async () => {
    for (let more = 0; more < 3; more++) await conflict(next++, "zoe");
  });
  const mine = ids.filter((id) => known.has(String(id)));
  expect(mine).toEqual(all.filter((index) => query === "" || index % 2 === 1).map(idOf).toReversed());
  expect([mine.length, new Set(ids).size]).toEqual([count, ids.length]);
});

const forgedCall = (parts: unknown): string => Buffer.from(JSON.stringify(parts)).toString("base64url");

test.each([
  ...["/api/audit", "/api/conflicts", "/api/alert-events", "/api/resources/history?service=notes&resource=/notes/7"].flatMap((path) => ["", "0", "-1", "1e3", "0x10", " 5", "1.5", "9007199254740993", "null", "WzEsImEiXQ"].map((cursor) => [path, cursor])),
  ["/api/conflicts?state=potential", "5"],
  ...["", "5", "null", "nonsense", "W10", forgedCall([1]), forgedCall(["1", "a"]), forgedCall([1, "a", "latency", "desc", 5]), forgedCall([1, "a", "id; drop table calls", "desc", 5]), `${forgedCall([1, "a"])}=`, `${forgedCall([1, "a"])}%20`, Buffer.from("[1e999,\"a\"]").toString("base64url")].map((cursor) => ["/api/calls", cursor]),
] as [string, string][])("%s refuses the cursor %j that no page gave", async (path, cursor) => {
  const answer = await control.call("GET", `${path}${path.includes("?") ? "&" : "?"}after=${cursor}`);
  expect([answer.status, answer.body["code"]]).toEqual([400, "invalid-parameter"]);
  expect(String(answer.body["detail"])).toContain("after");
});

test("a cursor whose row is gone, or that is older than all there is, leads on to what is older still", async () => {
  expect((await control.call("GET", "/api/audit?after=1")).body).toEqual({ items: [], next: null });
  expect((await control.call("GET", `/api/calls?after=${forgedCall([1, "gone"])}`)).body).toEqual({ items: [], next: null });
});
