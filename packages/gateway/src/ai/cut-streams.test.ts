/**
 * A provider's stream that is over after each of its events in turn: with a clean end of the body, and with a broken connection.
 * What is an end is the dialect's own last word; of those whose servers leave it out in practice, or that have none, a clean end
 * of the body once the answer has its reason.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway } from "./testing/ai-gateway.ts";
import { everyProvider, saidTo } from "./testing/every-provider.ts";
import { startProvider } from "./testing/fake-provider.ts";
import type { FakeProvider } from "./testing/fake-provider.ts";
import { scriptedUpstreams } from "./testing/scripted-upstreams.ts";

type Said = keyof typeof scriptedUpstreams;
type Ending = "clean" | "broken";

/** How many of the last events may be missing before a clean end of the body. */
const mayBeMissing: Record<Said, number> = {
  // The counts and [DONE].
  "openai-chat": 2, "deepseek-chat": 2,
  "mistral-chat": 1,
  // The counts.
  "bedrock-converse": 1,
  "openai-responses": 0, "anthropic-messages": 0, gemini: 0, "ollama-chat": 0, "cohere-chat": 0,
};

interface Caller {
  ask(model: string): [path: string, body: object];
  /** What its clients throw at. */
  isError(text: string): boolean;
  /** What they take for the end of a whole answer. */
  isEnd(text: string): boolean;
}

const messages = [{ role: "user", content: "Hi" }];
const callers: Record<string, Caller> = {
  chat: { ask: (model) => ["/v1/chat/completions", { model, messages, stream: true }], isError: (text) => text.includes('data: {"error"'), isEnd: (text) => !text.includes('data: {"error"') && /\[DONE\]|"finish_reason":"/.test(text) },
  responses: { ask: (model) => ["/v1/responses", { model, input: "Hi", stream: true }], isError: (text) => /"type":"(?:error|response\.failed)"/.test(text), isEnd: (text) => /"type":"response\.(?:completed|incomplete)"/.test(text) },
  messages: { ask: (model) => ["/v1/messages", { model, max_tokens: 50, messages, stream: true }], isError: (text) => text.includes("event: error"), isEnd: (text) => text.includes("event: message_stop") },
  gemini: { ask: (model) => [`/v1beta/models/${model}:streamGenerateContent?alt=sse`, { contents: [{ role: "user", parts: [{ text: "Hi" }] }] }], isError: (text) => text.includes('data: {"error"'), isEnd: (text) => !text.includes('data: {"error"') && text.includes('"finishReason"') },
  converse: { ask: (model) => [`/model/${encodeURIComponent(model)}/converse-stream`, { messages: [{ role: "user", content: [{ text: "Hi" }] }] }], isError: (text) => text.includes(":exception-type"), isEnd: (text) => text.includes("messageStop") && !text.includes(":exception-type") },
  ollama: { ask: (model) => ["/api/chat", { model, messages }], isError: (text) => text.includes('{"error"'), isEnd: (text) => text.includes('"done":true') },
  cohere: { ask: (model) => ["/v2/chat", { model, messages, stream: true }], isError: (text) => text.includes('"finish_reason":"ERROR"'), isEnd: (text) => text.includes('"message-end"') && !text.includes('"finish_reason":"ERROR"') },
};

/** Each has a caller of its own dialect, whose bytes pass. */
const own: Readonly<Record<string, string>> = { openai: "chat", deepseek: "chat", responses: "responses", anthropic: "messages", gemini: "gemini", mistral: "chat", ollama: "ollama", bedrock: "converse", cohere: "cohere" };

let upstream: FakeProvider;
let gateway: AiGateway;
beforeAll(async () => {
  upstream = await startProvider(() => {});
  gateway = await startAi(Object.fromEntries(Object.keys(own).map((name) => [name, everyProvider[name]!.source(upstream.url)])));
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

function eventsOf({ stream, contentType }: (typeof scriptedUpstreams)[Said]): Buffer[] {
  if (contentType !== "application/vnd.amazon.eventstream") return stream.toString().split(contentType === "text/event-stream" ? /(?<=\n\n)/ : /(?<=\n)/).map((each) => Buffer.from(each));
  const found: Buffer[] = [];
  for (let at = 0; at < stream.length; at += stream.readUInt32BE(at)) found.push(stream.subarray(at, at + stream.readUInt32BE(at)));
  return found;
}

interface Outcome {
  said: Said;
  events: number;
  outcome: "end" | "error" | "both" | "neither";
}

async function cut(caller: Caller, to: string, { missing, ending }: { missing: number; ending: Ending }): Promise<Outcome> {
  const { says, model } = everyProvider[to]!;
  let said: Said = says;
  upstream.respond = async (call, response) => {
    said = saidTo(call.path, says);
    const sent = Buffer.concat(eventsOf(scriptedUpstreams[said]).slice(0, -missing || undefined));
    response.writeHead(200, { "content-type": scriptedUpstreams[said].contentType });
    if (ending === "clean") return void response.end(sent);
    await new Promise<void>((resolve) => void response.write(sent, () => resolve()));
    response.socket?.resetAndDestroy();
  };
  const [path, body] = caller.ask(`${to}/${model}`);
  const answer = await fetch(gateway.url + path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  const text = Buffer.from(await answer.arrayBuffer()).toString("latin1");
  const [isError, isEnd] = [answer.status >= 400 || caller.isError(text), answer.status === 200 && caller.isEnd(text)];
  return { said, events: eventsOf(scriptedUpstreams[said]).length, outcome: isError ? (isEnd ? "both" : "error") : isEnd ? "end" : "neither" };
}

/** Whose bytes pass, and one into whose dialect they are translated, are cut after each event; of the others one cut tells how they hear of it. */
function cutsOf(to: string, name: string, events: number): number[] {
  return own[to] === name || name === "messages" ? Array.from({ length: events - 1 }, (_, index) => index + 1) : [1];
}

describe.each(Object.keys(own))("a stream of %s", (to) => {
  it.each(Object.keys(callers))("that is over before its end is an error to callers of %s, and never a clean end", async (name) => {
    const caller = callers[name]!;
    const { said, events, outcome } = await cut(caller, to, { missing: 0, ending: "clean" });
    expect(outcome).toBe("end");
    for (const missing of cutsOf(to, name, events)) {
      expect([missing, "clean", (await cut(caller, to, { missing, ending: "clean" })).outcome]).toEqual([missing, "clean", missing <= mayBeMissing[said] ? "end" : "error"]);
      expect([missing, "broken", (await cut(caller, to, { missing, ending: "broken" })).outcome]).toEqual([missing, "broken", "error"]);
    }
  });
});
