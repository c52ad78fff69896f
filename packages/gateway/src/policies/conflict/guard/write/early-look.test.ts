/** The look in front of a write's place: what it asks the upstream, and what it takes for an answer. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { expect, it } from "vitest";
import { type Guarded, startGuarded } from "../../testing/guarded-upstream.ts";
import { stoppedAfterEach } from "../../testing/stopped-after-each.ts";

const first = '{"title":"one"}';

interface Scene extends Guarded {
  /** What the upstream was asked: method, If-None-Match, status. */
  asked: [method: string, ifNoneMatch: string | undefined, status: number][];
}

/** An upstream with tags of its own, and with an answer of its own to "unless it is this". */
const start = stoppedAfterEach(async (notModified: (tag: string) => Record<string, string>, conflict: { ifMatch?: "weak" } = {}): Promise<Scene> => {
  const guarded = await startGuarded({ mode: "require", ...conflict }, { etag: "strong" });
  const asked: Scene["asked"] = [];
  guarded.kept.set("/7", first);
  guarded.interfere = (request: IncomingMessage, response: ServerResponse) => {
    const unless = request.headers["if-none-match"];
    response.on("finish", () => asked.push([request.method ?? "", unless, response.statusCode]));
    if (unless === undefined || guarded.kept.get("/7") !== first) return false;
    response.writeHead(304, notModified(unless)).end();
    return true;
  };
  return Object.assign(guarded, { asked });
});

async function readThenWrite({ call, asked }: Scene, write: { method: string; body?: unknown; headers?: Record<string, string> }, meanwhile: () => void = () => {}): Promise<{ etag: string; status: number; asked: Scene["asked"] }> {
  const { etag } = await call("GET", "/notes/7");
  // The tag goes out before the ledger has been told of it; the ledger answers in order.
  await call("LOCK", "/notes/other");
  asked.length = 0;
  meanwhile();
  const { method, ...rest } = write;
  const { status } = await call(method, "/notes/7", { ...rest, headers: { "if-match": etag, ...write.headers } });
  return { etag, status, asked };
}

const put = { method: "PUT", body: { title: "two" } };

it.each([put, { method: "DELETE" }])("asks an upstream with tags only whether the document has changed, and takes its 304 for a look: $method", async (write) => {
  const { etag, status, asked } = await readThenWrite(await start((tag) => ({ ETag: tag })), write);
  expect([status, asked]).toEqual([204, [["GET", etag, 304], [write.method, undefined, 204]]]);
});

it("is shown what somebody has written past the gateway meanwhile, and does not write over it", async () => {
  const scene = await start((tag) => ({ ETag: tag }));
  const { etag, status, asked } = await readThenWrite(scene, put, () => scene.kept.set("/7", '{"title":"theirs"}'));
  expect([status, asked[0], asked.some(([method]) => method === "PUT")]).toEqual([412, ["GET", etag, 200], false]);
});

it.each<[string, (tag: string) => Record<string, string>]>([
  ["names no tag", () => ({})],
  ["names a weak tag", (tag) => ({ ETag: `W/${tag}` })],
  ["names another tag", () => ({ ETag: '"other"' })],
])("looks at the whole document where a 304 %s", async (_, notModified) => {
  const { etag, status, asked } = await readThenWrite(await start(notModified), put);
  expect([status, asked]).toEqual([204, [["GET", etag, 304], ["GET", undefined, 200], ["PUT", undefined, 204]]]);
});

it("looks at the whole document for a PATCH, whose outcome it needs to know", async () => {
  const { status, asked } = await readThenWrite(await start((tag) => ({ ETag: tag })), { method: "PATCH", body: { title: "two" }, headers: { "content-type": "application/merge-patch+json" } });
  expect([status, asked]).toEqual([204, [["GET", undefined, 200], ["PATCH", undefined, 204]]]);
});
