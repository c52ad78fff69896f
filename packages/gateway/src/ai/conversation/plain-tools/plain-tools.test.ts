/** Tools in groups, tools that are searched for, and names that a provider does not take: Codex's requests, MCP servers' names. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startAi } from "../../testing/ai-gateway.ts";
import type { AiGateway } from "../../testing/ai-gateway.ts";
import { json, namedEvents, sse, startProvider } from "../../testing/fake-provider.ts";
import type { FakeProvider } from "../../testing/fake-provider.ts";

type Body = Readonly<Record<string, unknown>>;

let provider: FakeProvider;
let gateway: AiGateway;

beforeEach(async () => {
  provider = await startProvider(calling("team__spawn", { task: "a" }));
  gateway = await startAi({
    anthropic: { apiKey: "a", baseUrl: provider.url }, gemini: { apiKey: "g", baseUrl: provider.url }, mistral: { apiKey: "m", baseUrl: `${provider.url}/v1` }, openai: { apiKey: "o", baseUrl: `${provider.url}/v1` },
    vllm: { kind: "openai-compatible", apiKey: "x", baseUrl: `${provider.url}/v1`, models: ["qwen3"] },
  });
});

afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

/** A provider of each dialect that calls a tool. */
function calling(name: string, input: object): Parameters<typeof startProvider>[0] {
  return (call, answer) => {
    const text = JSON.stringify(input);
    const used = { type: "tool_use", id: "call_1", name, input };
    const message = { id: "msg_1", type: "message", role: "assistant", model: "m", content: [used], stop_reason: "tool_use", usage: { input_tokens: 1, output_tokens: 2 } };
    if (call.path.includes("/messages") && call.body["stream"] === true) {
      return sse(namedEvents(
        { type: "message_start", message: { ...message, content: [], stop_reason: null } } as { type: string }, { type: "content_block_start", index: 0, content_block: { ...used, input: {} } } as { type: string },
        ...(text.match(/.{1,3}/gs) ?? []).map((piece) => ({ type: "content_block_delta", index: 0, delta: { type: "input_json_delta", partial_json: piece } })), { type: "content_block_stop", index: 0 } as { type: string },
        { type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 2 } } as { type: string }, { type: "message_stop" },
      ))(call, answer);
    }
    if (call.path.includes("/messages")) return json(message)(call, answer);
    if (call.path.includes("generateContent")) return json({ candidates: [{ content: { role: "model", parts: [{ functionCall: { id: "call_1", name, args: input } }] }, finishReason: "STOP" }] })(call, answer);
    return json({ id: "c", object: "chat.completion", created: 1, model: "m", choices: [{ index: 0, finish_reason: "tool_calls", message: { role: "assistant", content: null, tool_calls: [{ id: "call_1", type: "function", function: { name, arguments: text } }] } }] })(call, answer);
  };
}

async function ask(path: string, body: Body): Promise<{ status: number; text: string; body: Body; warned: string }> {
  const answer = await fetch(gateway.url + path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  const text = await answer.text();
  return { status: answer.status, text, body: text.startsWith("{") ? (JSON.parse(text) as Body) : {}, warned: answer.headers.get("parley-warning") ?? "" };
}

const parameters = { type: "object", properties: { task: { type: "string" } }, required: ["task"], additionalProperties: false };
const spawn = { type: "function", name: "spawn", description: "Starts an agent.", strict: false, parameters };
const group = { type: "namespace", name: "team", description: "Agents that help.", tools: [spawn, { ...spawn, name: "stop", description: "Ends one." }] };
const search = { type: "tool_search", execution: "client", description: "Finds tools.", parameters: { type: "object", properties: { query: { type: "string" } }, required: ["query"] } };
const earlier = [{ type: "function_call", call_id: "call_0", namespace: "team", name: "stop", arguments: '{"task":"b"}' }, { type: "function_call_output", call_id: "call_0", output: "done" }];
const models = ["anthropic/claude-sonnet-4-5", "gemini/gemini-2.5-flash", "mistral/mistral-large", "vllm/qwen3"];

describe("tools in groups", () => {
  it.each(models)("are functions that carry the group's name, and are called as the caller knows them: %s", async (model) => {
    const { status, body } = await ask("/v1/responses", { model, input: [{ role: "user", content: "Help" }, ...earlier, { role: "user", content: "Again" }], tools: [group], max_output_tokens: 100 });
    expect([status, body["output"]]).toMatchObject([200, [{ type: "function_call", call_id: "call_1", namespace: "team", name: "spawn", arguments: '{"task":"a"}' }]]);
    const sent = provider.calls[0]!.text;
    for (const said of ["team__spawn", "team__stop", "Starts an agent.", "Agents that help."]) expect(sent).toContain(said);
    expect(sent.match(/"name":"team__stop"/g)?.length).toBeGreaterThanOrEqual(2);
  });

  it("are called so on a stream, too, and one is chosen by its own name", async () => {
    const { text } = await ask("/v1/responses", { model: models[0], input: "Help", tools: [group], tool_choice: { type: "function", name: "spawn" }, stream: true });
    expect(provider.calls[0]?.body["tool_choice"]).toMatchObject({ type: "tool", name: "team__spawn" });
    const done = JSON.parse(/event: response\.completed\ndata: (.*)/.exec(text)?.[1] ?? "{}") as { response: { output: unknown[] } };
    expect(done.response.output).toMatchObject([{ type: "function_call", namespace: "team", name: "spawn", arguments: '{"task":"a"}' }]);
  });
});

describe("a search for tools that the caller runs", () => {
  it.each([false, true])("is a function to the model, and its call the search that the caller knows, streamed: %s", async (stream) => {
    provider.respond = calling("tool_search", { query: "agents" });
    const { text, body } = await ask("/v1/responses", { model: models[0], input: "Help", tools: [search], stream });
    expect(provider.calls[0]?.body["tools"]).toMatchObject([{ name: "tool_search", description: "Finds tools.", input_schema: search.parameters }]);
    const response = stream ? (JSON.parse(/event: response\.completed\ndata: (.*)/.exec(text)?.[1] ?? "{}") as { response: Body }).response : body;
    expect(response["output"]).toMatchObject([{ type: "tool_search_call", execution: "client", call_id: "call_1", arguments: { query: "agents" }, status: "completed" }]);
    expect(text).not.toContain("function_call_arguments");
  });

  it.each(models)("gives the model what it found, to be called from then on: %s", async (model) => {
    const found = [{ type: "tool_search_call", call_id: "call_0", execution: "client", status: "completed", arguments: { query: "agents" } }, { type: "tool_search_output", call_id: "call_0", execution: "client", status: "completed", tools: [group] }];
    const { status, body } = await ask("/v1/responses", { model, input: [{ role: "user", content: "Help" }, ...found], tools: [search], max_output_tokens: 100 });
    expect([status, body["output"]]).toMatchObject([200, [{ type: "function_call", namespace: "team", name: "spawn" }]]);
    expect(provider.calls[0]?.text).toContain("These tools were found, and may be called: team__spawn, team__stop");
    expect(JSON.stringify(provider.calls[0]?.body["tools"])).toMatch(/tool_search.*team__spawn.*team__stop/);
  });
});

describe("tools that a search of an earlier turn found, and groups", () => {
  const found = (...tools: object[]) => [{ type: "tool_search_call", call_id: "call_0", execution: "client", status: "completed", arguments: {} }, { type: "tool_search_output", call_id: "call_0", execution: "client", status: "completed", tools }];

  it.each(models)("are refused by name where they run at OpenAI: %s", async (model) => {
    const { status, text } = await ask("/v1/responses", { model, input: [{ role: "user", content: "Help" }, ...found({ type: "file_search", vector_store_ids: ["vs_1"] })], tools: [search], max_output_tokens: 100 });
    expect([status, text]).toEqual([400, expect.stringMatching(/unsupported-parameter[^]*file_search|file_search[^]*unsupported-parameter/)]);
    expect(provider.calls).toEqual([]);
  });

  it.each(models)("are warned of where a member of theirs has no place: %s", async (model) => {
    const only = { ...spawn, allowed_callers: ["programmatic"] };
    for (const body of [{ input: "Help", tools: [{ ...group, tools: [only] }] }, { input: [{ role: "user", content: "Help" }, ...found(only)], tools: [search] }]) {
      const { status, warned } = await ask("/v1/responses", { model, max_output_tokens: 100, ...body });
      expect([status, warned]).toEqual([200, expect.stringContaining('dropped;param="tools[].allowed_callers"')]);
    }
  });
});

it.each([
  ["/v1/responses", { input: "Help", tools: [{ ...spawn, defer_loading: true }, { type: "tool_search" }] }, models],
  ["/v1/messages", { max_tokens: 100, messages: [{ role: "user", content: "Help" }], tools: [{ name: "spawn", input_schema: parameters, defer_loading: true }, { type: "tool_search_tool_regex_20251119", name: "tool_search_tool_regex" }] }, models.slice(1)],
])("a search that a provider would run is not needed where all tools are given at once, which is said: %s", async (path, body, to) => {
  for (const model of to) {
    const { status, warned } = await ask(path, { model, ...body });
    expect([status, warned]).toEqual([200, expect.stringMatching(/changed;param="tools".*dropped;param="tools\[\]\.defer_loading"/)]);
    expect(provider.calls.at(-1)?.text).not.toMatch(/tool_search|defer_loading/);
  }
});

describe("tools that Anthropic's models know and the caller runs", () => {
  it.each(["gemini/gemini-2.5-flash", "mistral/mistral-large", "vllm/qwen3"])("are functions to any other model, and are called as Anthropic has them: %s", async (model) => {
    provider.respond = calling("bash", { command: "ls" });
    const tools = [{ type: "bash_20250124", name: "bash" }, { type: "text_editor_20250728", name: "str_replace_based_edit_tool", max_characters: 1000 }, { type: "memory_20250818", name: "memory" }];
    const { status, body, warned } = await ask("/v1/messages", { model, max_tokens: 100, messages: [{ role: "user", content: "List" }], tools });
    expect([status, body["content"], body["stop_reason"]]).toMatchObject([200, [{ type: "tool_use", id: "call_1", name: "bash", input: { command: "ls" } }], "tool_use"]);
    for (const said of ["bash", "restart", "str_replace_based_edit_tool", "insert_line", "memory", "old_path"]) expect(provider.calls[0]?.text).toContain(`"${said}"`);
    expect(warned).toContain("bash_20250124");
    expect(warned).toContain('dropped;param="tools[].max_characters"');
  });
});

describe("names of tools that a provider does not take", () => {
  const dotted = "files.v2/read all";
  const long = `mcp__${"a".repeat(80)}`;
  const history = (name: string): Body[] => [{ role: "user", content: "Read" }, { role: "assistant", content: null, tool_calls: [{ id: "call_0", type: "function", function: { name, arguments: "{}" } }] }, { role: "tool", tool_call_id: "call_0", content: "x" }];

  it.each(["anthropic/claude-sonnet-4-5", "gemini/gemini-2.5-flash", "mistral/mistral-large"])("are others there, the same ones in tools and history, and the caller's own in the answer: %s", async (model) => {
    for (const name of [dotted, `${long}${"b".repeat(80)}`]) {
      provider.respond = (call, answer) => {
        const sent = /"name":"(\w+)","(?:description|input_schema|parameters)/.exec(call.text)?.[1] ?? /"name":"(\w+)"/.exec(call.text)?.[1];
        return calling(sent ?? "none", {})(call, answer);
      };
      const { status, body, warned } = await ask("/v1/chat/completions", { model, messages: history(name), tools: [{ type: "function", function: { name, description: "Reads.", parameters } }], tool_choice: { type: "function", function: { name } } });
      expect([status, body["choices"]]).toMatchObject([200, [{ message: { tool_calls: [{ id: "call_1", function: { name } }] } }]]);
      expect(warned).toContain('changed;param="tools[].name"');
      const written = new Set(provider.calls.at(-1)!.text.match(/(?:mcp__|files_)\w+/g));
      expect([written.size, [...written][0]?.length ?? 0]).toEqual([1, expect.toSatisfy((length: number) => length <= 64)]);
    }
  });

  it("are others, and so are ids of calls that are too long, one for each", async () => {
    const ids = ["a", "b"].map((last) => `call_${"x".repeat(200)}${last}`);
    const calls = ids.map((id) => ({ type: "tool_use", id, name: "f", input: {} }));
    const results = ids.map((tool_use_id) => ({ type: "tool_result", tool_use_id, content: "r" }));
    const messages = [{ role: "user", content: "Hi" }, { role: "assistant", content: calls }, { role: "user", content: results }];
    await ask("/v1/messages", { model: "vllm/qwen3", max_tokens: 9, messages, tools: [{ name: "f", input_schema: parameters }] });
    const sent = provider.calls[0]!.body["messages"] as { tool_calls?: { id: string }[]; tool_call_id?: string }[];
    const written = sent.flatMap(({ tool_calls = [] }) => tool_calls.map(({ id }) => id));
    expect(written.every((id) => id.length === 40)).toBe(true);
    expect([new Set(written).size, sent.flatMap(({ tool_call_id }) => tool_call_id ?? [])]).toEqual([2, written]);
  });

  it("are left as they are where the provider takes them", async () => {
    const { warned } = await ask("/v1/chat/completions", { model: "anthropic/claude-sonnet-4-5", max_tokens: 100, messages: history(long), tools: [{ type: "function", function: { name: long, parameters } }] });
    expect([warned, provider.calls[0]?.text.includes(long)]).toEqual(["", true]);
  });
});
