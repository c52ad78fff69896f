import OpenAI from "openai";
import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway, AiGatewayOptions } from "./testing/ai-gateway.ts";
import { json, startProvider } from "./testing/fake-provider.ts";
import type { FakeProvider } from "./testing/fake-provider.ts";

const answer = (id: string): object => ({ id, object: "response", status: "completed", model: "gpt-5-mini", output: [] });
/** Answers that the provider has begun and not given. */
let open: { response: ServerResponse; input: unknown }[];
let arrived: () => void;
let provider: FakeProvider;
let gateway: AiGateway;

beforeEach(async () => {
  open = [];
  arrived = () => {};
  provider = await startProvider((call, response) => {
    if (call.path.endsWith("/conversations")) return json({ id: "conv_1", object: "conversation" })(call, response);
    open.push({ response, input: call.body["input"] });
    arrived();
  });
});

afterEach(async () => {
  for (const { response } of open) response.destroy();
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

async function start(conversations: NonNullable<AiGatewayOptions["ai"]>["conversations"]): Promise<OpenAI> {
  const ai: AiGatewayOptions["ai"] = { access: "key", ...(conversations && { conversations }) };
  gateway = await startAi({ openai: { kind: "openai", apiKey: "sk", baseUrl: `${provider.url}/v1` } }, {}, { ledger: true, ai, consumers: { acme: { key: "acme-key" } } });
  const client = new OpenAI({ apiKey: "acme-key", baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  await client.conversations.create({});
  return client;
}

async function began(count: number): Promise<void> {
  while (open.length < count) await new Promise<void>((resolve) => (arrived = resolve));
}

function finish(index: number): void {
  void json(answer(`resp_${index}`))({} as never, open[index]?.response as ServerResponse);
}

const turn = (input: string): OpenAI.Responses.ResponseCreateParamsNonStreaming => ({ model: "gpt-5-mini", input, conversation: "conv_1" });

describe("two turns at once on a stored conversation", () => {
  it("reach the provider one after the other, in their order", async () => {
    const client = await start(undefined);
    const first = client.responses.create(turn("one"));
    await began(1);
    const second = client.responses.create(turn("two"));
    // Another conversation's turn overtakes: by the time it has arrived, the second had all the time it needs.
    const aside = client.responses.create({ model: "gpt-5-mini", input: "aside" });
    await began(2);
    expect(open.map(({ input }) => input)).toEqual(["one", "aside"]);
    finish(0);
    await began(3);
    expect(open[2]?.input).toBe("two");
    finish(1);
    finish(2);
    await Promise.all([first, second, aside]);
    expect(await conflicts()).toEqual([]);
  });

  it("also where they go on from one response", async () => {
    const client = await start(undefined);
    const go = (input: string): Promise<unknown> => client.responses.create({ model: "gpt-5-mini", input, previous_response_id: "resp_0" });
    const first = go("one");
    await began(1);
    const second = go("two");
    const aside = client.responses.create({ model: "gpt-5-mini", input: "aside" });
    await began(2);
    expect(open.map(({ input }) => input)).toEqual(["one", "aside"]);
    for (const index of [0, 1]) finish(index);
    await began(3);
    finish(2);
    await Promise.all([first, second, aside]);
  });

  it("give the turn on when the client of the first goes away", async () => {
    const client = await start(undefined);
    const gone = new AbortController();
    const first = client.responses.create(turn("one"), { signal: gone.signal }).catch(() => "gone");
    await began(1);
    const second = client.responses.create(turn("two"));
    gone.abort();
    await began(2);
    finish(1);
    expect([await first, (await second).id]).toEqual(["gone", "resp_1"]);
  });

  it("are told who holds the conversation and what to do, where turns are refused", async () => {
    const client = await start({ conflicts: "refuse" });
    const first = client.responses.create(turn("one")).withResponse();
    await began(1);
    const refused = await fetch(`${gateway.url}/v1/responses`, { method: "POST", headers: { authorization: "Bearer acme-key" }, body: JSON.stringify(turn("two")) });
    const { error } = (await refused.json()) as { error: Record<string, unknown> };
    finish(0);
    const holder = (await first).response.headers.get("parley-call-id");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([409, "2"]);
    expect(error).toMatchObject({ code: "conversation-busy", cause: "busy", subcause: "queue", origin: "gateway", outcome: "not-applied", retryable: true, holder: "acme", holder_call_id: holder, fix: expect.stringContaining("Retry-After") });
    const [conflict] = await conflicts();
    expect(conflict).toMatchObject({ service: "ai", resource: "/v1/conversations/conv_1", state: "prevented", cause: "busy", status: 409, consumers: ["acme"], holder: "acme" });
    const page = await fetch(`${gateway.url}${String(error["instance"])}`, { headers: { authorization: "Bearer acme-key" } });
    expect(await page.json()).toMatchObject({ id: conflict?.id });
  });

  it("are refused past the length of the queue, and after waiting too long", async () => {
    const client = await start({ waiting: 1, wait: "100ms" });
    const first = client.responses.create(turn("one"));
    await began(1);
    const waits = await Promise.allSettled([client.responses.create(turn("two")), client.responses.create(turn("three"))]);
    expect(waits.map((each) => each.status === "rejected" && (each.reason as { code: string }).code)).toEqual(["conversation-busy", "conversation-busy"]);
    finish(0);
    await first;
    expect(open).toHaveLength(1);
  });

  it("are the provider's to judge where the gateway is told to let them pass, and its refusal is recorded otherwise", async () => {
    const busy = json({ error: { message: "Another process is currently operating on this conversation.", type: "invalid_request_error", code: "conversation_locked", param: null } }, 409);
    const passing = await start({ conflicts: "pass" });
    const two = Promise.all([passing.responses.create(turn("one")), passing.responses.create(turn("two"))]);
    await began(2);
    finish(0);
    finish(1);
    await two;
    await gateway[Symbol.asyncDispose]();
    const client = await start(undefined);
    provider.respond = busy;
    await expect(client.responses.create(turn("three"))).rejects.toMatchObject({ status: 409, code: "conversation_locked" });
    expect(await conflicts()).toMatchObject([{ cause: "busy", subcause: "upstream", origin: "upstream", consumers: ["acme", "bypass"] }]);
  });
});

async function conflicts(): Promise<{ id: string }[]> {
  const ledger = gateway.under.connectLedger();
  try {
    return (await ledger.findConflicts({ service: "ai", state: null, cause: null, after: null, limit: 10 })).items;
  } finally {
    await ledger.close();
  }
}
