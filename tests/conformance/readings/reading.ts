/**
 * What an answer says, in one form for every provider: read once straight from the recorded bytes and once from what the
 * client got, and then compared. The readers in this folder import nothing of the gateway's, so that a fault there cannot
 * hide in both readings.
 */
export interface Reading {
  text: string;
  reasoning: string;
  refusal: string;
  /** In the provider's order. Citations with the text that they hold for. `id` only where the provider gave one. */
  citations: { url: string; title: string; text: string }[];
  /** Base64. */
  images: string[];
  logprobs: { token: string; logprob: number }[];
  toolCalls: { name: string; arguments: unknown; id?: string }[];
  /** As OpenAI chat names it; null while the stream did not say. */
  finish: string | null;
  /** Null where the provider gave no count. */
  usage: ReadUsage | null;
}

export interface ReadUsage {
  /** All input tokens, cached ones included. */
  input: number;
  /** All output tokens, reasoning included. */
  output: number;
  cacheRead: number;
  reasoning: number;
}

export interface ReadError {
  status: number;
  /** Null where the words are the gateway's own. */
  message: string | null;
}

type Json = null | boolean | number | string | Json[] | { [member: string]: Json | undefined };
export type JsonObject = { [member: string]: Json | undefined };

export function emptyReading(): Reading {
  return { text: "", reasoning: "", refusal: "", citations: [], images: [], logprobs: [], toolCalls: [], finish: null, usage: null };
}

export function object(value: unknown): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export function string(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export function number(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

/** The arguments of a tool call, as JSON where they are JSON; an empty text means no arguments. */
export function argumentsOf(text: string): unknown {
  if (text === "") return {};
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** The JSON data of server-sent events, the closing `[DONE]` left out. */
export function serverSentData(text: string): unknown[] {
  const events = text.split(/\r\n\r\n|\n\n|\r\r/);
  const data = events.map((event) =>
    event
      .split(/\r\n|\n|\r/)
      .filter((line) => line.startsWith("data:"))
      .map((line) => line.slice(5).trimStart())
      .join("\n"),
  );
  return data.filter((datum) => datum !== "" && datum !== "[DONE]").map((datum) => JSON.parse(datum) as unknown);
}

export function newlineDelimitedData(text: string): unknown[] {
  return text.split("\n").filter((line) => line.trim() !== "").map((line) => JSON.parse(line) as unknown);
}
