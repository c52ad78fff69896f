/**
 * Answers as the providers' references show them, whole and as the events of a stream where nobody streams them, to callers of seven
 * APIs: what is marked in them arrives, or a warning says that something did not.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startChecklist } from "../testing/checklist-bench.ts";
import type { ChecklistBench, Json } from "../testing/checklist-bench.ts";
import { decodedSignatures } from "../testing/decoded-signatures.ts";
import { everyProvider } from "../testing/every-provider.ts";
import { documentedAnswers } from "./documented/answers.ts";

let bench: ChecklistBench;
beforeAll(async () => void (bench = await startChecklist()));
afterAll(async () => await bench[Symbol.asyncDispose]());

const hello = [{ role: "user", content: "Hello" }];
interface Caller {
  path: (model: string) => string;
  body: (model: string, stream: boolean) => Json;
}

const callers: Record<string, Caller> = {
  chat: { path: () => "/v1/chat/completions", body: (model, stream) => ({ model, messages: hello, stream }) },
  responses: { path: () => "/v1/responses", body: (model, stream) => ({ model, input: "Hello", stream }) },
  messages: { path: () => "/v1/messages", body: (model, stream) => ({ model, max_tokens: 4000, messages: hello, stream }) },
  gemini: { path: (model) => `/v1beta/models/${model}:generateContent`, body: () => ({ contents: [{ role: "user", parts: [{ text: "Hello" }] }] }) },
  bedrock: { path: (model) => `/model/${encodeURIComponent(model)}/converse`, body: () => ({ messages: [{ role: "user", content: [{ text: "Hello" }] }] }) },
  ollama: { path: () => "/api/chat", body: (model, stream) => ({ model, messages: hello, stream }) },
  cohere: { path: () => "/v2/chat", body: (model, stream) => ({ model, messages: hello, stream }) },
};
const streaming = new Set(["chat", "responses", "messages"]);
const cases = Object.entries(documentedAnswers).flatMap(([to, answers]) => Object.entries(answers).map(([what, answer]) => [to, what, answer] as const));

describe.each(cases)("from %s: %s", (to, _what, answer) => {
  const pairs = Object.keys(callers).flatMap((from) => (streaming.has(from) ? [[from, false] as const, [from, true] as const] : [[from, false] as const]));

  it.each(pairs)("arrives at a caller of %s, or is named (as a stream: %s)", async (from, stream) => {
    bench.provider.respond = (_call, reply) => void reply.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
    const model = `${to}/${everyProvider[to]!.model}`;
    const { path, body } = callers[from]!;
    const told = await fetch(bench.gateway.url + path(model), { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body(model, stream)) });
    const text = decodedSignatures(await told.text());
    expect(told.status).toBe(200);
    const missing = marksIn(answer).filter((mark) => !text.includes(mark) && !text.includes(Buffer.from(mark).toString("base64")));
    if (missing.length > 0) expect(told.headers.get("parley-warning"), missing.join(" ")).toMatch(/answer\./);
  });
});

/** A reason and an index are told in the caller's own words. */
function marksIn(answer: Json): string[] {
  return (JSON.stringify(answer).match(/~[\w-]+|zz\w+/g) ?? []).filter((mark) => mark !== "~new_reason");
}
