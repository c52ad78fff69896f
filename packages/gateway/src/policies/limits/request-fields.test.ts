import { afterEach, expect, it } from "vitest";
import { compileAi } from "../../ai/index.ts";
import { startGateway } from "../../main/gateway-under-test.ts";
import { isRequestField } from "./request-fields.ts";

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

it("tells an SDK in its dialect's words what is left of the limit that is nearest to its end, on refusals as well", async () => {
  const gateway = await startGateway({ ai: {}, consumers: { acme: { key: "acme-secret", limits: [{ requests: 1000, per: "1h" }, { requests: 2, per: "10m" }] } } }, { compileAi });
  stops.push(() => gateway.stop());
  const post = (path: string): Promise<Response> => fetch(gateway.url + path, { method: "POST", headers: { authorization: "Bearer acme-secret", "content-type": "application/json" }, body: "{}" });
  const openai = await post("/v1/chat/completions");
  expect(["limit", "remaining", "reset"].map((what) => openai.headers.get(`x-ratelimit-${what}-requests`))).toEqual(["2", "1", "5m0s"]);
  const anthropic = await post("/v1/messages");
  expect(["limit", "remaining"].map((what) => anthropic.headers.get(`anthropic-ratelimit-requests-${what}`))).toEqual(["2", "0"]);
  expect(Date.parse(anthropic.headers.get("anthropic-ratelimit-requests-reset") ?? "")).toBeGreaterThan(Date.now() + 500_000);
  const refused = await post("/v1/chat/completions");
  expect([refused.status, refused.headers.get("x-ratelimit-remaining-requests")]).toEqual([429, "0"]);
});

it("takes a provider's own fields on requests for such, and no others", () => {
  expect(["x-ratelimit-limit-requests", "anthropic-ratelimit-requests-reset"].every(isRequestField)).toBe(true);
  expect(["x-ratelimit-limit-tokens", "ratelimit", "x-request-id"].some(isRequestField)).toBe(false);
});
