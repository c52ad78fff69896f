/**
 * What a provider answers and the caller's API has no words for is named in Parley-Warning: in a field of the head of a whole
 * answer, in a comment and a trailer at the end of a stream. What both can say arrives.
 */
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Respond } from "../testing/fake-provider.ts";
import { startChecklist } from "../testing/checklist-bench.ts";
import type { ChecklistBench, From, Json } from "../testing/checklist-bench.ts";

let bench: ChecklistBench;
beforeAll(async () => void (bench = await startChecklist()));
afterAll(async () => await bench[Symbol.asyncDispose]());

const completion = { id: "c1", object: "chat.completion", created: 1, model: "m", choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }], usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } };
const said = (message: object, rest: object = {}): Json => ({ ...completion, choices: [{ index: 0, message: { role: "assistant", content: "Hi", ...message }, finish_reason: "stop" }], ...rest });
const message = (content: object[], rest: object = {}): Json => ({ id: "msg_1", type: "message", role: "assistant", model: "m", content, stop_reason: "end_turn", stop_sequence: null, usage: { input_tokens: 1, output_tokens: 1 }, ...rest });
const candidate = (parts: object[], rest: object = {}): Json => ({ candidates: [{ content: { role: "model", parts }, finishReason: "STOP", index: 0, ...rest }], usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 } });
const text = { type: "text", text: "Hi" };

const whole = (body: Json): Respond => (_call, response) => void response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
const events = (bodies: readonly (Json | string)[]): Respond => (_call, response) =>
  void response.writeHead(200, { "content-type": "text/event-stream" }).end(bodies.map((body) => (typeof body === "string" ? `data: ${body}\n\n` : `${typeof body["type"] === "string" ? `event: ${body["type"]}\n` : ""}data: ${JSON.stringify(body)}\n\n`)).join(""));

describe("what a caller's API cannot say of an answer", () => {
  const left: [string, From, string, Json, string][] = [
    ["a verdict on the content", "messages", "deepseek", said({}, { content_verdict: { level: "high" } }), "content_verdict"],
    ["a member of a message", "gemini", "deepseek", said({ provider_metadata: { cost: 3 } }), "choices[].message.provider_metadata"],
    ["a count that is new", "responses", "deepseek", { ...completion, usage: { ...completion.usage, search_units: 3 } }, "usage.search_units"],
    ["sound", "messages", "deepseek", said({ audio: { id: "a", data: "UklGRg==", transcript: "Beep" } }), "content[].audio"],
    ["log probabilities", "messages", "deepseek", { ...completion, choices: [{ ...completion.choices[0], logprobs: { content: [{ token: "Hi", logprob: -1 }] } }] }, "logprobs"],
    ["further choices", "messages", "deepseek", { ...completion, choices: [...completion.choices, { ...completion.choices[0], index: 1 }] }, "choices"],
    ["results of a search", "chat", "anthropic", message([{ type: "server_tool_use", id: "s1", name: "web_search", input: {} }, { type: "web_search_tool_result", tool_use_id: "s1", content: [] }, text]), "content[].web_search_tool_result"],
    ["who called a tool, where it was not the model", "chat", "anthropic", message([{ type: "tool_use", id: "toolu_1", name: "f", input: {}, caller: { type: "code_execution_20250825", tool_id: "srvtoolu_1" } }], { stop_reason: "tool_use" }), "content[].caller"],
    ["where in its index Anthropic found a page", "chat", "anthropic", message([{ ...text, citations: [{ type: "web_search_result_location", url: "https://a.example", title: "A", cited_text: "Hi", encrypted_index: "x" }] }]), "content[].citations[].encrypted_index"],
    ["a container", "chat", "anthropic", message([text], { container: { id: "c" } }), "container"],
    ["which stop sequence it was", "gemini", "anthropic", message([text], { stop_reason: "stop_sequence", stop_sequence: "END" }), "stop_sequence"],
    ["the signature of a text", "messages", "gemini", candidate([{ text: "Hi", thoughtSignature: "c2ln" }]), "content[].text.signature"],
    ["code that was run", "chat", "gemini", candidate([{ executableCode: { language: "PYTHON", code: "1" } }, { text: "Hi" }]), "content[].executableCode"],
    ["how safe it was found", "chat", "gemini", candidate([{ text: "Hi" }], { safetyRatings: [{ category: "X", probability: "LOW" }] }), "candidates[].safetyRatings"],
  ];
  it.each(left.map(([what, from, to, body, member]) => [what, from, to, { body, member }] as const))("is named where it is left out: %s, to a caller of %s from %s", async (_what, from, to, { body, member }) => {
    const { status, warned } = await bench.ask({ from, to, body: {}, respond: whole(body) });
    expect([status, warned]).toEqual([200, expect.arrayContaining([`dropped answer.${member}`])]);
  });

  it("is nothing in an answer that says it all", async () => {
    for (const from of ["responses", "messages", "gemini"] as const) expect((await bench.ask({ from, to: "deepseek", body: {}, respond: whole(said({ refusal: null, annotations: [], zz: {}, yy: [] })) })).warned.filter((each) => each.includes("answer."))).toEqual([]);
  });

  const chunk = (delta: object, rest: object = {}): Json => ({ id: "c1", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, finish_reason: null }], ...rest });
  const ended = { ...chunk({}), choices: [{ index: 0, delta: {}, finish_reason: "stop" }] };

  it.each<From>(["responses", "messages", "gemini"])("is named in a comment before a stream's end, to a caller of %s", async (from) => {
    const { status, text: told } = await bench.ask({ from, to: "deepseek", stream: true, body: {}, respond: events([chunk({ content: "Hi", x_new: 1 }), chunk({ content: "!" }, { x_more: "y" }), ended, "[DONE]"]) });
    expect(status).toBe(200);
    expect(told).toMatch(/^: Parley-Warning: dropped;param="answer\.choices\[\]\.delta\.x_new";reason="[^"]+"$/m);
    expect(told).toMatch(/^: Parley-Warning: dropped;param="answer\.x_more"/m);
  });

  it("is named in a trailer, for framings that have no comments", async () => {
    await bench.ask({ from: "chat", to: "deepseek", body: {} });
    bench.provider.respond = events([chunk({ content: "Hi", x_new: 1 }), ended, "[DONE]"]);
    const trailers = await new Promise<NodeJS.Dict<string>>((resolve, reject) => {
      const asked = request(`${bench.gateway.url}/api/chat`, { method: "POST", headers: { "content-type": "application/json" } }, (answer) => void answer.resume().on("end", () => resolve(answer.trailers)));
      asked.on("error", reject).end(JSON.stringify({ model: "deepseek/deepseek-chat", messages: [{ role: "user", content: "Hi" }] }));
    });
    expect(trailers["parley-warning"]).toMatch(/^dropped;param="answer\.choices\[\]\.delta\.x_new"/);
  });
});

describe("what both APIs can say of an answer", () => {
  const content = (answer: Json): Json[] => answer["content"] as Json[];

  it("arrives: which stop sequence it was", async () => {
    const body = message([text], { stop_reason: "stop_sequence", stop_sequence: "END" });
    expect((await bench.ask({ from: "chat", to: "anthropic", body: {}, respond: whole(body) })).body).toMatchObject({ choices: [{ finish_reason: "stop", stop_reason: "END" }] });
    const { body: told } = await bench.ask({ from: "messages", to: "deepseek", body: {}, respond: whole({ ...completion, choices: [{ ...completion.choices[0], stop_reason: "END" }] }) });
    expect(told).toMatchObject({ stop_reason: "stop_sequence", stop_sequence: "END" });
  });

  it.each([{ usage: { ...completion.usage, service_tier: "flex" } }, { service_tier: "flex" }])("arrives: in which tier Mistral answered, whole and streamed", async (tier) => {
    const { body, warned } = await bench.ask({ from: "responses", to: "mistral", body: {}, respond: whole({ ...completion, ...tier }) });
    expect([body["service_tier"], warned]).toEqual(["flex", []]);
    const chunks = [{ ...completion, object: "chat.completion.chunk", usage: undefined, choices: [{ index: 0, delta: { content: "Hi" }, finish_reason: null }] }, { ...completion, object: "chat.completion.chunk", ...tier, choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }];
    const { text: told } = await bench.ask({ from: "messages", to: "mistral", stream: true, body: {}, respond: events([...chunks, "[DONE]"]) });
    expect(told).toContain('"service_tier":"flex"');
  });

  it("arrives: pages that an answer rests on as a whole", async () => {
    const sources = { citations: ["https://one.example"], search_results: [{ url: "https://one.example", title: "One", snippet: "First." }] };
    const { body } = await bench.ask({ from: "messages", to: "deepseek", body: {}, respond: whole(said({}, sources)) });
    expect(content(body)).toEqual([{ type: "text", text: "Hi", citations: [expect.objectContaining({ url: "https://one.example", title: "One", cited_text: "First." })] }]);
    const stream = [{ ...completion, choices: [{ index: 0, delta: { content: "Hi" }, finish_reason: null }], ...sources }, { ...completion, choices: [{ index: 0, delta: {}, finish_reason: "stop" }], ...sources }];
    const { text: told } = await bench.ask({ from: "messages", to: "deepseek", stream: true, body: {}, respond: events([...stream, "[DONE]"]) });
    expect(told.match(/"citations_delta"/g)).toHaveLength(1);
  });

  it("arrives: a call in the words that tool_calls replaced, and content in a list with thoughts", async () => {
    const { body } = await bench.ask({ from: "messages", to: "deepseek", body: {}, respond: whole(said({ content: [{ type: "thinking", thinking: [{ type: "text", text: "Hm." }] }, { type: "text", text: "Hi" }], function_call: { name: "f", arguments: '{"a":1}' } })) });
    expect(content(body)).toMatchObject([{ type: "thinking", thinking: "Hm." }, { type: "text", text: "Hi" }, { type: "tool_use", name: "f", input: { a: 1 } }]);
  });

  it("arrives: words that are spoken, where there is no place for sound", async () => {
    const { body } = await bench.ask({ from: "messages", to: "deepseek", body: {}, respond: whole(said({ content: null, audio: { id: "a", data: "UklGRg==", transcript: "Beep", expires_at: 9 } })) });
    expect(content(body)).toEqual([{ type: "text", text: "Beep" }]);
    const pieces = [{ id: "a" }, { data: "AAAA" }, { transcript: "Be" }, { transcript: "ep" }, { expires_at: 9 }].map((audio) => ({ ...completion, choices: [{ index: 0, delta: { audio }, finish_reason: null }] }));
    const stream = events([...pieces, { ...completion, choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }, "[DONE]"]);
    expect((await bench.ask({ from: "messages", to: "deepseek", stream: true, body: {}, respond: stream })).text).toContain('"text":"Beep"');
    const gemini = (await bench.ask({ from: "gemini", to: "deepseek", stream: true, body: {}, respond: stream })).text;
    expect(gemini).toContain('"inlineData":{"mimeType":"audio/pcm","data":"AAAA"}');
  });

  it("arrives: the signature of a text, which a caller of responses gives back", async () => {
    const { body } = await bench.ask({ from: "responses", to: "gemini", body: {}, respond: whole(candidate([{ text: "Hi", thoughtSignature: "c2ln" }])) });
    const [item] = body["output"] as Json[];
    const { sent } = await bench.ask({ from: "responses", to: "gemini", body: { input: [{ role: "user", content: "Hello" }, item!, { role: "user", content: "Go on" }] } });
    expect(sent?.body["contents"]).toMatchObject([{}, { parts: [{ text: "Hi", thoughtSignature: "c2ln" }] }, {}]);
  });

  it("arrives: signed and encrypted reasoning of a stream", async () => {
    const detail = (reasoning_details: object[]): Json => ({ ...completion, choices: [{ index: 0, delta: { content: "", reasoning: "", reasoning_details }, finish_reason: null }] });
    const stream = [{ ...completion, choices: [{ index: 0, delta: { reasoning: "Hm.", reasoning_details: [{ type: "reasoning.text", text: "Hm." }] }, finish_reason: null }] }, detail([{ type: "reasoning.text", signature: "sig", format: "anthropic-messages" }]), detail([{ type: "reasoning.encrypted", data: "enc", format: "anthropic-messages" }])];
    const { text: told } = await bench.ask({ from: "messages", to: "deepseek", stream: true, body: {}, respond: events([...stream, { ...completion, choices: [{ index: 0, delta: { content: "Hi" }, finish_reason: "stop" }] }, "[DONE]"]) });
    expect([told.includes('"signature":"sig"'), told.includes('{"type":"redacted_thinking","data":"enc"}'), told.match(/"thinking_delta"/g)?.length]).toEqual([true, true, 1]);
  });

  it("arrives: tiers, and what was written to the cache for how long", async () => {
    const usage = { input_tokens: 1, cache_creation_input_tokens: 5, cache_read_input_tokens: 0, cache_creation: { ephemeral_5m_input_tokens: 2, ephemeral_1h_input_tokens: 3 }, output_tokens: 1, service_tier: "priority" };
    const { body } = await bench.ask({ from: "gemini", to: "anthropic", body: {}, respond: whole(message([text], { usage })) });
    expect(body["usageMetadata"]).toMatchObject({ serviceTier: "priority" });
    expect((await bench.ask({ from: "messages", to: "deepseek", body: {}, respond: whole({ ...completion, service_tier: "default" }) })).body["usage"]).toMatchObject({ service_tier: "standard" });
  });
});
