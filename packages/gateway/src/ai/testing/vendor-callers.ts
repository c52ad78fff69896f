/** Applications that speak Bedrock's, Ollama's and Cohere's own APIs, and Mistral's client of chat completions, with the official SDKs. */
import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import type { ContentBlock, ContentBlockDelta, ConverseStreamOutput, TokenUsage, ToolConfiguration } from "@aws-sdk/client-bedrock-runtime";
import { CohereClientV2 } from "cohere-ai";
import { Ollama } from "ollama";
import type { ChatResponse } from "ollama";
import type { Asking, Caller, Heard } from "./callers.ts";

const schema = { type: "object" as const, properties: { city: { type: "string" } }, required: ["city"] };
const weatherObject = { type: "object" as const, properties: { rainy: { type: "boolean" } }, required: ["rainy"], additionalProperties: false };
const osaka = { city: "Ōsaka" };
const names = ["weather", "lookup"];

export function bedrockClient(url: string): BedrockRuntimeClient {
  return new BedrockRuntimeClient({ region: "us-east-1", endpoint: url, token: { token: "unused" }, authSchemePreference: ["httpBearerAuth"], maxAttempts: 1 });
}

async function askConverse(url: string, { model, stream, image }: Asking): Promise<Heard> {
  const client = bedrockClient(url);
  const asked = {
    modelId: model, inferenceConfig: { maxTokens: 4000 }, system: [{ text: "Be brief." }], additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 2000 } },
    messages: [
      { role: "user" as const, content: [{ text: "What is this?" }, { image: { format: "png" as const, source: { bytes: Buffer.from(image, "base64") } } }] },
      { role: "assistant" as const, content: [{ toolUse: { toolUseId: "tooluse_first1", name: "lookup", input: osaka } }] },
      { role: "user" as const, content: [{ toolResult: { toolUseId: "tooluse_first1", content: [{ text: "sunny" }] } }] },
    ],
    toolConfig: { tools: names.map((name) => ({ toolSpec: { name, description: "Weather now", inputSchema: { json: schema } } })) } as ToolConfiguration,
  };
  if (!stream) {
    const answer = await client.send(new ConverseCommand(asked));
    return heardBlocks(answer.output?.message?.content ?? [], answer.stopReason ?? "", answer.usage);
  }
  const { stream: events = [] } = await client.send(new ConverseStreamCommand(asked));
  return heardEvents(events as AsyncIterable<ConverseStreamOutput>);
}

function heardBlocks(blocks: readonly ContentBlock[], finish: string, usage: TokenUsage | undefined): Heard {
  const called = blocks.find((block) => block.toolUse)?.toolUse;
  return {
    text: blocks.map((block) => block.text ?? "").join(""),
    thought: blocks.map((block) => block.reasoningContent?.reasoningText?.text ?? "").join(""),
    call: called ? { name: called.name ?? "", arguments: called.input } : null,
    finish, inputTokens: usage?.inputTokens ?? 0, outputTokens: usage?.outputTokens ?? 0,
  };
}

async function heardEvents(events: AsyncIterable<ConverseStreamOutput>): Promise<Heard> {
  const heard: Heard = { text: "", thought: "", call: null, finish: "", inputTokens: 0, outputTokens: 0 };
  let name = "";
  let json = "";
  for await (const event of events) {
    name += event.contentBlockStart?.start?.toolUse?.name ?? "";
    const delta: Partial<ContentBlockDelta> = event.contentBlockDelta?.delta ?? {};
    heard.text += delta.text ?? "";
    heard.thought += delta.reasoningContent?.text ?? "";
    json += delta.toolUse?.input ?? "";
    heard.finish += event.messageStop?.stopReason ?? "";
    heard.inputTokens += event.metadata?.usage?.inputTokens ?? 0;
    heard.outputTokens += event.metadata?.usage?.outputTokens ?? 0;
  }
  return { ...heard, call: name === "" ? null : { name, arguments: JSON.parse(json) } };
}

async function converseObject(url: string, model: string): Promise<unknown> {
  const structure = { jsonSchema: { name: "weather", schema: JSON.stringify(weatherObject) } };
  return bedrockClient(url).send(new ConverseCommand({ modelId: model, inferenceConfig: { maxTokens: 100 }, messages: [{ role: "user", content: [{ text: "Kōbe?" }] }], outputConfig: { textFormat: { type: "json_schema", structure } } }));
}

async function askOllama(url: string, { model, stream, image }: Asking): Promise<Heard> {
  const client = new Ollama({ host: url });
  const asked = {
    model, think: "low" as const, options: { num_predict: 4000 },
    messages: [
      { role: "system", content: "Be brief." }, { role: "user", content: "What is this?", images: [image] },
      { role: "assistant", content: "", tool_calls: [{ function: { name: "lookup", arguments: osaka } }] }, { role: "tool", content: "sunny", tool_name: "lookup" },
    ],
    tools: names.map((name) => ({ type: "function", function: { name, description: "Weather now", parameters: schema } })),
  };
  const answers: ChatResponse[] = [];
  if (stream) for await (const part of await client.chat({ ...asked, stream: true })) answers.push(part);
  else answers.push(await client.chat({ ...asked, stream: false }));
  const called = answers.flatMap(({ message }) => message.tool_calls ?? [])[0]?.function;
  const last = answers.at(-1);
  return {
    text: answers.map(({ message }) => message.content).join(""), thought: answers.map(({ message }) => message.thinking ?? "").join(""),
    call: called ? { name: called.name, arguments: called.arguments } : null, finish: last?.done_reason ?? "", inputTokens: last?.prompt_eval_count ?? 0, outputTokens: last?.eval_count ?? 0,
  };
}

async function ollamaObject(url: string, model: string): Promise<unknown> {
  return new Ollama({ host: url }).chat({ model, messages: [{ role: "user", content: "Kōbe?" }], format: weatherObject, options: { num_predict: 100 }, stream: false });
}

async function askCohere(url: string, { model, stream, image }: Asking): Promise<Heard> {
  const client = new CohereClientV2({ token: "unused", environment: url });
  const asked = {
    model, maxTokens: 4000, thinking: { type: "enabled" as const, tokenBudget: 2000 },
    messages: [
      { role: "system" as const, content: "Be brief." },
      { role: "user" as const, content: [{ type: "text" as const, text: "What is this?" }, { type: "image_url" as const, imageUrl: { url: `data:image/png;base64,${image}` } }] },
      { role: "assistant" as const, toolCalls: [{ id: "call_first1", type: "function" as const, function: { name: "lookup", arguments: JSON.stringify(osaka) } }] },
      { role: "tool" as const, toolCallId: "call_first1", content: "sunny" },
    ],
    tools: names.map((name) => ({ type: "function" as const, function: { name, description: "Weather now", parameters: schema } })),
  };
  return stream ? heardCohereStream(client, asked) : heardCohere(client, asked);
}

type CohereAsked = Parameters<CohereClientV2["chat"]>[0];

async function heardCohere(client: CohereClientV2, asked: CohereAsked): Promise<Heard> {
  const { message, finishReason, usage } = await client.chat(asked);
  const called = message.toolCalls?.[0]?.function;
  const items = message.content ?? [];
  return {
    text: items.map((item) => (item.type === "text" ? item.text : "")).join("") + (message.toolPlan ?? ""), thought: items.map((item) => (item.type === "thinking" ? item.thinking : "")).join(""),
    call: called ? { name: called.name ?? "", arguments: JSON.parse(called.arguments ?? "") } : null, finish: finishReason, inputTokens: usage?.billedUnits?.inputTokens ?? 0, outputTokens: usage?.billedUnits?.outputTokens ?? 0,
  };
}

async function heardCohereStream(client: CohereClientV2, asked: CohereAsked): Promise<Heard> {
  const heard: Heard = { text: "", thought: "", call: null, finish: "", inputTokens: 0, outputTokens: 0 };
  let name = "";
  let json = "";
  for await (const event of await client.chatStream(asked)) {
    if (event.type === "content-delta") {
      const content = event.delta?.message?.content as { text?: string; thinking?: string } | undefined;
      heard.text += content?.text ?? "";
      heard.thought += content?.thinking ?? "";
    } else if (event.type === "tool-plan-delta") heard.text += event.delta?.message?.toolPlan ?? "";
    else if (event.type === "tool-call-start") name = event.delta?.message?.toolCalls?.function?.name ?? "";
    else if (event.type === "tool-call-delta") json += event.delta?.message?.toolCalls?.function?.arguments ?? "";
    else if (event.type === "message-end") Object.assign(heard, { finish: event.delta?.finishReason, inputTokens: event.delta?.usage?.billedUnits?.inputTokens, outputTokens: event.delta?.usage?.billedUnits?.outputTokens });
  }
  return { ...heard, call: name === "" ? null : { name, arguments: JSON.parse(json) } };
}

async function cohereObject(url: string, model: string): Promise<unknown> {
  return new CohereClientV2({ token: "unused", environment: url }).chat({ model, maxTokens: 100, messages: [{ role: "user", content: "Kōbe?" }], responseFormat: { type: "json_object", jsonSchema: weatherObject } });
}

export const vendorCallers: readonly Caller[] = [
  { name: "Converse", calledTools: "tool_use", ask: askConverse, askForObject: converseObject },
  { name: "Ollama", calledTools: "stop", ask: askOllama, askForObject: ollamaObject },
  { name: "Cohere", calledTools: "TOOL_CALL", ask: askCohere, askForObject: cohereObject },
];
