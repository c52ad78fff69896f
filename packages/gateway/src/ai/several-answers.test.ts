/** Streams of several answers to one request, of which each has its own end. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway } from "./testing/ai-gateway.ts";
import { everyProvider } from "./testing/every-provider.ts";
import { events, sse, startProvider } from "./testing/fake-provider.ts";
import type { FakeProvider } from "./testing/fake-provider.ts";

let upstream: FakeProvider;
let gateway: AiGateway;
beforeAll(async () => {
  upstream = await startProvider(() => {});
  gateway = await startAi(Object.fromEntries(["openai", "mistral", "gemini"].map((name) => [name, everyProvider[name]!.source(upstream.url)])));
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

const chunk = (index: number, choice: object): object => ({ id: "c1", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index, ...choice }] });
const told = (index: number): object => chunk(index, { delta: { role: "assistant", content: `Answer ${index}` }, text: `Answer ${index}`, finish_reason: null });
const ended = (index: number): object => chunk(index, { delta: {}, text: "", finish_reason: "stop" });
const candidate = (index: number, finishReason?: string): object => ({ candidates: [{ index, content: { role: "model", parts: [{ text: `Answer ${index}` }] }, finishReason }], responseId: "r1" });

const messages = [{ role: "user", content: "Hi" }];
const contents = [{ role: "user", parts: [{ text: "Hi" }] }];
const chat = (model: string): [string, object] => ["/v1/chat/completions", { model, messages, n: 2, stream: true }];
const generate = (model: string): [string, object] => [`/v1beta/models/${model}:streamGenerateContent?alt=sse`, { contents, generationConfig: { candidateCount: 2 } }];
const oneByOne = [told(0), ended(0), told(1), ended(1)];
const taking = [told(0), told(1), ended(0), ended(1)];
const candidates = [candidate(0), candidate(1), candidate(0, "STOP"), candidate(1, "STOP")];

interface Several {
  ask: [path: string, body: object];
  said: readonly object[];
  /** How many of the events may be there without the answers being whole. */
  cuts: readonly number[];
}

const several: Record<string, Several> = {
  "chat completions that pass, one after another": { ask: chat("openai/gpt-4o"), said: oneByOne, cuts: [1, 2, 3] },
  "chat completions that pass, in turns": { ask: chat("openai/gpt-4o"), said: taking, cuts: [1, 2, 3] },
  "chat completions under another name": { ask: ["/v1/chat/completions", { model: "gpt-4o", messages, n: 2, stream: true }], said: oneByOne, cuts: [2] },
  "chat completions from Mistral": { ask: chat("mistral/mistral-small-latest"), said: oneByOne, cuts: [1, 2, 3] },
  "the older completions of several prompts": { ask: ["/v1/completions", { model: "openai/davinci-002", prompt: ["a", "b"], stream: true }], said: oneByOne, cuts: [1, 2, 3] },
  "chat completions to Google's callers": { ask: generate("openai/gpt-4o"), said: taking, cuts: [2, 3] },
  "candidates that pass": { ask: generate("gemini/gemini-2.5-flash"), said: candidates, cuts: [2, 3] },
  "candidates to callers of chat completions": { ask: chat("gemini/gemini-2.5-flash"), said: candidates, cuts: [2, 3] },
};

async function heard([path, body]: [string, object], said: readonly object[]): Promise<string> {
  upstream.respond = sse(events(...said));
  const answer = await fetch(gateway.url + path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  return answer.text();
}

it.each(Object.entries(several))("%s are whole once each has its reason, and broken off before", async (_what, { ask, said, cuts }) => {
  const whole = await heard(ask, said);
  expect(whole).not.toContain('"error"');
  for (const index of [0, 1]) expect(whole).toContain(`Answer ${index}`);
  for (const cut of cuts) expect([cut, (await heard(ask, said.slice(0, cut))).includes('"error"')]).toEqual([cut, true]);
});
