import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EtagServer, problem } from "./etag-server.test-support.ts";
import {
  type Client, type ClientOptions, ConflictError, createClient, DeadlineError, HttpError, LockedError, MergeConflictError, NoValidatorError, OutcomeUnknownError,
} from "./index.ts";

interface Note {
  title: string;
  count: number;
  tags?: string[];
}

let server: EtagServer;
beforeEach(async () => {
  server = await new EtagServer().start();
  server.put("/notes/7", { title: "plan", count: 0 });
});
afterEach(() => server.close());

function clientOf(options: ClientOptions = {}): Client {
  return createClient({ baseUrl: server.url, deadlineMs: 5_000, backoff: { baseMs: 1, maxMs: 10 }, ...options });
}

/** Somebody else writes just before the n-th request with this method is handled. */
function interfere(method: string, times: number, write: (count: number) => void): void {
  let count = 0;
  server.before = (request) => {
    if (request.method === method && count < times) write((count += 1));
    return false;
  };
}

const increment = (note: Note): Note => ({ ...note, count: note.count + 1 });
const stored = (): unknown => server.documents.get("/notes/7")?.value;

describe("update", () => {
  it("sends what it was made from, and gives what is there afterwards", async () => {
    const result = await clientOf().update<Note>("/notes/7", increment);
    expect(result).toMatchObject({ value: { title: "plan", count: 1 }, etag: '"2"' });
    expect(server.requests.at(-1)).toMatchObject({ method: "PUT", headers: { "if-match": '"1"' } });
  });

  it("puts the change on top of what others wrote meanwhile, however often", async () => {
    interfere("PUT", 3, (count) => server.put("/notes/7", { title: `by others ${count}`, count: count * 10 }));
    await clientOf().update<Note>("/notes/7", increment);
    expect(stored()).toEqual({ title: "by others 3", count: 31 });
  });

  it("loses nothing of many at once", async () => {
    await Promise.all(Array.from({ length: 20 }, () => clientOf({ deadlineMs: 20_000 }).update<Note>("/notes/7", increment)));
    expect(stored()).toMatchObject({ count: 20 });
  });

  it("leaves everything as it is where the function gives nothing, and keeps the function from harming what is remembered", async () => {
    const client = clientOf();
    await client.update<Note>("/notes/7", (note) => void (note.title = "spoilt"));
    expect(server.requests.map((request) => request.method)).toEqual(["GET"]);
    expect(stored()).toMatchObject({ title: "plan" });
  });

  it("waits as long as the server asks, and sends the same again", async () => {
    const waits: number[] = [];
    let refusals = 0;
    server.before = (request, response) =>
      request.method === "PUT" && (refusals += 1) <= 2 && problem(response, [423, 429][refusals - 1] ?? 0, {}, { "Retry-After": String(refusals) });
    const client = clientOf({ random: () => 0.5, sleep: (ms) => Promise.resolve(void waits.push(ms)), backoff: { baseMs: 100, maxMs: 10_000 } });
    await client.update<Note>("/notes/7", increment);
    expect(waits).toEqual([1_050, 2_100]);
    expect(server.requests.map((request) => request.method)).toEqual(["GET", "PUT", "PUT", "PUT"]);
  });

  it("waits a random part of a growing time when the server asks for none", async () => {
    const waits: number[] = [];
    interfere("PUT", 5, () => server.put("/notes/7", { title: "x", count: 0 }));
    const client = clientOf({ random: () => 0.5, sleep: (ms) => Promise.resolve(void waits.push(ms)), backoff: { baseMs: 100, maxMs: 500 } });
    await client.update<Note>("/notes/7", increment);
    expect(waits).toEqual([50, 100, 200, 250, 250]);
  });

  it("ends by its deadline with what stood in the way", async () => {
    server.before = (request, response) => request.method === "PUT" && problem(response, 409, { cause: "busy", retryable: true, retry: { strategy: "wait", afterMs: 60_000 } });
    const started = performance.now();
    const error = await clientOf({ deadlineMs: 500 }).update<Note>("/notes/7", increment).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DeadlineError);
    expect((error as DeadlineError).cause).toMatchObject({ status: 409, problem: { cause: "busy" } });
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it("ends by its deadline when the server says nothing at all", async () => {
    server.before = () => new Promise(() => {});
    await expect(clientOf({ deadlineMs: 100 }).update<Note>("/notes/7", increment)).rejects.toBeInstanceOf(DeadlineError);
  });

  it("ends when its caller's signal aborts", async () => {
    const controller = new AbortController();
    server.before = () => {
      controller.abort(new Error("enough"));
      return new Promise(() => {});
    };
    await expect(clientOf().update<Note>("/notes/7", increment, { signal: controller.signal })).rejects.toThrow("enough");
  });

  it.each([
    [409, { cause: "state-mismatch", retryable: false }, ConflictError],
    [409, { cause: "already-applied", retryable: false }, ConflictError],
    [412, { cause: "locked", subcause: "expired" }, ConflictError],
    [423, { cause: "locked", subcause: "unknown-token", retryable: false }, LockedError],
    [403, {}, HttpError],
  ])("gives up at once on %s %o, with the problem", async (status, members, kind) => {
    server.before = (request, response) => request.method === "PUT" && problem(response, status, members);
    const error = await clientOf().update<Note>("/notes/7", increment).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ status, problem: members });
    expect(server.requests.filter((request) => request.method === "PUT")).toHaveLength(1);
  });

  it("takes a bare 409 for what other servers mean by it", async () => {
    let refused = false;
    server.before = (request, response) => {
      if (request.method !== "PUT" || refused) return false;
      refused = true;
      response.writeHead(409).end("Document update conflict");
      return true;
    };
    expect((await clientOf().update<Note>("/notes/7", increment)).value.count).toBe(1);
  });

  it("does not go round in circles where tags are weak, or there are none", async () => {
    server.weak = true;
    await expect(clientOf().update<Note>("/notes/7", increment)).rejects.toBeInstanceOf(NoValidatorError);
    server.before = (_, response) => {
      response.writeHead(200, { "Content-Type": "application/json" }).end("{}");
      return true;
    };
    await expect(clientOf().update<Note>("/notes/7", increment)).rejects.toBeInstanceOf(NoValidatorError);
  });
});

describe("a lost answer", () => {
  it("is found out by looking: the write was carried out, once", async () => {
    let cut = false;
    server.beforeAnswer = (request) => !cut && (cut = true) && Boolean(request.socket.destroy());
    const result = await clientOf().update<Note>("/notes/7", increment);
    expect(result.value.count).toBe(1);
    expect(stored()).toMatchObject({ count: 1 });
  });

  it("is repeated where nothing has changed", async () => {
    let cut = false;
    server.before = (request) => request.method === "PUT" && !cut && (cut = true) && Boolean(request.socket.destroy());
    await clientOf().update<Note>("/notes/7", increment);
    expect(stored()).toMatchObject({ count: 1 });
  });

  it("is said to be unknown where others have written as well, and nothing is applied twice", async () => {
    let cut = false;
    server.beforeAnswer = (request) => {
      if (cut) return false;
      cut = true;
      server.put("/notes/7", { title: "by others", count: 50 });
      request.socket.destroy();
      return true;
    };
    await expect(clientOf().update<Note>("/notes/7", increment)).rejects.toBeInstanceOf(OutcomeUnknownError);
    expect(stored()).toEqual({ title: "by others", count: 50 });
  });

  it("is treated the same when a gateway says so", async () => {
    let said = false;
    server.beforeAnswer = (_, response) => !said && (said = true) && problem(response, 504, { outcome: "unknown", cause: "outcome-unknown" });
    expect((await clientOf().update<Note>("/notes/7", increment)).value.count).toBe(1);
    expect(stored()).toMatchObject({ count: 1 });
  });
});

describe("replace", () => {
  it("merges what was edited with what others changed elsewhere", async () => {
    const client = clientOf();
    const { value } = await client.read<Note>("/notes/7");
    server.put("/notes/7", { title: "plan", count: 5 });
    await client.replace<Note>("/notes/7", { ...value, title: "better plan" });
    expect(stored()).toEqual({ title: "better plan", count: 5 });
  });

  it("says where both changed the same, and with which tag to decide", async () => {
    const client = clientOf();
    const { value } = await client.read<Note>("/notes/7");
    server.put("/notes/7", { title: "theirs", count: 0 });
    const error = await client.replace<Note>("/notes/7", { ...value, title: "mine" }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(MergeConflictError);
    expect(error).toMatchObject({ conflicts: [{ pointer: "/title", base: "plan", theirs: "theirs", yours: "mine" }], current: { title: "theirs" }, etag: '"2"' });
    expect(stored()).toMatchObject({ title: "theirs" });
  });

  it("never merges what is forbidden", async () => {
    const client = clientOf({ merge: { arrays: "atomic", keys: {}, forbid: ["/count"] } });
    const { value } = await client.read<Note>("/notes/7");
    server.put("/notes/7", { title: "plan", count: 5 });
    await expect(client.replace<Note>("/notes/7", { ...value, title: "x" })).rejects.toBeInstanceOf(MergeConflictError);
  });

  it("needs a read before it", async () => {
    await expect(clientOf().replace("/notes/7", {})).rejects.toBeInstanceOf(NoValidatorError);
  });
});

describe("create", () => {
  it("is carried out once, though its answer was lost", async () => {
    let cut = false;
    server.beforeAnswer = (request) => !cut && (cut = true) && Boolean(request.socket.destroy());
    const result = await clientOf().create<{ location: string }>("/notes", { title: "new", count: 0 });
    expect(result.value.location).toBe("/notes/1");
    const posts = server.requests.filter((request) => request.method === "POST");
    expect(posts).toHaveLength(2);
    expect(posts[0]?.headers["idempotency-key"]).toMatch(/^"[0-9a-f-]{36}"$/);
    expect(posts[1]?.headers["idempotency-key"]).toBe(posts[0]?.headers["idempotency-key"]);
    expect([...server.documents.keys()]).toEqual(["/notes/7", "/notes/1"]);
  });

  it("waits for the first when that is still under way, and stops where nobody knows", async () => {
    let count = 0;
    server.before = (_, response) => (count += 1) === 1 && problem(response, 409, { cause: "idempotency", subcause: "in-flight", retryable: true, retry: { strategy: "wait", afterMs: 1 } });
    expect((await clientOf().create<{ location: string }>("/notes", {}, { key: "mine" })).value.location).toBe("/notes/1");
    server.before = (_, response) => problem(response, 409, { cause: "idempotency", subcause: "outcome-unknown", retryable: false, outcome: "unknown" });
    await expect(clientOf().create("/notes", {})).rejects.toMatchObject({ status: 409, problem: { subcause: "outcome-unknown" } });
  });

  it("is not repeated after a lost answer where keys are not honoured", async () => {
    server.beforeAnswer = (request) => Boolean(request.socket.destroy());
    await expect(clientOf({ repeatCreates: false }).create("/notes", {})).rejects.toBeInstanceOf(TypeError);
    expect(server.requests).toHaveLength(1);
  });
});

describe("remove", () => {
  it("deletes what was read, and nothing newer", async () => {
    const client = clientOf();
    await client.read("/notes/7");
    server.put("/notes/7", { title: "newer", count: 0 });
    await expect(client.remove("/notes/7")).rejects.toBeInstanceOf(ConflictError);
    expect(stored()).toMatchObject({ title: "newer" });
    await client.remove("/notes/7");
    expect(stored()).toBeUndefined();
  });
});
