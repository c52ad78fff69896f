/** What a provider signs comes back to it byte for byte, when the application sends the assistant's message back as it got it. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { ask, openaiClient } from "./client.ts";
import { Gateway } from "./gateway.ts";
import { list, object, string } from "./readings/reading.ts";
import type { JsonObject } from "./readings/reading.ts";
import { loadExchanges, responseBytes } from "./recordings.ts";
import { ReplayProvider } from "./replay-provider.ts";

let replay: ReplayProvider;
let gateway: Gateway;

beforeAll(async () => {
  replay = await ReplayProvider.start();
  gateway = await Gateway.start({ gemini: { kind: "gemini", baseUrl: replay.origin }, anthropic: { kind: "anthropic", baseUrl: replay.origin } });
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await replay[Symbol.asyncDispose]();
});

const kinds = { "gemini.generateContent": "gemini", "vertex.generateContent": "gemini", "anthropic.messages": "anthropic" } as const;
const signing = loadExchanges(process.env, Object.keys(kinds)).filter(({ response }) => response.status === 200 && signedParts(object(response.body)).length > 0);

it.each(signing.map((exchange) => [exchange.id, exchange] as const))("%s", async (_, exchange) => {
  const kind = kinds[exchange.endpoint as keyof typeof kinds];
  const client = openaiClient(gateway.baseUrl);
  const question = { role: "user", content: "Hello" };
  const request = { model: `${kind}/${exchange.model}`, max_completion_tokens: 4000, messages: [question] };
  replay.answerWith({ status: 200, headers: exchange.response.headers, body: responseBytes(exchange.response) });
  const { raw } = await ask(client, request);
  const message = object(object(list(object(raw).choices)[0]).message);
  const results = list(message.tool_calls).map((call) => ({ role: "tool", tool_call_id: object(call).id, content: "done" }));
  await ask(client, { ...request, messages: [question, message, ...results, ...(results.length === 0 ? [question] : [])] });
  const sent = object(JSON.parse(String(replay.received.at(-1)?.body)));
  const turns = [...list(sent.contents), ...list(sent.messages)].map(object);
  const back = turns.find((turn) => turn.role === "model" || turn.role === "assistant") ?? {};
  expect(signedParts(back)).toEqual(signedParts(object(exchange.response.body)));
});

/** What is signed, with its signature; of a Google answer or turn, or an Anthropic one. */
function signedParts(holder: JsonObject): unknown[] {
  const parts = [...list(object(object(list(holder.candidates)[0]).content).parts), ...list(holder.parts), ...list(holder.content)].map(object);
  return parts.flatMap((part) => {
    const signature = string(part.thoughtSignature) || string(part.signature) || string(part.data);
    if (signature === "" || part.type === "image") return [];
    const call = object(part.functionCall);
    return [{ signature, thinking: part.thinking ?? null, text: part.text ?? null, call: call.name ?? null, args: call.args ?? null }];
  });
}
