/**
 * A real nginx in front of the gateway, behind it, and on both sides. Whoever sends a request that two of them could read
 * differently must not get a second one past the first: the service sees no request that a proxy before it did not send, and
 * nobody gets the answer to another's call.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EchoAnswer, type EchoUpstream, startEcho } from "../harness/echo-upstream.ts";
import { type Nginx, nginxMissing, startMarkingNginx } from "../harness/nginx.ts";
import { openRaw, statusOf } from "../harness/raw-http.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";

const hidden = "GET /notes/smuggled HTTP/1.1\r\nHost: service\r\nX-Hidden: ";
const inChunks = `0\r\n\r\n${hidden}`;
const inLength = `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`;

/** What stands between the request's first line with its Host and the end of the connection. */
const attacks: Record<string, string> = {
  "a length and chunks": `Content-Length: ${inChunks.length}\r\nTransfer-Encoding: chunked\r\n\r\n${inChunks}`,
  "chunks and a length": `Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n${inLength}`,
  "two lengths": `Content-Length: 0\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
  "two lengths in one field": `Content-Length: 0, ${hidden.length}\r\n\r\n${hidden}`,
  "a length with a sign": `Content-Length: +${hidden.length}\r\n\r\n${hidden}`,
  "a length below nothing": `Content-Length: -1\r\n\r\n${hidden}`,
  "a length in hexadecimal": `Content-Length: 0x${hidden.length.toString(16)}\r\n\r\n${hidden}`,
  "a length of more digits than numbers have": `Content-Length: 18446744073709551616\r\n\r\n${hidden}`,
  "a length with a space before its colon": `Content-Length : ${hidden.length}\r\n\r\n${hidden}`,
  "chunks with a space before the colon": `Transfer-Encoding : chunked\r\nContent-Length: ${inChunks.length}\r\n\r\n${inChunks}`,
  "chunks behind a tab": `Transfer-Encoding:\tchunked\r\nContent-Length: ${inChunks.length}\r\n\r\n${inChunks}`,
  "chunks behind a vertical tab": `Transfer-Encoding:\u000bchunked\r\nContent-Length: ${inChunks.length}\r\n\r\n${inChunks}`,
  "chunks in a folded line": `Transfer-Encoding:\r\n chunked\r\nContent-Length: ${inChunks.length}\r\n\r\n${inChunks}`,
  "chunks in a line that begins with a space": `X-Other: a\r\n Transfer-Encoding: chunked\r\nContent-Length: ${inChunks.length}\r\n\r\n${inChunks}`,
  "chunks that end in another coding": `Transfer-Encoding: chunked, identity\r\nContent-Length: ${inChunks.length}\r\n\r\n${inChunks}`,
  "chunks that are named twice": `Transfer-Encoding: chunked\r\nTransfer-Encoding: cow\r\nContent-Length: ${inChunks.length}\r\n\r\n${inChunks}`,
  "a coding that nobody knows": `Transfer-Encoding: xchunked\r\nContent-Length: ${inChunks.length}\r\n\r\n${inChunks}`,
  "chunks behind a bare line feed": `X-Other: a\nTransfer-Encoding: chunked\r\nContent-Length: ${inChunks.length}\r\n\r\n${inChunks}`,
  "chunks behind a bare carriage return": `X-Other: a\rTransfer-Encoding: chunked\r\nContent-Length: ${inChunks.length}\r\n\r\n${inChunks}`,
  "chunks behind a null": `X-Other: a\0\r\nTransfer-Encoding\0: chunked\r\nContent-Length: ${inChunks.length}\r\n\r\n${inChunks}`,
  "chunks in another spelling": `Transfer_Encoding: chunked\r\nContent-Length: ${inChunks.length}\r\n\r\n${inChunks}`,
  "a chunk's size of more digits than numbers have": `Transfer-Encoding: chunked\r\n\r\n10000000000000000${inLength}`,
  "a chunk's size with a sign": `Transfer-Encoding: chunked\r\n\r\n+${inLength}`,
  "a chunk's size that ends in a bare line feed": `Transfer-Encoding: chunked\r\n\r\n${inLength.replace("\r\n", "\n")}`,
  "a chunk's extension with a bare line feed": `Transfer-Encoding: chunked\r\n\r\n${inLength.replace("\r\n", ";a\nb\r\n")}`,
  "a chunk that is longer than it says": `Transfer-Encoding: chunked\r\n\r\n1\r\n${hidden}\r\n0\r\n\r\n`,
  "a length among the trailers": `Transfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: ${hidden.length}\r\n\r\n`,
  "a change to HTTP/2 with a body": `Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
  "a length that Connection names": `Connection: close, Content-Length\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
  "chunks that Connection names": `Connection: close, Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n\r\n${inLength}`,
};

const marks = ["x-front", "x-gateway", "x-behind"] as const;
/** Of the requests that the service got, those that one of these did not send. */
function unmarked(requests: readonly EchoAnswer[], by: readonly string[]): string[] {
  return requests.filter(({ headers }) => by.some((mark) => headers[mark] !== "yes")).map(({ method, url }) => `${method} ${url}`);
}

describe.skipIf(nginxMissing !== null)(`requests that two could read differently${nginxMissing === null ? "" : ` (skipped: ${nginxMissing})`}`, () => {
  let echo: EchoUpstream;
  let behind: Nginx;
  let parley: Parley;
  let front: Nginx;

  beforeAll(async () => {
    echo = await startEcho();
    behind = await startMarkingNginx(echo.url, "X-Behind");
    const marked = "access: open, rewrite: { request: { set: { X-Gateway: yes } } }";
    parley = await startParley({
      yaml: `gateway: { limits: { headersTimeout: 1s, idleTimeout: 1s } }
services:
  notes: { path: /notes, ${marked}, upstream: { targets: [{ url: "${behind.url}/notes" }] } }
  straight: { path: /straight, ${marked}, upstream: { targets: [{ url: "${echo.url}/notes" }] } }
`,
    });
    front = await startMarkingNginx(parley.gatewayUrl, "X-Front");
  });

  afterAll(async () => {
    // Whatever of it was started.
    for (const one of [front, parley, behind, echo] as (AsyncDisposable | undefined)[]) await one?.[Symbol.asyncDispose]();
  });

  async function attack(url: string, path: string, rest: string): Promise<number> {
    using connection = await openRaw(url);
    connection.write(Buffer.from(`POST ${path} HTTP/1.1\r\nHost: service\r\n${rest}`, "latin1"));
    return statusOf(await connection.closed);
  }

  /** Somebody else's calls meanwhile, over connections that the proxies share: each gets its own answer. */
  async function callHonestly(url: string, { lane, until }: { lane: number; until: () => boolean }): Promise<void> {
    for (let turn = 0; turn < 5 || !until(); turn++) {
      const text = `${lane}/${turn}`;
      const answer = await fetch(`${url}/${text}`, turn % 2 === 0 ? {} : { method: "POST", body: text });
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ url: `/notes/${text}`, body: turn % 2 === 0 ? "" : text });
    }
  }

  test("what no proxy sent would be noticed", async () => {
    await fetch(`${echo.url}/notes/7`);
    expect(unmarked(echo.requests, ["x-gateway"])).toEqual(["GET /notes/7"]);
    echo.requests.splice(0);
  });

  test.each<[where: string, door: () => string, by: readonly string[]]>([
    ["behind the gateway", () => `${parley.gatewayUrl}/notes`, marks.slice(1)],
    ["in front of it", () => `${front.url}/straight`, marks.slice(0, 2)],
    ["on both sides", () => `${front.url}/notes`, marks],
  ])("nginx %s: nothing is smuggled past, and nobody gets another's answer", { timeout: 60_000 }, async (_where, door, by) => {
    echo.requests.splice(0);
    const { origin, pathname } = new URL(door());
    let done = false;
    const honest = [0, 1, 2, 3].map((lane) => callHonestly(door(), { lane, until: () => done }));
    const attacked = Promise.all(Object.entries(attacks).map(async ([name, rest]) => [name, await attack(origin, `${pathname}/attack`, rest)] as const));
    const statuses = await attacked.finally(() => (done = true));
    await Promise.all(honest);
    expect(unmarked(echo.requests, by)).toEqual([]);
    expect(echo.requests.filter(({ url, headers }) => url.includes("smuggled") || "x-hidden" in headers)).toEqual([]);
    // A gateway that answered nobody would pass all of that. 501 is what nginx says to codings.
    expect(statuses.filter(([, status]) => status === 0 || (status >= 500 && status !== 501))).toEqual([]);
  });

  test("what only looks like a request and is a body by every reading arrives as the body", async () => {
    for (const body of [hidden, inChunks, inLength]) {
      const answer = await fetch(`${front.url}/notes/7`, { method: "POST", body });
      expect(await answer.json()).toMatchObject({ url: "/notes/7", body });
    }
  });
});
