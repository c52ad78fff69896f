/** The official OpenAI SDK as the client, and what it got. */
import OpenAI from "openai";
import type { ChatCompletionCreateParams } from "openai/resources/chat/completions";
import { applicationKey } from "./gateway.ts";
import { readChunks, readCompletion } from "./readings/openai.ts";
import type { Reading } from "./readings/reading.ts";
import type { ChatRequest } from "./sayings/write-openai.ts";

export interface ClientAnswer {
  reading: Reading;
  /** The completion, or all of its chunks. */
  raw: unknown;
}

export interface ClientError {
  status: number;
  message: string;
  code: string | null;
  retryAfter: string | null;
}

export function openaiClient(baseUrl: string): OpenAI {
  return new OpenAI({ apiKey: applicationKey, baseURL: baseUrl, maxRetries: 0 });
}

/** Throws what the SDK throws. */
export async function ask(client: OpenAI, request: ChatRequest): Promise<ClientAnswer> {
  const answer = await client.chat.completions.create(request as unknown as ChatCompletionCreateParams);
  if (!("controller" in answer)) return { reading: readCompletion(answer), raw: answer };
  const chunks: unknown[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  return { reading: readChunks(chunks), raw: chunks };
}

/** The error that the SDK throws, read; fails where it throws none. */
export async function askForError(client: OpenAI, request: ChatRequest): Promise<ClientError> {
  try {
    await ask(client, request);
  } catch (error) {
    if (!(error instanceof OpenAI.APIError)) throw error;
    const body = error.error as { message?: string } | undefined;
    const status = error.status as number | undefined;
    return { status: status ?? 0, message: body?.message ?? error.message, code: error.code ?? null, retryAfter: (error.headers as Headers | undefined)?.get("retry-after") ?? null };
  }
  throw new Error("the client got an answer where the provider had given an error");
}
