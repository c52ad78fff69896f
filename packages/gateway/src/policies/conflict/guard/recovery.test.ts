/** What a look tells of a write whose answer was lost. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Guarded, startGuarded } from "../testing/guarded-upstream.ts";

let guarded: Guarded;
beforeAll(async () => {
  guarded = await startGuarded({ mode: "enforce", locks: { delay: "100ms" } }, { upstream: { timeouts: { firstByte: "20s" } } });
});
afterAll(() => guarded.stop());

/** Members in another order, and spaces between: an upstream's own way to write the same value. */
function respelled(text: string): string {
  return JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text) as object).toReversed()), null, 2);
}

const body = { title: "new", count: 1 };

it.each<{ name: string; method: "PUT" | "PATCH" | "POST"; before: string | null; effect: (text: string) => string | null; outcome: string }>([
  { name: "a PUT that creates, kept in another spelling", method: "PUT", before: null, effect: (text: string) => respelled(text), outcome: "applied" },
  { name: "a PUT that creates, and never took effect", method: "PUT", before: null, effect: () => null, outcome: "not-applied" },
  { name: "a PUT that changes, kept in another spelling", method: "PUT", before: '{"title":"old"}', effect: (text: string) => respelled(text), outcome: "applied" },
  { name: "a PATCH, whose result is what it makes of what was there", method: "PATCH", before: '{"title":"old","kept":true}', effect: (text: string) => respelled(JSON.stringify({ kept: true, ...(JSON.parse(text) as object) })), outcome: "applied" },
  { name: "a PUT that somebody else has written over", method: "PUT", before: '{"title":"old"}', effect: () => '{"title":"theirs"}', outcome: "diverged" },
  { name: "a POST, of which a collection that looks the same proves nothing", method: "POST", before: '{"items":[]}', effect: () => null, outcome: "diverged" },
])("$name", async ({ name, method, before, effect, outcome }) => {
  const at = `/${encodeURIComponent(name)}`;
  if (before !== null) guarded.kept.set(at, before);
  const headers = before === null || method === "POST" ? { "idempotency-key": `"${method}-${name.length}"` } : { "if-match": (await guarded.call("GET", `/notes${at}`)).etag };
  await guarded.call("GET", `/notes${at}`);
  guarded.interfere = (request, _response, written) => {
    if (request.method !== method) return false;
    const now = effect(written);
    if (now !== null) guarded.kept.set(at, now);
    return Boolean(request.socket.destroy());
  };
  const type: Record<string, string> = method === "PATCH" ? { "content-type": "application/merge-patch+json" } : {};
  const conditional = before === null && method === "PUT" ? { "if-none-match": "*" } : {};
  const lost = await guarded.call(method, `/notes${at}`, { body, headers: { ...headers, ...type, ...conditional } });
  expect([lost.status, lost.body["outcome"]]).toEqual([504, "unknown"]);
  guarded.interfere = null;
  const instance = new URL(String(lost.body["instance"])).pathname;
  await expect.poll(async () => (await guarded.call("GET", instance)).body["found"], { timeout: 15_000, interval: 100 }).toMatchObject({ outcome });
});
