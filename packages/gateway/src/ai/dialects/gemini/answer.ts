import type { Answer, Choice } from "../../conversation/answer.ts";
import type { AssistantPart, NativePart, TextPart } from "../../conversation/content.ts";
import type { DecodingContext } from "../../conversation/dialect.ts";
import { asObject, asObjects, asText, isList, isObject } from "../../conversation/json.ts";
import type { JsonObject, JsonValue } from "../../conversation/json.ts";
import { brokenAnswer } from "../../conversation/provider-error.ts";
import type { ProviderError } from "../../conversation/provider-error.ts";
import { movedBack, readCitations } from "./citations.ts";
import { errorInside } from "./error.ts";
import { blockedPrompt, finishReason } from "./finish-reason.ts";
import { readLogprobs } from "./logprobs.ts";
import { readPart } from "./part.ts";
import { readUsage } from "./usage.ts";

export function parseAnswer(body: JsonValue, context: DecodingContext): Answer | ProviderError {
  if (!isObject(body)) return brokenAnswer("Gemini's answer is not a JSON object", body);
  const error = asObject(body["error"]);
  if (error !== undefined) return errorInside(error, body);
  const choices = readChoices(body, context);
  if (choices.length === 0) return brokenAnswer("Gemini's answer has neither a candidate nor a reason for having none", body);
  const usage = asObject(body["usageMetadata"]);
  return { ...readIdentity(body), choices, usage: usage === undefined ? undefined : readUsage(usage) };
}

/** Which answer it is, by which model, and when. */
export function readIdentity(body: JsonObject): Pick<Answer, "id" | "model" | "createdAt"> {
  const created = Date.parse(asText(body["createTime"]) ?? "");
  return {
    id: asText(body["responseId"]),
    model: asText(body["modelVersion"]),
    createdAt: Number.isNaN(created) ? undefined : Math.floor(created / 1000),
  };
}

function readChoices(body: JsonObject, context: DecodingContext): readonly Choice[] {
  const candidates = asObjects(body["candidates"]);
  if (candidates.length > 0) return candidates.map((candidate) => readChoice(candidate, context));
  const blocked = asText(asObject(body["promptFeedback"])?.["blockReason"]);
  if (blocked !== undefined) return [{ parts: [], finish: blockedPrompt(blocked) }];
  // What was counted was answered, if only with nothing.
  return asObject(body["usageMetadata"]) ? [{ parts: [], finish: finishReason("", false) }] : [];
}

function readChoice(candidate: JsonObject, context: DecodingContext): Choice {
  const written = asObjects(asObject(candidate["content"])?.["parts"]);
  const parts = written.flatMap((part) => readPart(part, context) ?? []);
  const calledTools = parts.some((part) => part.type === "tool-call");
  return {
    parts: [...withCitations(parts, candidate), ...readFetched(candidate)],
    finish: finishReason(asText(candidate["finishReason"]) ?? "", calledTools),
    logprobs: readLogprobs(candidate["logprobsResult"]),
  };
}

/** Which pages were read, and what was searched for, stands beside the content. */
export function readFetched(candidate: JsonObject): readonly NativePart[] {
  const parts: NativePart[] = [];
  const read = asObject(candidate["urlContextMetadata"]);
  if (asObjects(read?.["urlMetadata"]).length > 0) parts.push(besideContent("urlContextMetadata", read ?? {}));
  const { webSearchQueries = [], searchEntryPoint, groundingChunks, groundingSupports } = asObject(candidate["groundingMetadata"]) ?? {};
  const hasSearched = isList(webSearchQueries) && webSearchQueries.length > 0;
  if (hasSearched || asObjects(groundingChunks).length > citedChunks(groundingSupports).size) parts.push(besideContent("groundingMetadata", { webSearchQueries, ...(searchEntryPoint && { searchEntryPoint }), ...(groundingChunks && { groundingChunks }) }));
  return parts;
}

function citedChunks(supports: JsonValue | undefined): ReadonlySet<JsonValue> {
  return new Set(asObjects(supports).flatMap(({ groundingChunkIndices: indices }) => (isList(indices) ? indices : [])));
}

function besideContent(kind: string, value: JsonObject): NativePart {
  return { type: "native", dialect: "gemini", kind, value: { [kind]: value } };
}

/** Google cites for a candidate as a whole, with positions in all of its text: each citation goes to the part it begins in. */
function withCitations(parts: readonly AssistantPart[], candidate: JsonObject): readonly AssistantPart[] {
  const texts = parts.filter((part): part is TextPart => part.type === "text");
  let rest = readCitations(candidate, texts.map((part) => part.text).join(""));
  if (rest.length === 0) return parts;
  let begin = 0;
  return parts.map((part) => {
    if (part.type !== "text") return part;
    const end = part === texts.at(-1) ? Infinity : begin + part.text.length;
    const own = rest.filter((citation) => (citation.startIndex ?? 0) < end);
    rest = rest.filter((citation) => !own.includes(citation));
    const placed = own.map((citation) => movedBack(citation, begin));
    begin += part.text.length;
    return placed.length === 0 ? part : { ...part, citations: placed };
  });
}
