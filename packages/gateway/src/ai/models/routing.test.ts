import { afterEach, describe, expect, it } from "vitest";
import type { ModelSource } from "@parley/contract/config/ai";
import { startAi } from "../testing/ai-gateway.ts";
import type { AiGateway } from "../testing/ai-gateway.ts";
import { json, startProvider } from "../testing/fake-provider.ts";
import type { FakeProvider, Respond } from "../testing/fake-provider.ts";
import { chatAnswer } from "../testing/openai-fixtures.ts";

const opened: AsyncDisposable[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

async function three(alias: ModelSource, respond: Partial<Record<"one" | "two" | "three", Respond>> = {}): Promise<{ gateway: AiGateway; asked: () => string[]; ask: (body?: object, headers?: Record<string, string>) => Promise<Response> }> {
  const names = ["one", "two", "three"] as const;
  const asked: string[] = [];
  const providers: [string, FakeProvider][] = [];
  for (const name of names) {
    const answer = respond[name] ?? json(chatAnswer);
    providers.push([name, await startProvider((call, response) => {
      asked.push(name);
      return answer(call, response);
    })]);
  }
  const gateway = await startAi(Object.fromEntries(providers.map(([name, { url }]) => [name, { kind: "openai-compatible", apiKey: "k", baseUrl: `${url}/v1`, models: ["m"] }])), { assistant: alias });
  opened.push(...providers.map(([, provider]) => provider), gateway);
  const ask = (body: object = {}, headers: Record<string, string> = {}): Promise<Response> => gateway.post({ model: "assistant", messages: [{ role: "user", content: "Hello" }], ...body }, headers);
  return { gateway, asked: () => asked.splice(0), ask };
}

const targets = [{ model: "one/m" }, { model: "two/m" }, { model: "three/m" }];

describe("conditions of targets", () => {
  it("send a call to the first target whose conditions hold: header, size, name", async () => {
    const { asked, ask } = await three({
      targets: [
        { model: "one/m", when: { header: { "X-Tier": ["gold*", "platinum"] } } },
        { model: "two/m", when: { size: { above: "2KiB" }, model: "assist*" } },
        { model: "three/m" },
      ],
    });
    await ask();
    await ask({}, { "x-tier": "golden" });
    await ask({}, { "x-tier": "silver" });
    await ask({ messages: [{ role: "user", content: "x".repeat(3000) }] });
    expect(asked()).toEqual(["three", "one", "three", "two"]);
  });

  it("refuse a call that no target may answer, by a code of its own", async () => {
    const { asked, ask } = await three({ targets: [{ model: "one/m", when: { consumer: "acme" } }] });
    const answer = await ask();
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: { code: "no-target-matches" } }]);
    expect(asked()).toEqual([]);
  });
});

describe("the fastest", () => {
  it("is asked once all were measured, and is another when it fails", async () => {
    let isBroken = false;
    const slow: Respond = (call, response) => void setTimeout(() => void json(chatAnswer)(call, response), 150);
    const { asked, ask } = await three({ strategy: "fastest", targets }, {
      one: slow, three: slow,
      two: (call, response) => (isBroken ? json({ error: { message: "oops" } }, 500)(call, response) : json(chatAnswer)(call, response)),
    });
    // One in twenty calls explores; three targets are measured after a few.
    for (let call = 0; call < 6; call++) await ask();
    expect(new Set(asked())).toEqual(new Set(["one", "two", "three"]));
    for (let call = 0; call < 20; call++) await ask();
    expect(asked().filter((name) => name === "two").length).toBeGreaterThan(12);
    isBroken = true;
    for (let call = 0; call < 4; call++) expect((await ask()).status).toBe(200);
    expect(asked().filter((name) => name === "two").length).toBeLessThan(4);
  });
});

describe("the cheapest", () => {
  it("is the target whose price for a usual call is the least; one without a price comes last", async () => {
    const server = await startProvider(json(chatAnswer));
    const asked = (): unknown => server.calls.at(-1)?.body["model"];
    const account = { apiKey: "k", baseUrl: `${server.url}/v1` };
    const gateway = await startAi({ openai: account, own: { ...account, kind: "openai-compatible", models: ["free"] } }, { assistant: { strategy: "cheapest", targets: [{ model: "own/free" }, { model: "openai/gpt-4o" }, { model: "openai/gpt-5-nano" }, { model: "openai/gpt-5-mini" }] } });
    opened.push(server, gateway);
    expect((await gateway.post({ model: "assistant", messages: [{ role: "user", content: "Hello" }] })).status).toBe(200);
    expect(asked()).toBe("gpt-5-nano");
    server.respond = (call, response) => (call.body["model"] === "gpt-5-nano" ? json({ error: { message: "oops" } }, 503)(call, response) : json(chatAnswer)(call, response));
    await gateway.post({ model: "assistant", messages: [{ role: "user", content: "Hello" }] });
    expect(asked()).toBe("gpt-5-mini");
  });
});

describe("a conversation", () => {
  it("stays on the target that answered it, and moves where that fails", async () => {
    let isBroken = false;
    const { asked, ask } = await three({ strategy: "weighted", pin: "conversation", targets }, {
      one: (call, response) => (isBroken ? json({ error: { message: "oops" } }, 500)(call, response) : json(chatAnswer)(call, response)),
    });
    const turns = (opening: string, count: number): object => ({ messages: [{ role: "system", content: "Be brief." }, { role: "user", content: opening }, ...Array.from({ length: count }, () => ({ role: "assistant", content: "Yes." }))] });
    let opening = "";
    for (let attempt = 0; attempt < 200 && asked().at(-1) !== "one"; attempt++) await ask(turns((opening = `conversation ${attempt}`), 0));
    asked();
    for (let turn = 1; turn < 8; turn++) await ask(turns(opening, turn));
    expect(new Set(asked())).toEqual(new Set(["one"]));
    isBroken = true;
    expect((await ask(turns(opening, 9))).status).toBe(200);
    const [failed, moved] = asked();
    expect(failed).toBe("one");
    for (let turn = 10; turn < 15; turn++) await ask(turns(opening, turn));
    expect(new Set(asked())).toEqual(new Set([moved]));
  });
});

describe("failing over", () => {
  it("leaves a provider alone for as long as it said, while others may be asked", async () => {
    const { asked, ask } = await three({ targets }, { one: json({ error: { message: "slow down" } }, 429, { "retry-after": "60" }) });
    for (let call = 0; call < 3; call++) expect((await ask()).status).toBe(200);
    expect(asked()).toEqual(["one", "two", "two", "two"]);
  });

  it("comes back at once to a provider that only failed", async () => {
    let isBroken = true;
    const { asked, ask } = await three({ targets }, { one: (call, response) => (isBroken ? json({ error: { message: "oops" } }, 500)(call, response) : json(chatAnswer)(call, response)) });
    await ask();
    isBroken = false;
    await ask();
    expect(asked()).toEqual(["one", "two", "one"]);
  });

  it("gives each target its own time for the first token", async () => {
    const { asked, ask } = await three({ targets: [{ model: "one/m", timeouts: { firstToken: "200ms" } }, { model: "two/m" }], timeouts: { firstToken: "60s" } }, {
      one: (_call, response) => void response.writeHead(200, { "content-type": "text/event-stream" }).write(": \n\n"),
    });
    expect((await ask({ stream: true })).status).toBe(200);
    expect(asked()).toEqual(["one", "two"]);
  });
});

describe("bare names of models that a cloud calls otherwise", () => {
  it("go to it, also with a date", async () => {
    const server = await startProvider(json({ output: { message: { role: "assistant", content: [{ text: "Hi" }] } }, stopReason: "end_turn", usage: { inputTokens: 1, outputTokens: 1 } }));
    const gateway = await startAi({ bedrock: { apiKey: "k", region: "eu-west-1", baseUrl: server.url } });
    opened.push(server, gateway);
    for (const model of ["claude-sonnet-4-5", "claude-sonnet-4-5-20250929", "bedrock/claude-haiku-4-5"]) expect((await gateway.post({ model, messages: [{ role: "user", content: "Hello" }] })).status).toBe(200);
    expect(server.calls.map(({ path }) => decodeURIComponent(path))).toEqual([
      "/model/eu.anthropic.claude-sonnet-4-5-20250929-v1:0/converse", "/model/eu.anthropic.claude-sonnet-4-5-20250929-v1:0/converse", "/model/eu.anthropic.claude-haiku-4-5-20251001-v1:0/converse",
    ]);
  });
});
