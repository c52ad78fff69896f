/** §1 to §4 of the conflict specification: who judges, what is guaranteed, and every way to write a precondition. */
import { describe, expect, test } from "vitest";
import type { Answered } from "./scene.ts";
import { date, essence, type Stage } from "./stage.ts";

export function rolesAndPreconditions(stage: Stage): void {
  describe("§1 role", () => {
    test("off forwards what it is sent and judges nothing; a guarded route judges by itself and forwards no stale write", async () => {
      const path = stage.fresh("off", "plain/off");
      const sent = { "if-match": "unquoted", "if-none-match": '*, "a"', "idempotency-key": '"k', "lock-token": "<a b>", "early-data": "1", "if-unmodified-since": "yesterday" };
      expect((await stage.scene.call("PUT", path, { headers: sent, body: {} })).status).toBe(200);
      expect(stage.scene.upstream.arrived.at(-1)?.headers).toMatchObject(sent);
      const guarded = stage.fresh("notes", "plain/notes");
      const before = stage.scene.upstream.arrived.length;
      expect((await stage.scene.call("PUT", guarded, { headers: { "if-match": '"other"' }, body: {} })).status).toBe(412);
      expect(stage.scene.upstream.arrived.slice(before).map(({ method }) => method)).toEqual(["GET"]);
    });
  });

  describe("§2 guarantees", () => {
    test("each route says its own in the admin API, and each problem says it", async () => {
      const { items } = await stage.scene.admin("/api/guarantees");
      const level = (service: string): unknown => items.find((item) => item["service"] === service)?.["level"];
      expect(["off", "watched", "notes", "strong"].map(level)).toEqual(["none", "none", "serialized", "serialized"]);
      expect((await stage.scene.call("PUT", stage.fresh("notes", "plain/notes"), { body: {} })).json["guarantee"]).toBe("serialized");
    });

    test("versions of one service with upstreams of their own are not taken for writes past the gateway", async () => {
      const path = stage.fresh("versions", "plain/v2", { v: 2 });
      stage.scene.upstream.put(`/plain/v1/r${stage.count}`, { v: 1 });
      const at = (version: string): Promise<Answered> => stage.scene.call("GET", path, { headers: { "api-version": version } });
      for (let turn = 0; turn < 2; turn += 1) {
        for (const version of ["v1", "v2"]) {
          const { etag } = await at(version);
          expect((await stage.scene.call("PUT", path, { headers: { "api-version": version, "if-match": etag }, body: { v: version, turn } })).status).toBe(200);
          await at("v1");
          await at("v2");
        }
      }
      const { etag } = await at("v1");
      expect(essence(await stage.scene.call("PUT", path, { headers: { "api-version": "v2", "if-match": etag }, body: { v: 3 } }))[0]).toBe(412);
      expect((await stage.scene.admin("/api/bypasses")).items.filter((item) => item["service"] === "versions")).toEqual([]);
    });
  });

  describe("§4 preconditions", () => {
    test.each<[string, string, (tag: string) => Record<string, string | string[]>, number]>([
      ["a list with the current tag among others", "notes", (tag) => ({ "if-match": `"a" , ${tag}, W/"b"` }), 200],
      ["two fields, the second with the current tag", "notes", (tag) => ({ "if-match": ['"a"', tag] }), 200],
      ["two fields of tags that are not current", "notes", () => ({ "if-match": ['"a"', '"b"'] }), 412],
      ["* in one field and a tag in another", "notes", (tag) => ({ "if-match": ["*", tag] }), 400],
      ["the current tag, weak", "notes", (tag) => ({ "if-match": `W/${tag}` }), 412],
      ["the current tag with a coding's suffix", "notes", (tag) => ({ "if-match": tag.replace(/"$/, '-gzip"') }), 200],
      ["If-None-Match with the current tag among others", "notes", (tag) => ({ "if-none-match": `"a", W/${tag}`, "if-match": tag }), 412],
      ["If-None-Match with tags only, which guard nothing", "notes", () => ({ "if-none-match": '"a"' }), 428],
      ["a date that is no date", "dated", () => ({ "if-unmodified-since": "yesterday" }), 428],
      ["a date of an hour ago, before the change", "dated", () => ({ "if-unmodified-since": date(-3_600) }), 412],
      ["a date to come", "dated", () => ({ "if-unmodified-since": date(3_600) }), 200],
      ["a date where the resource has none", "notes", () => ({ "if-unmodified-since": date(3_600) }), 428],
      ["a false date beside a true tag", "dated", (tag) => ({ "if-match": tag, "if-unmodified-since": date(-3_600) }), 200],
      ["the upstream's strong tag", "strong", (tag) => ({ "if-match": tag }), 200],
      ["the tag in the place of a weak one", "weak", (tag) => ({ "if-match": tag }), 200],
    ])("a write with %s (%s)", async (_what, service, headers, status) => {
      const path = stage.fresh(service, { notes: "plain/notes", dated: "dated/d", strong: "strong/s", weak: "weak/w" }[service] as string);
      expect((await stage.scene.call("PUT", path, { headers: headers(await stage.scene.tag(path)), body: { title: "two" } })).status).toBe(status);
    });

    test.each(["notes", "strong", "weak", "dated", "coded"])("HEAD has the tag of GET, and both get 304 with what is current (%s)", async (service) => {
      const path = stage.fresh(service, { notes: "plain/notes", strong: "strong/s", weak: "weak/w", dated: "dated/d", coded: "coded/c" }[service] as string);
      const tag = await stage.scene.tag(path);
      for (const method of ["GET", "HEAD"]) {
        const again = await stage.scene.call(method, path, { headers: { "if-none-match": tag, "if-modified-since": date(-3_600) } });
        expect([again.status, again.etag, again.text, again.headers.get("cache-control"), again.headers.get("content-length")]).toEqual([304, tag, "", "max-age=21", null]);
        expect((await stage.scene.call(method, path)).etag).toBe(tag);
      }
    });

    test("304 has the fields of now, also where they have changed since", async () => {
      const path = stage.fresh("notes", "plain/notes");
      const tag = await stage.scene.tag(path);
      const kept = stage.scene.upstream.kept.get(`/plain/notes/r${stage.count}`) as { bytes: Buffer };
      const first = await stage.scene.call("GET", path, { headers: { "if-none-match": tag } });
      kept.bytes = Buffer.concat([kept.bytes, Buffer.from(" ")]);
      const changed = await stage.scene.call("GET", path, { headers: { "if-none-match": tag } });
      expect([first.status, first.headers.get("cache-control"), changed.status, changed.headers.get("cache-control")]).toEqual([304, "max-age=21", 200, "max-age=22"]);
    });

    test.each<[string, string, string]>([["the order of the query", "?a=1&b=2", "?b=2&a=1"], ["no query at all", "?a=1", ""]])("a resource is the same whatever %s is", async (_what, read, written) => {
      const path = stage.fresh("notes", "plain/notes");
      expect((await stage.scene.call("PUT", path + written, { headers: { "if-match": await stage.scene.tag(path + read) }, body: {} })).status).toBe(200);
    });

    test("a path is the same however it is escaped, and another one with a slash at its end", async () => {
      const path = stage.fresh("notes", "plain/notes");
      const escaped = path.replace("/r", "/%72");
      stage.scene.upstream.put(`/plain/notes/%72${stage.count}`, { title: "one", n: 1 });
      stage.scene.upstream.put(`/plain/notes/r${stage.count}/`, { title: "slash" });
      expect((await stage.scene.call("PUT", path, { headers: { "if-match": await stage.scene.tag(escaped) }, body: {} })).status).toBe(200);
      expect(essence(await stage.scene.call("PUT", path, { headers: { "if-match": await stage.scene.tag(`${path}/`) }, body: { title: "two" } }))).toEqual([412, "version-mismatch", "other-resource"]);
    });

    test("a part under If-Range is a part only where the tag is the upstream's own and current", async () => {
      const path = stage.fresh("notes", "plain/notes");
      for (const tag of [await stage.scene.tag(path), '"other"']) {
        expect((await stage.scene.call("GET", path, { headers: { range: "bytes=0-3", "if-range": tag } })).status).toBe(200);
      }
      expect((await stage.scene.call("GET", path, { headers: { range: "bytes=0-3", "if-range": 'W/"a", "b"' } })).status).toBe(400);
    });

    test.each(["notes", "strong"])("of ten creates at the same moment one is carried out (%s)", async (service) => {
      stage.count += 1;
      const answers = await Promise.all(Array.from({ length: 10 }, (_, at) => stage.scene.call("PUT", `/${service}/new${stage.count}`, { who: at % 2 === 0 ? "ann" : "bob", headers: { "if-none-match": "*" }, body: { at } })));
      expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([201, ...Array.from({ length: 9 }, () => 412)]);
      expect(answers.filter(({ status }) => status === 412).every(({ json }) => json["cause"] === "concurrent-modification" && json["subcause"] === "created")).toBe(true);
    });

    test("an own refusal and a relayed one are told apart by Proxy-Status", async () => {
      const path = stage.fresh("notes", "plain/notes");
      const said = async (method: string, at: string, headers: Record<string, string>): Promise<unknown[]> => {
        const answer = await stage.scene.call(method, at, { headers, ...(method === "GET" ? {} : { body: {} }) });
        return [answer.status, answer.headers.get("proxy-status")];
      };
      const own = "parley; error=http_request_error";
      expect(await said("PUT", path, {})).toEqual([428, own]);
      expect(await said("PUT", path, { "if-match": "x" })).toEqual([400, own]);
      expect(await said("LOCK", path, { "early-data": "1" })).toEqual([425, own]);
      expect(await said("PUT", path, { "if-match": "*", "x-do": '422 {"error":"no"}' })).toEqual([422, "parley; received-status=422"]);
      expect(await said("PUT", path, { "if-match": "*", "x-do": '409 {"error":"no"}' })).toEqual([409, "parley; received-status=409"]);
      expect(await said("GET", "/notes/nothing", {})).toEqual([404, "parley; received-status=404"]);
      expect(await said("GET", "/watched/nothing", {})).toEqual([404, null]);
    });
  });
}
