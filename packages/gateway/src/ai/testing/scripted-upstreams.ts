/**
 * What a provider of each dialect says when it has thought, said a word and called a tool, whole and as a stream: written by
 * hand after the providers' references. Every one says the same.
 */
import { writeAwsMessage } from "../framing/aws-event-stream-reader.ts";
import { events, namedEvents } from "./fake-provider.ts";

export const saidText = "Kōbe it is.";
export const saidThought = "I look it up.";
export const calledCity = { city: "Kōbe" };
const argumentsText = JSON.stringify(calledCity);

export interface ScriptedUpstream {
  /** Of the dialect, as the provider has it. */
  whole: unknown;
  stream: Buffer;
  contentType: string;
  /** Whether the dialect can tell of thoughts. */
  thinks: boolean;
}

/** Server-sent events that bear the type of their data. */
function named(...steps: ({ type: string } & Record<string, unknown>)[]): string {
  return namedEvents(...steps);
}

function eventStream(text: string): { stream: Buffer; contentType: string } {
  return { stream: Buffer.from(text), contentType: "text/event-stream" };
}

const chatCall = { id: "call_abc12", type: "function", function: { name: "weather", arguments: argumentsText } };
const chatUsage = { prompt_tokens: 20, completion_tokens: 9, total_tokens: 29 };
const chatChunk = (delta: object, finish: string | null = null): object => ({ id: "c1", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, finish_reason: finish }] });

function chat(reasoning: Record<string, unknown>): ScriptedUpstream {
  const message = { role: "assistant", content: saidText, tool_calls: [chatCall], ...reasoning };
  return {
    whole: { id: "c1", object: "chat.completion", created: 1, model: "m", choices: [{ index: 0, message, finish_reason: "tool_calls" }], usage: chatUsage },
    ...eventStream(events(
      chatChunk({ role: "assistant", ...reasoning }),
      chatChunk({ content: "Kōbe " }), chatChunk({ content: "it is." }), chatChunk({ tool_calls: [{ index: 0, ...chatCall }] }), chatChunk({}, "tool_calls"),
      { id: "c1", object: "chat.completion.chunk", created: 1, model: "m", choices: [], usage: chatUsage }, "[DONE]",
    )),
    thinks: Object.keys(reasoning).length > 0,
  };
}

function responses(): ScriptedUpstream {
  const reasoning = { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: saidThought }] };
  const message = { type: "message", id: "msg_1", role: "assistant", status: "completed", content: [{ type: "output_text", text: saidText, annotations: [] }] };
  const call = { type: "function_call", id: "fc_1", call_id: "call_abc12", name: "weather", arguments: argumentsText, status: "completed" };
  const response = { id: "resp_1", object: "response", created_at: 1, model: "m", status: "completed", output: [reasoning, message, call], usage: { input_tokens: 20, output_tokens: 9, total_tokens: 29 } };
  const steps = [
    { type: "response.created", response: { ...response, status: "in_progress", output: [], usage: null } },
    { type: "response.output_item.added", output_index: 0, item: { ...reasoning, summary: [] } },
    { type: "response.reasoning_summary_part.added", item_id: "rs_1", output_index: 0, summary_index: 0, part: { type: "summary_text", text: "" } },
    { type: "response.reasoning_summary_text.delta", item_id: "rs_1", output_index: 0, summary_index: 0, delta: saidThought },
    { type: "response.reasoning_summary_text.done", item_id: "rs_1", output_index: 0, summary_index: 0, text: saidThought },
    { type: "response.output_item.done", output_index: 0, item: reasoning },
    { type: "response.output_item.added", output_index: 1, item: { ...message, status: "in_progress", content: [] } },
    { type: "response.content_part.added", item_id: "msg_1", output_index: 1, content_index: 0, part: { type: "output_text", text: "", annotations: [] } },
    { type: "response.output_text.delta", item_id: "msg_1", output_index: 1, content_index: 0, delta: saidText },
    { type: "response.output_text.done", item_id: "msg_1", output_index: 1, content_index: 0, text: saidText },
    { type: "response.content_part.done", item_id: "msg_1", output_index: 1, content_index: 0, part: message.content[0] },
    { type: "response.output_item.done", output_index: 1, item: message },
    { type: "response.output_item.added", output_index: 2, item: { ...call, arguments: "", status: "in_progress" } },
    { type: "response.function_call_arguments.delta", item_id: "fc_1", output_index: 2, delta: argumentsText },
    { type: "response.function_call_arguments.done", item_id: "fc_1", output_index: 2, arguments: argumentsText },
    { type: "response.output_item.done", output_index: 2, item: call },
    { type: "response.completed", response },
  ].map((step, index) => ({ ...step, sequence_number: index }));
  return { whole: response, ...eventStream(namedEvents(...steps)), thinks: true };
}

function messages(): ScriptedUpstream {
  const blocks = [{ type: "thinking", thinking: saidThought, signature: "c2ln" }, { type: "text", text: saidText }, { type: "tool_use", id: "toolu_abc12", name: "weather", input: calledCity }];
  const message = { id: "msg_1", type: "message", role: "assistant", model: "m", content: blocks, stop_reason: "tool_use", stop_sequence: null, usage: { input_tokens: 20, output_tokens: 9 } };
  return {
    whole: message,
    ...eventStream(named(
      { type: "message_start", message: { ...message, content: [], stop_reason: null } },
      { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "", signature: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: saidThought } },
      { type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: "c2ln" } },
      { type: "content_block_stop", index: 0 },
      { type: "content_block_start", index: 1, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: saidText } },
      { type: "content_block_stop", index: 1 },
      { type: "content_block_start", index: 2, content_block: { type: "tool_use", id: "toolu_abc12", name: "weather", input: {} } },
      { type: "content_block_delta", index: 2, delta: { type: "input_json_delta", partial_json: argumentsText } },
      { type: "content_block_stop", index: 2 },
      { type: "message_delta", delta: { stop_reason: "tool_use", stop_sequence: null }, usage: { output_tokens: 9 } },
      { type: "message_stop" },
    )),
    thinks: true,
  };
}

function gemini(): ScriptedUpstream {
  const parts = [{ text: saidThought, thought: true }, { text: saidText }, { functionCall: { id: "call_abc12", name: "weather", args: calledCity } }];
  const usageMetadata = { promptTokenCount: 20, candidatesTokenCount: 9, totalTokenCount: 29 };
  const whole = { candidates: [{ index: 0, content: { role: "model", parts }, finishReason: "STOP" }], usageMetadata, modelVersion: "m", responseId: "r1" };
  const first = { ...whole, candidates: [{ index: 0, content: { role: "model", parts: parts.slice(0, 2) } }] };
  const last = { ...whole, candidates: [{ index: 0, content: { role: "model", parts: parts.slice(2) }, finishReason: "STOP" }] };
  return { whole, ...eventStream(events(first, last)), thinks: true };
}

/** As OpenAI's but for thinking, which is a chunk of the content. */
function mistral(): ScriptedUpstream {
  const thinking = { type: "thinking", thinking: [{ type: "text", text: saidThought }] };
  const message = { role: "assistant", content: [thinking, { type: "text", text: saidText }], tool_calls: [{ ...chatCall, id: "abc123def" }] };
  return {
    whole: { id: "c1", object: "chat.completion", created: 1, model: "m", choices: [{ index: 0, message, finish_reason: "tool_calls" }], usage: chatUsage },
    ...eventStream(events(
      chatChunk({ role: "assistant", content: [thinking] }), chatChunk({ content: [{ type: "text", text: saidText }] }),
      { ...chatChunk({ tool_calls: [{ index: 0, ...chatCall, id: "abc123def" }] }, "tool_calls"), usage: chatUsage }, "[DONE]",
    )),
    thinks: true,
  };
}

function ollama(): ScriptedUpstream {
  const answer = { model: "m", created_at: "2026-01-01T00:00:00Z", done: true, done_reason: "stop", prompt_eval_count: 20, eval_count: 9 };
  const calls = [{ function: { name: "weather", arguments: calledCity } }];
  const lines = [
    { model: "m", message: { role: "assistant", content: "", thinking: saidThought }, done: false },
    { model: "m", message: { role: "assistant", content: saidText }, done: false },
    { model: "m", message: { role: "assistant", content: "", tool_calls: calls }, done: false },
    { ...answer, message: { role: "assistant", content: "" } },
  ];
  return {
    whole: { ...answer, message: { role: "assistant", content: saidText, thinking: saidThought, tool_calls: calls } },
    stream: Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join("")), contentType: "application/x-ndjson", thinks: true,
  };
}

function bedrock(): ScriptedUpstream {
  const usage = { inputTokens: 20, outputTokens: 9, totalTokens: 29 };
  const content = [{ reasoningContent: { reasoningText: { text: saidThought, signature: "c2ln" } } }, { text: saidText }, { toolUse: { toolUseId: "tooluse_abc12", name: "weather", input: calledCity } }];
  const delta = (index: number, value: object): [string, object] => ["contentBlockDelta", { contentBlockIndex: index, delta: value }];
  const steps: [string, object][] = [
    ["messageStart", { role: "assistant" }],
    delta(0, { reasoningContent: { text: saidThought } }), delta(0, { reasoningContent: { signature: "c2ln" } }), ["contentBlockStop", { contentBlockIndex: 0 }],
    delta(1, { text: saidText }), ["contentBlockStop", { contentBlockIndex: 1 }],
    ["contentBlockStart", { contentBlockIndex: 2, start: { toolUse: { toolUseId: "tooluse_abc12", name: "weather" } } }], delta(2, { toolUse: { input: argumentsText } }), ["contentBlockStop", { contentBlockIndex: 2 }],
    ["messageStop", { stopReason: "tool_use" }], ["metadata", { usage, metrics: { latencyMs: 1 } }],
  ];
  return {
    whole: { output: { message: { role: "assistant", content } }, stopReason: "tool_use", usage },
    stream: Buffer.concat(steps.map(([type, body]) => awsEvent(type, body))), contentType: "application/vnd.amazon.eventstream", thinks: true,
  };
}

export function awsEvent(type: string, body: object): Buffer {
  return writeAwsMessage({ ":event-type": type, ":content-type": "application/json", ":message-type": "event" }, Buffer.from(JSON.stringify(body)));
}

export function awsException(type: string, body: object): Buffer {
  return writeAwsMessage({ ":exception-type": type, ":content-type": "application/json", ":message-type": "exception" }, Buffer.from(JSON.stringify(body)));
}

function cohere(): ScriptedUpstream {
  const usage = { billed_units: { input_tokens: 20, output_tokens: 9 } };
  const call = { id: "weather_abc12", type: "function", function: { name: "weather", arguments: argumentsText } };
  const step = (type: string, index: number, message: object) => ({ type, index, delta: { message } });
  return {
    whole: { id: "c1", message: { role: "assistant", content: [{ type: "thinking", thinking: saidThought }], tool_plan: saidText, tool_calls: [call] }, finish_reason: "TOOL_CALL", usage },
    ...eventStream(named(
      { type: "message-start", id: "c1", delta: { message: { role: "assistant" } } },
      step("content-start", 0, { content: { type: "thinking", thinking: "" } }), step("content-delta", 0, { content: { thinking: saidThought } }), { type: "content-end", index: 0 },
      step("tool-plan-delta", 0, { tool_plan: saidText }),
      step("tool-call-start", 0, { tool_calls: { ...call, function: { name: "weather", arguments: "" } } }), step("tool-call-delta", 0, { tool_calls: { function: { arguments: argumentsText } } }), { type: "tool-call-end", index: 0 },
      { type: "message-end", delta: { finish_reason: "TOOL_CALL", usage } },
    )),
    thinks: true,
  };
}

export const scriptedUpstreams = {
  "openai-chat": chat({}),
  "deepseek-chat": chat({ reasoning_content: saidThought }),
  "openai-responses": responses(),
  "anthropic-messages": messages(),
  gemini: gemini(),
  "mistral-chat": mistral(),
  "ollama-chat": ollama(),
  "bedrock-converse": bedrock(),
  "cohere-chat": cohere(),
} as const satisfies Record<string, ScriptedUpstream>;
