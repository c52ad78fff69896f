/** Observe mode looks into content codings: one state is one state in whatever coding it is read and written. */
import { connectLedger } from "@parley/stores/embedded/ledger";
import { dataDirectory } from "@parley/contract/data-directory";
import type { ConflictRecord } from "@parley/contract/conflicts/record";
import type { Ledger } from "@parley/stores/ports/ledger";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startGuarded, type Guarded } from "../testing/guarded-upstream.ts";

const code: Record<string, (body: Buffer) => Buffer> = { identity: (body) => body, gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync, zstd: zstdCompressSync };

let guarded: Guarded;
let ledger: Ledger;
let count = 0;
let path = "";
beforeAll(async () => {
  guarded = await startGuarded({ mode: "observe" });
  ledger = connectLedger({ socketPath: dataDirectory(guarded.gateway.dataDirectory).ledgerSocket });
});
afterAll(async () => {
  await ledger.close();
  await guarded.stop();
});

const base = { title: "one", shade: "red", tags: ["a"] };
beforeEach(() => {
  path = `/notes/${++count}`;
  guarded.kept.set(`/${count}`, JSON.stringify(base));
  // Answers reads in the coding that they name, and takes writes in theirs; the answer to a write shows nothing.
  guarded.interfere = (request, response, body) => {
    const at = (request.url ?? "").split("?", 1)[0] as string;
    const coding = String(request.headers[request.method === "GET" ? "accept-encoding" : "content-encoding"] ?? "identity");
    const document = guarded.kept.get(at);
    if (at.startsWith("/marker")) return Boolean(response.writeHead(409).end());
    if (request.method !== "GET" || document === undefined || code[coding] === undefined) {
      if (request.method !== "PUT") return false;
      guarded.kept.set(at, body);
      return Boolean(response.writeHead(204).end());
    }
    return Boolean(response.writeHead(200, { "Content-Type": "application/json", Vary: "Accept-Encoding", ...(coding === "identity" ? {} : { "Content-Encoding": coding }) }).end(code[coding](Buffer.from(document, "latin1"))));
  };
});

/** What the upstream keeps is told by the test: it knows no coding. */
async function put(key: string, body: unknown, coding: string, coded?: Buffer): Promise<void> {
  const plain = Buffer.from(JSON.stringify(body));
  const { status } = await guarded.call("PUT", path, { key, body: coded ?? code[coding]?.(plain), headers: coding === "identity" ? {} : { "content-encoding": coding } });
  expect(status).toBe(204);
  guarded.kept.set(`/${count}`, plain.toString("latin1"));
}

const get = (key: string, coding: string): Promise<unknown> => guarded.call("GET", path, { key, headers: { "accept-encoding": coding } });

async function found(): Promise<ConflictRecord[]> {
  const marker = `/notes/marker-${count}`;
  await guarded.call("PUT", marker, { body: {} });
  const all = (): Promise<ConflictRecord[]> => ledger.findConflicts({ service: "notes", state: null, cause: null, after: null, limit: 100 }).then(({ items }) => items);
  await expect.poll(async () => (await all()).some(({ resource }) => resource === marker)).toBe(true);
  return (await all()).filter(({ resource }) => resource === path);
}

const changed = { ...base, title: "two" };
const stale = { ...base, shade: "blue" };

it.each([
  ["identity", "gzip", "identity", "identity"], ["gzip", "identity", "identity", "identity"], ["gzip", "gzip", "identity", "identity"], ["br", "zstd", "identity", "identity"], ["deflate", "br", "identity", "identity"],
  ["identity", "identity", "gzip", "identity"], ["identity", "identity", "identity", "br"], ["gzip", "br", "zstd", "deflate"],
])("finds a lost update where one reads %s, the other %s, and they write %s and %s", async (annReads, bobReads, bobWrites, annWrites) => {
  await get("ann-key", annReads);
  await get("bob-key", bobReads);
  await put("bob-key", changed, bobWrites);
  await put("ann-key", stale, annWrites);
  expect(await found()).toMatchObject([{ cause: "lost-update", subcause: "put-back", consumers: ["ann", "bob"], pointers: ["/title"] }]);
});

describe("accuses nobody", () => {
  it.each(["identity", "gzip", "br", "zstd"])("who has read the change in %s", async (coding) => {
    await get("ann-key", "gzip");
    await put("bob-key", changed, "gzip");
    await get("ann-key", coding);
    await put("ann-key", stale, "gzip");
    expect(await found()).toEqual([]);
  });

  it("whose coded answer says that the change was not taken over", async () => {
    const answering = guarded.interfere;
    await get("ann-key", "identity");
    await put("bob-key", changed, "identity");
    guarded.interfere = (request, response, body) => request.url?.startsWith(`/${count}`) === true && request.method === "PUT" && body !== ""
      ? Boolean(response.writeHead(200, { "Content-Type": "application/json", "Content-Encoding": "gzip" }).end(gzipSync(JSON.stringify({ ...stale, title: "two" }))))
      : answering?.(request, response, body) === true;
    const answer = await guarded.call("PUT", path, { key: "ann-key", body: stale });
    expect([answer.status, answer.body]).toEqual([200, { ...stale, title: "two" }]);
    guarded.interfere = answering;
    expect(await found()).toEqual([]);
  });
});

it("takes deflate without its wrapper too, as some send it", async () => {
  await get("ann-key", "identity");
  await put("bob-key", changed, "deflate", deflateRawSync(JSON.stringify(changed)));
  await put("ann-key", stale, "identity");
  expect(await found()).toMatchObject([{ cause: "lost-update", pointers: ["/title"] }]);
});
