import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { EtagServer, problem } from "./etag-server.test-support.ts";
import { type Client, type ClientOptions, createClient, LockedError, LockLostError, RateLimitedError } from "./index.ts";

let server: EtagServer;
beforeEach(async () => {
  server = await new EtagServer().start();
  server.put("/notes/7", { title: "plan", count: 0 });
});
afterEach(() => server.close());

const patience = { timeout: 20_000 };

function clientOf(options: ClientOptions = {}): Client {
  return createClient({ baseUrl: server.url, deadlineMs: 30_000, backoff: { baseMs: 1, maxMs: 10 }, ...options });
}

/** A clock that only the client's own waits move, so that it does not matter how long the machine takes for an answer. */
function ownClock(): { waits: number[]; options: Required<Pick<ClientOptions, "now" | "sleep">> } {
  const waits: number[] = [];
  const sleep = async (ms: number): Promise<void> => {
    waits.push(ms);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { waits, options: { now: () => waits.reduce((sum, ms) => sum + ms, 0), sleep } };
}

const increment = (note: { count: number }): { count: number } => ({ ...note, count: note.count + 1 });

describe("fetch", () => {
  it("remembers the tag of what was read and sends it with the write, and with the next", async () => {
    const client = clientOf({ headers: () => ({ Authorization: "Bearer x" }) });
    await (await client.fetch("/notes/7")).text();
    const put = (count: number): Promise<Response> => client.fetch("/notes/7", { method: "PUT", body: JSON.stringify({ count }) });
    expect([(await put(1)).status, (await put(2)).status]).toEqual([204, 204]);
    expect(server.requests.map((request) => request.headers["if-match"])).toEqual([undefined, '"1"', '"2"']);
    expect(server.requests.every((request) => request.headers.authorization === "Bearer x")).toBe(true);
  });

  it("gives a refusal as it came, and leaves a caller's own If-Match alone", async () => {
    const client = clientOf();
    await client.fetch("/notes/7");
    const response = await client.fetch("/notes/7", { method: "PUT", headers: { "If-Match": '"77"' }, body: "{}" });
    expect([response.status, ((await response.json()) as { cause: string }).cause]).toEqual([412, "concurrent-modification"]);
  });

  it("waits out what is temporary, and gives the refusal when there is no time left", async () => {
    let count = 0;
    server.before = (_, response) => (count += 1) === 1 && problem(response, 429, {}, { "Retry-After": "0" });
    expect((await clientOf().fetch("/notes/7")).status).toBe(200);
    server.before = (_, response) => problem(response, 429, {}, { "Retry-After": "60" });
    expect((await clientOf().fetch("/notes/7")).status).toBe(429);
  });

  it("remembers no more resources than it may", async () => {
    const client = clientOf({ remember: { resources: 2, bytes: 1_000_000 } });
    for (const name of ["a", "b", "c"]) {
      server.put(`/${name}`, {});
      await client.fetch(`/${name}`);
    }
    await client.fetch("/a", { method: "PUT", body: "{}" });
    await client.fetch("/c", { method: "PUT", body: "{}" });
    expect(server.requests.slice(-2).map((request) => request.headers["if-match"])).toEqual([undefined, '"1"']);
  });
});

describe("withLock", () => {
  it("writes under the lease's token, and gives it back", async () => {
    const client = clientOf();
    const result = await client.withLock("/notes/7", async (lock) => {
      expect([lock.token, lock.fence]).toEqual(["lock-1", 1]);
      await lock.update(increment);
      return "done";
    });
    expect(result).toBe("done");
    expect(server.requests.map((request) => [request.method, request.headers["lock-token"]])).toEqual([
      ["LOCK", undefined], ["GET", "<lock-1>"], ["PUT", "<lock-1>"], ["UNLOCK", "<lock-1>"],
    ]);
  });

  it("waits until the other's has ended, and gets a higher fence", async () => {
    const client = clientOf();
    let release = (): void => {};
    const first = client.withLock("/notes/7", (lock) => new Promise<number>((resolve) => (release = () => resolve(lock.fence))));
    await expect.poll(() => server.requests.length, patience).toBe(1);
    const second = client.withLock("/notes/7", (lock) => Promise.resolve(lock.fence));
    await expect.poll(() => server.requests.length, patience).toBeGreaterThan(2);
    release();
    expect(await first).toBeLessThan(await second);
  });

  it("does not wait for the lease's end where it is given back before, and says whose lease it was where there is no time left", async () => {
    let held = 2;
    server.before = (request, response) => request.method === "PUT" && held-- > 0 && problem(response, 423, { cause: "locked", subcause: "held", retryable: true, retry: { strategy: "wait", afterMs: 60_000 } });
    const client = clientOf({ backoff: { baseMs: 1, maxMs: 20 } });
    expect((await client.update<{ count: number }>("/notes/7", increment)).value.count).toBe(1);
    held = Infinity;
    const { waits, options } = ownClock();
    await expect(clientOf({ backoff: { baseMs: 1, maxMs: 6_000 }, random: () => 0, ...options }).update<{ count: number }>("/notes/7", increment)).rejects.toBeInstanceOf(LockedError);
    expect(waits).toEqual([6_000, 6_000, 6_000, 6_000]);
    server.before = (request, response) => request.method === "PUT" && problem(response, 429, {}, { "Retry-After": "60" });
    await expect(client.update<{ count: number }>("/notes/7", increment)).rejects.toBeInstanceOf(RateLimitedError);
  });

  it("says that somebody has it where the second answer, of a server that names no time, does not come before the deadline", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    let asked = 0;
    server.before = (request, response) => {
      if (request.method !== "LOCK") return false;
      asked += 1;
      if (asked === 1) return problem(response, 423, {});
      vi.advanceTimersByTime(30_000);
      return true;
    };
    await expect(clientOf(ownClock().options).withLock("/notes/7", () => Promise.resolve())).rejects.toBeInstanceOf(LockedError);
    expect(asked).toBe(2);
  });

  it("renews three times in its life while the work goes on, however long it takes", async () => {
    const { waits, options } = ownClock();
    await clientOf(options).withLock(
      "/notes/7",
      async (lock) => {
        await expect.poll(() => server.requests.filter((request) => request.method === "LOCK").length, patience).toBeGreaterThanOrEqual(5);
        expect(lock.signal.aborted).toBe(false);
        await lock.update(increment);
      },
      { ttlMs: 60_000 },
    );
    expect(new Set(waits)).toEqual(new Set([20_000]));
    expect(server.documents.get("/notes/7")?.value).toMatchObject({ count: 1 });
  });

  it("tells the work when the lease is lost, and does not pretend that all went well", async () => {
    server.before = (request, response) => request.method === "LOCK" && request.headers["lock-token"] !== undefined && problem(response, 412, { cause: "locked", subcause: "expired" });
    const { waits, options } = ownClock();
    const work = clientOf(options).withLock(
      "/notes/7",
      (lock) => new Promise((resolve) => lock.signal.addEventListener("abort", () => resolve("went on"))),
      { ttlMs: 60_000 },
    );
    await expect(work).rejects.toBeInstanceOf(LockLostError);
    // The first refusal is enough, long before the lease would have ended by itself.
    expect(waits).toEqual([20_000]);
    expect(server.requests.map((request) => request.method)).not.toContain("UNLOCK");
  });

  it("gives the lease back when the work fails", async () => {
    await expect(clientOf().withLock("/notes/7", () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    expect(server.requests.at(-1)?.method).toBe("UNLOCK");
  });
});
