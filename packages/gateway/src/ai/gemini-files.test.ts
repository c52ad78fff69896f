import { GoogleGenAI } from "@google/genai";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startAi } from "./testing/ai-gateway.ts";
import type { AiGateway } from "./testing/ai-gateway.ts";
import { json, startProvider } from "./testing/fake-provider.ts";
import type { FakeProvider, ProviderCall, Respond } from "./testing/fake-provider.ts";

const file = { name: "files/abc-123", uri: "https://generativelanguage.googleapis.com/v1beta/files/abc-123", mimeType: "text/plain", state: "ACTIVE", sizeBytes: "5" };
const cached = { name: "cachedContents/cc1", model: "models/gemini-2.5-flash", expireTime: "2026-01-01T00:00:00Z" };
const answer = { candidates: [{ content: { role: "model", parts: [{ text: "Hello." }] }, finishReason: "STOP" }], usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 2, totalTokenCount: 7 } };
let google: FakeProvider;
let elsewhere: FakeProvider;
let gateway: AiGateway;

/** As Google: begun, sent in pieces, finished; the address has the key in it. */
const keep: Respond = (call, response) => {
  const command = String(call.headers["x-goog-upload-command"] ?? "");
  if (call.path.startsWith("/upload/v1beta/files") && command === "start") {
    return void response.writeHead(200, { "x-goog-upload-status": "active", "x-goog-upload-url": `${elsewhere.url}/upload/v1beta/files?key=${String(call.headers["x-goog-api-key"])}&upload_id=theirs&upload_protocol=resumable`, "x-goog-upload-control-url": `${google.url}/control?key=g-one` }).end();
  }
  if (command === "upload") return void response.writeHead(200, { "x-goog-upload-status": "active", "x-goog-upload-size-received": "3" }).end();
  if (command.includes("finalize") || call.headers["x-goog-upload-protocol"] === "multipart") return json({ file }, 200, { "x-goog-upload-status": "final" })(call, response);
  if (call.method === "DELETE") return json({})(call, response);
  if (call.path.startsWith("/v1beta/cachedContents")) return json(cached)(call, response);
  return json(call.path.startsWith("/v1beta/files") ? file : answer)(call, response);
};

beforeEach(async () => {
  google = await startProvider(keep);
  elsewhere = await startProvider(json({}));
  gateway = await startAi(
    { gemini: { baseUrl: google.url, keys: [{ name: "one", apiKey: "g-one" }, { name: "two", apiKey: "g-two" }] } },
    { quick: { targets: [{ model: "gemini/gemini-2.5-flash" }] } },
    { ai: { access: "key" }, consumers: { acme: { key: "acme-key" }, rival: { key: "rival-key" } } },
  );
});

afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await google[Symbol.asyncDispose]();
  await elsewhere[Symbol.asyncDispose]();
});

function genai(apiKey: string): GoogleGenAI {
  return new GoogleGenAI({ apiKey, httpOptions: { baseUrl: gateway.url, retryOptions: { attempts: 1 } } });
}

function begin(query = "", headers: Record<string, string> = { "x-goog-api-key": "acme-key" }): Promise<Response> {
  return fetch(`${gateway.url}/upload/v1beta/files${query}`, { method: "POST", headers: { ...headers, "content-type": "application/json", "x-goog-upload-protocol": "resumable", "x-goog-upload-command": "start" }, body: "{}" });
}

function asked(call: ProviderCall): string {
  return `${call.method} ${call.path.replace(/\?.*/, "")} ${String(call.headers["x-goog-api-key"])}`;
}

describe("a file of Gemini's API", () => {
  it("is uploaded, read, used, listed and deleted by Google's own client, with the key that it was begun with", async () => {
    const client = genai("acme-key");
    const uploaded = await client.files.upload({ file: new Blob(["hello"], { type: "text/plain" }), config: { mimeType: "text/plain", displayName: "a.txt" } });
    expect(uploaded).toMatchObject({ name: "files/abc-123", uri: file.uri });
    expect(google.calls.map(({ headers, text }) => [headers["x-goog-upload-command"], headers["x-goog-upload-offset"], text])).toEqual([
      ["start", undefined, expect.stringContaining("a.txt")], ["upload, finalize", "0", "hello"],
    ]);
    const key = String(google.calls[0]?.headers["x-goog-api-key"]);
    expect(google.calls[1]).toMatchObject({ path: "/upload/v1beta/files?upload_id=theirs&upload_protocol=resumable", headers: { "x-goog-api-key": key } });
    for (let round = 0; round < 3; round++) {
      await client.files.get({ name: "files/abc-123" });
      await client.models.generateContent({ model: "quick", contents: [{ role: "user", parts: [{ fileData: { fileUri: file.uri, mimeType: "text/plain" } }] }] });
    }
    expect(google.calls.slice(2).map(asked)).toEqual(Array.from({ length: 3 }, () => [`GET /v1beta/files/abc-123 ${key}`, `POST /v1beta/models/gemini-2.5-flash:generateContent ${key}`]).flat());
    await client.files.delete({ name: "files/abc-123" });
    await expect(client.files.get({ name: "files/abc-123" })).rejects.toMatchObject({ status: 404 });
    expect(elsewhere.calls).toEqual([]);
  });

  it("is not there for another consumer: not to read, not to delete, not in a request of any dialect, not while it is uploaded", async () => {
    const url = (await begin()).headers.get("x-goog-upload-url") ?? "";
    const rival = genai("rival-key");
    const upload = (key: string): Promise<Response> => fetch(url, { method: "POST", headers: { "x-goog-api-key": key, "x-goog-upload-command": "upload, finalize", "x-goog-upload-offset": "0" }, body: "hello" });
    expect((await upload("rival-key")).status).toBe(404);
    expect((await upload("acme-key")).status).toBe(200);
    expect((await upload("acme-key")).status).toBe(404);
    await expect(rival.files.get({ name: "files/abc-123" })).rejects.toMatchObject({ status: 404 });
    await expect(rival.files.delete({ name: "files/abc-123" })).rejects.toMatchObject({ status: 404 });
    const escaped = file.uri.replaceAll("/", "\\/").replace("v1beta", "v1bet\\u0061");
    const generate = (body: string): Promise<Response> => fetch(`${gateway.url}/v1beta/models/quick:generateContent`, { method: "POST", headers: { "content-type": "application/json", "x-goog-api-key": "rival-key" }, body });
    expect((await generate(`{"contents":[{"parts":[{"fileData":{"fileUri":"${escaped}","mimeType":"text/plain"}}]}]}`)).status).toBe(404);
    const chat = { model: "quick", messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: file.uri } }] }] };
    expect((await gateway.post(chat, { authorization: "Bearer rival-key" })).status).toBe(404);
    expect(google.calls).toHaveLength(2);
  });

  it("is sent in pieces to an address of the gateway, which has neither the provider's key nor its place in it", async () => {
    const started = await begin("?key=acme-key", {});
    const url = started.headers.get("x-goog-upload-url") ?? "";
    expect([started.status, started.headers.get("x-goog-upload-status"), started.headers.get("x-goog-upload-control-url")]).toEqual([200, "active", null]);
    expect(url.startsWith(`${gateway.url}/upload/v1beta/files?upload_id=`)).toBe(true);
    expect(url).not.toMatch(/g-one|g-two|theirs/);
    const send = (command: string, body: string | null): Promise<Response> => fetch(url, { method: "PUT", headers: { "x-goog-upload-command": command, "x-goog-upload-offset": "0" }, body });
    const piece = await send("upload", "hel");
    expect([piece.status, piece.headers.get("x-goog-upload-size-received"), await piece.text()]).toEqual([200, "3", ""]);
    expect(await (await send("upload, finalize", "lo")).json()).toEqual({ file });
    expect(elsewhere.calls).toEqual([]);
    expect(google.calls.map(({ path }) => path)).not.toContainEqual(expect.stringContaining("acme-key"));
  });

  it("may come as one form", async () => {
    const body = '--b\r\ncontent-type: application/json\r\n\r\n{"file":{}}\r\n--b\r\ncontent-type: text/plain\r\n\r\nhello\r\n--b--';
    const sent = await fetch(`${gateway.url}/upload/v1beta/files?uploadType=multipart`, { method: "POST", headers: { "x-goog-api-key": "acme-key", "x-goog-upload-protocol": "multipart", "content-type": "multipart/related; boundary=b" }, body });
    expect(await sent.json()).toEqual({ file });
    expect(google.calls[0]).toMatchObject({ path: "/upload/v1beta/files?uploadType=multipart", text: body, headers: { "content-type": "multipart/related; boundary=b" } });
    expect(await genai("acme-key").files.get({ name: "files/abc-123" })).toMatchObject({ name: "files/abc-123" });
  });

  it("is listed with what was made under every key, the caller's own alone", async () => {
    const owners: [string, string][] = [["acme-key", "files/a"], ["acme-key", "files/b"], ["rival-key", "files/c"], ["acme-key", "files/d"]];
    const madeWith: Record<string, string> = {};
    for (const [consumer, name] of owners) {
      google.respond = (call, response) => {
        madeWith[name] = String(call.headers["x-goog-api-key"]);
        return json({ file: { ...file, name } })(call, response);
      };
      await fetch(`${gateway.url}/upload/v1beta/files`, { method: "POST", headers: { "x-goog-api-key": consumer, "x-goog-upload-protocol": "multipart", "content-type": "multipart/related; boundary=b" }, body: "--b--" });
    }
    expect(new Set(Object.values(madeWith)).size).toBe(2);
    google.respond = (call, response) => {
      const names = owners.map(([, name]) => name).filter((name) => madeWith[name] === call.headers["x-goog-api-key"]);
      const from = Number(new URL(call.path, google.url).searchParams.get("pageToken") ?? "0");
      return json({ files: names.slice(from, from + 1).map((name) => ({ ...file, name })), ...(from + 1 < names.length && { nextPageToken: String(from + 1) }) })(call, response);
    };
    const listed = async (key: string, pageSize: number): Promise<string[]> => {
      const names: string[] = [];
      for await (const each of await genai(key).files.list({ config: { pageSize } })) names.push(each.name ?? "");
      return names.toSorted();
    };
    expect(await listed("acme-key", 1)).toEqual(["files/a", "files/b", "files/d"]);
    expect(await listed("acme-key", 10)).toEqual(["files/a", "files/b", "files/d"]);
    expect(await listed("rival-key", 10)).toEqual(["files/c"]);
  });
});

describe("cached content of Gemini's API", () => {
  it("is made for a model as it is called here, and used, changed and deleted with the key that it was made with", async () => {
    const client = genai("acme-key");
    await client.caches.create({ model: "quick", config: { contents: [{ role: "user", parts: [{ text: "A long text" }] }], ttl: "60s" } });
    expect(google.calls[0]).toMatchObject({ method: "POST", path: "/v1beta/cachedContents", body: { model: "models/gemini-2.5-flash", ttl: "60s" } });
    const key = String(google.calls[0]?.headers["x-goog-api-key"]);
    await client.models.generateContent({ model: "quick", contents: "And?", config: { cachedContent: "cachedContents/cc1" } });
    await client.models.generateContent({ model: "quick", contents: "And?", config: { cachedContent: "cachedContents/cc1" } });
    await client.caches.get({ name: "cachedContents/cc1" });
    await client.caches.update({ name: "cachedContents/cc1", config: { ttl: "90s" } });
    const rival = genai("rival-key");
    await expect(rival.caches.get({ name: "cachedContents/cc1" })).rejects.toMatchObject({ status: 404 });
    await expect(rival.models.generateContent({ model: "quick", contents: "And?", config: { cachedContent: "cachedContents/cc1" } })).rejects.toMatchObject({ status: 404 });
    await client.caches.delete({ name: "cachedContents/cc1" });
    expect(google.calls.slice(1).map(asked)).toEqual([
      ...Array.from({ length: 2 }, () => `POST /v1beta/models/gemini-2.5-flash:generateContent ${key}`),
      `GET /v1beta/cachedContents/cc1 ${key}`, `PATCH /v1beta/cachedContents/cc1 ${key}`, `DELETE /v1beta/cachedContents/cc1 ${key}`,
    ]);
    expect(google.calls[4]?.body).toMatchObject({ ttl: "90s" });
  });
});
