import { once } from "node:events";
import { connect, constants, createServer, type Http2Server, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import type { ServiceSource } from "@parley/contract/config/service";
import { afterEach, describe, expect, it } from "vitest";
import { type GatewayUnderTest, startGateway } from "../main/gateway-under-test.ts";

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

interface RefusingUpstream {
  url: string;
  /** Methods of the streams that came. */
  seen: string[];
}

/** Refuses so many streams, of these methods, before it answers one; then it tells in which version the call came to the gateway. */
async function startRefusing(times: number, methods: readonly string[] = ["GET", "POST"]): Promise<RefusingUpstream> {
  const seen: string[] = [];
  let left = times;
  const server: Http2Server = createServer();
  server.on("stream", (stream: ServerHttp2Stream, headers) => {
    // Of its own closing it hears as of an error.
    stream.on("error", () => {});
    seen.push(String(headers[":method"]));
    if (methods.includes(String(headers[":method"])) && left-- > 0) return stream.close(constants.NGHTTP2_REFUSED_STREAM);
    stream.respond({ ":status": 200 });
    stream.end(String(headers["via"]));
  });
  server.on("session", (session) => stops.push(() => session.destroy()));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  stops.push(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

async function gatewayTo(urls: string[], more: Partial<ServiceSource> = {}): Promise<GatewayUnderTest> {
  return startGateway({ services: { notes: { path: "/notes", access: "open", conflict: { mode: "off" }, upstream: { protocol: "http2", balance: "failover", targets: urls.map((url) => ({ url })) }, ...more } } }, { ledger: more.conflict !== undefined });
}

describe("a stream that the upstream refuses, of which nothing was processed (RFC 9113 §8.7)", () => {
  it.each(["GET", "POST"])("is sent once more, whatever the method: %s", async (method) => {
    const upstream = await startRefusing(1);
    const gateway = await gatewayTo([upstream.url]);
    expect((await fetch(`${gateway.url}/notes/7`, { method })).status).toBe(200);
    expect(upstream.seen).toEqual([method, method]);
    expect(await gateway.stop()).toMatchObject([{ status: 200, attempts: 2, attemptLog: [{ failure: "refused" }, { status: 200 }] }]);
  });

  it("goes to another target, and the one that refused does not rest for it", async () => {
    const [refusing, other] = [await startRefusing(1), await startRefusing(0)];
    const gateway = await gatewayTo([refusing.url, other.url]);
    expect((await fetch(`${gateway.url}/notes/7`, { method: "POST", body: "x" })).status).toBe(200);
    expect([refusing.seen, other.seen]).toEqual([["POST"], ["POST"]]);
    expect(gateway.gateway.targets().map(({ state }) => state)).toEqual(["in-rotation", "in-rotation"]);
    await gateway.stop();
  });

  it("says so when it is refused again, and that nothing was done", async () => {
    const upstream = await startRefusing(5);
    const gateway = await gatewayTo([upstream.url]);
    const answer = await fetch(`${gateway.url}/notes/7`, { method: "POST", body: "x" });
    expect([answer.status, answer.headers.get("retry-after"), await answer.json()]).toMatchObject([503, "1", { code: "upstream-refused", detail: expect.stringContaining("Nothing was done") }]);
    expect(upstream.seen).toHaveLength(2);
    await gateway.stop();
  });

  it("is not sent again when its body was streamed through", async () => {
    const upstream = await startRefusing(1);
    const gateway = await gatewayTo([upstream.url]);
    const body = Readable.toWeb(Readable.from([Buffer.alloc(70_000)])) as ReadableStream;
    const answer = await fetch(`${gateway.url}/notes/7`, { method: "POST", body, duplex: "half" } as RequestInit);
    expect([answer.status, ((await answer.json()) as { code: string }).code, upstream.seen]).toEqual([503, "upstream-refused", ["POST"]]);
    await gateway.stop();
  });

  it("is no guarded write whose outcome is unknown: the next one goes on at once", async () => {
    const upstream = await startRefusing(2, ["PUT"]);
    const gateway = await gatewayTo([upstream.url], { conflict: { mode: "enforce" } });
    const put = async (): Promise<unknown[]> => {
      const answer = await fetch(`${gateway.url}/notes/7`, { method: "PUT", headers: { "content-type": "application/json", "if-match": "*" }, body: "{}" });
      return [answer.status, /"code":"([^"]*)"/.exec(await answer.text())?.[1]];
    };
    expect(await put()).toEqual([503, "upstream-refused"]);
    expect(await put()).toEqual([200, undefined]);
    expect(upstream.seen.filter((method) => method === "PUT")).toHaveLength(3);
    await gateway.stop();
  });
});

describe("Via", () => {
  it("names the version in which the call came, and the one in which the answer came", async () => {
    const upstream = await startRefusing(0);
    const gateway = await gatewayTo([upstream.url]);
    const byHttp1 = await fetch(`${gateway.url}/notes/7`);
    expect([await byHttp1.text(), byHttp1.headers.get("via")]).toEqual(["1.1 parley", "2.0 parley"]);
    const client = connect(gateway.url);
    stops.push(() => client.destroy());
    const stream = client.request({ ":path": "/notes/7" }).setEncoding("utf8");
    const [headers] = (await once(stream, "response")) as [Record<string, string>];
    expect([headers["via"], (await stream.toArray()).join("")]).toEqual(["2.0 parley", "2.0 parley"]);
    client.destroy();
    await gateway.stop();
  });
});
