import type { IncomingMessage, ServerResponse } from "node:http";
import type { CallRecord } from "@parley/contract/call-record";
import type { ServiceSource } from "@parley/contract/config/service";
import { afterEach, expect, it, vi } from "vitest";
import { startGateway, type GatewayUnderTest } from "../../main/gateway-under-test.ts";
import { RawClient } from "../../main/raw-client.ts";
import { startUpstream, type UpstreamUnderTest } from "../../main/upstream-under-test.ts";

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

type UpstreamSource = NonNullable<ServiceSource["upstream"]>;

async function upstreamOf(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<UpstreamUnderTest> {
  const upstream = await startUpstream(handler);
  stops.push(() => upstream.close());
  return upstream;
}

/** The first target is the first choice of every call. */
async function gatewayTo(upstreams: readonly UpstreamUnderTest[], more: Partial<UpstreamSource> = {}): Promise<GatewayUnderTest> {
  const upstream: UpstreamSource = { targets: upstreams.map(({ url }) => ({ url })), balance: "failover", hedge: { after: "40ms" }, ...more };
  return startGateway({ services: { notes: { path: "/notes", access: "open", upstream } } });
}

const hangs = (): void => {};
const answers = (text: string) => (_: IncomingMessage, response: ServerResponse): void => void response.end(text);

/** Nothing is left counted as under way, whoever won and lost. */
async function recordsOf(gateway: GatewayUnderTest): Promise<CallRecord[]> {
  await vi.waitFor(() => expect(gateway.gateway.targets().map(({ inFlight }) => inFlight).filter((count) => count > 0)).toEqual([]), 5_000);
  return gateway.stop();
}

it("asks another target when the first takes long, gives the first answer, and gives the other up", async () => {
  const closed = vi.fn();
  const slow = await upstreamOf((request) => void request.socket.on("close", closed));
  const quick = await upstreamOf(answers("quick"));
  const gateway = await gatewayTo([slow, quick]);
  expect(await (await fetch(`${gateway.url}/notes/7`)).text()).toBe("quick");
  await vi.waitFor(() => expect(closed).toHaveBeenCalledOnce());
  const [record] = await recordsOf(gateway);
  expect(record).toMatchObject({ status: 200, attempts: 2, upstream: quick.url, attemptLog: [{ target: slow.url, failure: "hedge-lost" }, { target: quick.url, status: 200 }] });
});

it("sends nothing twice while answers come in time", async () => {
  const first = await upstreamOf(answers("first"));
  const second = await upstreamOf(answers("second"));
  const gateway = await gatewayTo([first, second], { hedge: { after: "5s" } });
  for (let call = 0; call < 5; call++) await (await fetch(`${gateway.url}/notes/7`)).text();
  expect(second.requests).toEqual([]);
  expect((await recordsOf(gateway)).map(({ attempts }) => attempts)).toEqual([1, 1, 1, 1, 1]);
});

it.each([
  ["a POST without a key", { method: "POST", body: "x" }, 1],
  ["a PUT without a key", { method: "PUT", body: "x" }, 1],
  ["a DELETE without a key", { method: "DELETE" }, 1],
  ["a POST with a key", { method: "POST", body: "x", headers: { "idempotency-key": "k1" } }, 2],
  ["a POST with a key whose body is too long to be held", { method: "POST", body: "x".repeat(100_000), headers: { "idempotency-key": "k1" } }, 1],
  ["a GET", { method: "GET" }, 2],
  ["a HEAD", { method: "HEAD" }, 2],
])("%s is sent as often as it may be", async (_what, init: RequestInit, times) => {
  const slow = await upstreamOf((_, response) => void setTimeout(() => response.end("slow"), 250));
  const quick = await upstreamOf(answers("quick"));
  const gateway = await gatewayTo([slow, quick]);
  await (await fetch(`${gateway.url}/notes/7`, init)).arrayBuffer();
  expect(slow.requests.length + quick.requests.length).toBe(times);
  await recordsOf(gateway);
});

it("an answer that says that nobody is there does not win against one that is still to come", async () => {
  const slow = await upstreamOf((_, response) => void setTimeout(() => response.end("slow but well"), 200));
  const ill = await upstreamOf((_, response) => void response.writeHead(503).end());
  const gateway = await gatewayTo([slow, ill]);
  expect(await (await fetch(`${gateway.url}/notes/7`)).text()).toBe("slow but well");
  expect(await recordsOf(gateway)).toMatchObject([{ status: 200, attempts: 2, attemptLog: [{ target: ill.url, status: 503 }, { target: slow.url, status: 200 }] }]);
});

it("goes on with the other when one breaks off, whichever it is, and says so once both have", async () => {
  const held: IncomingMessage[] = [];
  const first = await upstreamOf((request) => void held.push(request));
  const second = await upstreamOf((request, response) => (request.url === "/both" ? request.socket.destroy() : void setTimeout(() => response.end("second"), 100)));
  const gateway = await gatewayTo([first, second]);
  const asked = fetch(`${gateway.url}/notes/one`);
  await vi.waitFor(() => expect(second.requests).toHaveLength(1));
  held[0]?.socket.destroy();
  expect(await (await asked).text()).toBe("second");
  const both = fetch(`${gateway.url}/notes/both`);
  await vi.waitFor(() => expect(second.requests).toHaveLength(2));
  held[1]?.socket.destroy();
  const answer = await both;
  expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([502, "upstream-broken"]);
  expect((await recordsOf(gateway)).map(({ status, attempts }) => [status, attempts])).toEqual([[200, 2], [502, 2]]);
});

it("takes its tries from the retries' budget", async () => {
  const slow = await upstreamOf((_, response) => void setTimeout(() => response.end("slow"), 1_500));
  const quick = await upstreamOf(answers("quick"));
  const gateway = await gatewayTo([slow, quick], { retry: { attempts: 1, budget: 0 } });
  await Promise.all(Array.from({ length: 25 }, async () => (await fetch(`${gateway.url}/notes/7`)).text()));
  // The burst of ten.
  expect(quick.requests).toHaveLength(10);
  await recordsOf(gateway);
});

it("never takes an upstream past the bound of its calls", async () => {
  const slow = await upstreamOf((_, response) => void setTimeout(() => response.end("slow"), 150));
  const quick = await upstreamOf(answers("quick"));
  const gateway = await gatewayTo([slow, quick], { concurrency: { max: 1 } });
  expect(await (await fetch(`${gateway.url}/notes/7`)).text()).toBe("slow");
  expect(quick.requests).toEqual([]);
  await recordsOf(gateway);
});

it("learns the time in which most answers come, and asks the same target where there is one only", async () => {
  let stuck = false;
  const upstream = await upstreamOf((_, response) => {
    if (stuck) stuck = false;
    else response.end("fine");
  });
  const gateway = await gatewayTo([upstream], { hedge: { percentile: 95 }, timeouts: { firstByte: "20s" } });
  for (let call = 0; call < 96; call++) await (await fetch(`${gateway.url}/notes/7`)).text();
  const sent = upstream.requests.length;
  stuck = true;
  expect(await (await fetch(`${gateway.url}/notes/7`)).text()).toBe("fine");
  expect(upstream.requests.length - sent).toBe(2);
  await recordsOf(gateway);
});

it("gives all tries up when the caller goes away", async () => {
  const gone = vi.fn();
  const hanging = (request: IncomingMessage): void => void request.socket.on("close", gone);
  const upstreams = await Promise.all([hanging, hanging, hanging].map(upstreamOf));
  const gateway = await gatewayTo(upstreams, { hedge: { after: "20ms", max: 2 } });
  const client = await RawClient.connect(gateway.port);
  client.send("GET /notes/7 HTTP/1.1\r\nHost: a\r\n\r\n");
  await vi.waitFor(() => expect(upstreams.map(({ requests }) => requests.length)).toEqual([1, 1, 1]));
  client.destroy();
  await vi.waitFor(() => expect(gone).toHaveBeenCalledTimes(3));
  expect(await recordsOf(gateway)).toMatchObject([{ status: 499, attempts: 3 }]);
});

it("two tries at a target that hangs end in one 504", async () => {
  const hanging = await upstreamOf(hangs);
  const gateway = await gatewayTo([hanging], { hedge: { after: "20ms", max: 1 }, timeouts: { firstByte: "200ms" } });
  const answer = await fetch(`${gateway.url}/notes/7`);
  expect(answer.status).toBe(504);
  expect(await recordsOf(gateway)).toMatchObject([{ status: 504, attempts: 2 }]);
});
