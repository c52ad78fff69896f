/** Reads contents and the system instruction as messages. Calls without ids get one each, and results find theirs by name. */
import type { AssistantPart, DocumentPart, ImagePart, MediaSource, NativePart, Signature, ToolResultPart, UserPart } from "../../conversation/content.ts";
import type { Message } from "../../conversation/conversation.ts";
import { asText, firstMember, isList } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import { ownMembers } from "../../conversation/own-members.ts";
import { itemObject, optionalList, optionalText, refuseParameter, requiredText, wrongType } from "../../conversation/parameters.ts";
import { camelCased, camelCasedMember } from "./member.ts";
import { readThought, readThoughtSignature } from "./thought-signature.ts";

/** Ids of the calls that have no result yet, by the tool's name, in their order. */
type OpenCalls = { readonly byName: Map<string, string[]>; made: number };

export function parseContents(body: JsonObject): Message[] {
  const messages: Message[] = [];
  const system = body["systemInstruction"] ?? undefined;
  if (system !== undefined) messages.push({ role: "system", developer: false, parts: partsOf(system, "systemInstruction").map(([part, at]) => ({ type: "text", text: requiredText(part, "text", at) })) });
  const contents = body["contents"] ?? undefined;
  if (contents === undefined) return refuseParameter("invalid-request", "contents", "contents is missing; it has to be a list of contents");
  const calls: OpenCalls = { byName: new Map(), made: 0 };
  const list = isList(contents) ? contents : [contents];
  for (const [index, item] of list.entries()) messages.push(...parseContent(item, `contents[${index}]`, calls));
  return messages;
}

function parseContent(item: JsonValue, at: string, calls: OpenCalls): Message[] {
  if (typeof item === "string") return [{ role: "user", parts: [{ type: "text", text: item }] }];
  const role = optionalText(itemObject(item, at), "role", at) ?? "user";
  const parts = partsOf(item, at);
  if (role === "model") return [{ role: "assistant", parts: parts.map(([part, path]) => parseSaid(part, path, calls)) }];
  if (role === "user" || role === "function") return parseUser(parts, calls);
  return refuseParameter("invalid-request", `${at}.role`, `${at}.role has to be user or model, and is ${JSON.stringify(role)}`);
}

/** Of a content, or of a text alone. */
function partsOf(value: JsonValue, at: string): [JsonObject, string][] {
  if (typeof value === "string") return [[{ text: value }, at]];
  const parts = itemObject(value, at)["parts"] ?? [];
  const list = isList(parts) ? parts : [parts];
  return list.map((part, index) => [typeof part === "string" ? { text: part } : camelCased(itemObject(part, `${at}.parts[${index}]`)), `${at}.parts[${index}]`]);
}

function parseUser(parts: readonly [JsonObject, string][], calls: OpenCalls): Message[] {
  const messages: Message[] = [];
  let said: UserPart[] | null = null;
  let results: ToolResultPart[] | null = null;
  for (const [part, at] of parts) {
    if (part["functionResponse"]) {
      said = null;
      if (!results) messages.push({ role: "tool", parts: (results = []) });
      results.push(parseResult(camelCasedMember(part["functionResponse"]) ?? {}, `${at}.functionResponse`, calls));
    } else {
      results = null;
      if (!said) messages.push({ role: "user", parts: (said = []) });
      said.push(parseUserPart(part, at));
    }
  }
  return messages;
}

function parseUserPart(part: JsonObject, at: string): UserPart {
  const text = optionalText(part, "text", at);
  if (text !== undefined) return { type: "text", text };
  return parseMedia(part) ?? { type: "native", dialect: "gemini", kind: firstMember(part) ?? "part", value: part };
}

const modelledMedia: ReadonlySet<string> = new Set(["inlineData", "fileData", "thought", "thoughtSignature"]);

function parseMedia(part: JsonObject): Exclude<UserPart, { type: "text" | "native" }> | null {
  const inline = camelCasedMember(part["inlineData"]);
  const file = camelCasedMember(part["fileData"]);
  const mediaType = asText((inline ?? file)?.["mimeType"]);
  const data = asText(inline?.["data"]);
  const uri = asText(file?.["fileUri"]);
  if (data === undefined && uri === undefined) return null;
  const own = ownMembers("gemini", part, modelledMedia);
  const source: MediaSource =
    data !== undefined ? { type: "base64", mediaType: mediaType ?? "application/octet-stream", data } : isUploaded(uri ?? "") ? { type: "file", fileId: uri ?? "", mediaType } : { type: "url", url: uri ?? "", mediaType };
  if (mediaType?.startsWith("audio/")) return { type: "audio", source, own };
  if (mediaType?.startsWith("video/")) return { type: "video", source, own };
  return mediaType?.startsWith("image/") ? { type: "image", source, own } : { type: "document", source, title: asText((inline ?? file)?.["displayName"]), own };
}

/** Google's own store of files, which nobody else can read. */
function isUploaded(uri: string): boolean {
  return uri.includes("generativelanguage.googleapis.com") || !/^https?:/.test(uri);
}

function parseSaid(part: JsonObject, at: string, calls: OpenCalls): AssistantPart {
  const mark = optionalText(part, "thoughtSignature", at);
  const signature: Signature | undefined = mark === undefined ? undefined : readThoughtSignature(mark);
  const text = optionalText(part, "text", at);
  if (text !== undefined) return part["thought"] === true ? readThought(text, mark) : { type: "text", text, signature };
  const call = camelCasedMember(part["functionCall"]);
  if (call) return parseCall(call, signature, { at: `${at}.functionCall`, calls });
  const media = parseMedia(part);
  if (media?.type === "image") return { ...media, signature };
  return media?.type === "audio" ? media : { type: "native", dialect: "gemini", kind: firstMember(part) ?? "part", value: part };
}

function parseCall(call: JsonObject, signature: Signature | undefined, { at, calls }: { at: string; calls: OpenCalls }): AssistantPart {
  const name = requiredText(call, "name", at);
  const id = optionalText(call, "id", at) || `call_${++calls.made}`;
  calls.byName.set(name, [...(calls.byName.get(name) ?? []), id]);
  return { type: "tool-call", id, name, arguments: JSON.stringify(call["args"] ?? {}), signature };
}

function parseResult(result: JsonObject, at: string, calls: OpenCalls): ToolResultPart {
  const name = requiredText(result, "name", at);
  const open = calls.byName.get(name) ?? [];
  const id = optionalText(result, "id", at) || open[0];
  if (id === undefined) return refuseParameter("invalid-request", at, `no call of ${name} comes before its result`);
  calls.byName.set(name, open.toSpliced(Math.max(0, open.indexOf(id)), 1));
  const { response, isError } = responseText(result["response"] ?? null, `${at}.response`);
  return { type: "tool-result", callId: id, name, content: [{ type: "text", text: response }, ...resultMedia(result, at)], isError, own: ownMembers("gemini", result, modelledResult) };
}

const modelledResult: ReadonlySet<string> = new Set(["id", "name", "response", "parts"]);

/** Pictures and files that a tool gave, beside its words. */
function resultMedia(result: JsonObject, at: string): (ImagePart | DocumentPart | NativePart)[] {
  return (optionalList(result, "parts", at) ?? []).map((item, index) => {
    const path = `${at}.parts[${index}]`;
    const value = camelCased(itemObject(item, path));
    const media = parseMedia(value);
    if (media?.type === "audio" || media?.type === "video") return refuseParameter("unsupported-parameter", path, "a tool's result is text, images or files");
    return media ?? { type: "native", dialect: "gemini", kind: firstMember(value) ?? "part", value };
  });
}

/** `output` and `error` alone are what the tool said; any other object is the result as it is. */
function responseText(value: JsonValue, at: string): { response: string; isError: boolean | undefined } {
  if (value !== null && (typeof value !== "object" || isList(value))) return wrongType(value, at, "an object");
  const [[name, only] = [], ...others] = Object.entries(value ?? {});
  if (others.length === 0 && typeof only === "string" && (name === "output" || name === "error" || name === "result")) return { response: only, isError: name === "error" || undefined };
  return { response: JSON.stringify(value ?? {}), isError: undefined };
}
