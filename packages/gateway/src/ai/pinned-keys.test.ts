import OpenAI, { toFile } from "openai";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway } from "./testing/ai-gateway.ts";
import { json, startProvider } from "./testing/fake-provider.ts";
import type { FakeProvider } from "./testing/fake-provider.ts";

const file = (id: string): object => ({ id, object: "file", bytes: 3, created_at: 1, filename: "a.jsonl", purpose: "batch" });
const batch = { id: "batch_1", object: "batch", status: "completed", input_file_id: "file-1", output_file_id: "file-out" };
const response = { id: "resp_1", object: "response", status: "completed", model: "gpt-5-mini", output: [], usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 } };
let provider: FakeProvider;
let gateway: AiGateway;

beforeEach(async () => {
  provider = await startProvider(json(file("file-1")));
  gateway = await startAi(
    { openai: { kind: "openai", baseUrl: `${provider.url}/v1`, keys: [{ name: "one", apiKey: "sk-one" }, { name: "two", apiKey: "sk-two" }] } },
    {},
    { ledger: true, ai: { access: "key" }, consumers: { acme: { key: "acme-key" } } },
  );
});

afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

function acme(): OpenAI {
  return new OpenAI({ apiKey: "acme-key", baseURL: `${gateway.url}/v1`, maxRetries: 0 });
}

function keysFrom(index: number): Set<string> {
  return new Set(provider.calls.slice(index).map(({ headers }) => String(headers.authorization)));
}

describe("an object that was made with one key of several", () => {
  it("is asked for with that key: a file, the batch that is made of it, and the batch's results", async () => {
    for (let round = 0; round < 3; round++) await acme().files.create({ file: await toFile(Buffer.from("{}\n"), "a.jsonl"), purpose: "batch" });
    const madeWith = String(provider.calls[2]?.headers.authorization);
    provider.respond = json(batch);
    for (let round = 0; round < 2; round++) await acme().batches.create({ input_file_id: "file-1", endpoint: "/v1/chat/completions", completion_window: "24h" });
    for (let round = 0; round < 2; round++) await acme().batches.retrieve("batch_1");
    provider.respond = json(file("file-out"));
    for (let round = 0; round < 2; round++) await acme().files.retrieve("file-out");
    expect([keysFrom(0).size, [...keysFrom(3)]]).toEqual([2, [madeWith]]);
  });

  it("is asked for with that key: a stored response, whole or as a stream, and what goes on from it", async () => {
    provider.respond = (call, answer) => (call.body["stream"] === true
      ? void answer.writeHead(200, { "content-type": "text/event-stream" }).end(["response.created", "response.completed"].map((type) => `event: ${type}\ndata: ${JSON.stringify({ type, response })}\n\n`).join(""))
      : json(response)(call, answer));
    for (const stream of [false, true]) {
      const from = provider.calls.length;
      const made = await acme().responses.create({ model: "gpt-5-mini", input: "Hi", stream });
      if (Symbol.asyncIterator in made) for await (const _event of made);
      for (let round = 0; round < 3; round++) await acme().responses.create({ model: "gpt-5-mini", input: "And?", previous_response_id: "resp_1", store: false });
      for (let round = 0; round < 3; round++) await acme().responses.retrieve("resp_1");
      expect([provider.calls.length - from, keysFrom(from).size]).toEqual([7, 1]);
    }
  });

  it("is not asked for with another where that key is gone, and says so", async () => {
    const ledger = gateway.under.connectLedger();
    const owner = { provider: "openai", consumer: "acme", key: "former" };
    await ledger.keepOwner({ kind: "response", id: "resp_old", ...owner });
    await ledger.keepOwner({ kind: "file", id: "file-old", ...owner });
    await ledger.close();
    const gone = { status: 502, code: "provider-key-gone", message: expect.stringContaining("former") };
    await expect(acme().responses.retrieve("resp_old")).rejects.toMatchObject(gone);
    await expect(acme().responses.create({ model: "gpt-5-mini", input: "And?", previous_response_id: "resp_old" })).rejects.toMatchObject(gone);
    await expect(acme().files.retrieve("file-old")).rejects.toMatchObject(gone);
    await expect(acme().responses.create({ model: "gpt-5-mini", input: [{ role: "user", content: [{ type: "input_file", file_id: "file-old" }] }] })).rejects.toMatchObject(gone);
    expect(provider.calls).toEqual([]);
  });

  it("stands in its maker's lists, whichever key each was made with", async () => {
    const madeWith: Record<string, string> = {};
    for (const id of ["file-a", "file-b", "file-c"]) {
      provider.respond = (call, answer) => {
        madeWith[id] = String(call.headers.authorization);
        return json(file(id))(call, answer);
      };
      await acme().files.create({ file: await toFile(Buffer.from("{}\n"), "a.jsonl"), purpose: "batch" });
    }
    provider.respond = (call, answer) => {
      const all = Object.keys(madeWith).filter((id) => madeWith[id] === call.headers.authorization);
      const query = new URL(call.path, provider.url).searchParams;
      const from = all.indexOf(query.get("after") ?? "") + 1;
      const shown = all.slice(from, from + Number(query.get("limit") ?? 100));
      return json({ object: "list", data: shown.map(file), has_more: from + shown.length < all.length })(call, answer);
    };
    for (const limit of [1, 2, 100]) {
      const ids: string[] = [];
      for await (const { id } of acme().files.list({ limit })) ids.push(id);
      expect(ids.toSorted()).toEqual(["file-a", "file-b", "file-c"]);
    }
  });

  it.each(["sk-one", "sk-two"])("is listed with the other keys where %s is refused, and the list names the key that is missing", async (refused) => {
    const madeWith: Record<string, string> = {};
    for (const id of ["file-a", "file-b"]) {
      provider.respond = (call, answer) => {
        madeWith[id] = String(call.headers.authorization);
        return json(file(id))(call, answer);
      };
      await acme().files.create({ file: await toFile(Buffer.from("{}\n"), "a.jsonl"), purpose: "batch" });
    }
    provider.respond = (call, answer) => {
      if (call.headers.authorization === `Bearer ${refused}`) return json({ error: { message: "no", type: "invalid_request_error" } }, 401)(call, answer);
      const all = Object.keys(madeWith).filter((id) => madeWith[id] === call.headers.authorization);
      return json({ object: "list", data: new URL(call.path, provider.url).searchParams.has("after") ? [] : all.map(file), has_more: false })(call, answer);
    };
    const { data: page, response } = await acme().files.list().withResponse();
    expect([page.data.map(({ id }) => madeWith[id]), page.has_more, response.headers.get("parley-warning")]).toEqual([[refused === "sk-one" ? "Bearer sk-two" : "Bearer sk-one"], false, expect.stringContaining(`with the key ${refused.slice(3)} now`)]);
    // The page behind one of a key that is refused by now.
    const gone = Object.keys(madeWith).find((id) => madeWith[id] === `Bearer ${refused}`);
    const rest = await acme().files.list({ after: gone ?? "" }).withResponse().catch((error: unknown) => error);
    expect(rest).toMatchObject(refused === "sk-one" ? { data: { data: [{ id: page.data[0]?.id }] } } : { status: 502, code: "provider-unauthorized" });
    provider.respond = json({ error: { message: "no" } }, 401);
    await expect(acme().files.list()).rejects.toMatchObject({ status: 502, code: "provider-unauthorized" });
  });
});
