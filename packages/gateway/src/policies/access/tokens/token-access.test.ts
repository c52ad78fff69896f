import { generateKeyPairSync, sign as signWith } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from "jose";
import { afterEach, expect, it } from "vitest";
import { startGateway, type GatewayUnderTest } from "../../../main/gateway-under-test.ts";
import { startUpstream, type UpstreamUnderTest } from "../../../main/upstream-under-test.ts";

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

interface Issuer {
  url: string;
  /** How often the key set was asked for. */
  asked: number;
  /** Further keys of the set. */
  others: JWK[];
  rotate(name: string): Promise<void>;
  /** With a new key, and those before it still in the set. */
  overlap(name: string): Promise<void>;
  close(): Promise<void>;
  sign(claims: Record<string, unknown>, options?: { algorithm?: string; key?: CryptoKey | Uint8Array; name?: string; expires?: string }): Promise<string>;
}

const issuerName = "https://id.example.com";

async function startIssuer(): Promise<Issuer> {
  let current: { name: string; privateKey: CryptoKey; jwk: JWK };
  const former: (typeof current)[] = [];
  const server: Server = createServer((_request, response) => {
    issuer.asked++;
    response.setHeader("content-type", "application/json").end(JSON.stringify({ keys: [...former, current].map(({ jwk, name }) => ({ ...jwk, kid: name, alg: "ES256", use: "sig" })).concat(issuer.others as never) }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer: Issuer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`,
    asked: 0,
    others: [],
    async rotate(name) {
      const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
      current = { name, privateKey, jwk: await exportJWK(publicKey) };
    },
    async overlap(name) {
      former.push(current);
      await issuer.rotate(name);
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
    sign: (claims, { algorithm = "ES256", key = current.privateKey, name = current.name, expires = "5m" } = {}) =>
      new SignJWT({ iss: issuerName, aud: "notes", client_id: "acme", ...claims }).setProtectedHeader({ alg: algorithm, ...(name === "" ? {} : { kid: name }) }).setIssuedAt().setExpirationTime(expires).sign(key),
  };
  await issuer.rotate("first");
  stops.push(() => issuer.close());
  return issuer;
}

async function start(): Promise<{ issuer: Issuer; gateway: GatewayUnderTest; upstream: UpstreamUnderTest }> {
  const issuer = await startIssuer();
  const upstream = await startUpstream((_request, response) => response.end());
  stops.push(() => upstream.close());
  const gateway = await startGateway({
    consumers: { acme: { key: "acme-secret", access: ["notes"], limits: [{ requests: 100, per: "1m" }] }, other: { key: "other-secret", access: [] } },
    services: { notes: { path: "/notes", access: "jwt", jwt: { issuer: issuerName, audience: "notes", jwks: issuer.url, consumer: "/client_id" }, upstream: { targets: [{ url: upstream.url }] } } },
  });
  stops.push(() => gateway.stop());
  return { issuer, gateway, upstream };
}

async function ask({ gateway }: { gateway: GatewayUnderTest }, token: string | null): Promise<{ status: number; code: string | undefined; challenge: string | null; limit: string | null }> {
  const answer = await fetch(`${gateway.url}/notes/7`, { headers: token === null ? {} : { authorization: `Bearer ${token}` } });
  const text = await answer.text();
  return { status: answer.status, code: text === "" ? undefined : (JSON.parse(text) as { code: string }).code, challenge: answer.headers.get("www-authenticate"), limit: answer.headers.get("ratelimit-policy") };
}

it("lets the consumer in that the token names, under its limits, and passes the token on to the service", async () => {
  const parts = await start();
  const token = await parts.issuer.sign({});
  expect(await ask(parts, token)).toMatchObject({ status: 200, limit: expect.any(String) });
  expect(parts.upstream.requests[0]?.headers).toMatchObject({ authorization: `Bearer ${token}`, "parley-consumer": "acme" });
});

it("verifies a token once, and fetches the issuer's keys once", async () => {
  const parts = await start();
  const token = await parts.issuer.sign({});
  for (let call = 0; call < 5; call++) expect((await ask(parts, token)).status).toBe(200);
  expect((await ask(parts, await parts.issuer.sign({ jti: "2" }))).status).toBe(200);
  expect(parts.issuer.asked).toBe(1);
});

it.each<[name: string, token: (issuer: Issuer) => Promise<string> | string, expected: [number, string], said: RegExp]>([
  ["of another issuer", (issuer) => issuer.sign({ iss: "https://elsewhere.example.com" }), [401, "invalid-token"], /claim iss/],
  ["for another audience", (issuer) => issuer.sign({ aud: "billing" }), [401, "invalid-token"], /claim aud/],
  ["that has expired", (issuer) => issuer.sign({}, { expires: "-1m" }), [401, "invalid-token"], /expired/],
  ["that is not valid yet", (issuer) => issuer.sign({ nbf: Math.floor(Date.now() / 1000) + 600 }), [401, "invalid-token"], /not valid yet/],
  ["with a shared secret in place of a key", (issuer) => issuer.sign({}, { algorithm: "HS256", key: Buffer.alloc(32, 1) }), [401, "invalid-token"], /algorithm/],
  ["without a signature", () => `${part({ alg: "none" })}.${part({ iss: issuerName, aud: "notes", client_id: "acme", exp: 9_999_999_999 })}.`, [401, "invalid-token"], /algorithm|no JSON web token/],
  ["signed by somebody else", async (issuer) => issuer.sign({}, { key: (await generateKeyPair("ES256")).privateKey }), [401, "invalid-token"], /signature/],
  ["that names nobody", (issuer) => issuer.sign({ client_id: undefined }), [401, "invalid-token"], /\/client_id/],
  ["that is none", () => "acme-secret", [401, "invalid-token"], /no JSON web token/],
  ["of an unknown consumer", (issuer) => issuer.sign({ client_id: "nobody" }), [403, "not-allowed"], /^$/],
  ["of a consumer without this service", (issuer) => issuer.sign({ client_id: "other" }), [403, "not-allowed"], /^$/],
])("refuses a token %s, and says what is wrong with it", async (_name, token, [status, code], said) => {
  const parts = await start();
  const answer = await ask(parts, await token(parts.issuer));
  expect(answer).toMatchObject({ status, code });
  expect(answer.challenge ?? "").toMatch(said);
  expect(parts.upstream.requests).toHaveLength(0);
});

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

it("tries each key that fits where a token names none", async () => {
  const parts = await start();
  const old = await parts.issuer.sign({}, { name: "" });
  await parts.issuer.overlap("second");
  expect(await ask(parts, old)).toMatchObject({ status: 200 });
  expect(await ask(parts, await parts.issuer.sign({}, { name: "" }))).toMatchObject({ status: 200 });
  expect(await ask(parts, await parts.issuer.sign({ aud: "billing" }, { name: "" }))).toMatchObject({ status: 401, challenge: expect.stringContaining("claim aud") as string });
  expect(await ask(parts, await parts.issuer.sign({}, { name: "", key: (await generateKeyPair("ES256")).privateKey }))).toMatchObject({ status: 401, challenge: expect.stringContaining("signature") as string });
});

it("tries the next key where one that fits cannot be used, and says so where a token names that one", async () => {
  const parts = await start();
  const [short, usable] = [1024, 2048].map((modulusLength) => generateKeyPairSync("rsa", { modulusLength }));
  parts.issuer.others.push(...[short, usable].map((pair, index) => ({ ...(pair?.publicKey.export({ format: "jwk" }) as JWK), kid: `rsa-${index}` })));
  const signed = (pair: typeof short, kid?: string): string => {
    const text = `${part({ alg: "RS256", ...(kid === undefined ? {} : { kid }) })}.${part({ iss: issuerName, aud: "notes", client_id: "acme", exp: Math.floor(Date.now() / 1000) + 60 })}`;
    return `${text}.${signWith("sha256", Buffer.from(text), pair?.privateKey ?? "").toString("base64url")}`;
  };
  expect(await ask(parts, signed(usable))).toMatchObject({ status: 200 });
  expect(await ask(parts, signed(short, "rsa-0"))).toMatchObject({ status: 401, challenge: expect.stringContaining("too short") as string });
});

it("asks for a token where none came, and takes no key in its place", async () => {
  const parts = await start();
  expect(await ask(parts, null)).toMatchObject({ status: 401, code: "missing-token", challenge: 'Bearer realm="parley"' });
  const answer = await fetch(`${parts.gateway.url}/notes/7`, { headers: { "x-api-key": "acme-secret" } });
  expect(answer.status).toBe(401);
});

it("does not hammer the issuer for key names that it does not have", async () => {
  const parts = await start();
  expect((await ask(parts, await parts.issuer.sign({}))).status).toBe(200);
  const { privateKey } = await generateKeyPair("ES256");
  for (let call = 0; call < 5; call++) {
    expect(await ask(parts, await parts.issuer.sign({}, { name: `made-up-${call}`, key: privateKey }))).toMatchObject({ status: 401 });
  }
  expect(parts.issuer.asked).toBe(1);
});

it("says that it cannot verify while the issuer is down and no key is known", async () => {
  const parts = await start();
  const token = await parts.issuer.sign({});
  await parts.issuer.close();
  expect(await ask(parts, token)).toMatchObject({ status: 503, code: "token-keys-unavailable" });
});
