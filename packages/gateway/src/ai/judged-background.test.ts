import { afterAll, beforeAll, expect, it } from "vitest";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway } from "./testing/ai-gateway.ts";
import { message } from "./testing/anthropic-fixtures.ts";
import { json, startProvider } from "./testing/fake-provider.ts";
import type { FakeProvider } from "./testing/fake-provider.ts";

const response = { id: "resp_1", object: "response", status: "queued", background: true, model: "gpt-5-mini", output: [], usage: null };
const finished = { ...response, status: "completed", usage: { input_tokens: 40, output_tokens: 60, total_tokens: 100 } };
const guardrails = { answers: { on: ["output" as const], detect: ["email" as const], consumers: ["guarded"] }, requests: { on: ["input" as const], detect: ["email" as const], consumers: ["asked"] } };

let provider: FakeProvider;
let gateway: AiGateway;

beforeAll(async () => {
  provider = await startProvider((call, out) => json(call.path.includes("/messages") ? message : call.method === "GET" ? finished : response)(call, out));
  gateway = await startAi({ openai: { apiKey: "sk", baseUrl: `${provider.url}/v1` }, anthropic: { apiKey: "sk-ant", baseUrl: provider.url }, sandbox: {} }, {}, { ledger: true, ai: { access: "key", guardrails }, consumers: { guarded: { key: "guarded-key" }, asked: { key: "asked-key" }, free: { key: "free-key" } } });
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

async function create(key: string, more: object): Promise<{ status: number; answer: unknown; sent: number }> {
  const before = provider.calls.length;
  const answer = await fetch(`${gateway.url}/v1/responses`, { method: "POST", headers: { authorization: `Bearer ${key}`, "content-type": "application/json" }, body: JSON.stringify({ model: "openai/gpt-5-mini", input: "Hi", ...more }) });
  return { status: answer.status, answer: await answer.json(), sent: provider.calls.length - before };
}

const refused = (why: string): object => ({ status: 400, sent: 0, answer: { error: { code: "unsupported-parameter", param: "background", message: expect.stringContaining(why) } } });
const foreign = [{ type: "reasoning", id: "rs_1", summary: [], encrypted_content: "parley.anthropic-messages:c2ln" }, { role: "user", content: "Hi" }];

it("refuses by name, and asks no provider for, an answer in the background that it could not look at, read or count", async () => {
  for (const stream of [false, true]) {
    expect(await create("guarded-key", { background: true, stream }), `a guardrail, stream ${stream}`).toMatchObject(refused("a guardrail looks at this answer"));
    expect(await create("free-key", { background: true, stream, model: "anthropic/claude-sonnet-4-5" }), `another dialect, stream ${stream}`).toMatchObject(refused("does not go on with an answer"));
    expect(await create("free-key", { background: true, stream, input: foreign }), `another provider's parts, stream ${stream}`).toMatchObject(refused("cannot pass as it is"));
  }
});

it("counts once what a guardrail of requests alone lets through, and takes whoever says that there is no background", async () => {
  expect(await create("asked-key", { background: true, input: "I am bob@example.org" })).toMatchObject({ status: 200, sent: 1, answer: { status: "queued" } });
  expect(provider.calls.at(-1)?.text).not.toContain("bob@example.org");
  for (let again = 0; again < 2; again++) expect((await fetch(`${gateway.url}/v1/responses/resp_1`, { headers: { authorization: "Bearer asked-key" } })).status).toBe(200);
  expect(await create("free-key", { background: false, model: "anthropic/claude-sonnet-4-5" })).toMatchObject({ status: 200, answer: { status: "completed" } });
  expect(await create("free-key", { background: true, model: "sandbox/echo" }), "made at once").toMatchObject({ status: 200, answer: { status: "completed", background: false } });
  const counted = (await gateway.records()).filter(({ consumer, inputTokens }) => consumer === "asked" && inputTokens !== undefined);
  expect(counted).toMatchObject([{ inputTokens: 40, outputTokens: 60 }]);
});
