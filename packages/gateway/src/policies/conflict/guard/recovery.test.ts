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

it.each([
  ["a PUT that creates, kept in another spelling", "PUT", null, (text: string) => respelled(text), "applied"],
  ["a PUT that creates, and never took effect", "PUT", null, () => null, "not-applied"],
  ["a PUT that changes, kept in another spelling", "PUT", '{"title":"old"}', (text: string) => respelled(text), "applied"],
  ["a PATCH, whose result is what it makes of what was there", "PATCH", '{"title":"old","kept":true}', (text: string) => respelled(JSON.stringify({ kept: true, ...(JSON.parse(text) as object) })), "applied"],
  ["a PUT that somebody else has written over", "PUT", '{"title":"old"}', () => '{"title":"theirs"}', "diverged"],
  ["a POST, of which a collection that looks the same proves nothing", "POST", '{"items":[]}', () => null, "diverged"],
] as const)("%s: %s with %s before", async (name, method, before, effect, outcome) => {
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
