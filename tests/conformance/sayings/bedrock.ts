import { list, object, string } from "../readings/reading.ts";
import type { JsonObject } from "../readings/reading.ts";
import { addPart, CallNumbers, emptySaying, jsonOrText, noteOthers, parametersOf, plainSchema, present, standardBase64 } from "./saying.ts";
import type { SaidPart, Saying } from "./saying.ts";

const sayable = ["messages", "system", "inferenceConfig", "toolConfig", "additionalModelRequestFields", "outputConfig"];

export function readBedrockRequest(body: unknown): Saying {
  const request = object(body);
  const saying = emptySaying();
  const calls = new CallNumbers();
  for (const block of list(request.system).map(object)) {
    const last = saying.system.at(-1);
    if (block.cachePoint && last) last.cache = ttlOf(block);
    else if (string(block.text) !== "") saying.system.push({ kind: "text", text: string(block.text) });
  }
  for (const message of list(request.messages).map(object)) {
    const role = message.role === "assistant" ? "assistant" : "user";
    for (const block of list(message.content).map(object)) readBlock(saying, { block, role, calls });
  }
  readTools(saying, object(request.toolConfig));
  readSettings(saying, request);
  noteOthers(saying, request, sayable);
  return saying;
}

function ttlOf(block: JsonObject): string {
  return string(object(block.cachePoint).ttl) || "5m";
}

function readBlock(saying: Saying, { block, role, calls }: { block: JsonObject; role: "user" | "assistant"; calls: CallNumbers }): void {
  const last = saying.turns.at(-1)?.parts.at(-1);
  if (block.cachePoint) {
    if (last) Object.assign(last, { cache: ttlOf(block) });
    return;
  }
  const said = saidPart(saying, block, calls);
  if (said === null) saying.unsayable.add(Object.keys(block)[0] ?? "");
  else addPart(saying, role, said);
}

function saidPart(saying: Saying, block: JsonObject, calls: CallNumbers): SaidPart | null {
  if (typeof block.text === "string") return { kind: "text", text: block.text };
  // What the guardrail is to look at is text, too.
  const guarded = object(object(block.guardContent).text);
  if (block.guardContent) return { kind: "text", text: string(guarded.text) };
  const cited = object(block.citationsContent);
  if (block.citationsContent) return { kind: "text", text: list(cited.content).map((piece) => string(object(piece).text)).join("") };
  const toolUse = object(block.toolUse);
  if (block.toolUse) return { kind: "call", call: calls.called(string(toolUse.toolUseId), string(toolUse.name)), name: string(toolUse.name), arguments: toolUse.input ?? {} };
  if (block.toolResult) return result(saying, object(block.toolResult), calls);
  const image = object(block.image);
  const bytes = object(image.source).bytes;
  if (bytes !== undefined) return { kind: "image", media: `image/${string(image.format)}`, data: standardBase64(string(bytes)) };
  if (block.document) return file(saying, object(block.document));
  return reasoning(object(block.reasoningContent));
}

function reasoning(block: JsonObject): SaidPart | null {
  const said = object(block.reasoningText);
  if (typeof block.redactedContent === "string") return { kind: "reasoning", text: "", redacted: Buffer.from(block.redactedContent, "base64").toString() };
  return said.text === undefined ? null : { kind: "reasoning", text: string(said.text), signature: string(said.signature) };
}

/** Text in the one form or the other is the same document; of what may be said of it a chat completion has the name alone. */
function file(saying: Saying, document: JsonObject): SaidPart {
  const source = object(document.source);
  if (document.citations) saying.unsayable.add("citations");
  if (document.context) saying.unsayable.add("context");
  if (source.content) saying.unsayable.add("source.content");
  const text = typeof source.text === "string" ? source.text : list(source.content).map((piece) => string(object(piece).text)).join("");
  const data = typeof source.bytes === "string" ? standardBase64(source.bytes) : Buffer.from(text).toString("base64");
  const media = document.format === "txt" ? "text/plain" : `application/${string(document.format)}`;
  // Bedrock takes few letters in a name.
  return { kind: "file", media, data, title: string(document.name).replaceAll(/[^A-Za-z0-9\s()[\]-]/g, "-") };
}

function result(saying: Saying, written: JsonObject, calls: CallNumbers): SaidPart {
  const content = list(written.content).map(object);
  const text = content.map((part) => (part.json === undefined ? string(part.text) : JSON.stringify(part.json))).filter((each) => each !== "").join("\n");
  const images = content.filter((part) => part.image).map((part) => standardBase64(string(object(object(part.image).source).bytes)));
  if (content.some((part) => part.document)) saying.unsayable.add("a document as a result");
  return { kind: "result", call: calls.answered(string(written.toolUseId), ""), content: jsonOrText(text), ...(images.length > 0 ? { images } : {}) };
}

function readTools(saying: Saying, config: JsonObject): void {
  for (const tool of list(config.tools).map(object)) {
    const spec = object(tool.toolSpec);
    const last = saying.tools.at(-1);
    if (tool.cachePoint && last) last.cache = ttlOf(tool);
    else if (tool.toolSpec) saying.tools.push({ name: string(spec.name), description: string(spec.description), parameters: parametersOf(object(spec.inputSchema).json) });
    else saying.unsayable.add(Object.keys(tool)[0] ?? "");
  }
  const choice = object(config.toolChoice);
  if (choice.any) saying.toolChoice = "required";
  else if (choice.tool) saying.toolChoice = { only: [string(object(choice.tool).name)] };
  else if (choice.auto) saying.toolChoice = "auto";
}

function readSettings(saying: Saying, request: JsonObject): void {
  const config = object(request.inferenceConfig);
  const fields = object(request.additionalModelRequestFields);
  const thinking = object(fields.thinking);
  for (const name of Object.keys(fields)) if (name !== "thinking") saying.unsayable.add(name);
  const schema = object(object(object(object(request.outputConfig).textFormat).structure).jsonSchema).schema;
  const stop = list(config.stopSequences) as string[];
  saying.settings = present({
    maxTokens: config.maxTokens as number | undefined,
    temperature: config.temperature as number | undefined,
    topP: config.topP as number | undefined,
    stop: stop.length === 0 ? undefined : stop,
    format: typeof schema === "string" ? { schema: plainSchema(JSON.parse(schema)) } : undefined,
    thinking: thinking.type === "enabled" ? (thinking.budget_tokens as number) : undefined,
  });
}
