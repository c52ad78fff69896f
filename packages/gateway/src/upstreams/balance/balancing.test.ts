import type { ServiceSource } from "@parley/contract/config/service";
import { afterEach, expect, it, vi } from "vitest";
import { startGateway, type GatewayUnderTest } from "../../main/gateway-under-test.ts";
import { startRawUpstream, startUpstream, type UpstreamUnderTest } from "../../main/upstream-under-test.ts";

type UpstreamSource = NonNullable<ServiceSource["upstream"]>;

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

interface Named extends UpstreamUnderTest {
  /** What its health path answers. */
  health: number;
  checks: number;
}

async function named(name: string, status = 200): Promise<Named> {
  const upstream: Named = Object.assign(
    await startUpstream((request, response) => {
      if (request.url === "/healthz") {
        upstream.checks++;
        response.writeHead(upstream.health).end();
      } else response.writeHead(status).end(name);
    }),
    { health: 200, checks: 0 },
  );
  stops.push(() => upstream.close());
  return upstream;
}

async function gatewayTo(upstreams: readonly { url: string }[], more: Partial<UpstreamSource>): Promise<GatewayUnderTest> {
  const gateway = await startGateway({ services: { notes: { path: "/notes", access: "open", conflict: { mode: "off" }, upstream: { targets: upstreams.map(({ url }) => ({ url: `${url}/api` })), ...more } } } });
  stops.push(() => gateway.stop());
  return gateway;
}

async function bodies(gateway: GatewayUnderTest, count: number, path = "/notes/7"): Promise<string[]> {
  const seen: string[] = [];
  for (let call = 0; call < count; call++) seen.push(await (await fetch(gateway.url + path)).text());
  return seen;
}

it("takes a target out that its checks find ill, and lets it back in, without one failed call", async () => {
  const [one, two] = [await named("one"), await named("two")];
  const gateway = await gatewayTo([one, two], { balance: "round-robin", health: { path: "/healthz", every: "20ms" } });
  await vi.waitFor(() => expect(Math.min(one.checks, two.checks)).toBeGreaterThan(0), 20_000);
  expect(new Set(await bodies(gateway, 10))).toEqual(new Set(["one", "two"]));
  one.health = 503;
  await vi.waitFor(async () => expect(new Set(await bodies(gateway, 10))).toEqual(new Set(["two"])), 20_000);
  one.health = 200;
  await vi.waitFor(async () => expect(new Set(await bodies(gateway, 10))).toEqual(new Set(["one", "two"])), 20_000);
});

it("asks for the health path on the target's host, not below the target's own path", async () => {
  const one = await named("one");
  const gateway = await gatewayTo([one], { health: { path: "/healthz", every: "20ms" } });
  await vi.waitFor(() => expect(one.checks).toBeGreaterThan(1), 20_000);
  expect(one.requests.every(({ url, headers }) => url === "/healthz" && headers["user-agent"] === "parley-health")).toBe(true);
  await gateway.stop();
  stops.pop();
  // One may still be on its way; after that there is none in five intervals.
  const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100));
  await pause();
  const { checks } = one;
  await pause();
  expect(one.checks).toBe(checks);
});

it("goes on calling where all targets are ill by their checks: a check is an opinion, an answer is a fact", async () => {
  const [one, two] = [await named("one"), await named("two")];
  one.health = two.health = 500;
  const gateway = await gatewayTo([one, two], { health: { path: "/healthz", every: "20ms" } });
  await vi.waitFor(() => expect(Math.min(one.checks, two.checks)).toBeGreaterThan(3), 20_000);
  const answer = await fetch(`${gateway.url}/notes/7`);
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringMatching(/one|two/)]);
});

it("answers from the others when targets refuse connections, whatever the method", async () => {
  const dead = await startRawUpstream(() => {});
  await dead.close();
  const well = await named("well");
  const gateway = await gatewayTo([dead, well, dead], { balance: "ewma" });
  for (let call = 0; call < 20; call++) {
    const answer = await fetch(`${gateway.url}/notes`, { method: "POST", body: "{}" });
    expect([answer.status, await answer.text()]).toEqual([200, "well"]);
  }
});

it("takes a target out that keeps saying 503, and the callers notice no more than its answers", async () => {
  const [ill, well] = [await named("ill", 503), await named("well")];
  const gateway = await gatewayTo([ill, well], { balance: "round-robin", outliers: { failures: 3, rest: "60s" } });
  const seen = await bodies(gateway, 40);
  expect(seen.filter((name) => name === "ill")).toHaveLength(3);
});

it("sends writes to one resource to one target with consistent-hash", async () => {
  const targets = [await named("one"), await named("two"), await named("three")];
  const gateway = await gatewayTo(targets, { balance: "consistent-hash" });
  const places = new Set<string>();
  for (let resource = 0; resource < 20; resource++) {
    const seen = await bodies(gateway, 3, `/notes/${resource}`);
    expect(new Set(seen).size).toBe(1);
    places.add(seen[0] as string);
  }
  expect(places.size).toBeGreaterThan(1);
});

it("refuses at once while the breaker is open, says for how long, and closes it with one good answer", async () => {
  let status = 500;
  const broken = await startRawUpstream((socket) => (status === 500 ? socket.destroy() : socket.end(`HTTP/1.1 ${status} OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok`)));
  stops.push(() => broken.close());
  const gateway = await gatewayTo([broken], { breaker: { failures: 2, rest: "300ms" } });
  const post = (): Promise<Response> => fetch(`${gateway.url}/notes`, { method: "POST", body: "{}" });
  expect([(await post()).status, (await post()).status]).toEqual([502, 502]);
  const refused = await post();
  expect([refused.status, refused.headers.get("retry-after"), ((await refused.json()) as { code: string }).code]).toEqual([503, "1", "upstream-resting"]);
  status = 200;
  await vi.waitFor(async () => expect((await post()).status).toBe(200), 20_000);
});

it("tells how every target is", async () => {
  const dead = await startRawUpstream(() => {});
  await dead.close();
  const gateway = await gatewayTo([await named("well"), dead], { balance: "round-robin" });
  await bodies(gateway, 4);
  expect(gateway.gateway.targets().map(({ state }) => state).toSorted()).toEqual(["in-rotation", "resting"]);
});
