/** What happens between the bytes: framing, the order of events, errors, header fields, names. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { everyProvider, saidTo } from "../testing/every-provider.ts";
import { startChecklist } from "../testing/checklist-bench.ts";
import type { ChecklistBench, From, Json } from "../testing/checklist-bench.ts";
import { json, startProvider } from "../testing/fake-provider.ts";
import type { Respond } from "../testing/fake-provider.ts";
import { framesOf } from "../testing/heard.ts";
import { startAi } from "../testing/ai-gateway.ts";
import { scriptedUpstreams } from "../testing/scripted-upstreams.ts";

let bench: ChecklistBench;
beforeAll(async () => void (bench = await startChecklist()));
afterAll(async () => await bench[Symbol.asyncDispose]());

const kinds = Object.keys(everyProvider);
const callers: readonly From[] = ["chat", "responses", "messages", "gemini"];
const pairs = callers.flatMap((from) => kinds.map((to) => [from, to] as const));

/** The provider's stream in pieces of a few bytes, each sent by itself. */
function inPieces(bytes: Buffer, contentType: string, size: number): Respond {
  return async (_call, response) => {
    response.writeHead(200, { "content-type": contentType });
    for (let at = 0; at < bytes.length; at += size) await new Promise<void>((resolve) => void response.write(bytes.subarray(at, at + size), () => resolve()));
    response.end();
  };
}

/** Without what differs from call to call. */
function settled(text: string): string {
  return text.replace(/"(?:created|created_at|completed_at)":\d+/g, "").replace(/[0-9a-f]{32}/g, "").replace(/call_[A-Za-z0-9]{24}/g, "call_x");
}

describe("41: framing", () => {
  it.each(kinds)("is read wherever the bytes are cut, with CRLF, comments and pings where events have them: %s", async (to) => {
    const { says } = everyProvider[to]!;
    const { stream, contentType } = scriptedUpstreams[says];
    const isEvents = contentType === "text/event-stream";
    const altered = isEvents ? Buffer.from(`: hello\r\n\r\n${stream.toString("utf8").replaceAll("\n", "\r\n").replaceAll("\r\n\r\n", "\r\n\r\n: ping\r\n\r\n")}`) : stream;
    for (const from of callers) {
      if (to === "openai" || to === "azure" ? from !== "messages" : from === "chat" && to === "deepseek") continue;
      const whole = await bench.ask({ from, to, stream: true, body: {}, respond: (_call, response) => void response.writeHead(200, { "content-type": contentType }).end(stream) });
      const { text } = await bench.ask({ from, to, stream: true, body: {}, respond: inPieces(altered, contentType, 97) });
      const withoutComments = (value: string): string => settled(value).replace(/^: .*\r?\n\r?\n/gm, "").replaceAll("\r\n", "\n");
      expect(withoutComments(text)).toBe(withoutComments(whole.text));
    }
  });

  it("puts the data lines of one event together", async () => {
    const event = { type: "message_start", message: { id: "msg_1", type: "message", role: "assistant", model: "m", content: [], stop_reason: null, usage: { input_tokens: 1, output_tokens: 1 } } };
    const lines = JSON.stringify(event, null, 1).split("\n").map((line) => `data: ${line}\n`).join("");
    const rest = [{ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }, { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Kōbe" } }, { type: "content_block_stop", index: 0 }, { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 1 } }, { type: "message_stop" }];
    const text = `${lines}\n${rest.map((each) => `data: ${JSON.stringify(each)}\n\n`).join("")}`;
    const answer = await bench.ask({ from: "chat", to: "anthropic", stream: true, body: {}, respond: (_call, response) => void response.writeHead(200, { "content-type": "text/event-stream" }).end(text) });
    expect(answer.text).toContain('"id":"msg_1"');
    expect(answer.text).toContain("Kōbe");
  });
});

/** Throws where the events are not in the order that the dialect's reference promises. */
const orders: Record<From, (text: string) => void> = {
  chat(text) {
    expect(text.match(/data: \[DONE\]/g)).toHaveLength(1);
    expect(text.trimEnd().endsWith("data: [DONE]")).toBe(true);
    const frames = framesOf(text);
    const finishes = frames.map((frame) => (frame["choices"] as Json[])[0]?.["finish_reason"]);
    expect(finishes.filter(Boolean)).toHaveLength(1);
    expect(frames.slice(finishes.findIndex(Boolean) + 1).every((frame) => (frame["choices"] as Json[]).length === 0 || !(frame["choices"] as Json[])[0]?.["delta"] || Object.keys((frame["choices"] as Json[])[0]?.["delta"] as Json).length === 0)).toBe(true);
  },
  responses(text) {
    expect(text).not.toContain("[DONE]");
    const frames = framesOf(text);
    expect(frames.map((frame) => frame["sequence_number"])).toEqual(frames.map((_, index) => index));
    expect(frames[0]?.["type"]).toBe("response.created");
    expect(frames.at(-1)?.["type"]).toBe("response.completed");
    const open = new Set<unknown>();
    for (const { type, output_index: index } of frames) {
      if (type === "response.output_item.added") open.add(index);
      else if (index !== undefined) expect(open.has(index)).toBe(true);
      if (type === "response.output_item.done") open.delete(index);
    }
    expect(open.size).toBe(0);
  },
  messages(text) {
    expect(text).not.toContain("[DONE]");
    const frames = framesOf(text).filter(({ type }) => type !== "ping");
    expect(frames[0]?.["type"]).toBe("message_start");
    expect(frames.slice(-2).map(({ type }) => type)).toEqual(["message_delta", "message_stop"]);
    let open: unknown = null;
    let next = 0;
    for (const { type, index } of frames.slice(1, -2)) {
      if (type === "content_block_start") {
        expect([open, index]).toEqual([null, next++]);
        open = index;
      } else expect(index).toBe(open);
      if (type === "content_block_stop") open = null;
    }
    expect(open).toBeNull();
  },
  gemini(text) {
    expect(text).not.toContain("[DONE]");
    const reasons = framesOf(text).map((frame) => (frame["candidates"] as Json[])[0]?.["finishReason"]);
    expect(reasons.filter(Boolean)).toHaveLength(1);
    expect(reasons.at(-1)).toBeDefined();
  },
};

describe("42: the order of events", () => {
  it.each(pairs)("is that of callers of %s before %s, with [DONE] for chat only", async (from, to) => {
    orders[from]((await bench.ask({ from, to, stream: true, body: {} })).text);
  });
});

/** Providers' own words for what went wrong, with the status that they come with. */
const failures: Record<string, Record<string, [number, unknown]>> = {
  anthropic: { overloaded: [529, { type: "error", error: { type: "overloaded_error", message: "Overloaded" } }], tooLarge: [413, { type: "error", error: { type: "request_too_large", message: "Too large" } }], context: [400, { type: "error", error: { type: "invalid_request_error", message: "prompt is too long: 210000 tokens > 200000 maximum" } }] },
  gemini: { overloaded: [503, { error: { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" } }], context: [400, { error: { code: 400, message: "The input token count (1100000) exceeds the maximum number of tokens allowed (1048576).", status: "INVALID_ARGUMENT" } }] },
  deepseek: { context: [400, { error: { message: "This model's maximum context length is 65536 tokens.", type: "invalid_request_error", code: "context_length_exceeded" } }], filter: [400, { error: { message: "Content filtered", code: "content_filter" } }], quota: [402, { error: { message: "Insufficient Balance" } }] },
  bedrock: { context: [400, { message: "Input is too long for requested model." }], busy: [429, { message: "Too many requests, please wait before trying again." }] },
  cohere: { busy: [429, { message: "You are rate limited." }], context: [400, { message: "too many tokens: size limit exceeded by 11 tokens." }] },
  ollama: { missing: [404, { error: 'model "qwen3" not found' }], busy: [503, { error: "server busy, please try again. maximum pending requests exceeded" }] },
  mistral: { invalid: [422, { detail: [{ loc: ["body", "messages"], msg: "field required", type: "missing" }] }], busy: [429, { message: "Requests rate limit exceeded" }] },
};

describe("45: errors", () => {
  it.each(Object.entries(failures).flatMap(([to, each]) => Object.keys(each).map((name) => [to, name] as const)))("of %s (%s) keep their status and words in every caller's shape", async (to, name) => {
    const [status, body] = failures[to]![name]!;
    for (const from of callers) {
      const answer = await bench.ask({ from, to, body: {}, respond: json(body, status) });
      expect([from, answer.status]).toEqual([from, status]);
      const error = answer.body["error"] as Json;
      expect(typeof error["message"]).toBe("string");
      if (from === "messages") expect(answer.body["type"]).toBe("error");
      if (from === "gemini") expect([error["code"], typeof error["status"]]).toEqual([status, "string"]);
      // A body of the caller's own dialect goes on as it came.
      if (from === "responses" || (from === "chat" && to !== "deepseek")) expect(Object.keys(error)).toEqual(expect.arrayContaining(["message", "type", "code"]));
      if (name === "context" && from === "chat") expect(error["code"]).toBe("context_length_exceeded");
    }
  });
});

describe("46: Retry-After", () => {
  it.each(pairs.filter(([, to]) => ["anthropic", "gemini", "deepseek", "bedrock"].includes(to)))("reaches callers of %s as %s said it", async (from, to) => {
    for (const value of ["7", new Date(Date.now() + 5000).toUTCString()]) {
      const answer = await bench.ask({ from, to, body: {}, respond: json({ error: { message: "slow" }, message: "slow" }, 429, { "retry-after": value }) });
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, value]);
    }
    expect((await bench.ask({ from, to, body: {}, respond: json({ error: { message: "slow" }, message: "slow" }, 429, { "retry-after-ms": "1500" }) })).headers.get("retry-after-ms")).toBe("1500");
  });

  it("in the body of Google's error is a field for every caller", async () => {
    const body = { error: { code: 429, message: "Quota", status: "RESOURCE_EXHAUSTED", details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "12s" }] } };
    for (const from of callers) expect((await bench.ask({ from, to: "gemini", body: {}, respond: json(body, 429) })).headers.get("retry-after")).toBe("12");
  });
});

describe("47: header fields", () => {
  const anthropic = { "anthropic-ratelimit-requests-limit": "50", "anthropic-ratelimit-requests-remaining": "49", "anthropic-ratelimit-tokens-limit": "9000", "anthropic-ratelimit-tokens-remaining": "8000", "anthropic-ratelimit-tokens-reset": new Date(Date.now() + 90_000).toISOString(), "request-id": "req_a" };
  const openai = { "x-ratelimit-limit-requests": "50", "x-ratelimit-remaining-tokens": "8000", "x-ratelimit-reset-tokens": "6m0s", "x-request-id": "req_o", "openai-organization": "secret" };

  it("tell of Anthropic's rate limits in OpenAI's words", async () => {
    for (const from of ["chat", "responses"] as const) {
      const { headers } = await bench.ask({ from, to: "anthropic", body: {}, respond: json(scriptedUpstreams["anthropic-messages"].whole, 200, anthropic) });
      expect(Object.fromEntries(headers)).toMatchObject({ "x-ratelimit-limit-requests": "50", "x-ratelimit-remaining-requests": "49", "x-ratelimit-limit-tokens": "9000", "x-ratelimit-remaining-tokens": "8000", "x-request-id": "req_a" });
      const [, minutes = "0", seconds = ""] = /^(?:(\d)m)?(\d+)s$/.exec(headers.get("x-ratelimit-reset-tokens") ?? "") ?? [];
      const toldMs = (Number(minutes) * 60 + Number(seconds)) * 1_000;
      expect(toldMs).toBeLessThanOrEqual(90_000);
      expect(toldMs).toBeGreaterThanOrEqual(Date.parse(anthropic["anthropic-ratelimit-tokens-reset"]) - Date.now() - 1_000);
    }
  });

  it("tell of OpenAI's in Anthropic's, and nothing of the account", async () => {
    const { headers } = await bench.ask({ from: "messages", to: "deepseek", body: {}, respond: json(scriptedUpstreams["openai-chat"].whole, 200, openai) });
    expect(Object.fromEntries(headers)).toMatchObject({ "anthropic-ratelimit-requests-limit": "50", "anthropic-ratelimit-tokens-remaining": "8000", "x-request-id": "req_o" });
    const resetMs = Date.parse(headers.get("anthropic-ratelimit-tokens-reset") ?? "") - Date.now();
    expect(resetMs).toBeGreaterThan(300_000);
    expect(resetMs).toBeLessThanOrEqual(360_000);
    expect(headers.has("openai-organization")).toBe(false);
  });

  it("tell of limits in the caller's words where the provider has these already, whoever writes the answer anew", async () => {
    const { headers } = await bench.ask({ from: "chat", to: "mistral", body: {}, respond: json(scriptedUpstreams["mistral-chat"].whole, 200, openai) });
    expect(Object.fromEntries(headers)).toMatchObject({ "x-ratelimit-limit-requests": "50", "x-ratelimit-remaining-tokens": "8000", "x-ratelimit-reset-tokens": "6m0s" });
    await using provider = await startProvider(json(scriptedUpstreams["anthropic-messages"].whole, 200, anthropic));
    await using gateway = await startAi({ anthropic: { apiKey: "k", baseUrl: provider.url } }, {}, { ai: { access: "open", guardrails: { secrets: { detect: ["secrets"], action: "redact" } } } });
    const guarded = await fetch(`${gateway.url}/v1/messages`, { method: "POST", body: JSON.stringify({ model: "claude-sonnet-4-5", max_tokens: 9, messages: [{ role: "user", content: "Hi" }] }) });
    const { "request-id": id, ...limits } = anthropic;
    expect(Object.fromEntries(guarded.headers)).toMatchObject({ ...limits, "x-request-id": id });
  });

  it.each([["x-request-id", "openai"], ["request-id", "anthropic"], ["x-amzn-requestid", "bedrock"], ["mistral-correlation-id", "mistral"], ["x-goog-request-id", "gemini"]])("keep the provider's own id of the request: %s of %s", async (name, to) => {
    const respond: Respond = (call, response) => json(scriptedUpstreams[saidTo(call.path, everyProvider[to]!.says)].whole, 200, { [name]: "req_own" })(call, response);
    for (const from of callers) expect((await bench.ask({ from, to, body: {}, respond })).headers.get("x-request-id")).toBe("req_own");
  });
});

describe("50: the model", () => {
  // Google's own answers say which version it was, and pass as they are.
  it.each(pairs.filter(([from, to]) => from !== "gemini" || !["gemini", "vertex"].includes(to)))("is called towards callers of %s as they asked, whatever %s calls it, whole and streamed", async (from, to) => {
    const name = `${to}/${everyProvider[to]!.model}`;
    const member = from === "gemini" ? '"modelVersion":' : '"model":';
    for (const stream of [false, true]) {
      const { text } = await bench.ask({ from, to, stream, body: {} });
      const named = [...text.matchAll(new RegExp(`${member} ?"([^"]*)"`, "g"))].map(([, model]) => model);
      expect(new Set(named)).toEqual(new Set([name]));
    }
  });

  it("is an alias's own name", async () => {
    await using provider = await startProvider(json(scriptedUpstreams["anthropic-messages"].whole));
    await using gateway = await startAi({ anthropic: { apiKey: "k", baseUrl: provider.url } }, { assistant: { targets: [{ model: "anthropic/claude-sonnet-4-5" }] } });
    expect(await (await gateway.post({ model: "assistant", messages: [{ role: "user", content: "Hi" }] })).text()).toContain('"model":"assistant"');
  });
});
