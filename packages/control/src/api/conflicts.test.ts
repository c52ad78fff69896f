import type { RestoreOutcome } from "@parley/contract/channel";
import type { ConflictRecord } from "@parley/contract/conflicts/record";
import { connectLedger, type EmbeddedLedger, startLedger } from "@parley/stores/embedded/ledger";
import type { Ledger } from "@parley/stores/ports/ledger";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { addPerson, type Answer, signInFirst, startControl, type TestControl } from "../testing/start-control.ts";
import { TestGateway } from "../testing/test-gateway.ts";

const digest = `${"a".repeat(21)}A`;
const place = { service: "notes", path: "/notes/7" };

let control: TestControl;
let served: EmbeddedLedger;
let ledger: Ledger;
beforeEach(async () => {
  control = await startControl();
  served = await startLedger({ databasePath: control.place.ledgerDatabase, socketPath: control.place.ledgerSocket, died: (error) => expect.fail(error.message) });
  ledger = connectLedger({ socketPath: control.place.ledgerSocket });
  await eventually(async () => (await control.call("GET", "/api/conflicts")).status).toBe(200);
});
afterEach(async () => {
  await ledger.close();
  await control.stop();
  await served.close();
});

async function keptRevision(): Promise<{ revision: number; etag: string }> {
  const { revision } = await ledger.noteState({ ...place, view: "", etag: null, digest, startedAt: Date.now() });
  await ledger.keepBase({ ...place, contentType: "application/json", body: "e30=", digest, revision, retainMs: 60_000 });
  return { revision, etag: (await control.call("GET", "/api/resources/history?service=notes&resource=/notes/7")).etag };
}

/** A gateway that answers every order with this. */
async function gatewayThat(outcome: RestoreOutcome): Promise<TestGateway> {
  const gateway = await TestGateway.connect(control.place.socket);
  void gateway.until(({ messages }) => messages.some(({ type }) => type === "restore")).then(() => {
    const order = gateway.messages.find(({ type }) => type === "restore");
    if (order?.type === "restore") gateway.send({ type: "restored", request: order.request, outcome });
  });
  await gateway.until(({ messages }) => messages.length > 0);
  return gateway;
}

const restore = (revision: number, ifMatch: string): Promise<Answer> => control.call("POST", "/api/resources/restore", { body: { service: "notes", resource: "/notes/7", revision }, ifMatch });

describe("bringing a version back", () => {
  test("needs a gateway", async () => {
    const { revision, etag } = await keptRevision();
    expect(await restore(revision, etag)).toMatchObject({ status: 503, body: { code: "no-gateway" } });
  });

  test.each<[RestoreOutcome, number, string | undefined]>([
    [{ kind: "applied", status: 204, revision: 2 }, 200, undefined],
    [{ kind: "stale", revision: 5 }, 412, "precondition-failed"],
    [{ kind: "not-kept" }, 410, "version-not-kept"],
    [{ kind: "not-guarded" }, 409, "restoration-refused"],
    [{ kind: "refused", status: 423, code: "resource-locked", detail: "bob holds a lease on it" }, 409, "restoration-refused"],
  ])("is answered as the gateway found it: %o", async (outcome, status, code) => {
    const { revision, etag } = await keptRevision();
    const gateway = await gatewayThat(outcome);
    const answer = await restore(revision, etag);
    expect([answer.status, answer.body["code"]]).toEqual([status, code]);
    expect((await control.call("GET", "/api/audit?kind=resource")).body.items).toHaveLength(status === 200 ? 1 : 0);
    gateway.close();
  });

  test("is for editors, and so is looking at a body", async () => {
    await signInFirst(control);
    const cookie = await addPerson(control, "vera", "viewer");
    const { revision } = await keptRevision();
    expect((await control.call("GET", "/api/resources/history?service=notes&resource=/notes/7", { cookie })).status).toBe(200);
    expect((await control.call("GET", `/api/resources/version?service=notes&resource=/notes/7&revision=${revision}`, { cookie })).status).toBe(403);
    expect((await control.call("GET", `/api/resources/version?service=notes&resource=/notes/7&revision=${revision}`)).body).toMatchObject({ body: "{}", bytes: 2 });
  });

  test("shows no body where none may be kept", async () => {
    const { revision } = await keptRevision();
    const { etag } = await control.call("GET", "/api/settings/logging");
    await control.call("PUT", "/api/settings/logging", { body: { spec: { bodies: "none" } }, ifMatch: etag });
    expect((await control.call("GET", `/api/resources/version?service=notes&resource=/notes/7&revision=${revision}`)).body).toMatchObject({ body: null, bytes: 2 });
  });
});

describe("potential conflicts", () => {
  const potential = (number: number, over: Partial<ConflictRecord>): ConflictRecord => ({
    id: String(number).repeat(32), at: number, state: "potential", service: "notes", resource: "/notes/7", method: "", consumers: ["ann", "bob"], status: 0, detail: "", cause: "concurrent-modification",
    origin: "gateway", outcome: "not-applied", guarantee: "none", retryable: false, retry: { strategy: "none" }, expected: [], ...over,
  });

  test("are filtered as the others are, the newest first", async () => {
    const gateway = await TestGateway.connect(control.place.socket);
    await gateway.until(({ messages }) => messages.length > 0);
    const found = [potential(1, {}), potential(2, { resource: "/notes/8", consumers: ["eve", "bob"] }), potential(3, { service: "orders" })];
    const ids = async (query: string): Promise<unknown[]> => {
      const asked = gateway.messages.length;
      const answer = control.call("GET", `/api/conflicts?state=potential${query}`);
      await gateway.until(({ messages }) => messages.slice(asked).some(({ type }) => type === "conflicts"));
      const question = gateway.messages.findLast(({ type }) => type === "conflicts");
      if (question?.type === "conflicts") gateway.send({ type: "conflicts", request: question.request, potential: found, guarantees: [] });
      return ((await answer).body.items ?? []).map(({ at }) => at);
    };
    expect(await ids("")).toEqual([3, 2, 1]);
    expect(await ids("&service=notes")).toEqual([2, 1]);
    expect(await ids("&consumer=eve")).toEqual([2]);
    expect(await ids("&resource=/notes/7&service=notes")).toEqual([1]);
    expect(await ids("&from=2&to=3")).toEqual([2]);
    expect(await ids("&cause=busy")).toEqual([]);
    expect(await ids("&limit=1")).toEqual([3]);
    gateway.close();
  });
});

test("a ledger that is away is said to be", async () => {
  await served.close();
  const paths = ["/api/conflicts", "/api/conflicts/summary", "/api/conflicts/advice", "/api/leases", "/api/resources/history?service=notes&resource=/notes/7"];
  const answers = await Promise.all(paths.map((path) => control.call("GET", path)));
  for (const answer of answers) expect(answer).toMatchObject({ status: 503, body: { code: "ledger-unavailable" } });
});

describe("a write past the gateway that was found", () => {
  test("is listed, and forgotten by an editor who names it, but none that was found since", async () => {
    await ledger.keepBypass(place);
    const [first] = (await control.call("GET", "/api/bypasses")).body.items ?? [];
    expect(first).toMatchObject({ service: "notes", resource: "/notes/7" });
    expect((await control.call("DELETE", "/api/bypasses/notes")).status).toBe(428);
    expect((await control.call("DELETE", "/api/bypasses/notes", { ifMatch: '"another"' })).status).toBe(412);
    expect((await control.call("DELETE", "/api/bypasses/notes", { ifMatch: String(first?.["etag"]) })).status).toBe(204);
    expect((await control.call("GET", "/api/bypasses")).body).toEqual({ items: [] });
    expect(await control.call("DELETE", "/api/bypasses/notes", { ifMatch: String(first?.["etag"]) })).toMatchObject({ status: 404, body: { code: "not-found" } });
    expect((await control.call("GET", "/api/audit")).body.items?.[0]).toMatchObject({ action: "delete", kind: "bypass", name: "notes", changes: [{ value: { resource: "/notes/7" } }] });
  });
});

describe("conflicts by a query", () => {
  async function record(index: number, changes: Partial<ConflictRecord> = {}): Promise<void> {
    await ledger.recordConflict({
      id: index.toString(16).padStart(32, "0"), at: 1_700_000_000_000 + index, state: "prevented", service: "notes", resource: `/notes/${index % 10}`, method: "PUT", consumer: "ann", consumers: ["ann", "bob"], status: 412, detail: "It was changed.",
      cause: "concurrent-modification", origin: "gateway", outcome: "not-applied", guarantee: "serialized", retryable: false, retry: { strategy: "refetch" }, expected: [], ...changes,
    });
  }

  test("are found page by page, each once, whatever the query asks for", async () => {
    for (let index = 0; index < 60; index++) await record(index, index % 3 === 0 ? { consumers: ["zoe"], cause: "busy" } : {});
    const seen: string[] = [];
    let after = "";
    do {
      const { body } = await control.call("GET", `/api/conflicts?limit=7&query=${encodeURIComponent("-consumer:zoe path:/notes/1,/notes/2,/notes/3*")}${after}`);
      seen.push(...(body.items as unknown as ConflictRecord[]).map(({ resource, consumers }) => `${resource} ${consumers[0]}`));
      after = typeof body["next"] === "string" ? `&after=${body["next"]}` : "";
    } while (after !== "");
    expect(seen.toSorted()).toEqual(Array.from({ length: 60 }, (_, index) => index).filter((index) => index % 3 !== 0 && [1, 2, 3].includes(index % 10)).map((index) => `/notes/${index % 10} ann`).toSorted());
  });

  test("are counted and drawn by the same query", async () => {
    for (let index = 0; index < 10; index++) await record(index, index === 4 ? { cause: "busy" } : {});
    const query = `query=${encodeURIComponent("cause:busy")}&from=1699999999999`;
    expect((await control.call("GET", `/api/conflicts/summary?${query}`)).body).toMatchObject({ total: 1, kinds: [{ cause: "busy", count: 1 }], resources: [{ resource: "/notes/4" }], isComplete: true });
    expect((await control.call("GET", `/api/conflicts/matrix?${query}`)).body).toMatchObject({ counted: 1, cells: [{ by: "ann", with: "bob", count: 1 }] });
    expect((await control.call("GET", "/api/conflicts/summary?from=1699999999999")).body).toMatchObject({ total: 10 });
  });

  test("that asks for what no conflict has is refused with its place, and does not find nothing", async () => {
    for (const path of ["/api/conflicts", "/api/conflicts/summary", "/api/conflicts/matrix", "/api/conflicts?state=potential"]) {
      const answer = await control.call("GET", `${path}${path.includes("?") ? "&" : "?"}query=${encodeURIComponent("service:notes latency:>5ms")}`);
      expect(answer, path).toMatchObject({ status: 400, body: { code: "invalid-query", errors: [{ parameter: "query", from: 14, to: 26, message: expect.stringContaining("a conflict has no latency") as string }] } });
    }
  });
});
