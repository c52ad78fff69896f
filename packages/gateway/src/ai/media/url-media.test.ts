import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startAi } from "../testing/ai-gateway.ts";
import type { AiGateway } from "../testing/ai-gateway.ts";
import { json, startProvider } from "../testing/fake-provider.ts";
import type { FakeProvider, Respond } from "../testing/fake-provider.ts";
import { scriptedUpstreams } from "../testing/scripted-upstreams.ts";
import { compileReach } from "./reachable.ts";

const png = Buffer.from("iVBORw0KGgo=", "base64");
const image: Respond = (_call, response) => void response.writeHead(200, { "content-type": "image/png; charset=binary" }).end(png);
let web: FakeProvider;
let provider: FakeProvider;
let open: AiGateway;
let closed: AiGateway;

beforeAll(async () => {
  web = await startProvider(image);
  provider = await startProvider((call, response) => json(scriptedUpstreams[call.path.includes("converse") ? "bedrock-converse" : call.path.includes("/api/") ? "ollama-chat" : call.path.includes("generateContent") ? "gemini" : "anthropic-messages"].whole)(call, response));
  const providers = { ollama: { baseUrl: provider.url }, bedrock: { apiKey: "k", baseUrl: provider.url }, anthropic: { apiKey: "k", baseUrl: provider.url }, gemini: { apiKey: "k", baseUrl: provider.url } };
  open = await startAi(providers, {}, { ai: { access: "open", media: { allow: ["127.0.0.1"], maxBytes: "1KiB" } } });
  closed = await startAi(providers, {}, { ai: { access: "open" } });
});
afterAll(async () => {
  for (const each of [open, closed, web, provider]) await each[Symbol.asyncDispose]();
});

function ask(gateway: AiGateway, model: string, url: string): Promise<Response> {
  provider.calls.length = 0;
  web.calls.length = 0;
  return gateway.post({ model, messages: [{ role: "user", content: [{ type: "text", text: "What is this?" }, { type: "image_url", image_url: { url } }] }] });
}

async function refusal(answer: Response): Promise<unknown> {
  return [answer.status, ((await answer.json()) as { error: { code: string } }).error.code, provider.calls.length];
}

describe("an image by URL, for a provider that takes bytes only", () => {
  it.each([["ollama/llava", /"images":\["iVBORw0KGgo="\]/], ["bedrock/amazon.nova-lite-v1:0", /"format":"png","source":\{"bytes":"iVBORw0KGgo="\}/]])("is fetched for %s, without anything of the caller's, over redirects", async (model, expected) => {
    web.respond = (call, response) => (call.path === "/a.png" ? void response.writeHead(302, { location: "/b.png" }).end() : image(call, response));
    expect((await ask(open, model, `${web.url}/a.png`)).status).toBe(200);
    expect(provider.calls[0]?.text).toMatch(expected);
    expect(web.calls.map(({ path, headers }) => [path, headers["authorization"], headers["cookie"]])).toEqual([["/a.png", undefined, undefined], ["/b.png", undefined, undefined]]);
  });

  it("is fetched in a tool's result and as a document as well", async () => {
    web.respond = (_call, response) => void response.writeHead(200, { "content-type": "application/pdf" }).end("%PDF");
    const body = { model: "bedrock/amazon.nova-lite-v1:0", max_tokens: 9, messages: [{ role: "user", content: [{ type: "document", source: { type: "url", url: `${web.url}/a.pdf` } }] }] };
    await fetch(`${open.url}/v1/messages`, { method: "POST", body: JSON.stringify(body) });
    expect(provider.calls.at(-1)?.text).toContain('"format":"pdf","source":{"bytes":"JVBERg=="}');
  });

  it.each<[string, Respond]>([
    ["is larger than allowed, and says so", (_call, response) => void response.writeHead(200, { "content-type": "image/png", "content-length": "5000" }).end(Buffer.alloc(5000))],
    ["is larger than allowed, and does not say so", (_call, response) => void response.writeHead(200, { "content-type": "image/png" }).end(Buffer.alloc(5000))],
    ["is no image", (_call, response) => void response.writeHead(200, { "content-type": "text/html" }).end("<html>")],
    ["is not there", (_call, response) => void response.writeHead(404).end()],
    ["breaks off", (_call, response) => void response.writeHead(200, { "content-type": "image/png", "content-length": "500" }).write(png, () => response.socket?.destroy())],
    ["leads on for ever", (call, response) => void response.writeHead(302, { location: call.path }).end()],
    ["leads to a file of this machine", (_call, response) => void response.writeHead(302, { location: "file:///etc/passwd" }).end()],
  ])("that %s is refused, and the provider is not asked", async (_what, respond) => {
    web.respond = respond;
    expect(await refusal(await ask(open, "ollama/llava", `${web.url}/a.png`))).toEqual([400, "media-unavailable", 0]);
  });

  it("that does not come in time is refused, and the provider is not asked", async () => {
    web.respond = () => {};
    await using hasty = await startAi({ ollama: { baseUrl: provider.url } }, {}, { ai: { access: "open", media: { allow: ["127.0.0.1"], timeout: "300ms" } } });
    expect(await refusal(await ask(hasty, "ollama/llava", `${web.url}/a.png`))).toEqual([400, "media-unavailable", 0]);
  });

  it("is refused where the configuration fetches nothing", async () => {
    await using gateway = await startAi({ ollama: { baseUrl: provider.url } }, {}, { ai: { access: "open", media: { fetch: false, allow: ["127.0.0.1"] } } });
    expect(await refusal(await ask(gateway, "ollama/llava", `${web.url}/a.png`))).toEqual([400, "unsupported-parameter", 0]);
  });
});

describe("a URL that leads to a private address", () => {
  const urls = ["http://127.0.0.1:1/a.png", "http://localhost/a.png", "http://x.localhost/a.png", "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/a.png", "http://192.168.1.1/", "http://[::1]/a.png", "http://[::ffff:127.0.0.1]/", "http://0x7f.1/", "http://2130706433/", "http://[fd00:ec2::254]/", "http://0.0.0.0/"];

  it.each(urls.flatMap((url) => ["ollama/llava", "bedrock/amazon.nova-lite-v1:0", "anthropic/claude-sonnet-4-5", "gemini/gemini-2.5-flash"].map((model) => [url, model] as const)))("is refused: %s for %s", async (url, model) => {
    expect(await refusal(await ask(closed, model, url))).toEqual([400, "media-address-refused", 0]);
  });

  it.each(["http://user:pw@%/a.png", "http://user@%/a.png"])("takes no credentials along: %s", async (url) => {
    const asked = web.calls.length;
    expect(await refusal(await ask(open, "ollama/llava", url.replace("%", new URL(web.url).host)))).toEqual([400, "media-unavailable", 0]);
    expect(web.calls.length).toBe(asked);
  });

  it("is refused where a name or a redirect leads there", async () => {
    web.respond = (_call, response) => void response.writeHead(302, { location: "http://169.254.169.254/latest" }).end();
    expect(await refusal(await ask(open, "ollama/llava", `${web.url}/a.png`))).toEqual([400, "media-address-refused", 0]);
  });

  it("is never a cloud's metadata, whatever the configuration allows (Portkey-AI/gateway#1718)", () => {
    const isReachable = compileReach(["0.0.0.0/0", "::/0"]);
    expect(["10.1.2.3", "8.8.8.8", "169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "fe80::1", "0.0.0.0"].map(isReachable)).toEqual([true, true, false, false, false, false, false]);
  });
});
