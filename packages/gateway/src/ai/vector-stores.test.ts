import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway } from "./testing/ai-gateway.ts";
import { json, startProvider } from "./testing/fake-provider.ts";
import type { FakeProvider, Respond } from "./testing/fake-provider.ts";

const store = (id: string): object => ({ id, object: "vector_store", created_at: 1, name: "docs", status: "completed", file_counts: {}, usage_bytes: 0 });
let first: FakeProvider;
let second: FakeProvider;
let gateway: AiGateway;
/** What a batch's file holds. */
let lines = "";

/** Ids tell which provider made them; each call that makes one gets the next. A list has what its key has made. */
function provider(name: string): Respond {
  let made = 0;
  let madeWith = "";
  return (call, response) => {
    const { authorization = "" } = call.headers;
    if (call.method === "POST" && call.path === "/v1/vector_stores") madeWith = authorization;
    if (call.path.endsWith("/content")) return void response.writeHead(200, { "content-type": "application/octet-stream" }).end(lines);
    if (call.path === "/v1/files") return json({ id: `file-${name}-${++made}`, object: "file", purpose: "assistants" })(call, response);
    if (call.path === "/v1/vector_stores" && call.method === "POST") return json(store(`vs_${name}_${++made}`))(call, response);
    if (call.path.startsWith("/v1/vector_stores?")) {
      const own = authorization === madeWith ? [store(`vs_${name}_${made}`)] : [];
      return json({ object: "list", data: [store("vs_of_nobody"), ...own], has_more: false })(call, response);
    }
    if (call.method === "DELETE") return json({ id: call.path.split("/")[3], object: "vector_store.deleted", deleted: true })(call, response);
    if (call.path.endsWith("/search")) return json({ object: "vector_store.search_results.page", data: [], has_more: false, search_query: ["q"] })(call, response);
    if (call.path.includes("/vector_stores/")) return json({ ...store(call.path.split("/")[3] ?? ""), object: "vector_store.file" })(call, response);
    return json({ id: "resp_1", object: "response", status: "completed", model: "gpt-5-mini", output: [] })(call, response);
  };
}

beforeAll(async () => {
  first = await startProvider(provider("one"));
  second = await startProvider(provider("two"));
  gateway = await startAi(
    { openai: { kind: "openai", apiKey: "sk", baseUrl: `${first.url}/v1` }, other: { kind: "openai", baseUrl: `${second.url}/v1`, keys: [{ name: "a", apiKey: "sk-a" }, { name: "b", apiKey: "sk-b" }] } },
    { both: { targets: [{ model: "openai/gpt-5-mini" }, { model: "other/gpt-5-mini" }] } },
    { ledger: true, ai: { access: "key", guardrails: { privacy: { detect: ["email"], consumers: ["redacted"] } } }, consumers: { acme: { key: "acme-key" }, rival: { key: "rival-key" }, redacted: { key: "redacted-key" } } },
  );
});

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await first[Symbol.asyncDispose]();
  await second[Symbol.asyncDispose]();
});

beforeEach(() => {
  first.calls = [];
  second.calls = [];
});

const client = (consumer: string, provider?: string): OpenAI => new OpenAI({ apiKey: `${consumer}-key`, baseURL: `${gateway.url}/v1`, maxRetries: 0, ...(provider !== undefined && { defaultHeaders: { "Parley-Provider": provider } }) });
const asked = (from: FakeProvider): string[] => from.calls.map(({ method, path }) => `${method} ${path.replace(/_(?:one|two)_\d+/g, "")}`);
const upload = (openai: OpenAI): Promise<OpenAI.FileObject> => openai.files.create({ file: new File(["{}\n"], "a.jsonl"), purpose: "assistants" });
const searching = (...ids: string[]) => ({ input: "Hi", tools: [{ type: "file_search" as const, vector_store_ids: ids }] });
const unknown = { status: 404, code: "unknown-object" };

describe("a vector store", () => {
  it("is made, filled, searched, listed and deleted by OpenAI's own client, at the provider that has it", async () => {
    const { vectorStores } = client("acme", "other");
    const { id } = await vectorStores.create({ name: "docs" });
    const plain = client("acme").vectorStores;
    await plain.retrieve(id);
    await plain.update(id, { name: "documents" });
    await plain.search(id, { query: "What?" });
    await plain.files.create(id, { file_id: "file-elsewhere" });
    await plain.files.retrieve("file-elsewhere", { vector_store_id: id });
    await plain.fileBatches.create(id, { file_ids: ["file-elsewhere"] });
    await plain.fileBatches.cancel("vsfb_1", { vector_store_id: id });
    expect((await vectorStores.list({ limit: 5 })).data.map((each) => each.id)).toEqual([id]);
    await plain.delete(id);
    await expect(plain.retrieve(id)).rejects.toMatchObject(unknown);
    expect(asked(second).filter((each) => !each.includes("limit="))).toEqual([
      "POST /v1/vector_stores", "GET /v1/vector_stores/vs", "POST /v1/vector_stores/vs", "POST /v1/vector_stores/vs/search", "POST /v1/vector_stores/vs/files", "GET /v1/vector_stores/vs/files/file-elsewhere",
      "POST /v1/vector_stores/vs/file_batches", "POST /v1/vector_stores/vs/file_batches/vsfb_1/cancel", "DELETE /v1/vector_stores/vs",
    ]);
    expect(new Set(second.calls.filter(({ path }) => !path.includes("limit=")).map(({ headers }) => headers.authorization)).size).toBe(1);
    expect(first.calls).toEqual([]);
  });

  it("does not exist for another consumer: not to see, not to fill, not to search in a request, not in a batch's line", async () => {
    const { id } = await client("acme").vectorStores.create({});
    const rival = client("rival");
    await expect(rival.vectorStores.retrieve(id)).rejects.toMatchObject(unknown);
    await expect(rival.vectorStores.search(id, { query: "secrets" })).rejects.toMatchObject(unknown);
    await expect(rival.vectorStores.files.list(id)).rejects.toMatchObject(unknown);
    await expect(rival.vectorStores.delete(id)).rejects.toMatchObject(unknown);
    expect((await rival.vectorStores.list({ limit: 5 })).data).toEqual([]);
    await expect(rival.responses.create({ model: "openai/gpt-5-mini", ...searching(id) })).rejects.toMatchObject(unknown);
    await expect(rival.responses.inputTokens.count({ model: "openai/gpt-5-mini", ...searching("vs_of_nobody", id) })).rejects.toMatchObject(unknown);
    lines = JSON.stringify({ custom_id: "a", method: "POST", url: "/v1/responses", body: { model: "gpt-5-mini", ...searching(id) } });
    const { id: fileId } = await upload(rival);
    await expect(rival.batches.create({ input_file_id: fileId, endpoint: "/v1/responses", completion_window: "24h" })).rejects.toMatchObject(unknown);
    expect(asked(first).filter((each) => !each.includes("limit="))).toEqual(["POST /v1/vector_stores", "POST /v1/files", expect.stringMatching(/^GET \/v1\/files\/.*content$/)]);
  });

  it("takes nobody else's files, and is made where the maker's own are", async () => {
    const { id } = await upload(client("acme", "other"));
    await expect(client("rival").vectorStores.create({ file_ids: [id] })).rejects.toMatchObject(unknown);
    await client("acme").vectorStores.create({ file_ids: [id] });
    const { id: own } = await client("rival").vectorStores.create({});
    await expect(client("rival").vectorStores.files.create(own, { file_id: id })).rejects.toMatchObject(unknown);
    expect([asked(first), asked(second)]).toEqual([["POST /v1/vector_stores"], ["POST /v1/files", "POST /v1/vector_stores"]]);
    expect(new Set(second.calls.map(({ headers }) => headers.authorization)).size).toBe(1);
  });

  it("sends a request that searches it to the provider and the key that have it; one that nobody made here is the provider's to judge", async () => {
    const { id } = await client("acme", "other").vectorStores.create({});
    await client("acme").responses.create({ model: "both", ...searching(id) });
    await client("acme").responses.create({ model: "both", ...searching("vs_of_nobody") });
    await expect(client("acme").responses.create({ model: "openai/gpt-5-mini", ...searching(id) })).rejects.toMatchObject({ status: 400, code: "invalid-request" });
    expect([asked(first), asked(second)]).toEqual([["POST /v1/responses"], ["POST /v1/vector_stores", "POST /v1/responses"]]);
    expect(new Set(second.calls.map(({ headers }) => headers.authorization)).size).toBe(1);
  });

  it("is looked at by guardrails in what is written and asked", async () => {
    const { vectorStores } = client("redacted");
    const { id } = await vectorStores.create({ name: "of bob@example.org" });
    await vectorStores.search(id, { query: "Where does bob@example.org live?" });
    expect(first.calls.map(({ body }) => body)).toEqual([{ name: "of [redacted: email]" }, { query: "Where does [redacted: email] live?" }]);
  });
});
