/** Pages that the provider reads: asked for in one API's words, read by the other's provider, told in the caller's words. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startChecklist } from "../../testing/checklist-bench.ts";
import type { ChecklistBench } from "../../testing/checklist-bench.ts";
import { events, json, namedEvents, sse } from "../../testing/fake-provider.ts";

let bench: ChecklistBench;
beforeAll(async () => void (bench = await startChecklist()));
afterAll(async () => await bench[Symbol.asyncDispose]());

const [page, lost] = ["https://page.example/a", "https://lost.example/b"];
const urlContextMetadata = { urlMetadata: [{ retrievedUrl: page, urlRetrievalStatus: "URL_RETRIEVAL_STATUS_SUCCESS" }, { retrievedUrl: lost, urlRetrievalStatus: "URL_RETRIEVAL_STATUS_ERROR" }] };
const candidate = { content: { role: "model", parts: [{ text: "It says so." }] }, finishReason: "STOP", urlContextMetadata };
const blocks = [
  { type: "server_tool_use", id: "srvtoolu_1", name: "web_fetch", input: { url: page } },
  { type: "web_fetch_tool_result", tool_use_id: "srvtoolu_1", content: { type: "web_fetch_result", url: page, content: { type: "document", source: { type: "text", media_type: "text/plain", data: "So." } } } },
  { type: "server_tool_use", id: "srvtoolu_2", name: "web_fetch", input: { url: lost } },
  { type: "web_fetch_tool_result", tool_use_id: "srvtoolu_2", content: { type: "web_fetch_tool_result_error", error_code: "url_not_accessible" } },
];
const message = { id: "msg_1", type: "message", role: "assistant", model: "m", content: [...blocks, { type: "text", text: "It says so." }], stop_reason: "end_turn", usage: { input_tokens: 1, output_tokens: 2 } };
const fetch20250910 = { type: "web_fetch_20250910", name: "web_fetch" };

describe("pages that the provider reads", () => {
  it("are asked of Gemini for a caller of messages, and told as Anthropic has them, whole and streamed", async () => {
    const body = { tools: [{ ...fetch20250910, max_uses: 3 }] };
    const whole = await bench.ask({ from: "messages", to: "gemini", body, respond: json({ candidates: [candidate] }) });
    expect([whole.sent?.body["tools"], whole.warned]).toEqual([[{ urlContext: {} }], ["dropped tools.max_uses"]]);
    expect(whole.body["content"]).toMatchObject([
      { type: "text", text: "It says so." }, { type: "server_tool_use", name: "web_fetch", input: { url: page } }, { type: "web_fetch_tool_result", content: { type: "web_fetch_result", url: page } },
      { type: "server_tool_use", input: { url: lost } }, { type: "web_fetch_tool_result", content: { type: "web_fetch_tool_result_error" } },
    ]);
    const { text } = await bench.ask({ from: "messages", to: "gemini", body, stream: true, respond: sse(events({ candidates: [candidate] })) });
    expect(text.match(/"content_block":\{"type":"(\w+)"/g)?.map((match) => match.slice(25, -1))).toEqual(["text", "server_tool_use", "web_fetch_tool_result", "server_tool_use", "web_fetch_tool_result"]);
  });

  it("are asked of Anthropic for a caller of Gemini's API, and told as Google has them, whole and streamed", async () => {
    const body = { tools: [{ urlContext: {} }] };
    const whole = await bench.ask({ from: "gemini", to: "anthropic", body, respond: json(message) });
    expect([whole.sent?.body["tools"], whole.sent?.headers["anthropic-beta"]]).toEqual([[fetch20250910], "web-fetch-2025-09-10"]);
    expect(whole.body["candidates"]).toMatchObject([{ content: { parts: [{ text: "It says so." }] }, urlContextMetadata }]);
    const streamed = namedEvents(
      { type: "message_start", message: { ...message, content: [], stop_reason: null } } as { type: string },
      ...blocks.flatMap((content_block, index) => [{ type: "content_block_start", index, content_block }, { type: "content_block_stop", index }]),
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 2 } } as { type: string }, { type: "message_stop" },
    );
    const { text } = await bench.ask({ from: "gemini", to: "anthropic", body, stream: true, respond: sse(streamed) });
    expect(text.match(/"retrievedUrl":"[^"]+","urlRetrievalStatus":"\w+"/g)).toEqual(urlContextMetadata.urlMetadata.map((each) => JSON.stringify(each).slice(1, -1)));
  });

  it.each(["allowed_domains", "blocked_domains"])("are refused by name where they are to be held to %s, which Gemini cannot", async (name) => {
    const { status, body, sent } = await bench.ask({ from: "messages", to: "gemini", body: { tools: [{ ...fetch20250910, [name]: ["page.example"] }] } });
    expect([status, body["error"], sent]).toMatchObject([400, { param: `tools.${name}` }, undefined]);
  });

  it.each(["openai", "responses", "mistral", "bedrock", "cohere", "ollama"])("are refused where the provider reads none: %s", async (to) => {
    for (const [from, tool] of [["messages", fetch20250910], ["gemini", { urlContext: {} }]] as const) {
      const { status, text } = await bench.ask({ from, to, body: { tools: [tool] } });
      expect([status, text]).toEqual([400, expect.stringMatching(/web_fetch_20250910|urlContext/)]);
    }
  });
});
