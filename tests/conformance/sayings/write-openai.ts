/** Asks for what a saying says in the words of a chat completion, as an application would that speaks no other dialect. */
import { present } from "./saying.ts";
import type { SaidPart, SaidTool, Saying, Turn } from "./saying.ts";

export type ChatRequest = Record<string, unknown> & { model: string; messages: Record<string, unknown>[] };

/** `dialect` names whose signatures the saying holds. */
export function writeOpenai(saying: Saying, asked: { model: string; stream: boolean; dialect: string }): ChatRequest {
  const { settings } = saying;
  const messages: Record<string, unknown>[] = saying.system.map((part) => ({ role: "system", content: [written(part)] }));
  for (const turn of saying.turns) messages.push(...(turn.role === "user" ? userMessages(turn) : [assistantMessage(turn, asked.dialect)]));
  const request = {
    model: asked.model,
    messages,
    ...(asked.stream ? { stream: true, stream_options: { include_usage: true } } : {}),
    tools: saying.tools.length === 0 ? undefined : saying.tools.map(tool),
    tool_choice: toolChoice(saying),
    parallel_tool_calls: settings.parallelTools,
    max_completion_tokens: settings.maxTokens,
    temperature: settings.temperature,
    top_p: settings.topP,
    stop: settings.stop,
    seed: settings.seed,
    presence_penalty: settings.presencePenalty,
    frequency_penalty: settings.frequencyPenalty,
    n: settings.choices,
    logprobs: settings.logprobs === undefined ? undefined : true,
    top_logprobs: settings.logprobs === true ? undefined : settings.logprobs,
    response_format: format(saying),
    reasoning_effort: typeof settings.thinking === "string" ? settings.thinking : undefined,
    thinking: typeof settings.thinking === "number" ? { type: "enabled", budget_tokens: settings.thinking } : undefined,
    reasoning: settings.thoughts === undefined ? undefined : { exclude: !settings.thoughts },
    user: settings.user,
  };
  return present(request) as ChatRequest;
}

function cacheOf(part: { cache?: string }): Record<string, unknown> {
  return part.cache === undefined ? {} : { cache_control: { type: "ephemeral", ttl: part.cache } };
}

function tool(said: SaidTool): Record<string, unknown> {
  const parameters = said.parameters ?? undefined;
  return { type: "function", function: present({ name: said.name, description: said.description || undefined, parameters }), ...cacheOf(said) };
}

function toolChoice({ toolChoice: choice }: Saying): unknown {
  if (choice === null || typeof choice === "string") return choice ?? undefined;
  const [only] = choice.only;
  if (choice.only.length === 1) return { type: "function", function: { name: only } };
  return { type: "allowed_tools", allowed_tools: { mode: "required", tools: choice.only.map((name) => ({ type: "function", function: { name } })) } };
}

function format({ settings }: Saying): unknown {
  if (settings.format === undefined) return undefined;
  if (settings.format === "json") return { type: "json_object" };
  return { type: "json_schema", json_schema: { name: "answer", schema: settings.format.schema } };
}

/** Results of tools are messages of their own, before what else the turn says. */
function userMessages(turn: Turn): Record<string, unknown>[] {
  const messages: Record<string, unknown>[] = [];
  for (const part of turn.parts) {
    const last = messages.at(-1);
    if (part.kind === "result") messages.push(resultMessage(part));
    else if (last?.role === "user") (last.content as unknown[]).push(written(part));
    else messages.push({ role: "user", content: [written(part)] });
  }
  return messages.map(plainest);
}

/** One text alone is written as a string, as applications do. */
function plainest(message: Record<string, unknown>): Record<string, unknown> {
  const [only, ...others] = message.content as { type: string; text?: string; cache_control?: unknown }[];
  return message.role === "user" && others.length === 0 && only?.type === "text" && !only.cache_control ? { ...message, content: only.text } : message;
}

function resultMessage(part: Extract<SaidPart, { kind: "result" }>): Record<string, unknown> {
  const text = typeof part.content === "string" ? part.content : JSON.stringify(part.content);
  const images = (part.images ?? []).map((data) => ({ type: "image_url", image_url: { url: `data:image/png;base64,${data}` } }));
  const content = images.length === 0 ? text : [...(text === "" ? [] : [{ type: "text", text }]), ...images];
  return { role: "tool", tool_call_id: `call_${part.call}`, content, ...cacheOf(part) };
}

function written(part: SaidPart): Record<string, unknown> {
  switch (part.kind) {
    case "text":
      return { type: "text", text: part.text, ...cacheOf(part) };
    case "image":
      return { type: "image_url", image_url: { url: part.media === "url" ? part.data : `data:${part.media};base64,${part.data}` }, ...cacheOf(part) };
    case "file":
      return { type: "file", file: present({ filename: part.title, file_data: part.media === "url" ? part.data : `data:${part.media};base64,${part.data}` }), ...cacheOf(part) };
    case "audio":
      return { type: "input_audio", input_audio: { data: part.data, format: part.media.replace("audio/", "").replace("audio", "mp3") } };
    case "call":
    case "result":
    case "reasoning":
      throw new Error(`a ${part.kind} does not stand in a user's message`);
  }
}

function assistantMessage(turn: Turn, dialect: string): Record<string, unknown> {
  const texts = turn.parts.filter((part) => part.kind === "text");
  const signature = texts.find((part) => part.signature !== undefined)?.signature;
  const calls = turn.parts.filter((part) => part.kind === "call").map((part) => ({
    id: `call_${part.call}`,
    type: "function",
    function: { name: part.name, arguments: JSON.stringify(part.arguments) },
    ...(part.signature === undefined ? {} : { extra_content: { google: { thought_signature: part.signature } } }),
    ...cacheOf(part),
  }));
  const details = turn.parts.filter((part) => part.kind === "reasoning").map((part, index) =>
    part.redacted === undefined
      ? present({ type: "reasoning.text", text: part.text, signature: part.signature, format: dialect, index })
      : { type: "reasoning.encrypted", data: part.redacted, format: dialect, index },
  );
  const content = texts.length === 0 ? null : texts.length === 1 && texts[0]?.cache === undefined ? texts[0]?.text : texts.map(written);
  return {
    role: "assistant",
    content,
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
    ...(details.length > 0 ? { reasoning_details: details } : {}),
    ...(signature === undefined ? {} : { extra_content: { google: { thought_signature: signature } } }),
  };
}
