import { createVerify, generateKeyPairSync } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { startAi } from "../testing/ai-gateway.ts";
import type { AiGateway } from "../testing/ai-gateway.ts";
import { json, startProvider } from "../testing/fake-provider.ts";
import type { FakeProvider, Respond } from "../testing/fake-provider.ts";
import { chatAnswer } from "../testing/openai-fixtures.ts";
import { scriptedUpstreams } from "../testing/scripted-upstreams.ts";
import { KeyRing } from "./key-ring.ts";
import type { ProviderKey } from "./provider-key.ts";
import { retryAfterMs } from "../../exchange/retry-after.ts";
import { signAws } from "./sign-aws.ts";

const opened: AsyncDisposable[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

function key(name: string, weight = 1): ProviderKey {
  return { name, weight, authorize: () => undefined };
}

describe("a pool of keys", () => {
  it("spreads calls by weight, smoothly", () => {
    const ring = new KeyRing([key("a", 3), key("b", 1)], () => {});
    expect(Array.from({ length: 8 }, () => ring.take(0, "m")?.name).join("")).toBe("aabaaaba");
  });

  it("rests a key for as long as the provider said, and takes the one that is back first where all rest", () => {
    const [a, b] = [key("a"), key("b")];
    const ring = new KeyRing([a, b], () => {});
    expect(ring.failed(a, { status: 429, fields: ["Retry-After", "5"], model: "m" }, 0)).toBe(true);
    expect([ring.take(0, "m")?.name, ring.take(4999, "m")?.name, ring.toldToWaitUntil(0, "m")]).toEqual(["b", "b", 0]);
    ring.failed(b, { status: 429, fields: ["retry-after-ms", "2000"], model: "m" }, 0);
    expect([ring.take(100, "m")?.name, ring.toldToWaitUntil(100, "m")]).toEqual(["b", 2000]);
    expect(new Set([ring.take(5000, "m")?.name, ring.take(5000, "m")?.name])).toEqual(new Set(["a", "b"]));
  });

  it("rests a key longer with each failure in a row, and no longer than a minute", () => {
    const [a, b] = [key("a"), key("b")];
    const ring = new KeyRing([a, b], () => {});
    for (let failure = 0; failure < 20; failure++) ring.failed(a, { status: 503, fields: [], model: "m" }, 0);
    expect(ring.take(59_999, "m")?.name).toBe("b");
    expect(new Set([ring.take(60_001, "m")?.name, ring.take(60_001, "m")?.name])).toEqual(new Set(["a", "b"]));
  });

  it("takes a refused key out, and says so once", () => {
    const said: string[] = [];
    const [a, b] = [key("a"), key("b")];
    const ring = new KeyRing([a, b], ({ name }, status) => said.push(`${name} ${status}`));
    ring.failed(a, { status: 401, fields: [], model: "m" }, 0);
    ring.failed(a, { status: 401, fields: [], model: "m" }, 10);
    expect(said).toEqual(["a 401"]);
    expect(Array.from({ length: 4 }, () => ring.take(500_000, "m")?.name)).toEqual(["b", "b", "b", "b"]);
  });

  it("rests a key for the model that was asked for, and takes one that is wrong or spent out for all", () => {
    const [a, b] = [key("a"), key("b")];
    const ring = new KeyRing([a, b], () => {});
    const both = (model: string): string => Array.from({ length: 2 }, () => ring.take(10, model)?.name ?? "").sort((one, other) => one.localeCompare(other)).join("");
    ring.failed(a, { status: 429, fields: ["Retry-After", "30"], model: "busy" }, 0);
    ring.failed(b, { status: 429, fields: ["Retry-After", "20"], model: "busy" }, 0);
    ring.failed(a, { status: 403, fields: [], model: "forbidden" }, 0);
    expect([both("other"), both("forbidden"), ring.toldToWaitUntil(10, "busy"), ring.toldToWaitUntil(10, "other")]).toEqual(["ab", "bb", 20_000, 0]);
    expect(ring.states(10).map(({ state }) => state)).toEqual(["refused", "resting"]);
    ring.failed(a, { status: 402, fields: [], model: "other" }, 0);
    expect(both("another")).toBe("bb");
    ring.succeeded(a, "forbidden");
    expect([both("another"), both("forbidden")]).toEqual(["ab", "ab"]);
  });

  it("keeps few of the names that applications ask for", () => {
    const [a, b] = [key("a"), key("b")];
    const ring = new KeyRing([a, b], () => {});
    for (let call = 0; call < 10_000; call++) ring.failed(a, { status: 429, fields: ["Retry-After", "30"], model: `m${call}` }, 0);
    expect([ring.take(1, "m9999")?.name, ring.take(1, "m9999")?.name]).toEqual(["b", "b"]);
    expect(new Set([ring.take(1, "m0")?.name, ring.take(1, "m0")?.name])).toEqual(new Set(["a", "b"]));
  });

  it("reads Retry-After in seconds, milliseconds and as a date", () => {
    const now = Date.parse("2026-01-01T00:00:00Z");
    expect(retryAfterMs(["Retry-After", "3"], now)).toBe(3000);
    expect(retryAfterMs(["retry-after", "1.5"], now)).toBe(1500);
    expect(retryAfterMs(["retry-after", "250ms"], now)).toBe(250);
    expect(retryAfterMs(["Retry-After", "3", "Retry-After-Ms", "40"], now)).toBe(40);
    expect(retryAfterMs(["Retry-After", "Thu, 01 Jan 2026 00:00:09 GMT"], now)).toBe(9000);
    expect(retryAfterMs(["Retry-After", "soon"], now)).toBeUndefined();
  });
});

async function pooled(respond: Respond): Promise<{ provider: FakeProvider; gateway: AiGateway }> {
  const provider = await startProvider(respond);
  const keys = [{ name: "first", apiKey: "key-one" }, { name: "second", apiKey: "key-two" }];
  const gateway = await startAi({ openai: { keys, baseUrl: `${provider.url}/v1` } });
  opened.push(provider, gateway);
  return { provider, gateway };
}

const hello = { model: "openai/gpt-5-mini", messages: [{ role: "user", content: "Hello" }] };

describe("a provider with several keys", () => {
  it.each([[429, { "retry-after": "30" }], [401, {}], [500, {}]])("answers with another key after %d, and leaves the first alone", async (status, fields) => {
    const { provider, gateway } = await pooled((call, response) =>
      call.headers.authorization === "Bearer key-one" ? json({ error: { message: "no" } }, status, fields as Record<string, string>)(call, response) : json(chatAnswer)(call, response));
    for (let call = 0; call < 4; call++) expect((await gateway.post(hello)).status).toBe(200);
    const used = provider.calls.map(({ headers }) => headers.authorization);
    expect(used.filter((value) => value === "Bearer key-one")).toHaveLength(1);
    expect(used.filter((value) => value === "Bearer key-two")).toHaveLength(4);
    const [record] = await gateway.records();
    expect(record?.attemptLog?.map(({ status: each }) => each)).toEqual([status, undefined]);
    expect(JSON.stringify(record)).not.toContain("key-");
  });

  it("tells the provider's answer where every key fails, and tries each once", async () => {
    const { provider, gateway } = await pooled(json({ error: { message: "slow down" } }, 429, { "retry-after": "7" }));
    const answer = await gateway.post(hello);
    expect([answer.status, answer.headers.get("retry-after"), provider.calls.length]).toEqual([429, "7", 2]);
  });

  it("tells how long to wait where one key is wrong and the other was told to wait, whichever is asked first", async () => {
    const { gateway } = await pooled((call, response) =>
      call.headers.authorization === "Bearer key-one" ? json({ error: { message: "wrong" } }, 401)(call, response) : json({ error: { message: "slow down" } }, 429, { "retry-after": "7" })(call, response));
    for (let again = 0; again < 3; again++) {
      const answer = await gateway.post(hello);
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "7"]);
    }
  });

  it("asks once where the caller is at fault", async () => {
    const { provider, gateway } = await pooled(json({ error: { message: "bad" } }, 400));
    expect((await gateway.post(hello)).status).toBe(400);
    expect(provider.calls).toHaveLength(1);
  });
});

describe("credentials that are no key", () => {
  it("signs as AWS describes it", () => {
    // The expected signature was computed by another program from AWS's description.
    const request = { origin: "", method: "POST", path: "/model/anthropic.claude%3A0/converse", rawHeaders: ["Host", "bedrock-runtime.us-east-1.amazonaws.com", "Content-Type", "application/json"], body: Buffer.from("{}"), timeouts: { connectMs: 1, firstByteMs: 1, idleMs: 1 } };
    signAws(request, { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", sessionToken: "token", region: "us-east-1", service: "bedrock" }, Date.parse("2015-08-30T12:36:00Z"));
    const fields = Object.fromEntries(request.rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [[name, request.rawHeaders[index + 1]]] : [])));
    expect(fields).toMatchObject({ "x-amz-date": "20150830T123600Z", "x-amz-security-token": "token", "x-amz-content-sha256": "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a" });
    expect(fields["Authorization"]).toBe("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/bedrock/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=40e8e8ad3a26ecbeec2f85f9ff83043b41356b5c63cd3dcc9ff691353e9d98c5");
  });

  it("fetches one token for a service account, signed by its key, and keeps it", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const asked: string[] = [];
    const google = await startProvider((call, response) => {
      asked.push(call.path);
      if (call.path.startsWith("/v1")) return json(scriptedUpstreams.gemini.whole)(call, response);
      return json({ access_token: "ya29.token", expires_in: 3600, token_type: "Bearer" })(call, response);
    });
    const serviceAccount = JSON.stringify({ client_email: "robot@example.com", private_key: privateKey.export({ type: "pkcs8", format: "pem" }), token_uri: `${google.url}/token` });
    const gateway = await startAi({ vertex: { serviceAccount, project: "p", location: "l", baseUrl: google.url } });
    opened.push(google, gateway);
    const answers = await Promise.all(Array.from({ length: 3 }, () => gateway.post({ ...hello, model: "vertex/gemini-2.5-flash" })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await gateway.post({ ...hello, model: "vertex/gemini-2.5-flash" })).status).toBe(200);
    expect(asked.filter((path) => path === "/token")).toHaveLength(1);
    expect(google.calls.filter(({ path }) => path.startsWith("/v1")).map(({ headers }) => headers.authorization)).toEqual(Array.from({ length: 4 }, () => "Bearer ya29.token"));
    const form = new URLSearchParams(google.calls.find(({ path }) => path === "/token")?.text);
    const [header = "", claims = "", signature = ""] = form.get("assertion")?.split(".") ?? [];
    expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({ iss: "robot@example.com", aud: `${google.url}/token`, scope: "https://www.googleapis.com/auth/cloud-platform" });
    expect(createVerify("RSA-SHA256").update(`${header}.${claims}`).verify(publicKey, signature, "base64url")).toBe(true);
  });

  it("says that there are no credentials where no token is given, and goes on to another target", async () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const google = await startProvider(json({ error: "invalid_grant" }, 400));
    const serviceAccount = JSON.stringify({ client_email: "robot@example.com", private_key: privateKey.export({ type: "pkcs8", format: "pem" }), token_uri: `${google.url}/token` });
    const gateway = await startAi({ vertex: { serviceAccount, project: "p", baseUrl: google.url }, sandbox: {} }, { both: { targets: [{ model: "vertex/gemini-2.5-flash" }, { model: "sandbox/echo" }] } });
    opened.push(google, gateway);
    const refused = await gateway.post({ ...hello, model: "vertex/gemini-2.5-flash" });
    expect([refused.status, await refused.json()]).toMatchObject([502, { error: { code: "provider-unauthorized", message: expect.stringContaining("Google gave no token and answered 400") as string } }]);
    expect((await gateway.post({ ...hello, model: "both" })).status).toBe(200);
  });
});
