import { emptyReading, list, number, object, serverSentData, string } from "./reading.ts";
import type { JsonObject, Reading } from "./reading.ts";
import type { RecordedResponse } from "../recordings.ts";

/**
 * https://ai.google.dev/api/generate-content, "FinishReason", in the words of OpenAI chat, which has none for a call that
 * the model got wrong.
 */
const finishNames: Record<string, string> = {
  STOP: "stop", MAX_TOKENS: "length", SAFETY: "content_filter", RECITATION: "content_filter", LANGUAGE: "content_filter",
  BLOCKLIST: "content_filter", PROHIBITED_CONTENT: "content_filter", SPII: "content_filter", IMAGE_SAFETY: "content_filter",
  MALFORMED_FUNCTION_CALL: "stop",
};

export function readGemini(response: RecordedResponse): Reading {
  const reading = emptyReading();
  for (const part of response.text === undefined ? [response.body].flat() : serverSentData(response.text)) addAnswer(reading, object(part));
  if (reading.toolCalls.length > 0 && reading.finish === "stop") reading.finish = "tool_calls";
  return reading;
}

function addAnswer(reading: Reading, answer: JsonObject): void {
  if (object(answer.promptFeedback).blockReason) reading.finish = "content_filter";
  const candidate = object(list(answer.candidates)[0]);
  for (const part of list(object(candidate.content).parts)) addPart(reading, object(part));
  for (const support of list(object(candidate.groundingMetadata).groundingSupports)) cite(reading, object(support), candidate);
  for (const token of list(object(candidate.logprobsResult).chosenCandidates).map(object)) reading.logprobs.push({ token: string(token.token), logprob: number(token.logProbability) });
  const reason = string(candidate.finishReason);
  if (reason !== "") reading.finish = finishNames[reason] ?? reason;
  if (answer.usageMetadata) addUsage(reading, object(answer.usageMetadata));
}

function addPart(reading: Reading, part: JsonObject): void {
  if (part.thought === true) reading.reasoning += string(part.text);
  else reading.text += string(part.text);
  if (string(object(part.inlineData).mimeType).startsWith("image/")) reading.images.push(string(object(part.inlineData).data));
  if (!part.functionCall) return;
  const call = object(part.functionCall);
  reading.toolCalls.push({ name: string(call.name), arguments: call.args ?? {}, ...(call.id ? { id: string(call.id) } : {}) });
}

/** Each support names the stretch of text and all that it rests on. */
function cite(reading: Reading, support: JsonObject, candidate: JsonObject): void {
  const chunks = list(object(candidate.groundingMetadata).groundingChunks).map(object);
  for (const index of list(support.groundingChunkIndices)) {
    const chunk = chunks[number(index)] ?? {};
    const source = object(chunk.web ?? chunk.retrievedContext);
    // A document that has no address is quoted by its own words.
    const quoted = source.uri === undefined ? source.text : undefined;
    reading.citations.push({ url: string(source.uri), title: string(source.title), text: string(quoted ?? object(support.segment).text) });
  }
}

function addUsage(reading: Reading, usage: JsonObject): void {
  reading.usage = {
    input: number(usage.promptTokenCount) + number(usage.toolUsePromptTokenCount),
    output: number(usage.candidatesTokenCount) + number(usage.thoughtsTokenCount),
    cacheRead: number(usage.cachedContentTokenCount),
    reasoning: number(usage.thoughtsTokenCount),
  };
}
