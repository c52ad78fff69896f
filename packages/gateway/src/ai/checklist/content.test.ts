/** Reasoning, media, citations, refusals and structured output, there and back. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodedSignatures } from "../testing/decoded-signatures.ts";
import { everyProvider } from "../testing/every-provider.ts";
import { startChecklist } from "../testing/checklist-bench.ts";
import type { ChecklistBench, From, Json } from "../testing/checklist-bench.ts";
import { events, json, namedEvents, sse } from "../testing/fake-provider.ts";

let bench: ChecklistBench;
beforeAll(async () => void (bench = await startChecklist()));
afterAll(async () => await bench[Symbol.asyncDispose]());

const kinds = Object.keys(everyProvider);
const callers: readonly From[] = ["chat", "responses", "messages", "gemini"];
const user = { role: "user", content: "Hello" };
const message = { id: "msg_1", type: "message", role: "assistant", model: "m", stop_reason: "tool_use", stop_sequence: null, usage: { input_tokens: 1, output_tokens: 1 } };
const signature = "EqQBCgIYAhIM+/==";
const secret = "EmwKAhgBEgy3+/==";
const call = { type: "tool_use", id: "toolu_abc12", name: "f", input: { a: 1 } };

/** What a caller of each dialect sends next: all that it heard, and the tool's result. */
function nextTurn(from: From, answer: Json): Json {
  const first = (list: unknown): Json => (list as Json[])[0]!;
  switch (from) {
    case "chat":
      return { messages: [user, first(answer["choices"])["message"], { role: "tool", tool_call_id: (first((first(answer["choices"])["message"] as Json)["tool_calls"]))["id"], content: "r" }] };
    case "responses":
      return { input: [user, ...(answer["output"] as Json[]), { type: "function_call_output", call_id: (answer["output"] as Json[]).find((item) => item["type"] === "function_call")?.["call_id"], output: "r" }] };
    case "messages":
      return { max_tokens: 4000, messages: [user, { role: "assistant", content: answer["content"] }, { role: "user", content: [{ type: "tool_result", tool_use_id: (answer["content"] as Json[]).find((block) => block["type"] === "tool_use")?.["id"], content: "r" }] }] };
    case "gemini":
      return { contents: [{ role: "user", parts: [{ text: "Hello" }] }, first(answer["candidates"])["content"], { role: "user", parts: [{ functionResponse: { name: ((first(answer["candidates"])["content"] as Json)["parts"] as Json[]).map((part) => (part["functionCall"] as Json | undefined)?.["name"]).find(Boolean), response: { output: "r" } } }] }] };
  }
}

describe("23: Anthropic's thinking", () => {
  it.each(callers)("comes back to Anthropic byte for byte, encrypted thinking as well: callers of %s (BerriAI/litellm#15601, maximhq/bifrost#1149)", async (from) => {
    const content = [{ type: "thinking", thinking: "Hm.", signature }, { type: "redacted_thinking", data: secret }, { type: "text", text: "So." }, call];
    const { body } = await bench.ask({ from, to: "anthropic", body: {}, respond: json({ ...message, content }) });
    const { sent } = await bench.ask({ from, to: "anthropic", body: nextTurn(from, body), respond: json({ ...message, content }) });
    expect((sent!.body["messages"] as Json[])[1]?.["content"]).toEqual(content);
  });

  it.each(callers)("comes back to Bedrock as well: callers of %s", async (from) => {
    const content = [{ reasoningContent: { reasoningText: { text: "Hm.", signature } } }, { text: "So." }, { toolUse: { toolUseId: "tooluse_abc12", name: "f", input: { a: 1 } } }];
    const respond = json({ output: { message: { role: "assistant", content } }, stopReason: "tool_use", usage: { inputTokens: 1, outputTokens: 1 } });
    const { body } = await bench.ask({ from, to: "bedrock", body: {}, respond });
    const { sent } = await bench.ask({ from, to: "bedrock", body: nextTurn(from, body), respond });
    expect((sent!.body["messages"] as Json[])[1]?.["content"]).toEqual(content);
  });
});

describe("24: Gemini's signatures", () => {
  const part = { functionCall: { id: "call_g1", name: "f", args: { a: 1 } }, thoughtSignature: "c2lnbmF0dXJl" };
  const answer = { candidates: [{ content: { role: "model", parts: [part] }, finishReason: "STOP" }] };

  it.each(callers)("go back on the call that carried them, whole and streamed: callers of %s", async (from) => {
    const { body } = await bench.ask({ from, to: "gemini", body: {}, respond: json(answer) });
    const { sent } = await bench.ask({ from, to: "gemini", model: "gemini-3-pro-preview", body: nextTurn(from, body), respond: json(answer) });
    expect((sent!.body["contents"] as { parts: unknown[] }[])[1]?.parts).toEqual([part]);
    const { text } = await bench.ask({ from, to: "gemini", stream: true, body: {}, respond: sse(events(answer)) });
    expect(text).toContain("c2lnbmF0dXJl");
  });
});

describe("25: encrypted reasoning of responses", () => {
  const reasoning = { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "Hm." }], encrypted_content: "gAAAAsecret==" };
  const item = { type: "function_call", id: "fc_1", call_id: "call_r1", name: "f", arguments: "{}", status: "completed" };
  const answer = { id: "resp_1", object: "response", created_at: 1, model: "m", status: "completed", output: [reasoning, item], usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 } };

  it.each(callers)("goes back as it came: callers of %s", async (from) => {
    const { body } = await bench.ask({ from, to: "responses", model: "gpt-5", body: {}, respond: json(answer) });
    const { sent } = await bench.ask({ from, to: "responses", model: "gpt-5", body: nextTurn(from, body), respond: json(answer) });
    expect(sent!.text).toContain('"encrypted_content":"gAAAAsecret=="');
    expect(sent!.text).toContain('"text":"Hm."');
  });
});

describe("26: thinking without a signature", () => {
  it.each([["deepseek", "reasoning_content"], ["ollama", "thinking"]])("of %s reaches every caller, and goes back as %s", async (to, member) => {
    for (const from of callers) {
      const { text, body } = await bench.ask({ from, to, body: {} });
      expect(text).toContain("I look it up.");
      // Chat completions of OpenAI's own do not take it back; Ollama does.
      if (to !== "ollama" || from === "chat") continue;
      expect((await bench.ask({ from, to, body: nextTurn(from, { ...body }) })).sent!.text.includes(`"${member}"`)).toBe(true);
    }
  });
});

describe("27: a failover to another model", () => {
  it.each(kinds.filter((kind) => !/anthropic|claude|bedrock/.test(kind)))("strips signatures on purpose: Anthropic's never reach %s", async (to) => {
    const messages = [user, { role: "assistant", content: [{ type: "thinking", thinking: "Hm.", signature }, { type: "redacted_thinking", data: secret }, { type: "text", text: "So." }] }, user];
    const { status, sent } = await bench.ask({ from: "messages", to, body: { messages } });
    expect(status).toBe(200);
    expect(sent!.text).not.toContain(signature);
    expect(sent!.text).not.toContain(secret);
  });
});

const png = "iVBORw0KGgo=";
const images: Record<From, Json> = {
  chat: { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: `data:image/png;base64,${png}` } }] }] },
  responses: { input: [{ role: "user", content: [{ type: "input_image", image_url: `data:image/png;base64,${png}` }] }] },
  messages: { messages: [{ role: "user", content: [{ type: "image", source: { type: "base64", media_type: "image/png", data: png } }] }] },
  gemini: { contents: [{ role: "user", parts: [{ inlineData: { mimeType: "image/png", data: png } }] }] },
};
const places: Record<string, RegExp> = {
  openai: /"url":"data:image\/png;base64,iVBORw0KGgo="/, responses: /"image_url":"data:image\/png;base64,iVBORw0KGgo="/, anthropic: /"media_type":"image\/png","data":"iVBORw0KGgo="/, gemini: /"inlineData":\{"mimeType":"image\/png","data":"iVBORw0KGgo="/,
  mistral: /"image_url":\{"url":"data:image\/png;base64,iVBORw0KGgo="/, ollama: /"images":\["iVBORw0KGgo="\]/, bedrock: /"format":"png","source":\{"bytes":"iVBORw0KGgo="/, cohere: /"url":"data:image\/png;base64,iVBORw0KGgo="/,
};

describe("28: images", () => {
  it.each(callers.flatMap((from) => Object.keys(places).map((to) => [from, to] as const)))("of callers of %s reach %s in its own form", async (from, to) => {
    const { sent } = await bench.ask({ from, to, body: images[from] });
    expect(sent!.text).toMatch(sent!.path.includes("/responses") ? places["responses"]! : places[to]!);
  });

  it.each([["openai", /"url":"https:\/\/example\.com\/a\.png"/], ["anthropic", /"type":"url","url":"https:\/\/example\.com\/a\.png"/], ["mistral", /"image_url":\{"url":"https:\/\/example\.com\/a\.png"/], ["responses", /"image_url":"https:\/\/example\.com\/a\.png"/]])("by URL go to %s by URL", async (to, expected) => {
    expect((await bench.ask({ from: "chat", to, body: { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "https://example.com/a.png" } }] }] } })).sent!.text).toMatch(expected);
  });
});

const pdf = "JVBERi0xLjQ=";

describe("29: documents, audio, video and files", () => {
  it.each<[string, RegExp]>([["openai", /"file_data":"data:application\/pdf;base64,JVBERi0xLjQ="/], ["responses", /"file_data":"data:application\/pdf;base64,JVBERi0xLjQ="/], ["anthropic", /"media_type":"application\/pdf","data":"JVBERi0xLjQ="/], ["gemini", /"mimeType":"application\/pdf","data":"JVBERi0xLjQ="/], ["bedrock", /"format":"pdf","source":\{"bytes":"JVBERi0xLjQ="/], ["mistral", /JVBERi0xLjQ=/]])("a PDF reaches %s", async (to, expected) => {
    const bodies: [From, Json][] = [
      ["chat", { messages: [{ role: "user", content: [{ type: "file", file: { filename: "a.pdf", file_data: `data:application/pdf;base64,${pdf}` } }] }] }],
      ["responses", { input: [{ role: "user", content: [{ type: "input_file", filename: "a.pdf", file_data: `data:application/pdf;base64,${pdf}` }] }] }],
      ["messages", { messages: [{ role: "user", content: [{ type: "document", source: { type: "base64", media_type: "application/pdf", data: pdf } }] }] }],
      ["gemini", { contents: [{ role: "user", parts: [{ inlineData: { mimeType: "application/pdf", data: pdf } }] }] }],
    ];
    for (const [from, body] of bodies) {
      const { status, sent } = await bench.ask({ from, to, body });
      expect([from, status, sent!.text]).toEqual([from, 200, expect.stringMatching(expected)]);
    }
  });

  it.each(["ollama", "cohere"])("a PDF is refused by name for %s, which reads text only, and a text file arrives", async (to) => {
    const file = (media: string, data: string): Json => ({ messages: [{ role: "user", content: [{ type: "document", source: { type: "base64", media_type: media, data } }] }] });
    expect((await bench.ask({ from: "messages", to, body: file("application/pdf", pdf) })).status).toBe(400);
    expect((await bench.ask({ from: "messages", to, body: file("text/plain", Buffer.from("Words").toString("base64")) })).sent!.text).toContain("Words");
  });

  it.each<[string, RegExp | null]>([["openai", /"input_audio":\{"data":"UklGRg==","format":"wav"/], ["gemini", /"mimeType":"audio\/wav","data":"UklGRg=="/], ["mistral", /UklGRg==/], ["anthropic", null], ["ollama", null], ["cohere", null]])("audio reaches %s, or is refused by name", async (to, expected) => {
    const { status, sent } = await bench.ask({ from: "chat", to, body: { messages: [{ role: "user", content: [{ type: "input_audio", input_audio: { data: "UklGRg==", format: "wav" } }] }] } });
    expect(status).toBe(expected ? 200 : 400);
    if (expected) expect(sent!.text).toMatch(expected);
  });

  it.each<[string, RegExp | null]>([["gemini", /"fileUri":"https:\/\/example\.com\/a\.mp4"/], ["deepseek", /"video_url":\{"url":"https:\/\/example\.com\/a\.mp4"/], ["anthropic", null], ["ollama", null], ["cohere", null], ["mistral", null], ["responses", null]])("video reaches %s, or is refused by name", async (to, expected) => {
    const { status, sent } = await bench.ask({ from: "chat", to, body: { messages: [{ role: "user", content: [{ type: "video_url", video_url: { url: "https://example.com/a.mp4" } }] }] } });
    expect(status).toBe(expected ? 200 : 400);
    if (expected) expect(sent!.text).toMatch(expected);
  });

  it.each(["bedrock", "ollama", "cohere"])("an uploaded file is refused by name for %s, which has no such store", async (to) => {
    expect((await bench.ask({ from: "messages", to, body: { messages: [{ role: "user", content: [{ type: "image", source: { type: "file", file_id: "file_1" } }] }] } })).status).toBe(400);
  });
});

describe("30: citations", () => {
  const text = "It rains.";
  const source = { url: "https://example.com/rain", title: "Rain" };
  const answers: Record<string, unknown> = {
    anthropic: { ...message, stop_reason: "end_turn", content: [{ type: "text", text, citations: [{ type: "web_search_result_location", cited_text: text, encrypted_index: "x", ...source }] }] },
    gemini: { candidates: [{ content: { role: "model", parts: [{ text }] }, finishReason: "STOP", groundingMetadata: { groundingChunks: [{ web: { uri: source.url, title: source.title } }], groundingSupports: [{ segment: { startIndex: 0, endIndex: 9, text }, groundingChunkIndices: [0] }] } }] },
    responses: { id: "resp_1", object: "response", created_at: 1, model: "m", status: "completed", output: [{ type: "message", id: "msg_1", role: "assistant", status: "completed", content: [{ type: "output_text", text, annotations: [{ type: "url_citation", start_index: 0, end_index: 9, ...source }] }] }] },
    deepseek: { id: "c1", object: "chat.completion", created: 1, model: "m", choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: text, annotations: [{ type: "url_citation", url_citation: { start_index: 0, end_index: 9, ...source } }] } }] },
  };
  const spoken: Record<string, From> = { anthropic: "messages", gemini: "gemini", responses: "responses", deepseek: "chat" };
  const forms: Record<From, (body: Json) => unknown> = {
    chat: (body) => ((body["choices"] as Json[])[0]!["message"] as Json)["annotations"],
    responses: (body) => ((body["output"] as Json[])[0]!["content"] as Json[])[0]?.["annotations"],
    messages: (body) => (body["content"] as Json[])[0]?.["citations"],
    gemini: (body) => (body["candidates"] as Json[])[0]?.["groundingMetadata"],
  };
  const expected: Record<From, unknown> = {
    chat: [{ type: "url_citation", url_citation: { ...source, start_index: 0, end_index: 9 } }],
    responses: [{ type: "url_citation", ...source, start_index: 0, end_index: 9 }],
    messages: [source],
    gemini: { groundingChunks: [{ web: { uri: source.url, title: source.title } }], groundingSupports: [{ segment: { startIndex: 0, endIndex: 9, text }, groundingChunkIndices: [0] }] },
  };

  it.each(Object.keys(answers).flatMap((to) => callers.filter((from) => from !== spoken[to]).map((from) => [to, from] as const)))("of %s reach callers of %s in their own form, whole and streamed", async (to, from) => {
    const { body } = await bench.ask({ from, to, body: {}, respond: json(answers[to]) });
    expect(forms[from](body)).toMatchObject(expected[from] as object);
    const { text: stream } = await bench.ask({ from, to, stream: true, body: {}, respond: json(answers[to]) });
    expect(stream).toContain(source.url);
    expect(stream).toContain(source.title);
  });
});

describe("31: a refusal", () => {
  const refused = json({ id: "c1", object: "chat.completion", created: 1, model: "m", choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: null, refusal: "I cannot." } }] });

  it.each(callers.filter((from) => from !== "chat"))("in words reaches callers of %s", async (from) => {
    expect((await bench.ask({ from, to: "deepseek", body: {}, respond: refused })).text).toContain("I cannot.");
  });

  it("of Anthropic is a content filter's to others", async () => {
    const respond = json({ ...message, stop_reason: "refusal", content: [{ type: "text", text: "I can" }] });
    expect((await bench.ask({ from: "chat", to: "anthropic", body: {}, respond })).text).toContain('"finish_reason":"content_filter"');
    expect((await bench.ask({ from: "responses", to: "anthropic", body: {}, respond })).text).toContain('"incomplete_details":{"reason":"content_filter"}');
    expect((await bench.ask({ from: "gemini", to: "anthropic", body: {}, respond })).text).toContain('"finishReason":"SAFETY"');
  });
});

describe("32: JSON without a schema", () => {
  it.each<[string, RegExp]>([["openai", /"type":"json_object"/], ["responses", /"format":\{"type":"json_object"\}/], ["gemini", /"responseMimeType":"application\/json"/], ["mistral", /"type":"json_object"/], ["ollama", /"format":"json"/], ["cohere", /"type":"json_object"/]])("is asked of %s in its own way", async (to, expected) => {
    expect((await bench.ask({ from: "chat", to, body: { response_format: { type: "json_object" } } })).sent!.text).toMatch(expected);
  });

  it.each(["anthropic", "vertex-claude", "bedrock"])("is refused by name for %s, which gives JSON by a schema only", async (to) => {
    expect((await bench.ask({ from: "chat", to, body: { response_format: { type: "json_object" } } })).text).toContain("response_format");
  });
});

it("23: thinking streams with its signature to callers of messages (BerriAI/litellm#33224, maximhq/bifrost#6342)", async () => {
  const respond = sse(namedEvents({ type: "message_start", message: { ...message, content: [] } } as never, { type: "content_block_start", index: 0, content_block: { type: "redacted_thinking", data: secret } } as never, { type: "content_block_stop", index: 0 } as never, { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 1 } } as never, { type: "message_stop" }));
  for (const from of callers) expect(decodedSignatures((await bench.ask({ from, to: "anthropic", stream: true, body: {}, respond })).text)).toContain(secret);
});
