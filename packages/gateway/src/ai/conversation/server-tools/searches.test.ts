import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startChecklist } from "../../testing/checklist-bench.ts";
import type { ChecklistBench, From, Json } from "../../testing/checklist-bench.ts";
import { events, json, namedEvents, sse } from "../../testing/fake-provider.ts";

let bench: ChecklistBench;
beforeAll(async () => void (bench = await startChecklist()));
afterAll(async () => await bench[Symbol.asyncDispose]());

const [here, there] = ["https://a.example/1", "https://b.example/2"];
const tools: Record<Exclude<From, "chat">, Json> = { messages: { tools: [{ type: "web_search_20250305", name: "web_search" }] }, responses: { tools: [{ type: "web_search" }] }, gemini: { tools: [{ googleSearch: {} }] } };
const results = [{ type: "web_search_result", url: here, title: "A", encrypted_content: "c2VjcmV0", page_age: "May 1" }, { type: "web_search_result", url: there, title: "B", encrypted_content: "bW9yZQ==", page_age: null }];
const cited = { type: "web_search_result_location", url: here, title: "A", cited_text: "Rain", encrypted_index: "aW5kZXg=" };
const blocks: Json[] = [
  { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "rain in Ōsaka" } }, { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: results },
  { type: "text", text: "It rains.", citations: [cited] },
];
const message = { id: "msg_1", type: "message", role: "assistant", model: "m", content: blocks, stop_reason: "end_turn", stop_sequence: null, usage: { input_tokens: 1, output_tokens: 2 } };
const searched = { type: "web_search_call", id: "ws_1", status: "completed", action: { type: "search", query: "rain in Ōsaka", queries: ["rain in Ōsaka"], sources: [{ type: "url", url: here }, { type: "url", url: there }] } };
const said = { type: "message", id: "msg_1", role: "assistant", status: "completed", content: [{ type: "output_text", text: "It rains.", annotations: [{ type: "url_citation", url: here, title: "A", start_index: 0, end_index: 9 }] }] };
const response = { id: "resp_1", object: "response", created_at: 1, model: "m", status: "completed", output: [searched, said], usage: { input_tokens: 1, output_tokens: 2, total_tokens: 3 } };
const chunks = [{ web: { uri: here, title: "A" } }, { web: { uri: there, title: "B" } }];
const groundingMetadata = { webSearchQueries: ["rain in Ōsaka"], searchEntryPoint: { renderedContent: "<b>" }, groundingChunks: chunks, groundingSupports: [{ segment: { startIndex: 0, endIndex: 9, text: "It rains." }, groundingChunkIndices: [0] }] };
const candidate = { content: { role: "model", parts: [{ text: "It rains." }] }, finishReason: "STOP", index: 0, groundingMetadata };
const generated = { candidates: [candidate], usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2, totalTokenCount: 3 }, responseId: "r" };

const answers: Record<string, { whole: Json; stream: string }> = {
  anthropic: {
    whole: message,
    stream: namedEvents(
      { type: "message_start", message: { ...message, content: [], stop_reason: null } } as { type: string },
      ...blocks.slice(0, 2).flatMap((content_block, index) => [{ type: "content_block_start", index, content_block }, { type: "content_block_stop", index }]),
      { type: "content_block_start", index: 2, content_block: { type: "text", text: "", citations: [] } } as { type: string }, { type: "content_block_delta", index: 2, delta: { type: "citations_delta", citation: cited } } as { type: string },
      { type: "content_block_delta", index: 2, delta: { type: "text_delta", text: "It rains." } } as { type: string }, { type: "content_block_stop", index: 2 } as { type: string },
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 2 } } as { type: string }, { type: "message_stop" },
    ),
  },
  responses: {
    whole: response,
    stream: namedEvents(
      { type: "response.created", response: { ...response, status: "in_progress", output: [] } } as { type: string },
      { type: "response.output_item.added", output_index: 0, item: { ...searched, status: "in_progress", action: null } } as { type: string }, { type: "response.output_item.done", output_index: 0, item: searched } as { type: string },
      { type: "response.output_item.added", output_index: 1, item: { ...said, content: [] } } as { type: string }, { type: "response.output_item.done", output_index: 1, item: said } as { type: string }, { type: "response.completed", response } as { type: string },
    ),
  },
  gemini: { whole: generated, stream: events({ ...generated, candidates: [{ content: candidate.content, index: 0 }] }, { ...generated, candidates: [{ ...candidate, content: { role: "model", parts: [{ text: "" }] } }] }) },
};

/** What is told of the search, in each API's words. */
function toldOf(from: From, text: string): readonly unknown[] {
  const found: Record<string, RegExp> = {
    messages: /\{"type":"server_tool_use","id":"(?:\w+)","name":"web_search","input":\{"query":"rain in Ōsaka"\}\}|\{"type":"web_search_result","url":"[^"]+"|"type":"web_search_result_location","url":"[^"]+"/g,
    responses: /"type":"web_search_call","status":"completed","action":\{[^}]*"queries":\["rain in Ōsaka"\],"sources":\[\{"type":"url","url":"https:\/\/a.example\/1"\},\{"type":"url","url":"https:\/\/b.example\/2"\}\]\}|"type":"url_citation","url":"[^"]+"/g,
    gemini: /"webSearchQueries":\["rain in Ōsaka"\]|"uri":"[^"]+"|"groundingChunkIndices":\[0\]/g,
  };
  return [...new Set([...text.matchAll(found[from]!)].map(([each]) => each.replace(/"id":"\w+"/, '"id":"i"')))];
}

const expected: Record<string, readonly RegExp[]> = {
  messages: [/server_tool_use/, /web_search_result","url":"https:\/\/a/, /web_search_result","url":"https:\/\/b/, /web_search_result_location","url":"https:\/\/a/],
  responses: [/web_search_call/, /url_citation","url":"https:\/\/a/],
  gemini: [/webSearchQueries/, /"uri":"https:\/\/a/, /"uri":"https:\/\/b/, /groundingChunkIndices/],
};
const own: Record<string, string> = { messages: "anthropic", responses: "responses", gemini: "gemini" };
const pairs = (["messages", "responses", "gemini"] as const).flatMap((from) => Object.keys(answers).filter((to) => to !== own[from]).flatMap((to) => [[from, to, false] as const, [from, to, true] as const]));

describe("what a provider searched the web for and found", () => {
  it.each(pairs)("reaches callers of %s from %s in their words (streamed: %s)", async (from, to, stream) => {
    const { whole, stream: streamed } = answers[to]!;
    const { text, status } = await bench.ask({ from, to, stream, body: tools[from], respond: stream ? sse(streamed) : json(whole) });
    expect(status).toBe(200);
    const told = toldOf(from, text);
    for (const each of expected[from]!) expect(told).toContainEqual(expect.stringMatching(each));
  });

  it("is asked of OpenAI, which tells what was found to nobody else", async () => {
    const { sent } = await bench.ask({ from: "messages", to: "responses", body: tools.messages, respond: json(response) });
    expect(sent?.body["include"]).toContain("web_search_call.action.sources");
  });

  it("is warned of as far as the caller's API has no member for it", async () => {
    const { warned } = await bench.ask({ from: "responses", to: "anthropic", body: tools.responses, respond: json(message) });
    expect(warned.filter((each) => each.startsWith("dropped"))).toEqual(["dropped answer.content[].web_search_tool_result.encrypted_content", "dropped answer.content[].web_search_tool_result.page_age", "dropped answer.content[].citations[].encrypted_index"]);
    expect((await bench.ask({ from: "messages", to: "gemini", body: tools.messages, respond: json(generated) })).warned).toContain("dropped answer.candidates[].groundingMetadata.searchEntryPoint");
    expect((await bench.ask({ from: "chat", to: "anthropic", body: { web_search_options: {} }, respond: json(message) })).warned).toContain("dropped answer.content[].web_search_tool_result");
  });

  it("tells a search that failed as one", async () => {
    const failed = { ...message, content: [blocks[0], { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: { type: "web_search_tool_result_error", error_code: "max_uses_exceeded" } }] };
    expect((await bench.ask({ from: "responses", to: "anthropic", body: tools.responses, respond: json(failed) })).body).toMatchObject({ output: [{ type: "web_search_call", status: "failed" }] });
    const { body } = await bench.ask({ from: "messages", to: "responses", body: tools.messages, respond: json({ ...response, output: [{ ...searched, status: "failed" }] }) });
    expect(body).toMatchObject({ content: [{ type: "server_tool_use" }, { type: "web_search_tool_result", content: { type: "web_search_tool_result_error" } }] });
  });

  it("is not sent to Anthropic as its own in the next turn, nor are citations of it", async () => {
    const first = await bench.ask({ from: "messages", to: "gemini", body: tools.messages, respond: json(generated) });
    const messages = [{ role: "user", content: "Rain?" }, { role: "assistant", content: first.body["content"] }, { role: "user", content: "And tomorrow?" }];
    for (const to of ["anthropic", "vertex-claude", "bedrock"]) {
      const { sent, warned } = await bench.ask({ from: "messages", to, body: { ...(to !== "bedrock" && tools.messages), messages } });
      expect([to, sent?.text.includes("srvtoolu"), sent?.text.includes("parley"), sent?.text.includes("It rains."), warned.filter((each) => each.includes("content[]"))]).toEqual([to, false, false, true, expect.arrayContaining(["dropped messages[].content[].web_search_tool_result", "dropped messages[].content[].citations"])]);
    }
  });
});
