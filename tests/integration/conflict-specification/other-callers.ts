/** The same rules for whoever calls: over HTTP/2, in parts that take their time, and where nothing is refused. */
import { connect } from "node:http2";
import { describe, expect, test } from "vitest";
import { eventually } from "../../harness/eventually.ts";
import { essence, type Stage } from "./stage.ts";

interface OverHttp2 {
  status: number;
  headers: Record<string, unknown>;
  json: Record<string, unknown>;
}

/** With prior knowledge, as clients in the clear do it. */
async function overHttp2<Result>(url: string, work: (ask: (method: string, path: string, headers?: Record<string, string>, body?: unknown) => Promise<OverHttp2>) => Promise<Result>): Promise<Result> {
  const session = connect(url);
  const ask = async (method: string, path: string, headers: Record<string, string> = {}, body?: unknown): Promise<OverHttp2> => {
    const stream = session.request({ ":method": method, ":path": path, "x-api-key": "ann-key-0123456789", ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers });
    const answered = new Promise<Record<string, unknown>>((resolve, reject) => stream.once("response", resolve).once("error", reject));
    stream.end(body === undefined ? undefined : JSON.stringify(body));
    const said = await answered;
    const text = (await stream.toArray()).join("");
    return { status: Number(said[":status"]), headers: said, json: text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : {} };
  };
  try {
    return await work(ask);
  } finally {
    session.close();
  }
}

export function otherCallers(stage: Stage): void {
  test("§4 over HTTP/2: tags, 304, 412, 428, leases and keys are what they are over HTTP/1.1", async () => {
    const path = stage.fresh("notes", "plain/notes");
    const tag = await stage.scene.tag(path);
    await overHttp2(stage.scene.parley.gatewayUrl, async (ask) => {
      expect((await ask("GET", path)).headers["etag"]).toBe(tag);
      expect((await ask("GET", path, { "if-none-match": tag })).status).toBe(304);
      expect((await ask("PUT", path, {}, {})).json).toMatchObject({ cause: "precondition-required" });
      expect((await ask("PUT", path, { "if-match": '"other"' }, {})).json).toMatchObject({ cause: "version-mismatch" });
      const lease = await ask("LOCK", path, { timeout: "Second-30" });
      expect((await ask("PUT", path, { "if-match": tag }, {})).json).toMatchObject({ cause: "locked" });
      const all = { "if-match": tag, "lock-token": String(lease.headers["lock-token"]), "idempotency-key": `"h2-${stage.count}"` };
      expect((await ask("PUT", path, all, { title: "two" })).status).toBe(200);
      expect((await ask("PUT", path, all, { title: "two" })).headers["idempotency-replayed"]).toBe("true");
      expect((await ask("UNLOCK", path, { "lock-token": all["lock-token"] })).status).toBe(204);
    });
  });

  describe("§4 creates with a key", () => {
    test("400 without one, 409 with Retry-After while the first is under way, then its answer again; another consumer's is another", async () => {
      const path = "/busy/people";
      const create = (who: "ann" | "bob", headers: Record<string, string> = {}): ReturnType<typeof stage.scene.call> => stage.scene.call("POST", path, { who, headers: { "idempotency-key": '"create-1"', ...headers }, body: { name: "x" } });
      expect((await stage.scene.call("POST", path, { body: {} })).status).toBe(400);
      const first = create("ann", { "x-do": "late 800" });
      await eventually(() => stage.scene.upstream.arrived.some(({ headers }) => headers["x-do"] === "late 800"));
      const second = await create("ann");
      expect([...essence(second), Number(second.headers.get("retry-after")) >= 1]).toEqual([409, "idempotency", "in-flight", true]);
      const { status, headers } = await first;
      const again = await create("ann");
      expect([status, again.status, again.headers.get("idempotency-replayed"), again.headers.get("location")]).toEqual([201, 201, "true", headers.get("location")]);
      expect((await create("bob")).headers.get("idempotency-replayed")).toBeNull();
    });
  });

  describe("§3 observing", () => {
    test("changes no byte and refuses nothing, shows who edits the same thing now, and counts it", async () => {
      const path = stage.fresh("watched", "plain/watched");
      const sent = { "if-match": "unquoted", "idempotency-key": '"k', "lock-token": "<a b>" };
      for (const who of ["ann", "bob"] as const) expect((await stage.scene.call("GET", path, { who })).etag).toBe("");
      expect((await stage.scene.call("PUT", path, { who: "bob", headers: sent, body: { title: "bob's", n: 1 } })).status).toBe(200);
      expect(stage.scene.upstream.arrived.at(-1)?.headers).toMatchObject(sent);
      const [potential] = await eventually(async () => {
        const { items } = await stage.scene.admin("/api/conflicts?state=potential&service=watched");
        const found = items.filter(({ resource }) => resource === path);
        return found.length > 0 ? found : null;
      });
      expect(potential).toMatchObject({ state: "potential", consumers: ["ann", "bob"], pointers: ["/title"] });
      await eventually(async () => /parley_overlapping_edits\{[^}]*service="watched"[^}]*\} [1-9]/.test(await (await stage.scene.parley.admin("/metrics")).text()));
    });
  });

  describe("§3 observing an open service", () => {
    test("tells people apart by address and user agent, and says that it is only probable", async () => {
      const path = stage.fresh("public", "plain/public");
      const as = (agent: string, method: string, body?: unknown): ReturnType<typeof stage.scene.call> => stage.scene.call(method, path, { who: null, headers: { "user-agent": agent }, ...(body === undefined ? {} : { body }) });
      for (const agent of ["one/1", "other/1"]) await as(agent, "GET");
      await as("other/1", "PUT", { title: "other", n: 1 });
      await as("one/1", "PUT", { title: "one", n: 2 });
      const [lost] = await eventually(async () => {
        const { items } = await stage.scene.admin(`/api/conflicts?resource=${path}&cause=lost-update`);
        return items.length > 0 ? items : null;
      });
      expect(lost).toMatchObject({ probable: true, consumers: ["127.0.0.1 (one/1)", "127.0.0.1 (other/1)"] });
    });
  });

  describe("§9 what cannot be tagged", () => {
    test("streams without a tag, cannot be written where a precondition is required, and is said in the log", async () => {
      const path = stage.fresh("notes", "plain/notes", { text: "x".repeat(100_000) });
      const read = await stage.scene.call("GET", path);
      expect([read.status, read.etag, read.text.length > 100_000]).toEqual([200, "", true]);
      expect(essence(await stage.scene.call("PUT", path, { headers: { "if-match": '"x"' }, body: {} }))).toEqual([428, "precondition-required", "untagged"]);
      await eventually(() => stage.scene.parley.output().includes(`"resource":"${path}"`) && stage.scene.parley.output().includes("a body past conflict.maxBody"));
    });
  });
}
