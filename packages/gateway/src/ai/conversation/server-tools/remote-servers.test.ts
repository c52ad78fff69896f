/** What a server is called with, where the caller's API and the provider's say it in different places. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { startChecklist } from "../../testing/checklist-bench.ts";
import type { ChecklistBench, Json } from "../../testing/checklist-bench.ts";

let bench: ChecklistBench;
beforeAll(async () => void (bench = await startChecklist()));
afterAll(async () => await bench[Symbol.asyncDispose]());

const server = { type: "mcp", server_label: "docs", server_url: "https://docs.example/mcp", require_approval: "never" };
const asked = (fields: Json): Json => ({ input: "Find", tools: [{ ...server, ...fields }] });

it.each<[string, Json]>([["by itself", { authorization: "t" }], ["in a header field", { headers: { Authorization: "Bearer t" } }], ["in one that is written otherwise", { headers: { authorization: "bearer t" } }]])("a token that OpenAI's caller says %s is Anthropic's authorization token", async (_where, fields) => {
  const { status, sent } = await bench.ask({ from: "responses", to: "anthropic", body: asked(fields) });
  expect([status, sent?.body["mcp_servers"]]).toEqual([200, [{ type: "url", name: "docs", url: "https://docs.example/mcp", authorization_token: "t" }]]);
});

it.each<[string, Json]>([["another header field", { headers: { "X-Team": "blue" } }], ["another kind of authorization", { headers: { Authorization: "Basic dDp0" } }], ["a header field beside a token", { authorization: "t", headers: { Authorization: "Bearer u" } }]])("%s is refused by name, for Anthropic would not send it", async (_what, fields) => {
  const { status, body, sent } = await bench.ask({ from: "responses", to: "anthropic", body: asked(fields) });
  expect([status, body["error"], sent]).toMatchObject([400, { code: "unsupported-parameter", param: "tools.headers" }, undefined]);
});
