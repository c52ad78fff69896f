/** Requests of messages as their reference and guides show them; words and base64 are marked as in `chat-requests.ts`. */
import type { Json } from "../../testing/checklist-bench.ts";

const weather = { name: "get_weather", description: "~Tells the weather", input_schema: { type: "object", properties: { city: { type: "string", description: "~A city" } }, required: ["city"] } };
const asked = { role: "user", content: "~Question" };
const use = (id: string, city: string): Json => ({ type: "tool_use", id, name: "get_weather", input: { city } });
const result = (id: string, rest: object): Json => ({ type: "tool_result", tool_use_id: id, ...rest });
const picture = { type: "image", source: { type: "base64", media_type: "image/png", data: "zzPicture" } };
const thinking = { type: "enabled", budget_tokens: 2000 };

export const messagesRequests: Record<string, Json> = {
  "several calls at once, one of which failed": { messages: [asked, { role: "assistant", content: [{ type: "text", text: "~Looking" }, use("toolu_1", "~Oslo"), use("toolu_2", "~Rome")] }, { role: "user", content: [result("toolu_1", { content: "~cold" }), result("toolu_2", { content: "~timed out", is_error: true }), { type: "text", text: "~And now" }] }], tools: [weather] },
  "a result with a picture and a text": { messages: [asked, { role: "assistant", content: [use("toolu_1", "~Oslo")] }, { role: "user", content: [result("toolu_1", { content: [{ type: "text", text: "~seen" }, picture] })] }], tools: [weather] },
  "a result without content": { messages: [asked, { role: "assistant", content: [use("toolu_1", "~Oslo")] }, { role: "user", content: [result("toolu_1", {})] }], tools: [weather] },
  "results in another order than the calls": { messages: [asked, { role: "assistant", content: [use("toolu_1", "~Oslo"), use("toolu_2", "~Rome")] }, { role: "user", content: [result("toolu_2", { content: "~warm" }), result("toolu_1", { content: "~cold" })] }], tools: [weather] },
  "signed and redacted thinking before a call": { messages: [asked, { role: "assistant", content: [{ type: "thinking", thinking: "~Hm", signature: "~signed" }, { type: "redacted_thinking", data: "~sealed" }, use("toolu_1", "~Oslo")] }, { role: "user", content: [result("toolu_1", { content: "~cold" })] }], tools: [weather], thinking },
  "thinking that is asked for": { messages: [asked], thinking },
  "a prefill": { messages: [asked, { role: "assistant", content: "~{" }] },
  "stop sequences and settings": { messages: [asked], stop_sequences: ["~END", "~STOP"], temperature: 0.4, top_k: 20, metadata: { user_id: "~user-1" } },
  "system in blocks, one marked for the cache": { system: [{ type: "text", text: "~Be brief." }, { type: "text", text: "~Long", cache_control: { type: "ephemeral", ttl: "1h" } }], messages: [asked] },
  "turns of one role in a row": { messages: [{ role: "user", content: "~One" }, { role: "user", content: [{ type: "text", text: "~Two" }] }, { role: "assistant", content: "~Three" }, { role: "assistant", content: "~Four" }, { role: "user", content: "~Five" }] },
  "a PDF with citations": { messages: [{ role: "user", content: [{ type: "document", source: { type: "base64", media_type: "application/pdf", data: "zzPaper" }, title: "~Paper", context: "~From 2020", citations: { enabled: true } }, { type: "text", text: "~Sum up" }] }] },
  "a text to cite": { messages: [{ role: "user", content: [{ type: "document", source: { type: "text", media_type: "text/plain", data: "~The sky is green." }, title: "~Facts", citations: { enabled: true } }, { type: "text", text: "~Colour" }] }] },
  "a cited answer in the conversation": { messages: [asked, { role: "assistant", content: [{ type: "text", text: "~It is green.", citations: [{ type: "char_location", cited_text: "The sky is green.", document_index: 0, document_title: "Facts", start_char_index: 0, end_char_index: 17 }] }] }, { role: "user", content: "~More" }] },
  "a picture between texts": { messages: [{ role: "user", content: [{ type: "text", text: "~Before" }, picture, { type: "text", text: "~After" }] }] },
  "any tool, one at a time": { messages: [asked], tools: [weather], tool_choice: { type: "any", disable_parallel_tool_use: true } },
  "a strict tool that has to be called": { messages: [asked], tools: [{ ...weather, strict: true }], tool_choice: { type: "tool", name: "get_weather" } },
  "an object by a schema": { messages: [asked], output_config: { format: { type: "json_schema", schema: { type: "object", properties: { "~field": { type: "integer" } }, required: ["~field"], additionalProperties: false } }, effort: "low" } },
  "a shell and an editor": { messages: [asked], tools: [{ type: "bash_20250124", name: "bash" }, { type: "text_editor_20250728", name: "str_replace_based_edit_tool" }] },
  "a search for tools": { messages: [asked], tools: [{ type: "tool_search_tool_bm25_20251119", name: "tool_search_tool_bm25" }, { ...weather, defer_loading: true }] },
  "tools that the caller's own search found": { messages: [asked, { role: "assistant", content: [{ type: "tool_use", id: "toolu_1", name: "find_tools", input: { query: "~weather" } }] }, { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content: [{ type: "text", text: "~One" }, { type: "tool_reference", tool_name: "get_weather" }] }] }], tools: [{ name: "find_tools", input_schema: { type: "object", properties: { query: { type: "string" } } } }, { ...weather, defer_loading: true }] },
  "a result of the caller's own search": { messages: [{ role: "user", content: [{ type: "search_result", source: "https://~one.example", title: "~One", content: [{ type: "text", text: "~Found" }], citations: { enabled: true } }, { type: "text", text: "~Read" }] }] },
  "a conversation in which the provider searched": { messages: [asked, { role: "assistant", content: [{ type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "sky" } }, { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [{ type: "web_search_result", url: "https://one.example", title: "One", encrypted_content: "x", page_age: null }] }, { type: "text", text: "~Green" }] }, { role: "user", content: "~More" }] },
  "computer use": { messages: [asked], tools: [{ type: "computer_20250124", name: "computer", display_width_px: 1024, display_height_px: 768 }] },
};
