/**
 * Answers as the providers' references and guides show them, by the provider of `everyProvider` that gives them; words and base64 are
 * marked as in `chat-requests.ts`.
 */
import type { Json } from "../../testing/checklist-bench.ts";

const completion = (message: object, rest: object = {}): Json => ({ id: "c1", object: "chat.completion", created: 1, model: "m", choices: [{ index: 0, message: { role: "assistant", ...message }, finish_reason: "stop", ...rest }], usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 } });
const call = (id: string, json: string): Json => ({ id, type: "function", function: { name: "get_weather", arguments: json } });
const response = (output: object[], rest: object = {}): Json => ({ id: "resp_1", object: "response", created_at: 1, model: "m", status: "completed", output, usage: { input_tokens: 5, output_tokens: 7, total_tokens: 12 }, ...rest });
const said = (content: object[]): Json => ({ type: "message", id: "msg_1", role: "assistant", status: "completed", content });
const outputText = (text: string, annotations: object[] = []): Json => ({ type: "output_text", text, annotations, logprobs: [] });
const message = (content: object[], rest: object = {}): Json => ({ id: "msg_1", type: "message", role: "assistant", model: "m", content, stop_reason: "end_turn", stop_sequence: null, usage: { input_tokens: 5, output_tokens: 7 }, ...rest });
const generated = (parts: object[], rest: object = {}): Json => ({ candidates: [{ content: { role: "model", parts }, finishReason: "STOP", index: 0, ...rest }], usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 7, totalTokenCount: 12 } });
const converse = (content: object[], rest: object = {}): Json => ({ output: { message: { role: "assistant", content } }, stopReason: "end_turn", usage: { inputTokens: 5, outputTokens: 7, totalTokens: 12 }, metrics: { latencyMs: 3 }, ...rest });
const cohere = (content: object, rest: object = {}): Json => ({ id: "1", finish_reason: "COMPLETE", message: { role: "assistant", ...content }, usage: { billed_units: { input_tokens: 5, output_tokens: 7 }, tokens: { input_tokens: 5, output_tokens: 7 } }, ...rest });
const ollama = (content: object, rest: object = {}): Json => ({ model: "m", created_at: "2025-01-01T00:00:00Z", message: { role: "assistant", content: "", ...content }, done: true, done_reason: "stop", prompt_eval_count: 5, eval_count: 7, ...rest });

export const documentedAnswers: Record<string, Record<string, Json>> = {
  deepseek: {
    "several calls at once": completion({ content: null, tool_calls: [call("call_1", '{"city":"~Oslo"}'), call("call_2", '{"city":"~Rome"}')] }, { finish_reason: "tool_calls" }),
    "thoughts and a text": completion({ content: "~Fine", reasoning_content: "~Hm" }),
    "a refusal": completion({ content: null, refusal: "~I will not" }),
    "an empty answer": completion({ content: "" }),
    "a call that was cut": completion({ content: "~Looking", tool_calls: [call("call_1", '{"city": "Os')] }, { finish_reason: "length" }),
    "pages that are cited": completion({ content: "~Found it", annotations: [{ type: "url_citation", url_citation: { url: "https://~one.example", title: "~One", start_index: 0, end_index: 6 } }] }),
    "a picture that was drawn": completion({ content: "~Here", images: [{ type: "image_url", image_url: { url: "data:image/png;base64,zzPicture" } }] }),
    "a picture among the content": completion({ content: [{ type: "text", text: "~Here" }, { type: "image_url", image_url: { url: "data:image/png;base64,zzPicture" } }] }),
    "signed thoughts among the content": completion({ content: [{ type: "reasoning", summary: [{ type: "summary_text", text: "~Hm", signature: "~signed" }] }, { type: "text", text: "~Here" }] }),
    "a part of the content that nobody knows": completion({ content: [{ type: "text", text: "~Here" }, { type: "widget", widget: { html: "~drawn" } }] }),
    "spoken words": completion({ content: null, audio: { id: "audio_1", data: "zzSound", transcript: "~Hello", expires_at: 9 } }),
    "log probabilities": completion({ content: "~Yes" }, { logprobs: { content: [{ token: "~Yes", logprob: -0.1, bytes: [126], top_logprobs: [{ token: "~No", logprob: -2, bytes: [126] }] }], refusal: null } }),
    "an end by the filter": completion({ content: "~Half" }, { finish_reason: "content_filter" }),
    "a reason that nobody knows": completion({ content: "~Half" }, { finish_reason: "~new_reason" }),
  },
  responses: {
    "thoughts, a text and a call": response([{ type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "~Hm" }], encrypted_content: "~sealed" }, said([outputText("~Looking")]), { type: "function_call", id: "fc_1", call_id: "call_1", name: "get_weather", arguments: '{"city":"~Oslo"}', status: "completed" }]),
    "a search and pages that are cited": response([{ type: "web_search_call", id: "ws_1", status: "completed", action: { type: "search", query: "~sky", sources: [{ type: "url", url: "https://~two.example" }] } }, said([outputText("~Found it", [{ type: "url_citation", url: "https://~one.example", title: "~One", start_index: 0, end_index: 6 }])])]),
    "a search of xAI's own": response([{ type: "custom_tool_call", id: "ctc_1", call_id: "xs_call_1", name: "x_keyword_search", input: '{"query":"~sky"}', status: "completed" }, said([outputText("~Found it")])]),
    "a file that is cited": response([{ type: "file_search_call", id: "fs_1", status: "completed", queries: ["~q"], results: null }, said([outputText("~Found it", [{ type: "file_citation", file_id: "file_1", filename: "~a.pdf", index: 6 }])])]),
    "a refusal": response([said([{ type: "refusal", refusal: "~No" }])]),
    "a picture that was drawn": response([{ type: "image_generation_call", id: "ig_1", status: "completed", result: "zzPicture", output_format: "png" }, said([outputText("~Here")])]),
    "an answer that was cut": response([said([outputText("~Half")])], { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } }),
    "code that was run": response([{ type: "code_interpreter_call", id: "ci_1", status: "completed", code: "print('~one')", container_id: "c", outputs: [{ type: "logs", logs: "~two" }] }, said([outputText("~Done")])]),
    "servers that were called": response([{ type: "mcp_list_tools", id: "l", server_label: "docs", tools: [] }, { type: "mcp_call", id: "m", server_label: "docs", name: "search", arguments: '{"q":"~a"}', output: "~found" }, said([outputText("~Done")])]),
  },
  anthropic: {
    "signed and redacted thinking before a call": message([{ type: "thinking", thinking: "~Hm", signature: "~signed" }, { type: "redacted_thinking", data: "~sealed" }, { type: "text", text: "~Looking" }, { type: "tool_use", id: "toolu_1", name: "get_weather", input: { city: "~Oslo" } }], { stop_reason: "tool_use" }),
    "a search and pages that are cited": message([{ type: "server_tool_use", id: "s1", name: "web_search", input: { query: "~sky" } }, { type: "web_search_tool_result", tool_use_id: "s1", content: [{ type: "web_search_result", url: "https://~one.example", title: "~One", encrypted_content: "x", page_age: null }] }, { type: "text", text: "~Green", citations: [{ type: "web_search_result_location", url: "https://~one.example", title: "~One", cited_text: "~quoted", encrypted_index: "x" }] }]),
    "a document that is cited": message([{ type: "text", text: "~Green", citations: [{ type: "page_location", cited_text: "~quoted", document_index: 0, document_title: "~Paper", start_page_number: 3, end_page_number: 4 }] }]),
    "code that was run": message([{ type: "server_tool_use", id: "s1", name: "code_execution", input: { code: "print('~one')" } }, { type: "code_execution_tool_result", tool_use_id: "s1", content: { type: "code_execution_result", stdout: "~two", stderr: "", return_code: 0, content: [] } }, { type: "text", text: "~Done" }]),
    "an empty answer": message([]),
    "a pause": message([{ type: "text", text: "~Half" }], { stop_reason: "pause_turn" }),
    "a refusal": message([{ type: "text", text: "~Half" }], { stop_reason: "refusal" }),
    "a block that nobody knows": message([{ type: "~new_block", x: "~y" }, { type: "text", text: "~Fine" }]),
  },
  gemini: {
    "a signed call after a thought": generated([{ text: "~Hm", thought: true }, { functionCall: { name: "get_weather", args: { city: "~Oslo" } }, thoughtSignature: "~signed" }]),
    "what an answer is grounded in": generated([{ text: "~Green" }], { groundingMetadata: { webSearchQueries: ["~sky"], searchEntryPoint: { renderedContent: "~html" }, groundingChunks: [{ web: { uri: "https://~one.example", title: "~One" } }], groundingSupports: [{ segment: { startIndex: 0, endIndex: 6, text: "~Green" }, groundingChunkIndices: [0] }] } }),
    "works that are recited": generated([{ text: "~Words of others" }], { citationMetadata: { citationSources: [{ startIndex: 0, endIndex: 6, uri: "https://~one.example", license: "mit" }] } }),
    "a picture that was drawn": generated([{ text: "~Here" }, { inlineData: { mimeType: "image/png", data: "zzPicture" } }]),
    "a place that is cited": generated([{ text: "~Green" }], { groundingMetadata: { groundingChunks: [{ maps: { uri: "https://~one.example", title: "~Cafe", placeId: "places/~1" } }], groundingSupports: [{ segment: { startIndex: 0, endIndex: 6, text: "~Green" }, groundingChunkIndices: [0] }] } }),
    "sound": generated([{ inlineData: { mimeType: "audio/wav", data: "zzSound" } }]),
    "code that was run": generated([{ executableCode: { language: "PYTHON", code: "print('~one')" } }, { codeExecutionResult: { outcome: "OUTCOME_OK", output: "~two" } }, { text: "~Done" }]),
    "an end for safety": generated([{ text: "~Half" }], { finishReason: "SAFETY", safetyRatings: [{ category: "HARM_CATEGORY_HARASSMENT", probability: "HIGH", blocked: true }] }),
    "a call that the model got wrong": generated([], { finishReason: "MALFORMED_FUNCTION_CALL", finishMessage: "~print(" }),
  },
  mistral: {
    "thoughts, a text and a reference": completion({ content: [{ type: "thinking", thinking: [{ type: "text", text: "~Hm" }] }, { type: "text", text: "~Green" }, { type: "reference", reference_ids: [1] }] }),
  },
  bedrock: {
    "signed thinking before a call": converse([{ reasoningContent: { reasoningText: { text: "~Hm", signature: "~signed" } } }, { text: "~Looking" }, { toolUse: { toolUseId: "t1", name: "get_weather", input: { city: "~Oslo" } } }], { stopReason: "tool_use" }),
    "a document that is cited": converse([{ citationsContent: { content: [{ text: "~Green" }], citations: [{ title: "~Paper", sourceContent: [{ text: "~quoted" }], location: { documentPage: { documentIndex: 0, start: 3, end: 4 } } }] } }]),
    "what a guardrail found": converse([{ text: "~Blocked" }], { stopReason: "guardrail_intervened", trace: { guardrail: { inputAssessment: { g: { topicPolicy: { topics: [{ name: "~topic" }] } } } } } }),
    "a picture that was drawn": converse([{ image: { format: "png", source: { bytes: "zzPicture" } } }]),
  },
  cohere: {
    "a plan and calls": cohere({ tool_plan: "~Looking", tool_calls: [{ id: "t1", type: "function", function: { name: "get_weather", arguments: '{"city":"~Oslo"}' } }] }, { finish_reason: "TOOL_CALL" }),
    "two sources of one statement": cohere({ content: [{ type: "thinking", thinking: "~Hm" }, { type: "text", text: "~Green" }], citations: [{ start: 0, end: 6, text: "~Green", content_index: 1, type: "TEXT_CONTENT", sources: [{ type: "document", id: "d1", document: { id: "d1", title: "~One", text: "~first" } }, { type: "document", id: "d2", document: { id: "d2", title: "~Two", text: "~second" } }] }] }),
  },
  ollama: {
    "thoughts and a call": ollama({ thinking: "~Hm", tool_calls: [{ function: { name: "get_weather", arguments: { city: "~Oslo" } } }] }),
    "a cut answer": ollama({ content: "~Half" }, { done_reason: "length" }),
  },
};
