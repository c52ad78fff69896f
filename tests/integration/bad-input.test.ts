/** Whatever comes in wrong is answered with a stable code and a fix, and harms nobody else. */
import { problems } from "@parley/contract/problems/table";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EchoUpstream, startEcho } from "../harness/echo-upstream.ts";
import { type FaultUpstream, startFaultUpstream } from "../harness/fault-upstream.ts";
import { bodyOf, openRaw, statusOf } from "../harness/raw-http.ts";
import { type Parley, startParley } from "../harness/start-parley.ts";

interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  fix: string;
  callId: string;
}

interface AiErrorBody {
  error: { message: string; type: string; code: string; param?: string | null; fix?: string };
}

let echo: EchoUpstream;
let faults: FaultUpstream;
let parley: Parley;

const acme = { authorization: "Bearer acme-key-0123456789" };

beforeAll(async () => {
  echo = await startEcho();
  faults = await startFaultUpstream();
  parley = await startParley({
    yaml: `
gateway:
  limits: { headerBytes: 16KiB, bodyBytes: 64KiB, headersTimeout: 1s, idleTimeout: 2s }
services:
  notes: { path: /notes, upstream: { targets: [{ url: "${echo.url}/api" }] } }
  private: { path: /private, upstream: { targets: [{ url: "${echo.url}" }] } }
  faulty: { path: /faulty, upstream: { targets: [{ url: "${faults.url}" }], timeouts: { firstByte: 500ms } } }
  nowhere: { path: /nowhere, upstream: { targets: [{ url: "http://127.0.0.1:1" }] } }
ai:
  providers:
    sandbox: {}
    openai: { baseUrl: "http://127.0.0.1:1/v1" }
    down: { kind: openai-compatible, baseUrl: "http://127.0.0.1:1/v1", models: [some-model] }
    failing: { kind: openai-compatible, baseUrl: "${faults.url}/status/503", models: [failing-model] }
consumers:
  acme: { keys: [{ name: default, secret: acme-key-0123456789 }], access: [notes, faulty, nowhere, ai] }
`,
  });
});

afterAll(async () => {
  await parley[Symbol.asyncDispose]();
  await echo.close();
  await faults.close();
});

async function expectProblem(response: Response, expected: { status: number; code: keyof typeof problems }): Promise<ProblemBody> {
  expect(response.status).toBe(expected.status);
  expect(response.headers.get("content-type")).toContain("application/problem+json");
  const problem = (await response.json()) as ProblemBody;
  expect(problem).toMatchObject({ status: expected.status, code: expected.code, title: problems[expected.code].title });
  expect(problem.fix).not.toBe("");
  expect(problem.type).toContain(`/.well-known/parley/problems/${expected.code}`);
  expect(problem.callId).toBe(response.headers.get("parley-call-id"));
  return problem;
}

function gateway(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${parley.gatewayUrl}${path}`, init);
}

function chat(body: unknown, headers: Record<string, string> = acme): Promise<Response> {
  return gateway("/v1/chat/completions", { method: "POST", headers: { "content-type": "application/json", ...headers }, body: typeof body === "string" ? body : JSON.stringify(body) });
}

const hello = [{ role: "user", content: "hello" }];

async function expectAiError(response: Response, expected: { status: number; code: string }): Promise<AiErrorBody["error"]> {
  expect(response.status).toBe(expected.status);
  const { error } = (await response.json()) as AiErrorBody;
  expect(error.code).toBe(expected.code);
  expect(error.message).not.toBe("");
  expect(error.fix).toBeTruthy();
  return error;
}

describe("who may call", () => {
  test("no key is 401", async () => {
    const response = await gateway("/notes/1");
    await expectProblem(response, { status: 401, code: "missing-key" });
    expect(response.headers.get("www-authenticate")).toMatch(/bearer/i);
  });

  test("an unknown key is 401, by whichever header it comes", async () => {
    for (const headers of [{ authorization: "Bearer unknown-key-123" }, { "x-api-key": "unknown-key-123" }, { "x-goog-api-key": "unknown-key-123" }]) {
      await expectProblem(await gateway("/notes/1", { headers: headers as Record<string, string> }), { status: 401, code: "unknown-key" });
    }
  });

  test("a service outside the consumer's access is 403", async () => {
    await expectProblem(await gateway("/private/1", { headers: acme }), { status: 403, code: "not-allowed" });
  });

  test("nothing of these reaches the service", () => {
    expect(echo.requests.filter((request) => request.url.startsWith("/private"))).toEqual([]);
  });
});

describe("where it goes", () => {
  test("an unknown route is 404 and names the nearest", async () => {
    const problem = await expectProblem(await gateway("/noets/1", { headers: acme }), { status: 404, code: "unknown-route" });
    expect(JSON.stringify(problem)).toContain("/notes");
  });

  test("an upstream that is not there is 502", async () => {
    await expectProblem(await gateway("/nowhere/1", { headers: acme }), { status: 502, code: "upstream-unreachable" });
  });

  test("an upstream that does not answer in time is 504", async () => {
    await expectProblem(await gateway("/faulty/never", { headers: acme }), { status: 504, code: "upstream-timeout" });
  });

  test.each(["/faulty/reset", "/faulty/garbage"])("an upstream that breaks off is 502: %s", async (path) => {
    await expectProblem(await gateway(path, { method: "POST", headers: acme }), { status: 502, code: "upstream-broken" });
  });

  test("an upstream that dies in the middle of its answer never looks like a clean end", async () => {
    const response = await gateway("/faulty/cut", { headers: acme });
    await expect(response.text()).rejects.toThrow();
  });
});

describe("how it is sent", () => {
  test("a body past the limit is 413, declared or not", async () => {
    const big = "x".repeat(100_000);
    await expectProblem(await gateway("/notes/1", { method: "POST", headers: acme, body: big }), { status: 413, code: "body-too-large" });
    const chunked = new ReadableStream({
      start(controller) {
        for (let part = 0; part < 10; part++) controller.enqueue(Buffer.from(big.slice(0, 10_000)));
        controller.close();
      },
    });
    // The gateway may answer and close while the body is still on its way, which a client may see as an error instead.
    const response = await gateway("/notes/1", { method: "POST", headers: acme, body: chunked, duplex: "half" } as RequestInit).catch(() => null);
    if (response) await expectProblem(response, { status: 413, code: "body-too-large" });
    expect(echo.requests.some((request) => request.body.length > 65_536)).toBe(false);
  });

  test("a flood of headers is 431", async () => {
    using connection = await openRaw(parley.gatewayUrl);
    connection.write(`GET /notes/1 HTTP/1.1\r\nHost: x\r\n${Array.from({ length: 400 }, (_, index) => `X-Flood-${index}: ${"y".repeat(60)}\r\n`).join("")}\r\n`);
    const answer = await connection.closed;
    expect(statusOf(answer)).toBe(431);
    expect(bodyOf<ProblemBody>(answer)).toMatchObject({ code: "headers-too-large" });
  });

  test("headers that come too slowly are cut off with 408", async () => {
    using connection = await openRaw(parley.gatewayUrl);
    connection.write("GET /notes/1 HTTP/1.1\r\nHost: x\r\nX-Slow: ");
    const answer = await connection.closed;
    expect(statusOf(answer)).toBe(408);
    expect(bodyOf<ProblemBody>(answer)).toMatchObject({ code: "request-timeout" });
  });

  test("both Content-Length and Transfer-Encoding are refused", async () => {
    using connection = await openRaw(parley.gatewayUrl);
    connection.write("POST /notes/smuggled HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer acme-key-0123456789\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /notes/second HTTP/1.1\r\nHost: x\r\n\r\n");
    const answer = await connection.closed;
    expect(statusOf(answer)).toBe(400);
    expect(bodyOf<ProblemBody>(answer)).toMatchObject({ code: "ambiguous-length" });
    expect(echo.requests.some((request) => /smuggled|second/.test(request.url))).toBe(false);
  });

  test("what is no HTTP is 400", async () => {
    using connection = await openRaw(parley.gatewayUrl);
    connection.write("HELLO\r\n\r\n");
    const answer = await connection.closed;
    expect(statusOf(answer)).toBe(400);
    expect(bodyOf<ProblemBody>(answer)).toMatchObject({ code: "malformed-request" });
  });
});

describe("AI calls, in the caller's own error shape", () => {
  test("no key and an unknown key are 401", async () => {
    await expectAiError(await chat({ model: "sandbox/echo", messages: hello }, {}), { status: 401, code: "missing-key" });
    await expectAiError(await chat({ model: "sandbox/echo", messages: hello }, { authorization: "Bearer nobody-knows-it" }), { status: 401, code: "unknown-key" });
  });

  test("malformed JSON is 400 and says where", async () => {
    const error = await expectAiError(await chat('{"model": "sandbox/echo", "messages": [}'), { status: 400, code: "malformed-json" });
    expect(error.message).toMatch(/position|line|column/i);
  });

  test("an unknown model is 404 and lists what exists", async () => {
    const error = await expectAiError(await chat({ model: "sandbox-of-nobody", messages: hello }), { status: 404, code: "unknown-model" });
    expect(`${error.message} ${error.fix}`).toContain("sandbox/echo");
  });

  test("a wrong parameter is 400 and names it", async () => {
    const error = await expectAiError(await chat({ model: "sandbox/echo", messages: "hello" }), { status: 400, code: "invalid-request" });
    expect(error.param).toContain("messages");
  });

  test("a provider that is not there is 502", async () => {
    await expectAiError(await chat({ model: "down/some-model", messages: hello }), { status: 502, code: "provider-unreachable" });
  });

  test("a provider that fails is passed on with its status", async () => {
    const response = await chat({ model: "failing/failing-model", messages: hello });
    expect([502, 503]).toContain(response.status);
    expect(((await response.json()) as AiErrorBody).error.message).not.toBe("");
  });

  test("a provider without its key names the variable", async () => {
    const error = await expectAiError(await chat({ model: "openai/gpt-5-mini", messages: hello }), { status: 503, code: "provider-key-missing" });
    expect(`${error.message} ${error.fix}`).toContain("OPENAI_API_KEY");
  });
});

test("after all of that, a good call is still carried", async () => {
  const response = await gateway("/notes/7?x=1", { headers: acme });
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ method: "GET", url: "/api/7?x=1" });
});
