import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway } from "./testing/ai-gateway.ts";
import { json, startProvider } from "./testing/fake-provider.ts";
import type { FakeProvider, ProviderCall, Respond } from "./testing/fake-provider.ts";

let provider: FakeProvider;
let gateway: AiGateway;
/** What the file of a batch holds, and with which status it is given back. */
let file = "";
let fileStatus = 200;

const guardrails = {
  models: { models: { allow: ["openai/gpt-5*", "anthropic/*", "gemini/*", "gemini-2.5-flash"], deny: ["gpt-5-pro", "gemini-2.5-pro"] }, consumers: ["ruled"] },
  privacy: { detect: ["email" as const], consumers: ["redacted"] },
  secrets: { detect: ["secrets" as const], action: "block" as const, consumers: ["redacted"] },
  review: { webhook: { url: "http://127.0.0.1:9/check" }, consumers: ["reviewed"] },
};

const respond: Respond = (call, response) => {
  if (call.path.startsWith("/upload")) return json({ file: { name: "files/in" } })(call, response);
  if (call.method === "GET" && /\/content$|:download\?alt=media$/.test(call.path)) return void response.writeHead(fileStatus, { "content-type": "application/octet-stream" }).end(file);
  if (call.path.includes("/conversations")) return json({ id: "conv_1", object: "conversation" })(call, response);
  if (call.path.includes("/responses")) return json({ id: "resp_rival", object: "response", status: "completed", model: "gpt-5-mini", output: [] })(call, response);
  if (call.path.includes("/batches") && call.path.includes("messages")) return json({ id: "msgbatch_1", type: "message_batch", processing_status: "in_progress" })(call, response);
  if (call.path.includes("/batches")) return json({ id: "batch_1", object: "batch", status: "in_progress", input_file_id: "file-in" })(call, response);
  if (call.path.includes("atchGenerateContent")) return json({ name: "batches/b-1", metadata: { state: "BATCH_STATE_PENDING" } })(call, response);
  return json({ id: /name="purpose"\r\n\r\nuser_data/.test(call.text) ? "file-rival" : "file-in", object: "file", purpose: "batch" })(call, response);
};

beforeAll(async () => {
  provider = await startProvider(respond);
  gateway = await startAi(
    { openai: { kind: "openai", apiKey: "sk", baseUrl: `${provider.url}/v1` }, anthropic: { apiKey: "sk-ant", baseUrl: provider.url }, gemini: { apiKey: "g", baseUrl: provider.url } },
    { quick: { targets: [{ model: "gemini/gemini-2.5-flash" }] } },
    {
      ledger: true, ai: { access: "key", guardrails },
      consumers: { plain: { key: "plain-key" }, rival: { key: "rival-key" }, scoped: { key: "scoped-key", keyScopes: { models: ["openai/gpt-5-mini", "claude-haiku*"] } }, quick: { key: "quick-key", keyScopes: { models: ["quick"] } }, ruled: { key: "ruled-key" }, redacted: { key: "redacted-key" }, reviewed: { key: "reviewed-key" } },
    },
  );
  await send("rival", "/v1/responses", { model: "openai/gpt-5-mini", input: "Hi" });
  const form = new FormData();
  form.set("purpose", "user_data");
  form.set("file", new Blob(["secret"]), "a.txt");
  await fetch(`${gateway.url}/v1/files`, { method: "POST", headers: { authorization: "Bearer rival-key" }, body: form });
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

beforeEach(() => {
  provider.calls = [];
  fileStatus = 200;
});

interface Answer {
  status: number;
  text: string;
}

async function send(consumer: string, path: string, body?: object, { method = "POST", headers = {} }: { method?: string; headers?: Record<string, string> } = {}): Promise<Answer> {
  const answer = await fetch(gateway.url + path, { method, headers: { authorization: `Bearer ${consumer}-key`, "content-type": "application/json", ...headers }, ...(body && { body: JSON.stringify(body) }) });
  return { status: answer.status, text: await answer.text() };
}

const line = (body: object, id = "a"): string => JSON.stringify({ custom_id: id, method: "POST", url: "/v1/chat/completions", body: { model: "gpt-5-mini", messages: [{ role: "user", content: "Hi" }], ...body } });

/** Uploads the lines as the consumer's file, and makes a batch of it. */
async function batchOf(consumer: string, ...lines: string[]): Promise<Answer & { wasMade: boolean }> {
  file = lines.join("\n");
  await send(consumer, "/v1/files", {});
  const answer = await send(consumer, "/v1/batches", { input_file_id: "file-in", endpoint: "/v1/chat/completions", completion_window: "24h" });
  return { ...answer, wasMade: provider.calls.some(({ method, path }) => method === "POST" && path === "/v1/batches") };
}

describe("a batch of a file", () => {
  it.each<[what: string, consumer: string, lines: string[]]>([
    ["nothing that is ruled out", "plain", [line({}), "", line({ model: "gpt-5" })]],
    ["models that the key is for, as the provider calls them", "scoped", [line({}), line({})]],
    ["models that a guardrail allows", "ruled", [line({}), line({ model: "gpt-5-nano" })]],
    ["texts in which a guardrail finds nothing", "redacted", [line({})]],
  ])("is made that has %s", async (_what, consumer, lines) => {
    expect(await batchOf(consumer, ...lines)).toMatchObject({ status: 200, wasMade: true });
  });

  it.each<[what: string, consumer: string, bad: string, status: number, code: string]>([
    ["a model that the key is not for", "scoped", line({ model: "gpt-5" }), 403, "key-out-of-scope"],
    ["no model, where the key is for some", "scoped", line({ model: null }), 403, "key-out-of-scope"],
    ["a model that a guardrail does not allow", "ruled", line({ model: "o3" }), 400, "guardrail-blocked"],
    ["a model that a guardrail denies by the provider's name", "ruled", line({ model: "gpt-5-pro" }), 400, "guardrail-blocked"],
    ["a text that a guardrail blocks", "redacted", line({ messages: [{ role: "user", content: "AKIAIOSFODNN7EXAMPLE" }] }), 400, "guardrail-blocked"],
    ["a text that a guardrail would change", "redacted", line({ messages: [{ role: "user", content: "Ask bob@example.org" }] }), 400, "guardrail-blocked"],
    ["another consumer's file", "plain", line({ messages: [{ role: "user", content: [{ type: "file", file: { file_id: "file-rival" } }] }] }), 404, "unknown-object"],
    ["another consumer's file by an address with letters as numbers", "plain", line({}).replace('"Hi"', '[{"type":"file","file":{"file\\u005fid":"file-rival"}}]'), 404, "unknown-object"],
    ["another consumer's response", "plain", line({ previous_response_id: "resp_rival" }), 404, "unknown-response"],
    ["what is no JSON object", "plain", "{", 400, "invalid-request"],
  ])("is refused that has, in its last line, %s", async (...[, consumer, bad, status, code]) => {
    const refused = await batchOf(consumer, line({}), line({}), bad);
    expect(refused).toMatchObject({ status, wasMade: false });
    expect(JSON.parse(refused.text)).toMatchObject({ error: { code } });
    if (status !== 404) expect(refused.text).toContain("Line 3 of the batch's file");
    expect(refused.text).not.toMatch(/AKIA|bob@/);
  });

  it("is looked at to its end, however many lines it has and whatever they name", async () => {
    const lines = Array.from({ length: 3000 }, (_, index) => line({ messages: [{ role: "user", content: [{ type: "file", file: { file_id: `file-${index}` } }] }] }, String(index)));
    expect(await batchOf("plain", ...lines)).toMatchObject({ status: 200 });
    provider.calls = [];
    expect(await batchOf("plain", ...lines, line({ conversation: "conv_x", previous_response_id: "resp_rival" }))).toMatchObject({ status: 404, wasMade: false });
  });

  it("is refused where its file cannot be read and rules hold, and made where none do", async () => {
    fileStatus = 403;
    for (const consumer of ["scoped", "ruled", "redacted"]) expect(await batchOf(consumer, line({}))).toMatchObject({ status: 502, wasMade: false });
    expect(await batchOf("plain", line({}))).toMatchObject({ status: 200, wasMade: true });
    provider.calls = [];
    fileStatus = 500;
    expect(await batchOf("plain", line({}))).toMatchObject({ status: 502, wasMade: false });
  });

  it("is refused where a webhook would have to be asked about each line", async () => {
    expect(await batchOf("reviewed", line({}))).toMatchObject({ status: 400, wasMade: false });
  });
});

describe("a batch of requests", () => {
  const messages = (model: string, content: string) => ({ requests: [{ custom_id: "a", params: { model, max_tokens: 5, messages: [{ role: "user", content }] } }] });
  const version = { headers: { "anthropic-version": "2023-06-01" } };

  it("of Anthropic's has models that the key is for and the guardrails allow", async () => {
    expect((await send("scoped", "/v1/messages/batches", messages("claude-haiku-4-5", "Hi"), version)).status).toBe(200);
    expect((await send("scoped", "/v1/messages/batches", messages("claude-opus-4-1", "Hi"), version)).status).toBe(403);
    expect((await send("ruled", "/v1/messages/batches", messages("claude-opus-4-1", "Hi"), version)).status).toBe(400);
    expect((await send("ruled", "/v1/messages/batches", messages("anthropic/claude-opus-4-1", "Hi"), version)).status).toBe(200);
    expect(provider.calls).toHaveLength(2);
  });

  it("goes on with what guardrails have blacked out, or not at all", async () => {
    await send("redacted", "/v1/messages/batches", messages("claude-haiku-4-5", "Ask bob@example.org"), version);
    expect((await send("redacted", "/v1/messages/batches", messages("claude-haiku-4-5", "AKIAIOSFODNN7EXAMPLE"), version)).status).toBe(400);
    await send("redacted", "/v1beta/models/gemini-2.5-flash:batchGenerateContent", { batch: { displayName: "d", inputConfig: { requests: { requests: [{ request: { contents: [{ parts: [{ text: "Ask bob@example.org" }] }] }, metadata: { key: "a" } }] } } } });
    expect(provider.calls.map(({ body }) => body)).toMatchObject([
      { requests: [{ custom_id: "a", params: { max_tokens: 5, messages: [{ role: "user", content: "Ask [redacted: email]" }] } }] },
      { batch: { displayName: "d", inputConfig: { requests: { requests: [{ request: { contents: [{ parts: [{ text: "Ask [redacted: email]" }] }] }, metadata: { key: "a" } }] } } } },
    ]);
  });
});

describe("a batch of Google's in snake_case, which its API takes too", () => {
  const path = "/v1beta/models/gemini-2.5-flash:batchGenerateContent";
  const requests = [{ request: { contents: [{ parts: [{ text: "Ask bob@example.org" }] }] } }];
  const blackedOut = { batch: { inputConfig: { requests: { requests: [{ request: { contents: [{ parts: [{ text: "Ask [redacted: email]" }] }] } }] } } } };

  it.each([
    ["its requests", { input_config: { requests: { requests } } }],
    ["its requests in both writings", { inputConfig: { requests: { requests: [] } }, input_config: { requests: { requests } } }],
  ])("is judged as any other: %s", async (_what, batch) => {
    await send("redacted", path, { batch });
    expect(provider.calls.map(({ body }) => body)).toMatchObject([blackedOut]);
    expect(provider.calls[0]?.text).not.toContain("bob@");
  });

  it.each([{ input_config: { file_name: "files/in" } }, { inputConfig: { file_name: "files/in" } }, { input_config: { fileName: "files/in" } }])("has a file that is looked at: %j", async (batch) => {
    file = JSON.stringify({ key: "a", ...requests[0] });
    await upload("redacted");
    expect(await send("redacted", path, { batch })).toMatchObject({ status: 400, text: expect.stringContaining("Line 1 of the batch's file") as string });
    expect(provider.calls.map(({ method }) => method)).toEqual(["POST", "GET"]);
  });
});

async function upload(consumer: string): Promise<void> {
  const answer = await fetch(`${gateway.url}/upload/v1beta/files?uploadType=multipart`, { method: "POST", headers: { "x-goog-api-key": `${consumer}-key`, "x-goog-upload-protocol": "multipart", "content-type": "multipart/related; boundary=b" }, body: "--b--" });
  expect(answer.status).toBe(200);
}

describe("a batch of Google's of a file", () => {
  const googles = (request: object = {}): string => JSON.stringify({ key: "a", request: { contents: [{ parts: [{ text: "Hi" }] }], ...request } });
  const asking = (text: string): object => ({ contents: [{ parts: [{ text }] }] });

  async function batchOfGoogle(consumer: string, model: string, ...lines: string[]): Promise<Answer & { wasMade: boolean }> {
    file = lines.join("\n");
    await upload(consumer);
    const answer = await send(consumer, `/v1beta/models/${model}:batchGenerateContent`, { batch: { inputConfig: { fileName: "files/in" } } });
    return { ...answer, wasMade: provider.calls.some(({ method, path }) => method === "POST" && path.includes(":batchGenerateContent")) };
  }

  it.each<[what: string, consumer: string, model: string, lines: string[]]>([
    ["nothing that is ruled out", "plain", "gemini-2.5-flash", [googles(), "", googles({ model: "models/gemini-2.5-pro" })]],
    ["no model but the batch's, for which the key is under the alias", "quick", "quick", [googles(), googles({ model: "models/gemini-2.5-flash" })]],
    ["texts in which a guardrail finds nothing", "redacted", "gemini-2.5-flash", [googles()]],
  ])("is made that has %s", async (_what, consumer, model, lines) => {
    expect(await batchOfGoogle(consumer, model, ...lines)).toMatchObject({ status: 200, wasMade: true });
  });

  it.each<[what: string, consumer: string, model: string, bad: string, status: number, code: string]>([
    ["a model that the key is not for", "quick", "quick", googles({ model: "models/gemini-2.5-pro" }), 403, "key-out-of-scope"],
    ["a model that a guardrail denies", "ruled", "gemini-2.5-flash", googles({ model: "gemini-2.5-pro" }), 400, "guardrail-blocked"],
    ["a text that a guardrail blocks", "redacted", "gemini-2.5-flash", googles(asking("AKIAIOSFODNN7EXAMPLE")), 400, "guardrail-blocked"],
    ["a text that a guardrail would change", "redacted", "gemini-2.5-flash", googles(asking("Ask bob@example.org")), 400, "guardrail-blocked"],
    ["another consumer's file", "plain", "gemini-2.5-flash", googles({ contents: [{ parts: [{ fileData: { fileUri: "https://generativelanguage.googleapis.com/v1beta/files/rivals" } }] }] }), 404, "unknown-object"],
    ["what is no JSON object", "plain", "gemini-2.5-flash", "[]", 400, "invalid-request"],
  ])("is refused that has, in its last line, %s", async (...[, consumer, model, bad, status, code]) => {
    provider.respond = (call, response) => (call.path.startsWith("/upload") ? json({ file: { name: "files/rivals" } })(call, response) : respond(call, response));
    await upload("rival");
    provider.respond = respond;
    const refused = await batchOfGoogle(consumer, model, googles(), googles(), bad);
    expect(refused).toMatchObject({ status, wasMade: false });
    expect(refused.text).toContain(code);
    expect(refused.text).not.toMatch(/AKIA|bob@/);
  });

  it("is refused where the provider gives nobody the file back and rules hold, and made where none do", async () => {
    fileStatus = 400;
    expect(await batchOfGoogle("quick", "quick", googles())).toMatchObject({ status: 403, wasMade: false, text: expect.stringContaining("Send the requests in the batch itself.") as string });
    expect(await batchOfGoogle("ruled", "gemini-2.5-flash", googles())).toMatchObject({ status: 400, wasMade: false, text: expect.stringContaining("cannot look into the file") as string });
    expect(await batchOfGoogle("plain", "gemini-2.5-flash", googles())).toMatchObject({ status: 200, wasMade: true });
    provider.calls = [];
    fileStatus = 503;
    expect(await batchOfGoogle("plain", "gemini-2.5-flash", googles())).toMatchObject({ status: 502, wasMade: false });
  });
});

it("a batch's file is read no further once its caller has gone", async () => {
  const reading = Promise.withResolvers<ProviderCall>();
  provider.respond = (call, response) => {
    if (call.method !== "GET") return respond(call, response);
    response.writeHead(200, { "content-type": "application/octet-stream" }).write(`${line({})}\n`);
    reading.resolve(call);
  };
  try {
    await send("plain", "/v1/files", {});
    const leaving = new AbortController();
    const asked = fetch(`${gateway.url}/v1/batches`, { method: "POST", signal: leaving.signal, headers: { authorization: "Bearer plain-key", "content-type": "application/json" }, body: JSON.stringify({ input_file_id: "file-in", endpoint: "/v1/chat/completions", completion_window: "24h" }) }).catch((error: unknown) => error);
    const { abandoned } = await reading.promise;
    leaving.abort();
    // Without the caller it would be read for minutes, which is longer than this test may take.
    await Promise.all([asked, abandoned]);
    expect(provider.calls.some(({ path, method }) => method === "POST" && path === "/v1/batches")).toBe(false);
  } finally {
    provider.respond = respond;
  }
});

describe("what is written into a conversation at its provider", () => {
  const items = (content: unknown) => ({ items: [{ type: "message", role: "user", content }] });

  it("is looked at by guardrails, and names nobody else's files", async () => {
    expect((await send("redacted", "/v1/conversations", items("Ask bob@example.org"))).status).toBe(200);
    expect((await send("redacted", "/v1/conversations/conv_1/items", items("AKIAIOSFODNN7EXAMPLE"))).status).toBe(400);
    expect((await send("redacted", "/v1/conversations/conv_1/items", items([{ type: "input_file", file_id: "file-rival" }]))).status).toBe(404);
    expect(provider.calls.map(({ path, body }) => [path, body])).toEqual([["/v1/conversations", items("Ask [redacted: email]")]]);
  });

  it("passes with its bytes where nothing is found", async () => {
    const text = '{ "metadata": {"a": "b"} }';
    await fetch(`${gateway.url}/v1/conversations`, { method: "POST", headers: { authorization: "Bearer ruled-key", "content-type": "application/json" }, body: text });
    await fetch(`${gateway.url}/v1/conversations`, { method: "POST", headers: { authorization: "Bearer plain-key" } });
    expect(provider.calls.map((call) => call.text)).toEqual([text, ""]);
  });
});

it("what a provider keeps can be fetched by those whose models are ruled", async () => {
  await batchOf("ruled", line({}));
  for (const path of ["/v1/batches/batch_1", "/v1/files/file-in"]) expect((await send("ruled", path, undefined, { method: "GET" })).status).toBe(200);
  await send("ruled", "/v1/responses", { model: "openai/gpt-5-mini", input: "Hi" });
  expect((await send("ruled", "/v1/responses/resp_rival", undefined, { method: "GET" })).status).toBe(200);
});
