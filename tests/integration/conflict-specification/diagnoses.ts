/** §5, §6 and the admin API: what a conflict is called, what is told of it, to whom, and how it is found again. */
import { describe, expect, test } from "vitest";
import { eventually } from "../../harness/eventually.ts";
import type { Answered } from "./scene.ts";
import { essence, type Stage } from "./stage.ts";

type Situation = (stage: Stage) => Promise<{ path: string; answer: Answered; consumers: string[]; origin?: string }>;

/** Each gives the conflict that it is named for. */
const situations: Record<string, Situation> = {
  "concurrent-modification": async (stage) => {
    const path = stage.fresh("notes", "plain/notes");
    const tag = await stage.scene.tag(path);
    await stage.scene.call("PUT", path, { who: "bob", headers: { "if-match": await stage.scene.tag(path, "bob") }, body: { title: "bob's" } });
    return { path, answer: await stage.scene.call("PUT", path, { headers: { "if-match": tag }, body: { title: "ann's" } }), consumers: ["ann", "bob"] };
  },
  "version-mismatch": async (stage) => {
    const path = stage.fresh("notes", "plain/notes");
    return { path, answer: await stage.scene.call("PUT", path, { headers: { "if-match": '"invented"' }, body: {} }), consumers: ["ann"] };
  },
  "state-mismatch": async (stage) => {
    const path = stage.fresh("lax", "plain/lax");
    const headers = { "if-match": await stage.scene.tag(path), "x-do": '409 {"code":"DuplicateName"}' };
    return { path, answer: await stage.scene.call("PUT", path, { headers, body: { title: "two" } }), consumers: ["ann"], origin: "upstream" };
  },
  "lost-update": async (stage) => {
    const path = stage.fresh("watched", "plain/watched");
    for (const who of ["ann", "bob"] as const) await stage.scene.call("GET", path, { who });
    await stage.scene.call("PUT", path, { who: "bob", body: { title: "bob's", n: 1 } });
    return { path, answer: await stage.scene.call("PUT", path, { body: { title: "one", n: 2 } }), consumers: ["ann", "bob"] };
  },
  busy: async (stage) => {
    const path = stage.fresh("busy", "plain/busy");
    return { path, answer: await stage.scene.call("PUT", path, { headers: { "x-do": '409 {"code":"AnotherOperationInProgress"}' }, body: {} }), consumers: ["ann"], origin: "upstream" };
  },
  locked: async (stage) => {
    const path = stage.fresh("notes", "plain/notes");
    await stage.scene.call("LOCK", path, { who: "bob" });
    return { path, answer: await stage.scene.call("PUT", path, { headers: { "if-match": "*" }, body: {} }), consumers: ["ann", "bob"] };
  },
  idempotency: async (stage) => {
    const path = "/busy/people";
    return { path, answer: await stage.scene.call("POST", path, { body: {} }), consumers: ["ann"] };
  },
  "precondition-required": async (stage) => {
    const path = stage.fresh("notes", "plain/notes");
    return { path, answer: await stage.scene.call("PUT", path, { body: {} }), consumers: ["ann"] };
  },
  "already-applied": async (stage) => {
    const path = stage.fresh("notes", "plain/notes");
    const write = { headers: { "if-match": await stage.scene.tag(path) }, body: { title: "two" } };
    await stage.scene.call("PUT", path, write);
    return { path, answer: await stage.scene.call("PUT", path, write), consumers: ["ann"] };
  },
};

function idOf({ json, headers }: Answered): string | undefined {
  return /\/\.well-known\/parley\/conflicts\/([0-9a-f]{32})/.exec(`${json["instance"] as string} ${headers.get("link") ?? ""}`)?.[1];
}

const ownAddress = /^http:\/\/127\.0\.0\.1:\d+\/\.well-known\/parley\//;
const text = expect.stringMatching(/./) as unknown;

export function diagnoses(stage: Stage): void {
  describe("§6 and the admin API", () => {
    test.each(Object.keys(situations))("a conflict of cause %s is on record, found by every filter, and opened by its id", async (cause) => {
      const { path, answer, consumers, origin = "gateway" } = await (situations[cause] as Situation)(stage);
      const admin = (address: string): ReturnType<typeof stage.scene.admin> => stage.scene.admin(address);
      const [record] = await eventually(async () => {
        const { items } = await admin(`/api/conflicts?service=${path.split("/")[1]}&cause=${cause}&resource=${path}`);
        return items.length === 1 ? items : null;
      });
      expect(record).toMatchObject({ id: idOf(answer) ?? text, at: expect.any(Number) as unknown, service: path.split("/")[1], resource: path, cause, consumers, origin, callId: answer.headers.get("parley-call-id") });
      for (const filter of [`call=${String(record?.["callId"])}`, `origin=${origin}&resource=${path}`, `state=${String(record?.["state"])}&resource=${path}`, ...consumers.map((consumer) => `consumer=${consumer}&resource=${path}`), `from=${String(Math.floor(Number(record?.["at"])))}&resource=${path}`]) {
        expect((await admin(`/api/conflicts?${filter}`)).items.map(({ id }) => id), filter).toEqual([record?.["id"]]);
      }
      for (const filter of [`resource=${path}&consumer=nobody`, `resource=${path}&to=${String(Math.floor(Number(record?.["at"])))}`, `resource=${path}&service=off`]) expect((await admin(`/api/conflicts?${filter}`)).items, filter).toEqual([]);
      expect(await admin(`/api/conflicts/${String(record?.["id"])}`)).toMatchObject({ id: record?.["id"], cause, resource: path });
    });

    test("a problem has every member that the specification names", async () => {
      const path = stage.fresh("merging", "plain/merging", { title: "one", n: 1 });
      const [tag, bobs] = [await stage.scene.tag(path), await stage.scene.tag(path, "bob")];
      await stage.scene.call("PUT", path, { who: "bob", headers: { "if-match": bobs }, body: { title: "bob's", n: 1 } });
      const { status, json, headers } = await stage.scene.call("PUT", path, { headers: { "if-match": tag }, body: { title: "ann's", n: 2 } });
      expect([status, headers.get("content-type"), headers.get("etag")]).toEqual([412, "application/problem+json", (json["current"] as { etag: string }).etag]);
      expect(json).toMatchObject({
        type: expect.stringMatching(ownAddress) as unknown, title: text, status: 412, detail: text, instance: expect.stringMatching(ownAddress) as unknown, code: "merge-overlap", fix: text,
        cause: "concurrent-modification", subcause: "overlap", origin: "gateway", outcome: "not-applied", guarantee: "serialized", retryable: false, retry: { strategy: "refetch" }, expected: [tag],
        current: { etag: text, version: expect.any(Number) as unknown, changedAt: expect.stringMatching(/^\d{4}-.*Z$/) as unknown, changedBy: "bob" }, base: { etag: tag },
        changes: [{ op: "replace", path: "/title", value: "bob's" }], conflicts: [{ pointer: "/title", base: "one", theirs: "bob's", yours: "ann's" }],
      });
      const lax = stage.fresh("lax", "plain/lax");
      const refused = await stage.scene.call("PUT", lax, { headers: { accept: "application/problem+json", "x-do": '409 {"code":"DuplicateName"}' }, body: {} });
      expect(refused.json).toMatchObject({ status: 409, origin: "upstream", upstream: { status: 409, code: "DuplicateName" } });
    });

    test("every conflict is one line of the log: cause, resource, tags, consumers, call", async () => {
      const { path, answer } = await (situations["concurrent-modification"] as Situation)(stage);
      const id = idOf(answer) as string;
      const lines = await eventually(() => {
        const found = stage.scene.parley.output().split("\n").filter((line) => line.includes(`"conflict":"${id}"`));
        return found.length > 0 ? found : null;
      });
      expect(lines).toHaveLength(1);
      const { expected, current } = answer.json as { expected: string[]; current: { etag: string } };
      expect(JSON.parse((lines[0] as string).slice((lines[0] as string).indexOf("{")))).toMatchObject({ service: "notes", resource: path, cause: "concurrent-modification", consumers: ["ann", "bob"], expected, current: current.etag, callId: answer.headers.get("parley-call-id"), msg: "a conflict" });
    });

    test("type and instance are addresses: the one is anybody's, the other opens for the consumer that met it, in JSON or as a page", async () => {
      const { answer } = await (situations["precondition-required"] as Situation)(stage);
      const [type, instance] = [answer.json["type"], answer.json["instance"]].map((address) => new URL(String(address)).pathname) as [string, string];
      expect((await stage.scene.call("GET", type, { who: null })).status).toBe(200);
      const own = await stage.scene.call("GET", instance);
      expect([own.status, own.json["cause"], own.headers.get("cache-control")]).toEqual([200, "precondition-required", "no-store"]);
      expect((await stage.scene.call("GET", instance, { headers: { accept: "text/html" } })).headers.get("content-type")).toMatch(/^text\/html/);
      for (const who of ["bob", null] as const) expect((await stage.scene.call("GET", instance, { who })).status).toBe(404);
      expect((await stage.scene.call("GET", `${instance.slice(0, -1)}x`)).status).toBe(404);
      const open = await stage.scene.call("PUT", stage.fresh("open", "plain/open"), { who: null, body: {} });
      expect((await stage.scene.call("GET", new URL(String(open.json["instance"])).pathname, { who: null })).json).toMatchObject({ cause: "precondition-required" });
    });
  });

  describe("§5 merging", () => {
    test.each<[string, string, string, number]>([
      ["a document", "PUT", "application/json", 200], ["a merge patch", "PATCH", "application/merge-patch+json", 200],
      ["a patch of an unknown kind", "PATCH", "text/x-diff", 412],
    ])("%s under a tag of before (%s, %s): %i", async (what, method, type, status) => {
      const path = stage.fresh("merging", "plain/merging", { title: "one", n: 1 });
      const [tag, bobs] = [await stage.scene.tag(path), await stage.scene.tag(path, "bob")];
      await stage.scene.call("PUT", path, { who: "bob", headers: { "if-match": bobs }, body: { title: "bob's", n: 1 } });
      const body = what === "a document" ? { title: "one", n: 2 } : what === "a merge patch" ? { n: 2 } : "@@ -1 +1 @@";
      const answer = await stage.scene.call(method, path, { headers: { "if-match": tag, "content-type": type }, body });
      expect(answer.status).toBe(status);
      expect(stage.scene.upstream.value(`/plain/merging/r${stage.count}`)).toEqual({ title: "bob's", n: status === 200 ? 2 : 1 });
      if (method === "PUT") expect([answer.text, answer.headers.get("content-location"), answer.headers.get("etag"), answer.headers.get("last-modified")]).toEqual(['{"title":"bob\'s","n":2}', path, null, null]);
      // The same again under the current tag reaches the upstream as it was sent.
      if (status === 412) {
        expect((await stage.scene.call(method, path, { headers: { "if-match": await stage.scene.tag(path), "content-type": type }, body })).status).toBe(200);
        expect(stage.scene.upstream.arrived.at(-1)).toMatchObject({ body, headers: { "content-type": type } });
      }
    });

    test("a change of a forbidden place is refused, and nothing of it is done", async () => {
      const path = stage.fresh("merging", "plain/merging", { title: "one", balance: 1 });
      const [tag, bobs] = [await stage.scene.tag(path), await stage.scene.tag(path, "bob")];
      await stage.scene.call("PUT", path, { who: "bob", headers: { "if-match": bobs }, body: { title: "bob's", balance: 1 } });
      const refused = await stage.scene.call("PUT", path, { headers: { "if-match": tag }, body: { title: "one", balance: 5 } });
      expect([...essence(refused), refused.json["conflicts"]]).toEqual([412, "concurrent-modification", "overlap", [{ pointer: "/balance", base: 1, theirs: 1, yours: 5 }]]);
    });
  });
}
