import { afterEach, expect, it, describe } from "vitest";
import { startGateway, type GatewayUnderTest, type TestConfiguration } from "../../main/gateway-under-test.ts";
import { startUpstream, type UpstreamUnderTest } from "../../main/upstream-under-test.ts";

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const consumers: NonNullable<TestConfiguration["consumers"]> = {
  acme: { key: "acme-secret", access: ["notes", "free"] },
  limited: { key: "limited-secret", access: ["other"] },
  late: { key: "late-secret", expiresAt: Date.now() - 1000 },
};

async function start(): Promise<{ gateway: GatewayUnderTest; upstream: UpstreamUnderTest }> {
  const upstream = await startUpstream((_request, response) => response.end());
  stops.push(() => upstream.close());
  const service = { path: "", upstream: { targets: [{ url: upstream.url }] } };
  const gateway = await startGateway({
    consumers,
    services: {
      notes: { ...service, path: "/notes" },
      free: { ...service, path: "/free", access: "open" },
      certificates: { ...service, path: "/certificates", access: "mtls" },
      tokens: { ...service, path: "/tokens", access: "jwt" },
    },
  });
  stops.push(() => gateway.stop());
  return { gateway, upstream };
}

async function ask(gateway: GatewayUnderTest, path: string, headers: Record<string, string> = {}): Promise<[status: number, code: string | undefined]> {
  const answer = await fetch(gateway.url + path, { headers });
  const text = await answer.text();
  return [answer.status, text === "" ? undefined : (JSON.parse(text) as { code: string }).code];
}

describe("a service that asks for a key", () => {
  it.each([
    ["no key", {}, [401, "missing-key"]],
    ["another scheme", { authorization: "Basic YTpi" }, [401, "missing-key"]],
    ["an unknown key", { authorization: "Bearer nobody" }, [401, "unknown-key"]],
    ["an expired key", { authorization: "Bearer late-secret" }, [401, "unknown-key"]],
    ["a key of a consumer without this service", { "x-api-key": "limited-secret" }, [403, "not-allowed"]],
    ["a key in Authorization", { authorization: "bearer acme-secret" }, [200, undefined]],
    ["a key in x-api-key", { "x-api-key": "acme-secret" }, [200, undefined]],
    ["a key in api-key, which is the service's own", { "api-key": "acme-secret" }, [401, "missing-key"]],
    ["a key in apikey, as Kong's and APISIX's clients send it", { apikey: "acme-secret" }, [200, undefined]],
    ["a key beside an apikey that is the service's own", { "x-api-key": "acme-secret", apikey: "of-the-service" }, [200, undefined]],
    ["a key in x-goog-api-key", { "x-goog-api-key": "acme-secret" }, [200, undefined]],
  ])("answers %s", async (_name, headers, expected) => {
    const { gateway, upstream } = await start();
    expect(await ask(gateway, "/notes", headers as Record<string, string>)).toEqual(expected);
    expect(upstream.requests).toHaveLength(expected[0] === 200 ? 1 : 0);
  });

  it("challenges the caller", async () => {
    const { gateway } = await start();
    expect((await fetch(`${gateway.url}/notes`)).headers.get("www-authenticate")).toBe('Bearer realm="parley"');
  });

  it("does not take a key from the query", async () => {
    const { gateway } = await start();
    expect(await ask(gateway, "/notes?key=acme-secret")).toEqual([401, "missing-key"]);
  });
});

describe("what is forwarded", () => {
  it("never has Parley's key in any field, and names the consumer", async () => {
    const { gateway, upstream } = await start();
    await ask(gateway, "/notes", { authorization: "Bearer acme-secret", "x-api-key": "acme-secret", "parley-consumer": "forged" });
    const { headers } = upstream.requests[0] ?? expect.fail("nothing arrived");
    expect(JSON.stringify(headers)).not.toContain("acme-secret");
    expect(headers["parley-consumer"]).toBe("acme");
  });

  it("keeps the caller's own Authorization beside a key in x-api-key, and the service's x-api-key or apikey beside a key elsewhere", async () => {
    const { gateway, upstream } = await start();
    await ask(gateway, "/notes", { authorization: "Bearer of-the-service", "x-api-key": "acme-secret" });
    await ask(gateway, "/notes", { authorization: "Bearer acme-secret", "x-api-key": "of-the-service" });
    expect(upstream.requests[0]?.headers).toMatchObject({ authorization: "Bearer of-the-service" });
    expect(upstream.requests[0]?.headers).not.toHaveProperty("x-api-key");
    await ask(gateway, "/notes", { "x-api-key": "acme-secret", apikey: "of-the-service" });
    await ask(gateway, "/notes", { apikey: "acme-secret" });
    expect(upstream.requests[1]?.headers).toMatchObject({ "x-api-key": "of-the-service" });
    expect(upstream.requests[1]?.headers).not.toHaveProperty("authorization");
    expect(upstream.requests[2]?.headers).toMatchObject({ apikey: "of-the-service" });
    expect(upstream.requests[3]?.headers).not.toHaveProperty("apikey");
  });
});

describe("an open service", () => {
  it("lets everybody in, and passes an Authorization that is none of ours", async () => {
    const { gateway, upstream } = await start();
    expect(await ask(gateway, "/free")).toEqual([200, undefined]);
    expect(await ask(gateway, "/free", { authorization: "Bearer nobody" })).toEqual([200, undefined]);
    expect(upstream.requests[1]?.headers.authorization).toBe("Bearer nobody");
    expect(upstream.requests[1]?.headers).not.toHaveProperty("parley-consumer");
  });

  it("knows a caller by a key of ours all the same, and takes the key off", async () => {
    const { gateway, upstream } = await start();
    await ask(gateway, "/free", { authorization: "Bearer acme-secret" });
    expect(upstream.requests[0]?.headers).toMatchObject({ "parley-consumer": "acme" });
    expect(upstream.requests[0]?.headers).not.toHaveProperty("authorization");
  });
});

it("refuses everybody where the way of access cannot be verified", async () => {
  const { gateway, upstream } = await start();
  for (const headers of [{}, { authorization: "Bearer acme-secret" }]) {
    expect(await ask(gateway, "/certificates", headers as Record<string, string>)).toEqual([401, "missing-certificate"]);
  }
  expect(upstream.requests).toHaveLength(0);
});

it("a service that asks for tokens and does not say whose lets nobody in, not even with a key that may call it", async () => {
  const { gateway, upstream } = await start();
  expect(await ask(gateway, "/tokens", { authorization: "Bearer acme-secret" })).toEqual([403, "access-method-unavailable"]);
  expect(await ask(gateway, "/tokens")).toEqual([403, "access-method-unavailable"]);
  expect(upstream.requests).toEqual([]);
});
