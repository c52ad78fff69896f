/** nginx with gzip behind the gateway, in front of it, and on both sides: it weakens every tag of what it compresses, and If-Match has to work all the same; and it ends connections. */
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { type Nginx, nginxMissing, startCompressingNginx } from "../harness/nginx.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";
import { type TestServer, listen } from "../harness/test-server.ts";

const kept = new Map<string, string>();
/** As they arrive. */
const posted: string[] = [];
const tagOf = (document: string): string => `"${createHash("sha1").update(document).digest("hex").slice(0, 16)}"`;

/** Has strong tags of its own, and compares If-Match with them. */
function startUpstream(): Promise<TestServer> {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      const document = kept.get(request.url ?? "");
      if (document === undefined) return void response.writeHead(404).end();
      if (request.method === "GET") return void response.writeHead(200, { "Content-Type": "application/json", ETag: tagOf(document) }).end(document);
      if (request.method === "POST") posted.push(body);
      const condition = request.headers["if-match"];
      if (condition !== undefined && condition !== tagOf(document)) return void response.writeHead(412).end();
      kept.set(request.url ?? "", body);
      response.writeHead(204).end();
    });
  });
  return listen(server);
}

describe.skipIf(nginxMissing !== null)(`an nginx that compresses${nginxMissing === null ? "" : ` (skipped: ${nginxMissing})`}`, () => {
  let upstream: TestServer;
  let behind: Nginx;
  let parley: Parley;
  let front: Nginx;
  let adminFront: Nginx;

  beforeAll(async () => {
    upstream = await startUpstream();
    behind = await startCompressingNginx(upstream.url);
    const targets = `access: open, upstream: { targets: [{ url: "${behind.url}" }] }`;
    parley = await startParley({
      yaml: `services:
  auto: { path: /auto, ${targets}, conflict: { mode: require } }
  hashed: { path: /hashed, ${targets}, conflict: { mode: require, validator: body-hash } }
  trusting: { path: /trusting, ${targets}, conflict: { mode: require, writers: exclusive } }
  strict: { path: /strict, access: open, upstream: { targets: [{ url: "${upstream.url}" }] }, conflict: { mode: require } }
  plain: { path: /plain, ${targets}, conflict: { mode: "off" } }
  weak: { path: /weak, ${targets}, conflict: { mode: require, ifMatch: weak } }
`,
    });
    front = await startCompressingNginx(parley.gatewayUrl);
    adminFront = await startCompressingNginx(parley.adminUrl);
  });

  afterAll(async () => {
    // Whatever of it was started.
    for (const one of [adminFront, front, parley, behind, upstream] as (AsyncDisposable | undefined)[]) await one?.[Symbol.asyncDispose]();
  });

  const read = async (url: string, coding: string): Promise<string> => {
    const response = await fetch(url, { headers: { "accept-encoding": coding } });
    expect([response.status, response.headers.get("content-encoding")]).toEqual([200, coding === "gzip" ? "gzip" : null]);
    return String(response.headers.get("etag"));
  };
  const put = (url: string, tag: string, n: number): Promise<Response> =>
    fetch(url, { method: "PUT", headers: { "content-type": "application/json", "if-match": tag }, body: JSON.stringify({ n }) });

  test("on both sides, ending its connections all the time: every call is answered, and nothing is sent twice", async () => {
    kept.set("/plain", "{}");
    const url = `${front.url}/plain/plain`;
    const statuses: number[] = [];
    const lane = async (name: number): Promise<void> => {
      for (let turn = 0; turn < 30; turn++) {
        const isPost = turn % 2 === 1;
        const response = await fetch(url, isPost ? { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ name, turn }) } : {});
        await response.arrayBuffer();
        statuses.push(response.status);
      }
    };
    await Promise.all([0, 1, 2, 3, 4, 5].map(lane));
    expect(statuses.filter((status) => status >= 300)).toEqual([]);
    expect([posted.length, new Set(posted).size]).toEqual([90, 90]);
  });

  test.each(["auto", "hashed", "trusting"])("behind the gateway: the tag of a compressed read and that of a plain one both write, a stale one does not (%s)", async (service) => {
    kept.set(`/${service}`, '{"n":0}');
    const url = `${parley.gatewayUrl}/${service}/${service}`;
    for (const coding of ["gzip", "identity", "gzip"]) {
      const tag = await read(url, coding);
      // Another reader, in the other coding, changes nothing for this one.
      await read(url, coding === "gzip" ? "identity" : "gzip");
      expect((await fetch(url, { headers: { "if-none-match": tag, "accept-encoding": coding } })).status).toBe(304);
      expect((await put(url, tag, 1)).status, `${coding} ${tag}`).toBe(204);
      expect((await put(url, tag, 1)).status).toBe(412);
      expect((await put(url, await read(url, coding), 0)).status).toBe(204);
    }
    const found = async (): Promise<{ consumers: string[] }[]> => ((await (await parley.admin(`/api/conflicts?limit=100&service=${service}`)).json()) as { items: { consumers: string[] }[] }).items;
    // One of each round that was refused.
    await eventually(async () => (await found()).length >= 3);
    // Nobody wrote past the gateway, and nobody is said to have.
    expect((await found()).filter(({ consumers }) => consumers.includes("bypass"))).toEqual([]);
  });

  test("in front too: its weakened tags write where the service takes weak ones", async () => {
    kept.set("/n", '{"n":0}');
    const url = `${front.url}/weak/n`;
    const tag = await read(url, "gzip");
    expect(tag).toMatch(/^W\//);
    expect((await put(url, tag, 1)).status).toBe(204);
    const stale = await put(url, tag, 2);
    expect([stale.status, ((await stale.json()) as { cause: string }).cause]).toEqual([412, "concurrent-modification"]);
    expect((await put(url, await read(url, "identity"), 2)).status).toBe(204);
    expect(kept.get("/n")).toBe('{"n":2}');
  });

  test("in front, where the service compares strongly: the refusal says that the tag was weakened, and what to set", async () => {
    kept.set("/s", '{"n":0}');
    const url = `${front.url}/strict/s`;
    const refused = await put(url, await read(url, "gzip"), 1);
    expect([refused.status, await refused.json()]).toMatchObject([412, { cause: "version-mismatch", subcause: "weak-tag", detail: expect.stringContaining("ifMatch: weak") }]);
    expect((await put(url, await read(url, "identity"), 1)).status).toBe(204);
  });

  test("in front of the admin API: the tag stands in the body too, where nothing weakens it", async () => {
    const url = `${adminFront.url}/api/services/auto`;
    const authorization = `Bearer ${parley.adminToken}`;
    const response = await fetch(url, { headers: { authorization, "accept-encoding": "gzip" } });
    expect(response.headers.get("etag")).toMatch(/^W\//);
    const { etag } = (await response.json()) as { etag: string };
    expect((await fetch(url, { headers: { authorization, "if-none-match": `W/${etag}` } })).status).toBe(304);
    const weak = await fetch(url, { method: "DELETE", headers: { authorization, "if-match": `W/${etag}` } });
    expect([weak.status, ((await weak.json()) as { fix: string }).fix]).toEqual([400, expect.stringContaining("`etag` member")]);
  });
});
