import { exportJWK, generateKeyPair, jwtVerify, SignJWT, type CryptoKey } from "jose";
import { expect, it, vi } from "vitest";
import { startUpstream } from "../../../main/upstream-under-test.ts";
import { KeySet, KeySetUnavailable } from "./key-set.ts";

/** An issuer without a socket: what it answers and the clock are the test's. */
async function issuer(): Promise<{ set: KeySet; verify: (token: string) => Promise<unknown>; sign: () => Promise<string>; rotate: (name: string) => Promise<void>; pass: (ms: number) => void; down: (is: boolean) => void; hang: () => void; asked: () => number }> {
  let nowMs = 0;
  let isDown = false;
  let hangs = false;
  let asked = 0;
  let key: { name: string; privateKey: CryptoKey; jwks: string };
  const rotate = async (name: string): Promise<void> => {
    const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
    key = { name, privateKey, jwks: JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: name, alg: "ES256" }] }) };
  };
  await rotate("first");
  const set = new KeySet("https://id.example.com/jwks", {
    now: () => nowMs,
    fetch: () => {
      asked++;
      if (hangs) return new Promise(() => {});
      return isDown ? Promise.reject(new Error("down")) : Promise.resolve(new Response(key.jwks));
    },
    warn: () => {},
  });
  return {
    set, rotate,
    verify: (token) => jwtVerify(token, set.find, { currentDate: new Date(0) }),
    sign: () => new SignJWT({}).setProtectedHeader({ alg: "ES256", kid: key.name }).sign(key.privateKey),
    pass: (ms) => (nowMs += ms),
    down: (is) => (isDown = is),
    hang: () => (hangs = true),
    asked: () => asked,
  };
}

it("finds a key that was rotated in at its first use", async () => {
  const { verify, sign, rotate, pass, asked } = await issuer();
  await verify(await sign());
  await rotate("second");
  pass(6_000);
  await verify(await sign());
  expect(asked()).toBe(2);
});

it("forgets a key that was rotated out within a minute, and what was verified with it", async () => {
  const { set, verify, sign, rotate, pass } = await issuer();
  const old = await sign();
  await verify(old);
  const { generation } = set;
  await rotate("second");
  pass(60_000);
  await expect(verify(old)).rejects.toThrow(/no applicable key/);
  expect(set.generation).toBeGreaterThan(generation);
});

it("keeps the last keys while the issuer is down", async () => {
  const { verify, sign, pass, down } = await issuer();
  const token = await sign();
  await verify(token);
  down(true);
  pass(600_000);
  await verify(token);
});

it("has calls wait a moment for an issuer that answers no more, and those who come later not at all", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    const { verify, sign, pass, hang, asked } = await issuer();
    const token = await sign();
    await verify(token);
    hang();
    pass(60_000);
    let isVerified = false;
    const first = verify(token).then(() => (isVerified = true));
    await vi.waitUntil(() => vi.getTimerCount() > 0);
    expect(isVerified).toBe(false);
    await vi.advanceTimersByTimeAsync(1_000);
    await first;
    // No time passes here.
    await verify(token);
    expect(asked()).toBe(2);
  } finally {
    vi.useRealTimers();
  }
});

it("fetches once for many tokens that come at the same time", async () => {
  const { verify, sign, asked } = await issuer();
  const token = await sign();
  await Promise.all(Array.from({ length: 20 }, () => verify(token)));
  expect(asked()).toBe(1);
});

it("recovers by itself from an issuer that was down at the start", async () => {
  const { verify, sign, pass, down } = await issuer();
  const token = await sign();
  down(true);
  await expect(verify(token)).rejects.toThrow(KeySetUnavailable);
  down(false);
  pass(5_000);
  await verify(token);
});

it("fetches keys from where it is told, and from nowhere that this leads on to", async () => {
  const asked: string[] = [];
  const elsewhere = await startUpstream((_request, response) => {
    asked.push("elsewhere");
    response.end('{"keys":[]}');
  });
  const leading = await startUpstream((_request, response) => {
    asked.push("leading");
    response.writeHead(302, { location: `${elsewhere.url}/jwks` }).end();
  });
  const set = new KeySet(`${leading.url}/jwks`, { now: () => 0, fetch, warn: () => {} });
  await expect(jwtVerify(await (await issuer()).sign(), set.find)).rejects.toBeInstanceOf(KeySetUnavailable);
  expect(asked).toEqual(["leading"]);
  await leading.close();
  await elsewhere.close();
});
