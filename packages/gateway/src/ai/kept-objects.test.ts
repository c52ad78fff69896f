import Anthropic from "@anthropic-ai/sdk";
import OpenAI, { toFile } from "openai";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ObjectOwners } from "./models/object-owners.ts";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway } from "./testing/ai-gateway.ts";
import { json, startProvider } from "./testing/fake-provider.ts";
import type { FakeProvider, Respond } from "./testing/fake-provider.ts";

const file = (id: string): object => ({ id, object: "file", bytes: 3, created_at: 1, filename: "a.jsonl", purpose: "batch" });
const batch = { id: "batch_1", object: "batch", status: "completed", input_file_id: "file-1", output_file_id: "file-out", error_file_id: null };
const messageBatch = { id: "msgbatch_1", type: "message_batch", processing_status: "ended", results_url: "https://api.anthropic.com/v1/messages/batches/msgbatch_1/results", request_counts: {} };
let provider: FakeProvider;
let second: FakeProvider;
let gateway: AiGateway;

beforeEach(async () => {
  provider = await startProvider(json(file("file-1")));
  second = await startProvider(json(file("file-2")));
  gateway = await startAi(
    { openai: { kind: "openai", apiKey: "sk", baseUrl: `${provider.url}/v1` }, other: { kind: "openai", apiKey: "sk-2", baseUrl: `${second.url}/v1` }, anthropic: { apiKey: "sk-ant", baseUrl: provider.url } },
    { quick: { targets: [{ model: "anthropic/claude-haiku-4-5" }] } },
    { ledger: true, ai: { access: "key" }, consumers: { acme: { key: "acme-key" }, rival: { key: "rival-key" } } },
  );
});

afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
  await second[Symbol.asyncDispose]();
});

function openai(apiKey: string, defaultHeaders: Record<string, string> = {}): OpenAI {
  return new OpenAI({ apiKey, baseURL: `${gateway.url}/v1`, maxRetries: 0, defaultHeaders });
}

function anthropic(apiKey: string): Anthropic {
  return new Anthropic({ apiKey, baseURL: gateway.url, maxRetries: 0 });
}

function paths(from: FakeProvider): string[] {
  return from.calls.map(({ method, path }) => `${method} ${path}`);
}

async function upload(client: OpenAI): Promise<OpenAI.FileObject> {
  return await client.files.create({ file: await toFile(Buffer.from("{}\n"), "a.jsonl"), purpose: "batch" });
}

describe("a file", () => {
  it("is kept by the provider that got it, and found there by its maker", async () => {
    const acme = openai("acme-key", { "Parley-Provider": "other" });
    expect(await upload(acme)).toEqual(file("file-2"));
    expect(second.calls[0]).toMatchObject({ path: "/v1/files", headers: { authorization: "Bearer sk-2" } });
    const form = await new Response(new Uint8Array(second.calls[0]?.bytes ?? []), { headers: { "content-type": String(second.calls[0]?.headers["content-type"]) } }).formData();
    expect([form.get("purpose"), await (form.get("file") as File).text()]).toEqual(["batch", "{}\n"]);
    const client = openai("acme-key");
    await client.files.retrieve("file-2");
    second.respond = (_call, response) => void response.writeHead(200, { "content-type": "application/octet-stream" }).end(Buffer.from([0, 255, 13]));
    expect(Buffer.from(await (await client.files.content("file-2")).arrayBuffer())).toEqual(Buffer.from([0, 255, 13]));
    second.respond = json({ id: "file-2", object: "file", deleted: true });
    await client.files.delete("file-2");
    expect(paths(second)).toEqual(["POST /v1/files", "GET /v1/files/file-2", "GET /v1/files/file-2/content", "DELETE /v1/files/file-2"]);
    expect(provider.calls).toEqual([]);
    await expect(client.files.retrieve("file-2")).rejects.toMatchObject({ status: 404, code: "unknown-object" });
  });

  it("does not exist for another consumer, nor one that was not made here for anybody", async () => {
    await upload(openai("acme-key"));
    for (const [key, id] of [["rival-key", "file-1"], ["acme-key", "file-99"]] as const) {
      await expect(openai(key).files.retrieve(id)).rejects.toMatchObject({ status: 404, code: "unknown-object" });
      await expect(openai(key).files.delete(id)).rejects.toMatchObject({ status: 404 });
      await expect(openai(key).files.content(id)).rejects.toMatchObject({ status: 404 });
      await expect(openai(key).batches.create({ input_file_id: id, endpoint: "/v1/chat/completions", completion_window: "24h" })).rejects.toMatchObject({ status: 404 });
    }
    expect(paths(provider)).toEqual(["POST /v1/files"]);
  });

  it("is listed among the maker's own, from as many pages as it takes", async () => {
    for (const id of ["file-1", "file-4"]) {
      provider.respond = json(file(id));
      await upload(openai("acme-key"));
    }
    provider.respond = json(file("file-3"));
    await upload(openai("rival-key"));
    const pages: Record<string, object> = {
      "/v1/files?limit=2": { object: "list", data: [file("file-0"), file("file-1")], first_id: "file-0", last_id: "file-1", has_more: true },
      "/v1/files?limit=2&after=file-1": { object: "list", data: [file("file-3"), file("file-4")], first_id: "file-3", last_id: "file-4", has_more: false },
    };
    const list: Respond = (call, response) => {
      const page = call.headers.authorization === "Bearer sk" ? pages[call.path] : undefined;
      return json(page ?? {}, page ? 200 : 401)(call, response);
    };
    provider.respond = list;
    const acme = await openai("acme-key").files.list({ limit: 2 });
    expect([acme.data.map(({ id }) => id), acme.has_more]).toEqual([["file-1", "file-4"], false]);
    expect((await openai("rival-key").files.list({ limit: 2 })).data.map(({ id }) => id)).toEqual(["file-3"]);
  });

  it("is read by its maker's requests alone, at the provider that has it", async () => {
    await upload(openai("acme-key", { "Parley-Provider": "other" }));
    second.respond = json({ id: "resp_1", object: "response", status: "completed", model: "gpt-5-mini", output: [] });
    const input = [{ role: "user" as const, content: [{ type: "input_file" as const, file_id: "file-2" }] }];
    await openai("acme-key").responses.create({ model: "other/gpt-5-mini", input });
    await expect(openai("acme-key").responses.create({ model: "openai/gpt-5-mini", input })).rejects.toMatchObject({ status: 400, code: "invalid-request" });
    await expect(openai("rival-key").responses.create({ model: "other/gpt-5-mini", input })).rejects.toMatchObject({ status: 404, code: "unknown-object" });
    const messages = [{ role: "user" as const, content: [{ type: "file" as const, file: { file_id: "file-2" } }] }];
    await expect(openai("rival-key").chat.completions.create({ model: "other/gpt-5-mini", messages })).rejects.toMatchObject({ status: 404, code: "unknown-object" });
    const many = [{ role: "user" as const, content: Array.from({ length: 1001 }, (_, index) => ({ type: "input_file" as const, file_id: `file-x${index}` })) }];
    await expect(openai("rival-key").responses.create({ model: "other/gpt-5-mini", input: many })).rejects.toMatchObject({ status: 400, code: "invalid-request" });
    expect(paths(second)).toEqual(["POST /v1/files", "POST /v1/responses"]);
    expect(provider.calls).toEqual([]);
  });

  it("is still its maker's for other workers, and when all has started anew", async () => {
    await upload(openai("acme-key"));
    await gateway.under.stopLedger();
    await gateway.under.startLedger();
    const ledger = gateway.under.connectLedger();
    expect(await new ObjectOwners(ledger).ownerOf("file", "file-1")).toEqual({ provider: "openai", consumer: "acme", key: "default" });
    await ledger.close();
  });

  it("is nobody's to see while whose it is cannot be found out, nor is a response or what goes on from one", async () => {
    await gateway.under.stopLedger();
    const client = openai("acme-key");
    const unknown = { status: 503, code: "ledger-unavailable" };
    const asked = [() => client.files.retrieve("file-7"), () => client.responses.retrieve("resp_7"), () => client.responses.create({ model: "openai/gpt-5-mini", input: "And?", previous_response_id: "resp_7" })];
    await Promise.all(asked.map((ask) => expect(ask()).rejects.toMatchObject(unknown)));
    expect(provider.calls).toEqual([]);
  });

  it("is not another's to count or to put into a batch, nor is a response to compact, and one's own goes to its provider", async () => {
    provider.respond = json({ id: "file_a", type: "file", filename: "a.txt" });
    await anthropic("acme-key").beta.files.upload({ file: await toFile(Buffer.from("x"), "a.txt") });
    const messages = [{ role: "user" as const, content: [{ type: "document" as const, source: { type: "file" as const, file_id: "file_a" } }] }];
    const requests = [{ custom_id: "a", params: { model: "quick", max_tokens: 5, messages } }];
    const unknown = { status: 404 };
    await expect(anthropic("rival-key").beta.messages.countTokens({ model: "quick", messages })).rejects.toMatchObject(unknown);
    await expect(anthropic("rival-key").beta.messages.batches.create({ requests })).rejects.toMatchObject(unknown);
    provider.respond = json({ ...messageBatch, input_tokens: 3 });
    await anthropic("acme-key").beta.messages.countTokens({ model: "quick", messages });
    await anthropic("acme-key").beta.messages.batches.create({ requests });
    second.respond = json({ id: "resp_1", object: "response", status: "completed", model: "gpt-5-mini", output: [] });
    await openai("acme-key").responses.create({ model: "other/gpt-5-mini", input: "Hi" });
    await expect(openai("rival-key").responses.compact({ model: "other/gpt-5-mini", previous_response_id: "resp_1" })).rejects.toMatchObject(unknown);
    await expect(openai("rival-key").responses.inputTokens.count({ model: "other/gpt-5-mini", previous_response_id: "resp_1" })).rejects.toMatchObject(unknown);
    await openai("acme-key").responses.compact({ model: "other/gpt-5-mini", previous_response_id: "resp_1" });
    expect([...paths(provider), ...paths(second)].map((path) => path.replace(/\?.*/, ""))).toEqual(["POST /v1/files", "POST /v1/messages/count_tokens", "POST /v1/messages/batches", "POST /v1/responses", "POST /v1/responses/compact"]);
  });

  it("of Anthropic's API lives at Anthropic", async () => {
    provider.respond = json({ id: "file_a", type: "file", filename: "a.txt" });
    const beta = { headers: { "anthropic-beta": "files-api-2025-04-14" } };
    await anthropic("acme-key").beta.files.upload({ file: await toFile(Buffer.from("x"), "a.txt") }, beta);
    await anthropic("acme-key").beta.files.retrieveMetadata("file_a", {}, beta);
    expect(provider.calls.map(({ method, path, headers }) => [method, path.replace(/\?.*/, ""), headers["x-api-key"], String(headers["anthropic-beta"]).includes("files-api")])).toEqual([
      ["POST", "/v1/files", "sk-ant", true], ["GET", "/v1/files/file_a", "sk-ant", true],
    ]);
    await expect(anthropic("rival-key").beta.files.retrieveMetadata("file_a")).rejects.toMatchObject({ status: 404, error: { type: "error" } });
  });
});

describe("a response under a guardrail, which is written anew", () => {
  const kept = { id: "resp_g", object: "response", created_at: 1, status: "completed", model: "gpt-5-mini", output: [{ type: "message", id: "msg_1", role: "assistant", status: "completed", content: [{ type: "output_text", text: "Hi.", annotations: [] }] }], usage: { input_tokens: 3, output_tokens: 2, total_tokens: 5 } };

  it.each([false, true])("is its maker's alone, and gone on with where it is kept, streamed: %s", async (stream) => {
    await using guarded = await startAi(
      { openai: { kind: "openai", apiKey: "sk", baseUrl: `${provider.url}/v1` }, other: { kind: "openai", apiKey: "sk-2", baseUrl: `${second.url}/v1` } },
      { either: { targets: [{ model: "openai/gpt-5-mini" }, { model: "other/gpt-5-mini" }] } },
      { ai: { access: "key", guardrails: { secrets: { detect: ["secrets"] } } }, consumers: { acme: { key: "acme-key" }, rival: { key: "rival-key" } } },
    );
    const client = (apiKey: string): OpenAI => new OpenAI({ apiKey, baseURL: `${guarded.url}/v1`, maxRetries: 0 });
    const events = [{ type: "response.created", response: { ...kept, status: "in_progress", output: [] } }, { type: "response.completed", response: kept }];
    second.respond = (call, response) => (call.body["stream"] === true ? void response.writeHead(200, { "content-type": "text/event-stream" }).end(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("")) : json(kept)(call, response));
    const made = await client("acme-key").responses.create({ model: "other/gpt-5-mini", input: "Hi", stream });
    if (Symbol.asyncIterator in made) for await (const _event of made);
    await expect(client("rival-key").responses.retrieve("resp_g")).rejects.toMatchObject({ status: 404, code: "unknown-response" });
    await expect(client("rival-key").responses.create({ model: "either", input: "And?", previous_response_id: "resp_g" })).rejects.toMatchObject({ status: 404, code: "unknown-response" });
    await client("acme-key").responses.create({ model: "either", input: "And?", previous_response_id: "resp_g" });
    await client("acme-key").responses.retrieve("resp_g");
    expect([paths(second), provider.calls]).toEqual([["POST /v1/responses", "POST /v1/responses", "GET /v1/responses/resp_g"], []]);
  });
});

describe("a batch", () => {
  it("goes where its file is, and its results are the same consumer's", async () => {
    await upload(openai("acme-key", { "Parley-Provider": "other" }));
    second.respond = json(batch);
    const acme = openai("acme-key");
    expect(await acme.batches.create({ input_file_id: "file-2", endpoint: "/v1/chat/completions", completion_window: "24h" })).toEqual(batch);
    await acme.batches.retrieve("batch_1");
    await acme.batches.cancel("batch_1");
    second.respond = json(file("file-out"));
    await acme.files.retrieve("file-out");
    await expect(openai("rival-key").batches.retrieve("batch_1")).rejects.toMatchObject({ status: 404 });
    await expect(openai("rival-key").files.retrieve("file-out")).rejects.toMatchObject({ status: 404 });
    expect(paths(second)).toEqual(["POST /v1/files", "GET /v1/files/file-2/content", "POST /v1/batches", "GET /v1/batches/batch_1", "POST /v1/batches/batch_1/cancel", "GET /v1/files/file-out"]);
  });

  it("of messages names models as here, and its results are fetched here", async () => {
    provider.respond = json(messageBatch);
    const client = anthropic("acme-key");
    const params = { model: "quick", max_tokens: 10, messages: [{ role: "user" as const, content: "Hi" }] };
    const made = await client.messages.batches.create({ requests: [{ custom_id: "a", params }, { custom_id: "b", params: { ...params, model: "anthropic/claude-sonnet-4-5" } }] });
    expect(made.results_url).toBe(`${gateway.url}/v1/messages/batches/msgbatch_1/results`);
    const sent = provider.calls[0]?.body["requests"] as { custom_id: string; params: { model: string } }[];
    expect(sent.map(({ custom_id, params: { model } }) => [custom_id, model])).toEqual([["a", "claude-haiku-4-5"], ["b", "claude-sonnet-4-5"]]);
    const line = { custom_id: "a", result: { type: "canceled" } };
    provider.respond = (call, response) => (call.path.endsWith("/results") ? void response.writeHead(200, { "content-type": "application/x-jsonl" }).end(`${JSON.stringify(line)}\n`) : json(messageBatch)(call, response));
    const results: unknown[] = [];
    for await (const result of await client.messages.batches.results("msgbatch_1")) results.push(result);
    expect(results).toEqual([line]);
    await expect(anthropic("rival-key").messages.batches.retrieve("msgbatch_1")).rejects.toMatchObject({ status: 404 });
  });

  it("is refused where no one provider has its models", async () => {
    const params = { max_tokens: 10, messages: [{ role: "user" as const, content: "Hi" }] };
    const create = (...models: string[]): Promise<unknown> => anthropic("acme-key").messages.batches.create({ requests: models.map((model, index) => ({ custom_id: String(index), params: { ...params, model } })) });
    await expect(create("quick", "openai/gpt-5-mini")).rejects.toMatchObject({ status: 400, error: { type: "error" } });
    await expect(create("nobody-has-it")).rejects.toMatchObject({ status: 404 });
    await expect(create()).rejects.toMatchObject({ status: 400 });
    expect(paths(provider).filter((path) => path.includes("batches"))).toEqual([]);
  });
});

describe("a conversation", () => {
  it("is made, filled and deleted at one provider, for one consumer", async () => {
    provider.respond = json({ id: "conv_1", object: "conversation", created_at: 1, metadata: {} });
    const acme = openai("acme-key");
    await acme.conversations.create({});
    await acme.conversations.items.create("conv_1", { items: [{ type: "message", role: "user", content: "Hi" }] });
    await acme.conversations.items.list("conv_1");
    await acme.conversations.delete("conv_1");
    expect(paths(provider)).toEqual(["POST /v1/conversations", "POST /v1/conversations/conv_1/items", "GET /v1/conversations/conv_1/items", "DELETE /v1/conversations/conv_1"]);
    await expect(openai("rival-key").conversations.retrieve("conv_1")).rejects.toMatchObject({ status: 404 });
  });

  it("is gone on with where it is kept, whatever the alias names first", async () => {
    second.respond = json({ id: "conv_2", object: "conversation", created_at: 1, metadata: {} });
    await openai("acme-key", { "Parley-Provider": "other" }).conversations.create({});
    second.respond = json({ id: "resp_1", object: "response", status: "completed", model: "gpt-5-mini", output: [] });
    await openai("acme-key").responses.create({ model: "gpt-5-mini", input: "Hi", conversation: "conv_2" }).catch((error: unknown) => expect(error).toMatchObject({ status: 400, param: "conversation" }));
    await openai("acme-key").responses.create({ model: "other/gpt-5-mini", input: "Hi", conversation: { id: "conv_2" } });
    await expect(openai("rival-key").responses.create({ model: "other/gpt-5-mini", input: "Hi", conversation: "conv_2" })).rejects.toMatchObject({ status: 404 });
    expect(paths(second)).toEqual(["POST /v1/conversations", "POST /v1/responses"]);
  });
});

it("a path below a collection takes only the methods that it has", async () => {
  const ask = (method: string, path: string): Promise<Response> => fetch(`${gateway.url}${path}`, { method, headers: { authorization: "Bearer acme-key" } });
  expect((await ask("PUT", "/v1/files")).headers.get("allow")).toBe("GET, POST");
  expect((await ask("POST", "/v1/batches/batch_1")).status).toBe(405);
  expect((await ask("GET", "/v1/files/file-1/other")).status).toBe(404);
  expect((await ask("GET", "/v1/files/...")).status).toBe(404);
});
