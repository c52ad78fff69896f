import { afterEach, expect, it } from "vitest";
import { snapshotOf, startGateway, type GatewayUnderTest } from "../../main/gateway-under-test.ts";
import { startUpstream } from "../../main/upstream-under-test.ts";
import { hashKey } from "@parley/contract/secrets";
import type { KeyScopes } from "@parley/contract/config/key-scopes";

const stops: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function start(scopes: KeyScopes): Promise<GatewayUnderTest> {
  const upstream = await startUpstream((request, response) => response.end(String(request.headers["parley-consumer"] ?? "nobody")));
  stops.push(() => upstream.close());
  const targets = { upstream: { targets: [{ url: upstream.url }] } };
  const configuration = {
    services: {
      notes: { ...targets, path: "/notes" },
      free: { ...targets, path: "/free", access: "open" as const },
      editions: { ...targets, path: "/editions", access: "open" as const, versions: { select: { by: "header" as const, name: "API-Version", default: "v1" }, list: { v1: {}, v2: {} } } },
      versioned: { ...targets, path: "/versioned", versions: { select: { by: "header" as const, name: "API-Version", default: "v1" }, list: { v1: {}, v2: {} } } },
    },
    consumers: { acme: { key: "key-of-acme" } },
  };
  const gateway = await startGateway(configuration);
  stops.push(() => gateway.stop());
  const snapshot = snapshotOf(configuration, 2);
  snapshot.entities.key[hashKey("key-of-acme")] = { id: "id", name: "narrow", consumer: "acme", scopes };
  await gateway.gateway.replaceSnapshot(snapshot);
  return gateway;
}

async function ask(gateway: GatewayUnderTest, path: string, { method = "GET", version }: { method?: string; version?: string } = {}): Promise<[number, string]> {
  const answer = await fetch(gateway.url + path, { method, headers: { "x-api-key": "key-of-acme", ...(version === undefined ? {} : { "API-Version": version }) } });
  const text = await answer.text();
  return [answer.status, answer.ok ? text : (JSON.parse(text) as { code: string }).code];
}

it("lets a key do what its scopes hold, and nothing else", async () => {
  const gateway = await start({ services: ["notes", "versioned"], methods: ["GET", "HEAD"], versions: ["v2"] });
  expect(await ask(gateway, "/notes/7")).toEqual([200, "acme"]);
  expect(await ask(gateway, "/notes/7", { method: "DELETE" })).toEqual([403, "key-out-of-scope"]);
  expect(await ask(gateway, "/versioned")).toEqual([403, "key-out-of-scope"]);
  expect(await ask(gateway, "/versioned", { version: "v2" })).toEqual([200, "acme"]);
});

it("holds a key to its methods where a field asks the service to take the call for another one", async () => {
  const gateway = await start({ methods: ["GET", "POST"] });
  const post = async (field: string, method: string): Promise<number> => (await fetch(`${gateway.url}/notes/7`, { method: "POST", headers: { "x-api-key": "key-of-acme", [field]: method } })).status;
  for (const field of ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"]) expect([field, await post(field, "delete"), await post(field, "GET")]).toEqual([field, 403, 200]);
});

it("takes a key for nobody's on an open service that it is not for", async () => {
  const gateway = await start({ services: ["notes"] });
  expect(await ask(gateway, "/free")).toEqual([200, "nobody"]);
});

it("takes a key for nobody's in a version of an open service that it is not for", async () => {
  const gateway = await start({ versions: ["v2"] });
  expect(await ask(gateway, "/editions", { version: "v1" })).toEqual([200, "nobody"]);
  expect(await ask(gateway, "/editions", { version: "v2" })).toEqual([200, "acme"]);
});

it("holds a key to its services where the service has another way of naming", async () => {
  const gateway = await start({ services: ["versioned"] });
  expect(await ask(gateway, "/notes")).toEqual([403, "key-out-of-scope"]);
  expect(await ask(gateway, "/versioned")).toEqual([200, "acme"]);
});
