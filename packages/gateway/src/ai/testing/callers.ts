/** Applications of each dialect, with the official SDKs: one request with everything in it, and what they read from the answer. */
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import type { GenerateContentResponse } from "@google/genai";
import OpenAI from "openai";

export interface Heard {
  text: string;
  thought: string;
  call: { name: string; arguments: unknown } | null;
  finish: string;
  inputTokens: number;
  outputTokens: number;
}

export interface Asking {
  model: string;
  stream: boolean;
  /** A PNG in base64. */
  image: string;
}

export interface Caller {
  name: string;
  /** The dialect's word for an end at calls of tools. */
  calledTools: string;
  ask(url: string, asking: Asking): Promise<Heard>;
  /** Wants an object with the member `rainy`. */
  askForObject(url: string, model: string): Promise<unknown>;
}

const weatherObject = { type: "object" as const, properties: { rainy: { type: "boolean" } }, required: ["rainy"], additionalProperties: false };

const schema = { type: "object" as const, properties: { city: { type: "string" } }, required: ["city"] };
const osaka = { city: "Ōsaka" };
const osakaText = JSON.stringify(osaka);

async function askChat(url: string, { model, stream, image }: Asking): Promise<Heard> {
  const client = new OpenAI({ apiKey: "unused", baseURL: `${url}/v1`, maxRetries: 0 });
  const asked = {
    model, max_completion_tokens: 4000, reasoning_effort: "low" as const,
    messages: [
      { role: "system" as const, content: "Be brief." },
      { role: "user" as const, content: [{ type: "text" as const, text: "What is this?" }, { type: "image_url" as const, image_url: { url: `data:image/png;base64,${image}` } }] },
      { role: "assistant" as const, content: null, tool_calls: [{ id: "call_first1", type: "function" as const, function: { name: "lookup", arguments: osakaText } }] },
      { role: "tool" as const, tool_call_id: "call_first1", content: "sunny" },
    ],
    tools: ["weather", "lookup"].map((name) => ({ type: "function" as const, function: { name, description: "Weather now", parameters: schema } })),
  };
  const answer = stream ? await client.chat.completions.stream({ ...asked, stream_options: { include_usage: true } }).finalChatCompletion() : await client.chat.completions.create(asked);
  const [choice] = answer.choices;
  const called = choice?.message.tool_calls?.[0];
  return {
    text: choice?.message.content ?? "",
    thought: (choice?.message as { reasoning_content?: string } | undefined)?.reasoning_content ?? "",
    call: called?.type === "function" ? { name: called.function.name, arguments: JSON.parse(called.function.arguments) } : null,
    finish: choice?.finish_reason ?? "",
    inputTokens: answer.usage?.prompt_tokens ?? 0,
    outputTokens: answer.usage?.completion_tokens ?? 0,
  };
}

async function askResponses(url: string, { model, stream, image }: Asking): Promise<Heard> {
  const client = new OpenAI({ apiKey: "unused", baseURL: `${url}/v1`, maxRetries: 0 });
  const asked = {
    model, max_output_tokens: 4000, reasoning: { effort: "low" as const, summary: "auto" as const }, instructions: "Be brief.",
    input: [
      { role: "user" as const, content: [{ type: "input_text" as const, text: "What is this?" }, { type: "input_image" as const, detail: "auto" as const, image_url: `data:image/png;base64,${image}` }] },
      { type: "function_call" as const, call_id: "call_first1", name: "lookup", arguments: osakaText },
      { type: "function_call_output" as const, call_id: "call_first1", output: "sunny" },
    ],
    tools: ["weather", "lookup"].map((name) => ({ type: "function" as const, name, description: "Weather now", parameters: schema, strict: false })),
  };
  const answer = stream ? await client.responses.stream(asked).finalResponse() : await client.responses.create(asked);
  const [called] = answer.output.flatMap((item) => (item.type === "function_call" ? item : []));
  const thoughts = answer.output.flatMap((item) => (item.type === "reasoning" ? [...(item.summary ?? []), ...(item.content ?? [])] : []));
  return {
    text: answer.output.flatMap((item) => (item.type === "message" ? item.content : [])).map((part) => (part.type === "output_text" ? part.text : "")).join(""),
    thought: thoughts.map(({ text }) => text).join(""),
    call: called ? { name: called.name, arguments: JSON.parse(called.arguments) } : null,
    finish: answer.status ?? "",
    inputTokens: answer.usage?.input_tokens ?? 0,
    outputTokens: answer.usage?.output_tokens ?? 0,
  };
}

async function askMessages(url: string, { model, stream, image }: Asking): Promise<Heard> {
  const client = new Anthropic({ apiKey: "unused", baseURL: url, maxRetries: 0 });
  const asked = {
    model, max_tokens: 4000, thinking: { type: "enabled" as const, budget_tokens: 2000 }, system: "Be brief.",
    messages: [
      { role: "user" as const, content: [{ type: "text" as const, text: "What is this?" }, { type: "image" as const, source: { type: "base64" as const, media_type: "image/png" as const, data: image } }] },
      { role: "assistant" as const, content: [{ type: "tool_use" as const, id: "toolu_first1", name: "lookup", input: osaka }] },
      { role: "user" as const, content: [{ type: "tool_result" as const, tool_use_id: "toolu_first1", content: "sunny" }] },
    ],
    tools: ["weather", "lookup"].map((name) => ({ name, description: "Weather now", input_schema: schema })),
  };
  const answer = stream ? await client.messages.stream(asked).finalMessage() : await client.messages.create(asked);
  const called = answer.content.find((block) => block.type === "tool_use");
  return {
    text: answer.content.map((block) => (block.type === "text" ? block.text : "")).join(""),
    thought: answer.content.map((block) => (block.type === "thinking" ? block.thinking : "")).join(""),
    call: called ? { name: called.name, arguments: called.input } : null,
    finish: answer.stop_reason ?? "",
    inputTokens: answer.usage.input_tokens,
    outputTokens: answer.usage.output_tokens,
  };
}

async function askGemini(url: string, { model, stream, image }: Asking): Promise<Heard> {
  const client = new GoogleGenAI({ apiKey: "unused", httpOptions: { baseUrl: url } });
  const asked = {
    model,
    contents: [
      { role: "user", parts: [{ text: "What is this?" }, { inlineData: { mimeType: "image/png", data: image } }] },
      { role: "model", parts: [{ functionCall: { id: "call_first1", name: "lookup", args: osaka } }] },
      { role: "user", parts: [{ functionResponse: { id: "call_first1", name: "lookup", response: { output: "sunny" } } }] },
    ],
    config: {
      maxOutputTokens: 4000, systemInstruction: "Be brief.", thinkingConfig: { includeThoughts: true, thinkingBudget: 2000 },
      tools: [{ functionDeclarations: ["weather", "lookup"].map((name) => ({ name, description: "Weather now", parametersJsonSchema: schema })) }],
    },
  };
  const answers: GenerateContentResponse[] = [];
  if (stream) for await (const part of await client.models.generateContentStream(asked)) answers.push(part);
  else answers.push(await client.models.generateContent(asked));
  const parts = answers.flatMap((answer) => answer.candidates?.[0]?.content?.parts ?? []);
  const called = parts.find((part) => part.functionCall)?.functionCall;
  const usage = answers.findLast((answer) => answer.usageMetadata)?.usageMetadata;
  return {
    text: parts.map((part) => (part.thought ? "" : (part.text ?? ""))).join(""),
    thought: parts.map((part) => (part.thought ? (part.text ?? "") : "")).join(""),
    call: called ? { name: called.name ?? "", arguments: called.args } : null,
    finish: answers.findLast((answer) => answer.candidates?.[0]?.finishReason)?.candidates?.[0]?.finishReason ?? "",
    inputTokens: usage?.promptTokenCount ?? 0,
    outputTokens: (usage?.candidatesTokenCount ?? 0) + (usage?.thoughtsTokenCount ?? 0),
  };
}

async function chatObject(url: string, model: string): Promise<unknown> {
  const client = new OpenAI({ apiKey: "unused", baseURL: `${url}/v1`, maxRetries: 0 });
  const format = { type: "json_schema" as const, json_schema: { name: "weather", schema: weatherObject, strict: true } };
  return client.chat.completions.create({ model, max_completion_tokens: 100, messages: [{ role: "user", content: "Kōbe?" }], response_format: format });
}

async function responsesObject(url: string, model: string): Promise<unknown> {
  const client = new OpenAI({ apiKey: "unused", baseURL: `${url}/v1`, maxRetries: 0 });
  const format = { type: "json_schema" as const, name: "weather", schema: weatherObject, strict: true };
  return client.responses.create({ model, max_output_tokens: 100, input: "Kōbe?", text: { format } });
}

async function messagesObject(url: string, model: string): Promise<unknown> {
  const client = new Anthropic({ apiKey: "unused", baseURL: url, maxRetries: 0 });
  return client.messages.create({ model, max_tokens: 100, messages: [{ role: "user", content: "Kōbe?" }], output_config: { format: { type: "json_schema", schema: weatherObject } } });
}

async function geminiObject(url: string, model: string): Promise<unknown> {
  const client = new GoogleGenAI({ apiKey: "unused", httpOptions: { baseUrl: url } });
  return client.models.generateContent({ model, contents: "Kōbe?", config: { maxOutputTokens: 100, responseMimeType: "application/json", responseJsonSchema: weatherObject } });
}

export const callers: readonly Caller[] = [
  { name: "chat completions", calledTools: "tool_calls", ask: askChat, askForObject: chatObject },
  { name: "responses", calledTools: "completed", ask: askResponses, askForObject: responsesObject },
  { name: "messages", calledTools: "tool_use", ask: askMessages, askForObject: messagesObject },
  { name: "generateContent", calledTools: "STOP", ask: askGemini, askForObject: geminiObject },
];
