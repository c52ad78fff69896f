/** Lists of entity-tags: as many as a request's header has room for, compared at a bounded price. */
import { expect, it } from "vitest";
import { digestBody } from "../../validators/index.ts";
import { startGuarded } from "../../testing/guarded-upstream.ts";
import { stoppedAfterEach } from "../../testing/stopped-after-each.ts";
import type { GuardPlan } from "../guard-plan.ts";
import { compared } from "./compared-tags.ts";
import { GivenTags } from "./given-tags.ts";
import { absent, type Representation } from "./representation.ts";

const start = stoppedAfterEach(startGuarded);

it("a client that keeps hundreds of versions names all of them, and the current one is found among them", async () => {
  const { call, kept } = await start({ mode: "require" });
  kept.set("/7", '{"n":1}');
  const { etag } = await call("GET", "/notes/7");
  const older = Array.from({ length: 450 }, (_, index) => etag.replace(/^"\d+-.{4}/, `"${index}-${String(index).padStart(4, "0")}`));
  const header = (tags: string[]): string => tags.join(", ");
  expect((await call("GET", "/notes/7", { headers: { "if-none-match": header([...older, etag]) } })).status).toBe(304);
  expect((await call("GET", "/notes/7", { headers: { "if-none-match": header(older) } })).status).toBe(200);
  expect((await call("PUT", "/notes/7", { headers: { "if-match": header(older) }, body: { n: 2 } })).status).toBe(412);
  expect((await call("PUT", "/notes/7", { headers: { "if-match": header([...older, etag]) }, body: { n: 2 } })).status).toBe(204);
});

it("tags from the hands of a few other consumers are recognized, and of many the body is not hashed for each", () => {
  const body = Buffer.from('{"n":1}');
  const tagIn = (view: string): string => digestBody({ contentType: "application/json", view }, body);
  const given = new GivenTags();
  const others = Array.from({ length: 6 }, (_, index) => tagIn(`view ${index}`));
  for (const [index, key] of others.entries()) given.add(key, { path: "/notes/7", view: "", digestView: `view ${index}`, query: "", accept: [] });
  const seen: Representation = { ...absent, exists: true, status: 200, kind: "own", contentType: "application/json", body, digest: tagIn("mine"), digestView: "mine", tag: { weak: false, opaque: tagIn("mine") } };
  const ifMatch = { kind: "tags" as const, tags: [...others, ...others].map((digest) => ({ weak: false, opaque: `3-${digest}` })) };
  const preconditions = { ifMatch, ifNoneMatch: null, ifModifiedSince: null, ifUnmodifiedSince: null, ifRange: null };
  const form = compared({ plan: { given } as GuardPlan, path: "/notes/7", preconditions }, seen).ifMatch;
  const mine = form?.kind === "tags" ? form.tags.map(({ opaque }) => opaque === seen.digest) : [];
  expect(mine).toEqual([true, true, true, true, false, false, true, true, true, true, false, false]);
});
