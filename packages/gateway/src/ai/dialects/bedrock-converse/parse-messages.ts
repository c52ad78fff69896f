/** Reads turns. A user's turn falls apart where results of tools and what the user says meet; a cache point belongs to the block before it. */
import type { AssistantPart, CacheBreakpoint, TextPart, ToolResultPart, UserPart } from "../../conversation/content.ts";
import type { Message, SystemMessage } from "../../conversation/conversation.ts";
import { asObject, asObjects, asText, firstMember } from "../../conversation/json.ts";
import type { JsonObject } from "../../conversation/json.ts";
import { readMarkedSignature } from "../../conversation/marked-signature.ts";
import { itemObject, optionalList, optionalText, refuseParameter, requiredText } from "../../conversation/parameters.ts";
import { readCitation } from "./answer.ts";
import { parseCachePoint, parsePart } from "./parse-parts.ts";
import { readReasoning } from "./reasoning.ts";

export function parseSystem(body: JsonObject): SystemMessage[] {
  const parts: TextPart[] = [];
  for (const [index, item] of (optionalList(body, "system") ?? []).entries()) {
    const at = `system[${index}]`;
    const block = itemObject(item, at);
    const cache = parseCachePoint(block);
    if (cache) markLast(parts, cache);
    else parts.push(guarded(block) ?? { type: "text", text: requiredText(block, "text", at) });
  }
  return parts.length === 0 ? [] : [{ role: "system", developer: false, parts }];
}

export function parseMessages(body: JsonObject): Message[] {
  const list = optionalList(body, "messages");
  if (!list || list.length === 0) return refuseParameter("invalid-request", "messages", "messages is missing; it has to be a list of messages");
  return list.flatMap((item, index): Message[] => {
    const at = `messages[${index}]`;
    const message = itemObject(item, at);
    const role = requiredText(message, "role", at);
    const blocks = (optionalList(message, "content", at) ?? []).map((block, place): [JsonObject, string] => [itemObject(block, `${at}.content[${place}]`), `${at}.content[${place}]`]);
    if (role === "user") return parseUserTurn(blocks);
    if (role === "assistant") return [{ role, parts: withCachePoints(blocks, parseSaid) }];
    return refuseParameter("invalid-request", `${at}.role`, `${at}.role has to be user or assistant, and is ${JSON.stringify(role)}`);
  });
}

type Block = [block: JsonObject, at: string];

/** What is marked for Bedrock's guardrails is text to everybody else. */
function guarded(block: JsonObject): TextPart | undefined {
  const guardContent = asObject(block["guardContent"]);
  const text = asText(asObject(guardContent?.["text"])?.["text"]);
  return guardContent && text !== undefined ? { type: "text", text, own: { dialect: "bedrock-converse", members: { guardContent } } } : undefined;
}

/** Blocks in a row that are all results of tools, or none. */
interface Run {
  isResult: boolean;
  blocks: Block[];
}

function parseUserTurn(blocks: readonly Block[]): Message[] {
  const runs: Run[] = [];
  for (const each of blocks) {
    const last = runs.at(-1);
    const isResult = each[0]["cachePoint"] ? (last?.isResult ?? false) : each[0]["toolResult"] !== undefined;
    if (last?.isResult === isResult) last.blocks.push(each);
    else runs.push({ isResult, blocks: [each] });
  }
  return runs.map((run): Message => (run.isResult ? { role: "tool", parts: withCachePoints(run.blocks, parseResult) } : { role: "user", parts: withCachePoints(run.blocks, parseUserPart) }));
}

function parseUserPart(block: JsonObject, at: string): UserPart {
  return guarded(block) ?? parsePart(block, at);
}

function withCachePoints<Part>(blocks: readonly Block[], parse: (block: JsonObject, at: string) => Part): Part[] {
  const parts: Part[] = [];
  for (const [block, at] of blocks) {
    const cache = parseCachePoint(block);
    if (cache) markLast(parts, cache);
    else parts.push(parse(block, at));
  }
  return parts;
}

function markLast(parts: unknown[], cache: CacheBreakpoint): void {
  const last = parts.at(-1);
  if (last) parts[parts.length - 1] = { ...last, cache };
}

function parseResult(block: JsonObject, at: string): ToolResultPart {
  const place = `${at}.toolResult`;
  const result = itemObject(block["toolResult"] ?? null, place);
  return {
    type: "tool-result",
    callId: requiredText(result, "toolUseId", place),
    content: asObjects(result["content"]).map((piece) => (piece["json"] === undefined ? resultPart(piece, place) : { type: "text", text: JSON.stringify(piece["json"]) })),
    isError: result["status"] === "error" || undefined,
  };
}

function resultPart(piece: JsonObject, at: string): ToolResultPart["content"][number] {
  const part = parsePart(piece, at);
  return part.type === "audio" || part.type === "video" ? refuseParameter("unsupported-parameter", at, "a tool's result is text, images or documents") : part;
}

function parseSaid(block: JsonObject, at: string): AssistantPart {
  const call = asObject(block["toolUse"]);
  if (call && call["type"] !== "server_tool_use") return { type: "tool-call", id: requiredText(call, "toolUseId", `${at}.toolUse`), name: requiredText(call, "name", `${at}.toolUse`), arguments: JSON.stringify(call["input"] ?? {}) };
  const reasoning = asObject(block["reasoningContent"]);
  if (reasoning) return withMark(readReasoning(reasoning));
  const cited = asObject(block["citationsContent"]);
  if (cited) return { type: "text", text: asObjects(cited["content"]).map((piece) => asText(piece["text"]) ?? "").join(""), citations: asObjects(cited["citations"]).map(readCitation) };
  const text = optionalText(block, "text", at);
  if (text !== undefined) return { type: "text", text };
  const part = parsePart(block, at);
  return part.type === "image" || part.type === "audio" ? part : { type: "native", dialect: "bedrock-converse", kind: firstMember(block) ?? "block", value: block };
}

/** Of other providers' signatures it is marked whose they are. */
function withMark(part: ReturnType<typeof readReasoning>): AssistantPart {
  const own = part.signature ?? part.redacted;
  const read = own && readMarkedSignature(own.value, own.dialect);
  if (!read || read.dialect === own.dialect) return part;
  return part.signature ? { ...part, signature: read } : { ...part, redacted: read };
}
