/** The client library in front of Apache's mod_dav, which knows nothing of Parley: directly, and through the gateway in every mode. */
import { ConflictError, createClient, LockedError, type Client } from "@parley/client";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type ApacheWebdav, apacheMissing, startApacheWebdav } from "../harness/apache-webdav.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const ways = ["direct", "off", "observe", "enforce", "require"] as const;
type Way = (typeof ways)[number];
interface Note {
  title: string;
  count: number;
}
const increment = (note: Note): Note => ({ ...note, count: note.count + 1 });

describe.skipIf(apacheMissing !== null)(`the client and Apache mod_dav${apacheMissing === null ? "" : ` (skipped: ${apacheMissing})`}`, () => {
  let apache: ApacheWebdav;
  let parley: Parley;
  beforeAll(async () => {
    apache = await startApacheWebdav(ways);
    const services = ways.slice(1).map((mode) => `  ${mode}: { path: /${mode}, access: open, upstream: { targets: [{ url: "${apache.url}/${mode}" }] }, conflict: { mode: "${mode}" } }\n`);
    parley = await startParley({ yaml: `services:\n${services.join("")}` });
  });
  afterAll(async () => {
    for (const one of [parley, apache] as (AsyncDisposable | undefined)[]) await one?.[Symbol.asyncDispose]();
  });

  const clientOf = (way: Way, options = {}): Client => createClient({ baseUrl: `${way === "direct" ? apache.url : parley.gatewayUrl}/${way}/`, ...options });
  async function made(way: Way, name: string): Promise<Client> {
    await fetch(`${apache.url}/${way}/${name}`, { method: "PUT", body: '{"title":"one","count":0}' });
    return clientOf(way);
  }

  test.each(ways)("keeps the tag, is refused with an old one, reads again and writes on top: no change of two is lost (%s)", async (way) => {
    const mine = await made(way, "note.json");
    const theirs = clientOf(way);
    const first = await mine.read<Note>("note.json");
    expect(first.etag).toMatch(/^(?:W\/)?"/);
    await theirs.update<Note>("note.json", increment);
    const stale = await fetch(`${way === "direct" ? apache.url : parley.gatewayUrl}/${way}/note.json`, { method: "PUT", headers: { "if-match": first.etag ?? "" }, body: "{}" });
    expect(stale.status).toBe(412);
    expect((await mine.replace<Note>("note.json", { ...first.value, title: "two" })).value).toEqual({ title: "two", count: 1 });
    // Apache by itself compares first and writes then, so that of two at the same moment it can lose one; a guarded route cannot.
    const oneMore = mine.update<Note>("note.json", increment);
    if (way !== "enforce" && way !== "require") await oneMore;
    await Promise.all([oneMore, theirs.update<Note>("note.json", increment)]);
    expect((await mine.read<Note>("note.json")).value).toEqual({ title: "two", count: 3 });
  });

  test.each(["direct", "require"] as const)("deletes what was read, and nothing newer (%s)", async (way) => {
    const client = await made(way, "old.json");
    await client.read("old.json");
    await clientOf(way).update<Note>("old.json", increment);
    await expect(client.remove("old.json")).rejects.toBeInstanceOf(ConflictError);
    await client.read("old.json");
    await client.remove("old.json");
    expect((await fetch(`${apache.url}/${way}/old.json`)).status).toBe(404);
  });

  // Direct, off and observe it is Apache's own lock, told in XML; under enforce and require the gateway's lease.
  test.each(ways)("works alone under a lock, and whoever comes meanwhile is told (%s)", async (way) => {
    const client = await made(way, "held.json");
    const other = clientOf(way, { deadlineMs: 3_000 });
    const result = await client.withLock("held.json", async (lock) => {
      expect(lock.fence > 0).toBe(way === "enforce" || way === "require");
      await expect(other.withLock("held.json", async () => 0)).rejects.toBeInstanceOf(LockedError);
      const { status } = await fetch(`${way === "direct" ? apache.url : parley.gatewayUrl}/${way}/held.json`, { method: "PUT", body: "{}" });
      expect(status).toBe(423);
      return (await lock.update<Note>(increment)).value.count;
    });
    expect(result).toBe(1);
    // It was given back.
    expect(await other.withLock("held.json", async (lock) => (await lock.read<Note>()).value.count)).toBe(1);
  });

  test.each(["direct", "enforce"] as const)("renews it while the work goes on (%s)", async (way) => {
    const client = await made(way, "long.json");
    const since = performance.now();
    const count = await client.withLock("long.json", async (lock) => {
      await vi.waitFor(() => expect(performance.now()).toBeGreaterThan(since + 4_000), { timeout: 20_000 });
      return (await lock.update<Note>(increment)).value.count;
    }, { ttlMs: 3_000 });
    expect(count).toBe(1);
  });
});
