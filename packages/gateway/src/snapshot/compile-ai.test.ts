import { afterEach, expect, it } from "vitest";
import type { AiEndpoints, CompileAi } from "../ai/endpoints-contract.ts";
import { startGateway, type GatewayUnderTest, type TestConfiguration } from "../main/gateway-under-test.ts";

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** One endpoint that says who called, and refusals in a shape of its own. */
const compileOneEndpoint: CompileAi = (): AiEndpoints => ({
  match(method, path) {
    if (path !== "/v1/things") return null;
    if (method !== "POST") return { allow: ["POST"] };
    return {
      operation: "things",
      handle: async (exchange, sink) => {
        const body = await exchange.body.whole();
        exchange.record.model = "m";
        sink.head(200, ["Content-Type", "text/plain"]);
        sink.data(Buffer.from(`${exchange.caller?.consumer} sent ${body.length}`));
        sink.end();
      },
    };
  },
  refusalBody: ({ path, id: callId }, refusal) => ({ status: refusal.status ?? 499, rawHeaders: ["X-Shape", "own"], body: Buffer.from(JSON.stringify({ own: refusal.code, path, callId })) }),
  report: () => ({ models: [], providers: [], aliases: [] }),
  close: () => {},
});

async function start(configuration: TestConfiguration): Promise<GatewayUnderTest> {
  const gateway = await startGateway({ consumers: { acme: { key: "acme-secret" }, other: { key: "other-secret", access: ["notes"] } }, ...configuration }, { compileAi: compileOneEndpoint });
  stops.push(() => gateway.stop());
  return gateway;
}

const key = { authorization: "Bearer acme-secret" };

it("hands a call to the endpoint that it means, with the caller known, by a key in the query, too", async () => {
  const gateway = await start({});
  expect(await (await fetch(`${gateway.url}/v1/things`, { method: "POST", body: "abc", headers: key })).text()).toBe("acme sent 3");
  expect(await (await fetch(`${gateway.url}/v1/things?alt=sse&key=acme-secret`, { method: "POST", body: "abcd" })).text()).toBe("acme sent 4");
});

it.each([
  ["no key", "/v1/things", { method: "POST" }, "missing-key"],
  ["a consumer without the right to ai", "/v1/things", { method: "POST", headers: { "x-api-key": "other-secret" } }, "not-allowed"],
  ["a path that matches nothing", "/v1/nothing", { headers: key }, "unknown-route"],
  ["another method", "/v1/things", { headers: key }, "method-not-allowed"],
  ["a body above the limit", "/v1/things", { method: "POST", headers: key, body: "x".repeat(2000) }, "body-too-large"],
] as const)("refuses %s in the caller's own error shape", async (_name, path, request, code) => {
  const gateway = await start({ gateway: { limits: { bodyBytes: "1KiB" } } });
  const answer = await fetch(gateway.url + path, request);
  expect(answer.headers.get("x-shape")).toBe("own");
  expect(await answer.json()).toEqual({ own: code, path, callId: answer.headers.get("parley-call-id") });
  if (code === "method-not-allowed") expect(answer.headers.get("allow")).toBe("POST");
});

it("tells endpoints and shapes the path below the mount", async () => {
  const gateway = await start({ ai: { path: "/models" } });
  expect((await fetch(`${gateway.url}/models/v1/things`, { method: "POST", headers: key })).status).toBe(200);
  expect(await (await fetch(`${gateway.url}/models/x`, { headers: key })).json()).toMatchObject({ own: "unknown-route", path: "/x" });
  const outside = await fetch(`${gateway.url}/v1/things`, { headers: key });
  expect([outside.status, outside.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
});

it("records calls of the AI side under ai", async () => {
  const gateway = await startGateway({ consumers: { acme: { key: "acme-secret" } } }, { compileAi: compileOneEndpoint });
  await fetch(`${gateway.url}/v1/things`, { method: "POST", body: "abc", headers: key });
  expect(await gateway.stop()).toMatchObject([{ service: "ai", kind: "ai", model: "m", consumer: "acme", requestBytes: 3 }]);
});

it("answers a fault of a handler with internal-error and the call's id, and leaks nothing", async () => {
  const gateway = await startGateway({ ai: { access: "open" } }, { compileAi: (...input) => ({ ...compileOneEndpoint(...input), match: () => ({ operation: "x", handle: () => Promise.reject(new Error("secret inside")) }) }) });
  const answer = await fetch(`${gateway.url}/v1/things`);
  const text = await answer.text();
  expect(text).toContain("internal-error");
  expect(text).not.toContain("secret inside");
  expect(await gateway.stop()).toMatchObject([{ error: "internal-error" }]);
});
