/** What sound costs, by its tokens and by its duration: the record says what the catalogue's prices come to. */
import { calcPrice } from "@pydantic/genai-prices";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway } from "./testing/ai-gateway.ts";
import { events, json, sse, startProvider } from "./testing/fake-provider.ts";
import type { FakeProvider, Respond } from "./testing/fake-provider.ts";

let provider: FakeProvider;
let gateway: AiGateway;
beforeEach(async () => {
  provider = await startProvider(() => {});
  const prices = { "own/ear": { input: 1, audioHour: 0.9 }, "own/plain": { input: 1 } };
  const openai = { apiKey: "sk", baseUrl: `${provider.url}/v1` };
  gateway = await startAi({ openai, own: { kind: "openai-compatible", ...openai } }, {}, { ai: { access: "open", prices } });
});
afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

const hear = (model: string, stream = false): Promise<unknown> => gateway.client.audio.transcriptions.create({ model, file: new File(["RIFF"], "a.wav"), stream } as never).then(drained);
const speak = (model: string): Promise<unknown> => gateway.client.audio.speech.create({ model, voice: "alloy", input: "Hi", stream_format: "sse" }).then((answer) => answer.text());
const talk = (model: string, stream = false): Promise<unknown> => gateway.client.chat.completions.create({ model, modalities: ["text", "audio"], audio: { voice: "alloy", format: "pcm16" }, messages: [{ role: "user", content: "Hi" }], stream } as never).then(drained);

async function drained(answer: unknown): Promise<unknown> {
  if (answer !== null && typeof answer === "object" && Symbol.asyncIterator in answer) for await (const event of answer as AsyncIterable<unknown>) void event;
  return answer;
}

const heardTokens = { type: "tokens", input_tokens: 1400, input_token_details: { text_tokens: 100, audio_tokens: 1300 }, output_tokens: 400, total_tokens: 1800 };
const heard = { input_tokens: 1400, input_audio_tokens: 1300, output_tokens: 400 };
const talkedTokens = { prompt_tokens: 1000, completion_tokens: 800, total_tokens: 1800, prompt_tokens_details: { audio_tokens: 700, text_tokens: 300, cached_tokens: 0 }, completion_tokens_details: { audio_tokens: 600, text_tokens: 200 } };
const talked = { input_tokens: 1000, input_audio_tokens: 700, output_tokens: 800, output_audio_tokens: 600 };
const message = { id: "c", object: "chat.completion", created: 1, model: "m", choices: [{ index: 0, message: { role: "assistant", content: null, audio: { id: "a", data: "aGk=", transcript: "Hi", expires_at: 1 } }, finish_reason: "stop" }], usage: talkedTokens };
const chunk = (choices: object[], rest: object = {}): object => ({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices, ...rest });
const chunks = events(chunk([{ index: 0, delta: { role: "assistant", audio: { id: "a", data: "aGk=" } }, finish_reason: null }]), chunk([{ index: 0, delta: {}, finish_reason: "stop" }]), chunk([], { usage: talkedTokens }), "[DONE]");
/** What the library that the catalogue comes with makes of it, in USD; it is told an hour's price in hours. */
const catalogue = (model: string, usage: Readonly<Record<string, number>>): number => calcPrice(usage, model, { providerId: "openai" })?.total_price ?? Number.NaN;

it.each<[what: string, ask: () => Promise<unknown>, respond: Respond, expected: () => number | undefined]>([
  ["a transcript, by tokens", () => hear("openai/gpt-4o-transcribe"), json({ text: "Hi", usage: heardTokens }), () => catalogue("gpt-4o-transcribe", heard)],
  ["a streamed transcript, by tokens", () => hear("openai/gpt-4o-mini-transcribe", true), sse(events({ type: "transcript.text.delta", delta: "Hi" }, { type: "transcript.text.done", text: "Hi", usage: heardTokens })), () => catalogue("gpt-4o-mini-transcribe", heard)],
  ["a transcript, by its duration", () => hear("openai/whisper-1"), json({ text: "Hi", usage: { type: "duration", seconds: 90 } }), () => (90 / 3600) * 0.36],
  ["a transcript, by its duration at a price of one's own", () => hear("own/ear"), json({ text: "Hi", usage: { type: "duration", seconds: 40.5 } }), () => (40.5 / 3600) * 0.9],
  ["a transcript, by its duration where only tokens have a price", () => hear("own/plain"), json({ text: "Hi", usage: { type: "duration", seconds: 90 } }), () => undefined],
  ["speech that tells its tokens", () => speak("openai/gpt-4o-mini-tts"), sse(events({ type: "speech.audio.delta", audio: "aGk=" }, { type: "speech.audio.done", usage: { input_tokens: 14, output_tokens: 101, total_tokens: 115 } })), () => catalogue("gpt-4o-mini-tts", { input_tokens: 14, output_tokens: 101 })],
  ["a spoken answer", () => talk("openai/gpt-audio"), json(message), () => catalogue("gpt-audio", talked)],
  ["a streamed spoken answer", () => talk("openai/gpt-audio-mini", true), sse(chunks), () => catalogue("gpt-audio-mini", talked)],
])("the cost of %s is what its price comes to", async (_what, ask, respond, expected) => {
  provider.respond = respond;
  await ask();
  const [{ costUsd, warnings } = {}] = await gateway.records();
  const price = expected();
  if (price === undefined) expect([costUsd, warnings]).toEqual([undefined, [expect.stringContaining("unpriced model")]]);
  else expect(costUsd).toBeCloseTo(price, 9);
});
