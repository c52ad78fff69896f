/** Tools, towards every kind of provider and back: schemas, choices, ids, results, and calls that come whole or in pieces. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { everyProvider } from "../testing/every-provider.ts";
import { startChecklist } from "../testing/checklist-bench.ts";
import type { ChecklistBench, From, Json } from "../testing/checklist-bench.ts";
import { events, json, sse } from "../testing/fake-provider.ts";
import { callsOf } from "../testing/heard.ts";

let bench: ChecklistBench;
beforeAll(async () => void (bench = await startChecklist()));
afterAll(async () => await bench[Symbol.asyncDispose]());

const kinds = Object.keys(everyProvider);
const callers: readonly From[] = ["chat", "responses", "messages", "gemini"];
const parameters = { $schema: "https://json-schema.org/draft/2020-12/schema", type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false };
const chatTools = ["weather", "lookup"].map((name) => ({ type: "function", function: { name, description: "D", parameters } }));
const user = { role: "user", content: "Hello" };

describe("14: schemas", () => {
  it.each(["gemini", "vertex"])("have nothing in them that Google refuses: %s", async (to) => {
    const { sent } = await bench.ask({ from: "chat", to, body: { tools: chatTools } });
    expect(sent!.text).not.toMatch(/\$schema|additionalProperties/);
    expect(sent!.text).toContain('"required":["city"]');
  });

  it.each(kinds.filter((kind) => !/gemini|vertex$/.test(kind)))("are the caller's, word for word, elsewhere: %s", async (to) => {
    const { sent } = await bench.ask({ from: "messages", to: to === "anthropic" ? "bedrock" : to, body: { tools: [{ name: "weather", input_schema: parameters }] } });
    expect(sent!.text).toContain(JSON.stringify(parameters));
  });
});

const choices: Record<string, { required: RegExp; none: RegExp; named: RegExp }> = {
  openai: { required: /"tool_choice":"required"/, none: /"tool_choice":"none"/, named: /"tool_choice":\{"type":"function","function":\{"name":"lookup"/ },
  responses: { required: /"tool_choice":"required"/, none: /"tool_choice":"none"/, named: /"tool_choice":\{"type":"function","name":"lookup"/ },
  anthropic: { required: /"tool_choice":\{"type":"any"/, none: /"tool_choice":\{"type":"none"/, named: /"tool_choice":\{"type":"tool","name":"lookup"/ },
  gemini: { required: /"mode":"ANY"\}/, none: /"mode":"NONE"/, named: /"mode":"ANY","allowedFunctionNames":\["lookup"\]/ },
  mistral: { required: /"tool_choice":"any"/, none: /"tool_choice":"none"/, named: /"tool_choice":\{"type":"function","function":\{"name":"lookup"/ },
  bedrock: { required: /"toolChoice":\{"any":\{\}/, none: /^(?!.*"toolConfig")/, named: /"toolChoice":\{"tool":\{"name":"lookup"/ },
  cohere: { required: /"tool_choice":"REQUIRED"/, none: /"tool_choice":"NONE"/, named: /^(?!.*"weather").*"tool_choice":"REQUIRED"/ },
};
const asked: Record<From, (choice: "required" | "none" | "named") => Json> = {
  chat: (choice) => ({ tools: chatTools, tool_choice: choice === "named" ? { type: "function", function: { name: "lookup" } } : choice }),
  responses: (choice) => ({ tools: ["weather", "lookup"].map((name) => ({ type: "function", name, parameters })), tool_choice: choice === "named" ? { type: "function", name: "lookup" } : choice }),
  messages: (choice) => ({ tools: ["weather", "lookup"].map((name) => ({ name, input_schema: parameters })), tool_choice: { required: { type: "any" }, none: { type: "none" }, named: { type: "tool", name: "lookup" } }[choice] }),
  gemini: (choice) => ({ tools: [{ functionDeclarations: ["weather", "lookup"].map((name) => ({ name, parametersJsonSchema: parameters })) }], toolConfig: { functionCallingConfig: { mode: choice === "none" ? "NONE" : "ANY", ...(choice === "named" && { allowedFunctionNames: ["lookup"] }) } } }),
};

describe("15: the choice of a tool", () => {
  it.each(callers.flatMap((from) => Object.keys(choices).map((to) => [from, to] as const)))("of callers of %s is said in the words of %s", async (from, to) => {
    for (const choice of ["required", "none", "named"] as const) {
      const { status, sent } = await bench.ask({ from, to, body: asked[from](choice) });
      expect(status).toBe(200);
      const isResponses = sent!.path.includes("/responses");
      const isAsGiven = from === "messages" && to === "anthropic" ? sent!.text.replace(/,"disable_parallel[^}]*/, "") : sent!.text;
      expect(isAsGiven).toMatch((isResponses ? choices["responses"] : choices[to])![choice]);
    }
  });

  it("that Ollama cannot be told is refused by name, and no tools are offered it where none may be called", async () => {
    for (const from of callers) {
      const forced = await bench.ask({ from, to: "ollama", body: asked[from]("required") });
      expect([forced.status, forced.text]).toEqual([400, expect.stringContaining("tool_choice")]);
      expect((await bench.ask({ from, to: "ollama", body: asked[from]("none") })).sent!.body["tools"]).toBeUndefined();
    }
  });

  it.each(["bedrock", "ollama"])("of none has no words at %s: callers are told that the tools were left out", async (to) => {
    // Bedrock's Claude is asked in Anthropic's own words by those who speak them.
    for (const from of callers.filter((caller) => to !== "bedrock" || caller !== "messages")) {
      const { status, headers, sent } = await bench.ask({ from, to, body: asked[from]("none") });
      expect([from, status, headers.get("parley-warning"), sent!.text]).toEqual([from, 200, expect.stringContaining('dropped;param="tools"'), expect.not.stringContaining("weather")]);
    }
  });

  it("among some of the tools reaches the others not at all, or by its own words", async () => {
    const allowed = { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [{ type: "function", function: { name: "lookup" } }] } };
    for (const to of ["anthropic", "gemini", "mistral", "bedrock", "cohere", "ollama"]) {
      const { sent } = await bench.ask({ from: "chat", to, body: { tools: chatTools, tool_choice: allowed } });
      expect([to, sent!.text.includes("weather")]).toEqual([to, false]);
    }
    expect((await bench.ask({ from: "chat", to: "responses", body: { tools: chatTools, tool_choice: allowed } })).sent!.body["tool_choice"]).toEqual({ type: "allowed_tools", mode: "auto", tools: [{ type: "function", name: "lookup" }] });
  });
});

describe("16: calls one at a time", () => {
  it.each<[string, RegExp]>([["responses", /"parallel_tool_calls":false/], ["anthropic", /"disable_parallel_tool_use":true/], ["mistral", /"parallel_tool_calls":false/]])("are asked of %s", async (to, expected) => {
    expect((await bench.ask({ from: "chat", to, body: { tools: chatTools, parallel_tool_calls: false } })).sent!.text).toMatch(expected);
  });

  it.each(["gemini", "ollama", "cohere", "bedrock"])("are said not to be in the power of %s", async (to) => {
    expect((await bench.ask({ from: "chat", to, body: { tools: chatTools, parallel_tool_calls: false } })).warned).toEqual(["dropped parallel_tool_calls"]);
    const { warned, sent } = await bench.ask({ from: "messages", to, body: { tools: [{ name: "f", input_schema: {} }], tool_choice: { type: "auto", disable_parallel_tool_use: true } } });
    // Anthropic's own API has the switch, which takes a request of messages to its models at Bedrock.
    if (to === "bedrock") expect([sent?.body["tool_choice"], warned]).toEqual([{ type: "auto", disable_parallel_tool_use: true }, []]);
    else expect(warned).toEqual(["dropped parallel_tool_calls"]);
  });
});

const history = (id: string, text: string): Json => ({
  tools: chatTools,
  messages: [user, { role: "assistant", content: null, tool_calls: [{ id, type: "function", function: { name: "weather", arguments: text } }] }, { role: "tool", tool_call_id: id, content: "sunny" }],
});

describe("17: arguments", () => {
  it.each(["anthropic", "gemini", "ollama", "bedrock"])("are an object at %s: none is the empty one, long numbers keep their digits", async (to) => {
    expect((await bench.ask({ from: "chat", to, body: history("call_abc12", "") })).sent!.text).toMatch(/"(?:input|args|arguments)":\{\}/);
    expect((await bench.ask({ from: "chat", to, body: history("call_abc12", '{"id":12345678901234567890}') })).sent!.text).toContain('{"id":12345678901234567890}');
  });

  it.each(["anthropic", "gemini", "ollama", "bedrock"])("that are no JSON object are the caller's mistake before %s is asked", async (to) => {
    const { status, sent } = await bench.ask({ from: "chat", to, body: history("call_abc12", "[1") });
    expect([status, sent]).toEqual([400, undefined]);
  });

  it.each(["openai", "mistral", "cohere", "deepseek", "responses"])("are a text at %s, also those of a caller who wrote an object", async (to) => {
    const body = { messages: [user, { role: "assistant", content: [{ type: "tool_use", id: "toolu_abc12", name: "f", input: { a: 1 } }, { type: "tool_use", id: "toolu_abc13", name: "f", input: {} }] }, { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_abc12", content: "x" }, { type: "tool_result", tool_use_id: "toolu_abc13", content: "y" }] }] };
    const { sent } = await bench.ask({ from: "messages", to, body });
    expect(sent!.text).toContain('"arguments":"{\\"a\\":1}"');
    expect(sent!.text).toContain('"arguments":"{}"');
  });

  it("of an answer without any are the empty object to every caller (BerriAI/litellm#25836)", async () => {
    for (const from of callers) {
      const respond = json({ id: "c", object: "chat.completion", created: 1, model: "m", choices: [{ index: 0, finish_reason: "tool_calls", message: { role: "assistant", content: null, tool_calls: [{ id: "call_1", type: "function", function: { name: "now", arguments: "" } }] } }] });
      const { body } = await bench.ask({ from, to: "deepseek", body: {}, respond });
      if (from !== "chat") expect(callsOf(from, body)).toEqual([{ name: "now", arguments: {} }]);
    }
  });
});

describe("18: ids of calls", () => {
  it("that Mistral does not take become nine letters and digits, the same for a call and its result", async () => {
    const { sent } = await bench.ask({ from: "chat", to: "mistral", body: history("call_abc-12.x", "{}") });
    const [, id, resultId] = /"tool_calls":\[\{"id":"([A-Za-z0-9]{9})".*"tool_call_id":"([^"]+)"/.exec(sent!.text) ?? [];
    expect(id).toBeDefined();
    expect(resultId).toBe(id);
  });

  it.each(["anthropic", "bedrock"])("keep to the letters that %s takes", async (to) => {
    const { sent } = await bench.ask({ from: "chat", to, body: history("functions.weather:0", "{}") });
    expect(sent!.text.match(/functions_weather_0/g)).toHaveLength(2);
  });

  it.each([["gemini", { candidates: [{ content: { role: "model", parts: [{ functionCall: { name: "f", args: { a: 1 } } }, { functionCall: { name: "f", args: { a: 1 } } }] }, finishReason: "STOP" }] }], ["ollama", { model: "m", done: true, done_reason: "stop", message: { role: "assistant", content: "", tool_calls: [{ function: { name: "f", arguments: { a: 1 } } }, { function: { name: "f", arguments: { a: 1 } } }] } }]])("are made where %s gives none, one for each of two identical calls", async (to, answer) => {
    for (const from of callers) {
      const { text, body } = await bench.ask({ from, to, body: {}, respond: json(answer) });
      if (from === "gemini" && to === "gemini") continue;
      expect(callsOf(from, body)).toEqual([{ name: "f", arguments: { a: 1 } }, { name: "f", arguments: { a: 1 } }]);
      const ids = [...text.matchAll(/"(?:call_id|id)":"((?:call|toolu)_[^"]+)"/g)].map(([, id]) => id);
      expect(new Set(ids).size).toBeGreaterThanOrEqual(2);
    }
  });

  it("of results without one are found by the tool's name, in order", async () => {
    const call = (city: string): Json => ({ functionCall: { name: "weather", args: { city } } });
    const result = (output: string): Json => ({ functionResponse: { name: "weather", response: { output } } });
    const contents = [{ role: "user", parts: [{ text: "Hi" }] }, { role: "model", parts: [call("a"), call("b")] }, { role: "user", parts: [result("ra"), result("rb")] }];
    const { sent } = await bench.ask({ from: "gemini", to: "anthropic", body: { contents } });
    const [, said, results] = sent!.body["messages"] as { content: Record<string, string>[] }[];
    expect(results!.content.map((each) => [each["tool_use_id"], each["content"]])).toEqual([[said!.content[0]!["id"], "ra"], [said!.content[1]!["id"], "rb"]]);
  });
});

describe("19: results of tools", () => {
  const png = { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" } };
  const failed = (content: unknown): Json => ({ tools: [{ name: "f", input_schema: {} }], messages: [user, { role: "assistant", content: [{ type: "tool_use", id: "toolu_abc12", name: "f", input: {} }] }, { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_abc12", is_error: true, content }] }] });

  it.each<[string, RegExp]>([["bedrock", /"status":"error"/], ["gemini", /"response":\{"error":"no net"\}/], ["openai", /"content":"Error: no net"/], ["responses", /"output":"Error: no net"/], ["mistral", /Error: no net/], ["ollama", /"Error: no net"/], ["cohere", /"Error: no net"/]])("that failed say so to %s", async (to, expected) => {
    expect((await bench.ask({ from: "messages", to, body: failed("no net") })).sent!.text).toMatch(expected);
  });

  it.each(["openai", "responses", "bedrock", "gemini", "ollama", "vertex-claude", "mistral"])("with an image reach %s, with the failure", async (to) => {
    const { status, sent } = await bench.ask({ from: "messages", to, body: failed([{ type: "text", text: "no net" }, png]) });
    expect(status).toBe(200);
    expect(sent!.text).toContain("iVBORw0KGgo=");
    expect(sent!.text).toMatch(/"is_error":true|"status":"error"|"error":"no net"|Error: no net/);
  });

  it("with an image are text for chat completions, and their images follow all results", async () => {
    const { sent, warned } = await bench.ask({ from: "messages", to: "openai", body: failed([{ type: "text", text: "no net" }, png]) });
    const [, , result, media] = sent!.body["messages"] as Json[];
    expect(result).toEqual({ role: "tool", tool_call_id: "toolu_abc12", content: "Error: no net" });
    expect(media).toEqual({ role: "user", content: [{ type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } }] });
    expect(warned).toEqual(["changed messages[].content"]);
  });

  it("with an image are refused by name for Cohere, which takes text", async () => {
    expect((await bench.ask({ from: "messages", to: "cohere", body: failed([png]) })).text).toContain("results of tools as text");
  });
});

describe("20: tools of other kinds", () => {
  it.each(kinds.filter((kind) => kind !== "responses"))("that run at the provider are refused by name where another provider's: %s", async (to) => {
    const body = { tools: [{ type: "file_search", vector_store_ids: ["vs_1"] }] };
    const asks = await bench.ask({ from: "responses", to, body });
    if (["openai", "azure"].includes(to)) return expect(asks.sent!.body["tools"]).toEqual(body.tools);
    expect([asks.status, asks.text]).toEqual([400, expect.stringContaining("file_search")]);
  });

  it.each(["responses", "openai", "mistral", "anthropic", "bedrock", "cohere"])("strict arrives at %s, or Parley-Warning says that it did not", async (to) => {
    const { sent, warned } = await bench.ask({ from: to === "openai" ? "messages" : "chat", to, body: { tools: to === "openai" ? [{ name: "f", input_schema: parameters, strict: true }] : [{ type: "function", function: { name: "f", parameters, strict: true } }] } });
    expect(/"strict(?:_tools)?":true/.test(sent!.text) !== warned.some((warning) => warning.includes("strict"))).toBe(true);
  });

  it.each(["gemini", "ollama"])("strict is said not to be in the power of %s", async (to) => {
    expect((await bench.ask({ from: "chat", to, body: { tools: [{ type: "function", function: { name: "f", parameters, strict: true } }] } })).warned).toEqual(["dropped tools[0].function.strict"]);
  });
});

describe("21 and 22: calls in a stream", () => {
  const chunk = (delta: object, finish: string | null = null): object => ({ id: "c1", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, finish_reason: finish }] });
  const piece = (index: number, text: string, id?: string): object => chunk({ tool_calls: [{ index, ...(id && { id, type: "function" }), function: { ...(id && { name: "f" }), arguments: text } }] });
  const twins = sse(events(piece(0, '{"a"', "call_1"), piece(0, ":1}"), piece(1, '{"a"', "call_2"), piece(1, ":1}"), chunk({}, "tool_calls"), "[DONE]"));
  const mixed = sse(events(piece(0, '{"a"', "call_1"), piece(1, '{"b"', "call_2"), piece(0, ":1}"), piece(1, ":2}"), chunk({}, "tool_calls"), "[DONE]"));

  it.each(callers.filter((from) => from !== "chat"))("identical ones stay two, and pieces that are interleaved find their own: %s (BerriAI/litellm#15307)", async (from) => {
    expect(callsOf(from, (await bench.ask({ from, to: "deepseek", stream: true, body: {}, respond: twins })).text)).toEqual([{ name: "f", arguments: { a: 1 } }, { name: "f", arguments: { a: 1 } }]);
    expect(callsOf(from, (await bench.ask({ from, to: "deepseek", stream: true, body: {}, respond: mixed })).text)).toEqual([{ name: "f", arguments: { a: 1 } }, { name: "f", arguments: { b: 2 } }]);
  });

  it.each(callers.flatMap((from) => ["gemini", "ollama", "mistral"].map((to) => [from, to] as const)))("yield arguments to callers of %s also where %s sends them whole", async (from, to) => {
    expect(callsOf(from, (await bench.ask({ from, to, stream: true, body: {} })).text)).toEqual([{ name: "weather", arguments: { city: "Kōbe" } }]);
  });
});
