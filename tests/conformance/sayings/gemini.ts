import { list, object, string } from "../readings/reading.ts";
import type { JsonObject } from "../readings/reading.ts";
import { addPart, CallNumbers, emptySaying, noteOthers, parametersOf, plainSchema, present, standardBase64 } from "./saying.ts";
import type { SaidPart, Saying } from "./saying.ts";

/** Google reads names in snake case as well. */
function member(holder: JsonObject, name: string): unknown {
  return holder[name] ?? holder[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
}

export function readGeminiRequest(body: unknown): Saying {
  const request = object(body);
  const saying = emptySaying();
  for (const part of [object(member(request, "systemInstruction")).parts].flat().map(object)) {
    if (string(part.text) !== "") saying.system.push({ kind: "text", text: string(part.text) });
  }
  const calls = new CallNumbers();
  for (const content of list(request.contents).map(object)) {
    for (const part of list(content.parts).map(object)) readPart(saying, { part, role: content.role === "model" ? "assistant" : "user", calls });
  }
  for (const tool of list(request.tools).map(object)) readTool(saying, tool);
  readToolChoice(saying, object(object(member(request, "toolConfig")).functionCallingConfig));
  readConfig(saying, object(member(request, "generationConfig")));
  noteOthers(saying, request, ["contents", "systemInstruction", "system_instruction", "tools", "toolConfig", "generationConfig"]);
  return saying;
}

function readPart(saying: Saying, { part, role, calls }: { part: JsonObject; role: "user" | "assistant"; calls: CallNumbers }): void {
  const said = saidPart(part, calls);
  if (said === null) saying.unsayable.add(Object.keys(part)[0] ?? "empty part");
  else if (said.kind === "audio" || said.kind === "file" || said.kind === "image" ? said.media.startsWith("video/") : false) saying.unsayable.add("video");
  else addPart(saying, role, said);
}

function saidPart(part: JsonObject, calls: CallNumbers): SaidPart | null {
  const signature = member(part, "thoughtSignature");
  const signed = typeof signature === "string" ? { signature } : {};
  if (part.thought === true) return { kind: "reasoning", text: string(part.text), ...signed };
  if (typeof part.text === "string") return { kind: "text", text: part.text, ...signed };
  const call = object(member(part, "functionCall"));
  if (call.name) return { kind: "call", call: calls.called(string(call.id), string(call.name)), name: string(call.name), arguments: call.args ?? {}, ...signed };
  const result = object(member(part, "functionResponse"));
  if (result.name) return { kind: "result", call: calls.answered(string(result.id), string(result.name)), content: result.response };
  const inline = object(member(part, "inlineData"));
  if (inline.data) return bytes(string(inline.mimeType), string(inline.data));
  return null;
}

function bytes(media: string, data: string): SaidPart {
  const [type] = media.split("/");
  const kind = type === "image" || type === "audio" ? type : "file";
  return { kind, media: media.replace("audio/x-wav", "audio/wav"), data: standardBase64(data) };
}

function readTool(saying: Saying, tool: JsonObject): void {
  for (const declaration of list(tool.functionDeclarations).map(object)) {
    saying.tools.push({
      name: string(declaration.name),
      description: string(declaration.description),
      parameters: parametersOf(declaration.parameters ?? declaration.parametersJsonSchema),
    });
  }
  for (const name of Object.keys(tool)) if (name !== "functionDeclarations") saying.unsayable.add(name);
}

function readToolChoice(saying: Saying, config: JsonObject): void {
  const only = list(config.allowedFunctionNames).map(string);
  if (config.mode === "ANY") saying.toolChoice = only.length === 0 ? "required" : { only };
  else if (config.mode) saying.toolChoice = string(config.mode).toLowerCase();
}

const sayable = [
  "maxOutputTokens", "temperature", "topP", "stopSequences", "seed", "presencePenalty", "frequencyPenalty", "candidateCount",
  "responseLogprobs", "logprobs", "responseMimeType", "responseSchema", "responseJsonSchema", "thinkingConfig",
];

function readConfig(saying: Saying, config: JsonObject): void {
  noteOthers(saying, config, sayable);
  const thinking = object(config.thinkingConfig);
  const level = string(thinking.thinkingLevel).toLowerCase();
  const schema = config.responseSchema ?? config.responseJsonSchema;
  saying.settings = present({
    maxTokens: config.maxOutputTokens as number | undefined,
    temperature: config.temperature as number | undefined,
    topP: config.topP as number | undefined,
    stop: config.stopSequences as string[] | undefined,
    seed: config.seed as number | undefined,
    presencePenalty: config.presencePenalty as number | undefined,
    frequencyPenalty: config.frequencyPenalty as number | undefined,
    choices: config.candidateCount as number | undefined,
    logprobs: config.responseLogprobs === true ? ((config.logprobs as number | undefined) ?? true) : undefined,
    format: config.responseMimeType === "application/json" ? (schema === undefined ? ("json" as const) : { schema: plainSchema(schema) }) : undefined,
    thinking: level === "" ? (thinking.thinkingBudget as number | undefined) : level,
    thoughts: thinking.includeThoughts as boolean | undefined,
  });
}
