/** How an application of each dialect asks, and how its view of the answer is read. */
import { readAnthropic } from "../readings/anthropic.ts";
import { readGemini } from "../readings/gemini.ts";
import { readChunks, readCompletion } from "../readings/openai.ts";
import { serverSentData } from "../readings/reading.ts";
import type { Reading } from "../readings/reading.ts";
import { readResponses } from "../readings/responses.ts";
import type { RecordedResponse } from "../recordings.ts";

export interface Caller {
  dialect: string;
  /** The kind of provider whose recorded requests such an application sends as they are; absent where they are asked for in words of their own. */
  ownKind?: string;
  /** Below the gateway's origin. */
  path(asked: { model: string; stream: boolean }): string;
  /** A request that says hello. */
  hello(asked: { model: string; stream: boolean }): object;
  read(answer: RecordedResponse): Reading;
}

const messages = [{ role: "user", content: "Hello" }];

export const callers: readonly Caller[] = [
  {
    dialect: "openai-chat",
    path: () => "/v1/chat/completions",
    hello: ({ model, stream }) => ({ model, messages, max_completion_tokens: 1000, ...(stream && { stream, stream_options: { include_usage: true } }) }),
    read: ({ text, body }) => (text === undefined ? readCompletion(body) : readChunks(serverSentData(text))),
  },
  {
    dialect: "openai-responses",
    path: () => "/v1/responses",
    hello: ({ model, stream }) => ({ model, input: "Hello", max_output_tokens: 1000, stream }),
    read: readResponses,
  },
  {
    dialect: "anthropic-messages",
    ownKind: "anthropic",
    path: () => "/v1/messages",
    hello: ({ model, stream }) => ({ model, messages, max_tokens: 1000, stream }),
    read: readAnthropic,
  },
  {
    dialect: "gemini",
    ownKind: "gemini",
    path: ({ model, stream }) => `/v1beta/models/${model}:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
    hello: () => ({ contents: [{ role: "user", parts: [{ text: "Hello" }] }] }),
    read: readGemini,
  },
];
