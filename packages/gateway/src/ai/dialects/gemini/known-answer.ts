/** What is read of a GenerateContentResponse, each chunk of a stream being one. A part is kept as it is. */
import { knownMembers } from "../../conversation/known-members.ts";
import type { KnownSpec } from "../../conversation/known-members.ts";

const source: KnownSpec = { uri: true, title: true, text: true, domain: true };
const recited: KnownSpec = { startIndex: true, endIndex: true, uri: true, title: true };

export const knownGeminiAnswer = knownMembers({
  responseId: true, modelVersion: true, createTime: true, error: true, promptFeedback: { blockReason: true },
  "candidates[]": {
    index: true, finishReason: true, content: { role: true, "parts[]": { text: true, thought: true, thoughtSignature: true, functionCall: { id: true, name: true, args: true, partialArgs: true, willContinue: true }, inlineData: true, executableCode: true, codeExecutionResult: true, fileData: true, toolCall: true, toolResponse: true, functionResponse: true } },
    groundingMetadata: { webSearchQueries: true, searchEntryPoint: true, "groundingChunks[]": { web: source, retrievedContext: source, maps: source }, "groundingSupports[]": { segment: { startIndex: true, endIndex: true, text: true, partIndex: true }, groundingChunkIndices: true } },
    urlContextMetadata: { urlMetadata: true }, citationMetadata: { citationSources: recited, citations: recited }, tokenCount: true,
    logprobsResult: { "chosenCandidates[]": { token: true, logProbability: true, tokenId: true }, "topCandidates[]": { candidates: true }, logProbabilitySum: true }, avgLogprobs: true,
  },
  usageMetadata: {
    promptTokenCount: true, candidatesTokenCount: true, totalTokenCount: true, thoughtsTokenCount: true, toolUsePromptTokenCount: true, cachedContentTokenCount: true,
    promptTokensDetails: true, candidatesTokensDetails: true, cacheTokensDetails: true, toolUsePromptTokensDetails: true, trafficType: true, serviceTier: true,
  },
});
