/** The kinds of call that figures are taken for. */
import {
  anthropicMessage, chatRequest, completionMarker, messagesRequest, openaiCompletion, plain100k, plain1k, upload100k,
} from "../mock/fixtures.ts";

export interface Scenario {
  name: string;
  title: string;
  family: "plain" | "openai" | "anthropic";
  method: "GET" | "POST";
  /** As the upstream has it. */
  path: string;
  upstream: "fixed" | "scripted";
  /** What the upstream is sent where nothing translates. */
  body: string | null;
  /** What the upstream answers; null for streams, whose chunks are numbered instead. */
  answer: string | null;
  stream: { chunks: number; everyMs: number } | null;
}

const plain = { family: "plain", upstream: "fixed", body: null, stream: null } as const;

export const plain1kScenario: Scenario = { ...plain, name: "plain-1k", title: "plain proxy, GET, 1 KB answer", method: "GET", path: "/plain/1k", answer: plain1k };

export const callScenarios: readonly Scenario[] = [
  plain1kScenario,
  { ...plain, name: "plain-100k", title: "plain proxy, GET, 100 KB answer", method: "GET", path: "/plain/100k", answer: plain100k },
  { ...plain, name: "upload-100k", title: "plain proxy, POST, 100 KB request", method: "POST", path: "/upload", upstream: "scripted", body: upload100k, answer: plain1k },
  {
    name: "openai-1k", title: "OpenAI in, OpenAI out, 1 KB", family: "openai", method: "POST", path: "/v1/chat/completions", upstream: "fixed",
    body: chatRequest("gpt-5-mini", false), answer: openaiCompletion, stream: null,
  },
  {
    name: "anthropic-1k", title: "OpenAI in, Anthropic out (translated), 1 KB", family: "anthropic", method: "POST", path: "/v1/messages", upstream: "fixed",
    body: messagesRequest("claude-sonnet-4-5", false), answer: anthropicMessage, stream: null,
  },
];

/** 20 chunks as a short answer has them, 500 as a long one; 200 chunks a second in each stream. */
export const streamScenarios: readonly Scenario[] = [
  openaiStream(20, 5),
  openaiStream(500, 5),
  anthropicStream(20, 5),
  anthropicStream(500, 5),
];

/** A stream that outlives the measurement: one chunk a second. */
export const heldScenario: Scenario = openaiStream(3_600, 1_000);

function openaiStream(chunks: number, everyMs: number): Scenario {
  return {
    name: `openai-stream-${chunks}`, title: `OpenAI in, OpenAI out, stream of ${chunks} chunks`, family: "openai", method: "POST",
    path: `/openai/${chunks}/${everyMs}/v1/chat/completions`, upstream: "scripted", body: chatRequest("gpt-5-mini", true), answer: null, stream: { chunks, everyMs },
  };
}

function anthropicStream(chunks: number, everyMs: number): Scenario {
  return {
    name: `anthropic-stream-${chunks}`, title: `OpenAI in, Anthropic out (translated), stream of ${chunks} chunks`, family: "anthropic", method: "POST",
    path: `/anthropic/${chunks}/${everyMs}/v1/messages`, upstream: "scripted", body: messagesRequest("claude-sonnet-4-5", true), answer: null, stream: { chunks, everyMs },
  };
}

/** What a right answer holds after it was translated; a stream's marks are checked one by one instead. */
export const translatedMarker = completionMarker;
