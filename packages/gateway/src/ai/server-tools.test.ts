import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway } from "./testing/ai-gateway.ts";
import { events, json, namedEvents, sse, startProvider } from "./testing/fake-provider.ts";
import type { FakeProvider } from "./testing/fake-provider.ts";

const code = "print(6*7)";
const usage = { input_tokens: 5, output_tokens: 5 };
const codeItem = { id: "ci_1", type: "code_interpreter_call", status: "completed", code, container_id: "cntr_1", outputs: [{ type: "logs", logs: "42\n" }] };
const serverItem = { id: "mcp_1", type: "mcp_call", status: "completed", server_label: "docs", name: "search", arguments: '{"q":"a"}', output: "found", error: null };
const said = { type: "message", id: "msg_1", role: "assistant", status: "completed", content: [{ type: "output_text", text: "It is 42.", annotations: [] }] };
const response = { id: "resp_1", object: "response", status: "completed", model: "gpt-5-mini", usage: { ...usage, total_tokens: 10 }, output: [codeItem, serverItem, said] };
const codeBlocks = [
  { type: "server_tool_use", id: "srvtoolu_1", name: "bash_code_execution", input: { command: "echo 42" } },
  { type: "bash_code_execution_tool_result", tool_use_id: "srvtoolu_1", content: { type: "bash_code_execution_result", stdout: "42\n", stderr: "", return_code: 0, content: [] } },
];
const serverBlocks = [
  { type: "mcp_tool_use", id: "mcptoolu_1", name: "search", server_name: "docs", input: { q: "a" } },
  { type: "mcp_tool_result", tool_use_id: "mcptoolu_1", is_error: true, content: [{ type: "text", text: "down" }] },
];
const message = { id: "msg_1", type: "message", role: "assistant", model: "claude-haiku-4-5", stop_reason: "end_turn", usage, content: [...codeBlocks, ...serverBlocks, { type: "text", text: "It is 42." }] };
const ranAtGoogle = [{ executableCode: { language: "PYTHON", code } }, { codeExecutionResult: { outcome: "OUTCOME_FAILED", output: "no" } }];
const generated = { candidates: [{ content: { role: "model", parts: [...ranAtGoogle, { text: "It is 42." }] }, finishReason: "STOP" }], usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 5, totalTokenCount: 10 } };
let provider: FakeProvider;
let gateway: AiGateway;

beforeEach(async () => {
  provider = await startProvider((call, answer) => json(call.path.includes("messages") ? message : call.path.includes("generateContent") ? generated : response)(call, answer));
  gateway = await startAi({
    openai: { kind: "openai", apiKey: "sk", baseUrl: `${provider.url}/v1` }, anthropic: { apiKey: "sk", baseUrl: provider.url }, gemini: { apiKey: "g", baseUrl: provider.url }, mistral: { apiKey: "m", baseUrl: provider.url },
  });
});

afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

function ask(path: string, body: object): Promise<Response> {
  return fetch(gateway.url + path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

const responses = (model: string, rest: object): Promise<Response> => ask("/v1/responses", { model, input: "Compute", ...rest });
const messages = (model: string, rest: object): Promise<Response> => ask("/v1/messages", { model, max_tokens: 100, messages: [{ role: "user", content: "Compute" }], ...rest });
const gemini = (model: string, rest: object): Promise<Response> => ask(`/v1beta/models/${model}:generateContent`, { contents: [{ role: "user", parts: [{ text: "Compute" }] }], ...rest });
const interpreter = { type: "code_interpreter", container: { type: "auto" } };
const server = { type: "mcp", server_label: "docs", server_url: "https://docs.example.com/mcp", authorization: "t", require_approval: "never", allowed_tools: ["search"] };

describe("code that the provider runs", () => {
  it("is asked of each provider in its own words", async () => {
    await responses("anthropic/claude-haiku-4-5", { tools: [interpreter] });
    await responses("gemini/gemini-2.5-flash", { tools: [interpreter] });
    await messages("openai/gpt-5-mini", { tools: [{ type: "code_execution_20250825", name: "code_execution" }] });
    await gemini("openai/gpt-5-mini", { tools: [{ codeExecution: {} }] });
    await messages("gemini/gemini-2.5-flash", { tools: [{ type: "code_execution_20250522", name: "code_execution" }] });
    expect(provider.calls.map(({ body }) => body["tools"])).toEqual([
      [{ type: "code_execution_20250825", name: "code_execution" }], [{ codeExecution: {} }], [interpreter], [interpreter], [{ codeExecution: {} }],
    ]);
    expect([provider.calls[0]?.headers["anthropic-beta"], provider.calls[2]?.path, provider.calls[2]?.body["include"]]).toEqual(["code-execution-2025-08-25", "/v1/responses", expect.arrayContaining(["code_interpreter_call.outputs"])]);
  });

  it("comes back in the caller's words, whole and as a stream", async () => {
    const { output } = (await (await responses("anthropic/claude-haiku-4-5", { tools: [interpreter] })).json()) as { output: unknown[] };
    expect(output).toMatchObject([{ type: "code_interpreter_call", status: "completed", code: "echo 42", outputs: [{ type: "logs", logs: "42\n" }] }, { type: "mcp_call", name: "search", error: "down" }, { type: "message" }]);
    const { content } = (await (await messages("openai/gpt-5-mini", { tools: [{ type: "code_execution_20250825", name: "code_execution" }] })).json()) as { content: { id?: string; tool_use_id?: string }[] };
    expect(content).toMatchObject([
      { type: "server_tool_use", name: "code_execution", input: { code } }, { type: "code_execution_tool_result", content: { stdout: "42\n", return_code: 0 } },
      { type: "mcp_tool_use", server_name: "docs", name: "search", input: { q: "a" } }, { type: "mcp_tool_result", is_error: false, content: [{ type: "text", text: "found" }] }, { type: "text" },
    ]);
    expect([content[1]?.tool_use_id, content[3]?.tool_use_id]).toEqual([content[0]?.id, content[2]?.id]);
    provider.respond = sse(events(generated));
    const stream = await (await responses("gemini/gemini-2.5-flash", { tools: [interpreter], stream: true })).text();
    const completed = JSON.parse(stream.slice(stream.lastIndexOf("data: {") + 6)) as { response: { output: unknown[] } };
    expect(completed.response.output).toMatchObject([{ type: "code_interpreter_call", status: "failed", code, outputs: [{ logs: "no" }] }, { type: "message" }]);
    provider.respond = sse(namedEvents(
      { type: "response.created", response: { ...response, output: [] } } as { type: string }, ...[codeItem].map((item, index) => ({ type: "response.output_item.done", output_index: index, item })), { type: "response.completed", response: { ...response, output: [codeItem] } } as { type: string },
    ));
    const told = await (await messages("openai/gpt-5-mini", { tools: [{ type: "code_execution_20250825", name: "code_execution" }], stream: true })).text();
    expect(told.match(/"content_block":\{"type":"(\w+)"/g)).toEqual(["server_tool_use", "code_execution_tool_result"].map((type) => `"content_block":{"type":"${type}"`));
  });

  it("goes on elsewhere with what was run before", async () => {
    const history = [{ role: "user", content: "Compute" }, { role: "assistant", content: [...codeBlocks, { type: "text", text: "It is 42." }] }, { role: "user", content: "Again" }];
    const tools = [{ type: "code_execution_20250825", name: "code_execution" }];
    await ask("/v1/messages", { model: "gemini/gemini-2.5-flash", max_tokens: 10, messages: history, tools });
    expect(provider.calls[0]?.body["contents"]).toMatchObject([{}, { role: "model", parts: [{ executableCode: { code: "echo 42" } }, { codeExecutionResult: { outcome: "OUTCOME_OK", output: "42\n" } }, { text: "It is 42." }] }, {}]);
    await ask("/v1/messages", { model: "openai/gpt-5-mini", max_tokens: 10, messages: history, tools });
    expect(provider.calls[1]?.text).toContain("Code that was run:\\necho 42");
  });

  it("is refused by name where it would run elsewhere than asked, or cannot run", async () => {
    const refused = async (asked: Promise<Response>): Promise<unknown> => {
      const { error } = (await (await asked).json()) as { error: { code: string; param: string } };
      return [error.code, error.param];
    };
    expect(await refused(responses("anthropic/claude-haiku-4-5", { tools: [{ type: "code_interpreter", container: "cntr_1" }] }))).toEqual(["unsupported-parameter", "tools.container"]);
    expect(await refused(responses("gemini/gemini-2.5-flash", { tools: [{ type: "code_interpreter", container: { type: "auto", file_ids: ["file-1"] } }] }))).toEqual(["unsupported-parameter", "tools.container.file_ids"]);
    expect(await refused(responses("mistral/mistral-small", { tools: [interpreter] }))).toEqual(["unsupported-parameter", "tools[0]"]);
    expect(await refused(responses("gemini/gemini-2.5-flash", { tools: [{ type: "file_search", vector_store_ids: ["vs_1"] }] }))).toEqual(["unsupported-parameter", "tools[0]"]);
    expect(provider.calls).toEqual([]);
  });
});

describe("a server of tools that the provider calls", () => {
  it("is asked of each provider in its own words", async () => {
    await responses("anthropic/claude-haiku-4-5", { tools: [server] });
    expect([provider.calls[0]?.headers["anthropic-beta"], provider.calls[0]?.body]).toMatchObject(["mcp-client-2025-11-20", {
      mcp_servers: [{ type: "url", url: "https://docs.example.com/mcp", name: "docs", authorization_token: "t" }],
      tools: [{ type: "mcp_toolset", mcp_server_name: "docs", default_config: { enabled: false }, configs: { search: { enabled: true } } }],
    }]);
    await messages("openai/gpt-5-mini", { mcp_servers: [{ type: "url", url: "https://docs.example.com/mcp", name: "docs", authorization_token: "t" }], tools: [{ type: "mcp_toolset", mcp_server_name: "docs", default_config: { enabled: false }, configs: { search: { enabled: true } } }] });
    await messages("openai/gpt-5-mini", { mcp_servers: [{ type: "url", url: "https://docs.example.com/mcp", name: "docs", authorization_token: "t", tool_configuration: { allowed_tools: ["search"] } }] });
    await messages("gemini/gemini-2.5-flash", { mcp_servers: [{ type: "url", url: "https://docs.example.com/mcp", name: "docs", authorization_token: "t" }] });
    await gemini("openai/gpt-5-mini", { tools: [{ mcpServers: [{ name: "docs", streamableHttpTransport: { url: "https://docs.example.com/mcp", headers: { Authorization: "Bearer t" } } }] }] });
    const { allowed_tools: _allowed, ...open } = server;
    expect(provider.calls.slice(1).map(({ body }) => body["tools"])).toEqual([[server], [server], [{ mcpServers: [{ name: "docs", streamableHttpTransport: { url: "https://docs.example.com/mcp", headers: { Authorization: "Bearer t" } } }] }], [open]]);
  });

  it.each([
    ["tools.require_approval", { require_approval: "always" }, "anthropic/claude-haiku-4-5"],
    ["tools.connector_id", { server_url: undefined, connector_id: "connector_gmail" }, "anthropic/claude-haiku-4-5"],
    ["tools.headers", { headers: { "X-Team": "red" } }, "anthropic/claude-haiku-4-5"],
    ["tools.allowed_tools", {}, "gemini/gemini-2.5-flash"],
  ])("is refused by name for %s, which cannot be kept elsewhere", async (param, change, model) => {
    const refused = await responses(model, { tools: [{ ...server, ...change }] });
    expect([refused.status, await refused.json(), provider.calls]).toMatchObject([400, { error: { code: "unsupported-parameter", param } }, []]);
  });
});
