/**
 * Requests as the providers' references show them, from each of four APIs to a provider of every kind: what is marked in them arrives,
 * or a warning says that something did not, or the request is refused by the name of what cannot be said.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TranslationNotes } from "../conversation/translation-notes.ts";
import { openAiResponsesCaller } from "../dialects/openai-responses/dialect.ts";
import { providerDialects } from "../dialects/provider-dialects.ts";
import { everyProvider } from "../testing/every-provider.ts";
import { startChecklist } from "../testing/checklist-bench.ts";
import type { ChecklistBench, From, Json } from "../testing/checklist-bench.ts";
import { chatRequests } from "./documented/chat-requests.ts";
import { geminiRequests } from "./documented/gemini-requests.ts";
import { messagesRequests } from "./documented/messages-requests.ts";
import { responsesRequests } from "./documented/responses-requests.ts";

let bench: ChecklistBench;
beforeAll(async () => void (bench = await startChecklist()));
afterAll(async () => await bench[Symbol.asyncDispose]());

const requests: Record<From, Record<string, Json>> = { chat: chatRequests, responses: responsesRequests, messages: messagesRequests, gemini: geminiRequests };
const cases = Object.entries(requests).flatMap(([from, bodies]) => Object.entries(bodies).map(([what, body]) => [from as From, what, body] as const));

/** What a kind of provider has no words for, by the request: everything else has to be taken. */
const onlyBySchema = ["anthropic", "bedrock", "vertex-claude"];
const noSound = ["anthropic", "cohere", "ollama", "vertex-claude"];
const refused: Record<string, readonly string[]> = {
  "chat: JSON without a schema": onlyBySchema,
  "chat: a PDF and a question": ["cohere", "ollama"], "responses: a picture and a file": ["cohere", "ollama"], "messages: a PDF with citations": ["cohere", "ollama"], "gemini: a picture and a PDF": ["cohere", "ollama"],
  "chat: sound": noSound, "responses: sound": noSound, "gemini: sound": noSound,
  // Ollama leaves it to the model whether it calls a tool.
  ...Object.fromEntries(["chat: a tool with a recursive schema", "chat: one tool that has to be called", "responses: a tool that has to be called, one at a time", "messages: any tool, one at a time", "messages: a strict tool that has to be called", "gemini: a function that has to be called"].map((what) => [what, ["ollama"]])),
  // DeepSeek gives JSON without a schema alone.
  ...Object.fromEntries(["chat: an object by a nested schema", "responses: an object by a schema", "messages: an object by a schema", "gemini: an object by a schema of Google's", "gemini: an object by a JSON schema"].map((what) => [what, ["deepseek"]])),
  "chat: settings of the sampling": ["responses"], "messages: stop sequences and settings": ["responses"], "gemini: settings": ["responses"],
  "responses: a result with a picture": ["cohere"], "messages: a result with a picture and a text": ["cohere"],
  "messages: computer use": ["openai", "deepseek", "responses", "gemini", "mistral", "ollama", "bedrock", "cohere", "azure", "vertex"],
};

describe.each(cases)("from %s: %s", (from, what, body) => {
  it.each(Object.keys(everyProvider))("arrives at %s, or is named", async (to) => {
    const { status, warned, sent, text } = await bench.ask({ from, to, body });
    if (status !== 200) return expect([status, text.includes("unsupported-parameter"), refused[`${from}: ${what}`] ?? []]).toEqual([400, true, expect.arrayContaining([to])]);
    // Bedrock has what is encrypted as base64.
    const missing = marksIn(body).filter((mark) => !sent?.text.includes(mark) && !sent?.text.includes(Buffer.from(mark).toString("base64")));
    if (missing.length > 0) expect(warned.filter((each) => !each.startsWith("added ")), missing.join(" ")).not.toEqual([]);
  });
});

describe("a tool with a grammar, which has another form in each of OpenAI's two APIs", () => {
  const grammar = { syntax: "lark", definition: 'start: "x"' };

  it("is written for responses as they have it, with the choice of it", async () => {
    const { sent } = await bench.ask({ from: "chat", to: "responses", body: { tools: [{ type: "custom", custom: { name: "run", format: { type: "grammar", grammar } } }], tool_choice: { type: "custom", custom: { name: "run" } } } });
    expect([sent?.body["tools"], sent?.body["tool_choice"]]).toEqual([[{ type: "custom", name: "run", format: { type: "grammar", ...grammar } }], { type: "custom", name: "run" }]);
  });

  it("is written for chat completions as they have it, with the choice of it", () => {
    const asked = openAiResponsesCaller.parseRequest({ model: "m", input: "Hi", tools: [{ type: "custom", name: "run", format: { type: "grammar", ...grammar } }], tool_choice: { type: "custom", name: "run" } });
    const { body } = providerDialects["openai-chat"].writeRequest(asked, { model: "m", stream: false }, new TranslationNotes());
    expect([body["tools"], body["tool_choice"]]).toEqual([[{ type: "custom", custom: { name: "run", format: { type: "grammar", grammar } } }], { type: "custom", custom: { name: "run" } }]);
  });
});

function marksIn(body: Json): string[] {
  return JSON.stringify(body).match(/~[\w-]+|zz\w+/g) ?? [];
}
